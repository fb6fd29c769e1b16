"""The page of one item version: what it is, how it looks, what scores it, what is known of it, and what may follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from itembank.calibrations import CalibratedItem
from itembank.classical import ItemStatistics, Measurement, PartStatistics
from itembank.errors import LifeCycleError, NotInBankError
from itembank.lifecycle import State
from itembank.pages import addresses
from itembank.pages.environment import render
from itembank.pages.facts import ItemFacts
from itembank.pages.keys import Texts, described, keys_of, option_texts, rules_of
from itembank.pages.preview import THEMES
from itembank.pages.words import FAULTS, MOVES
from itembank.rendering.curves import Frame
from itembank.rendering.item_curves import characteristic_curve, information_curve

CURVE = Frame(360, 240, text=15)
"""On a page that is 320 pixels wide its letters are 12 pixels high."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A move that was refused.

    Attributes
    ----------
    message : why, in a sentence
    why : reason that was typed, so that nobody types it twice
    """

    message: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Option:
    """One option with what it says, whether it is right, and whether somebody should look at it."""

    statistics: PartStatistics
    text: str
    is_key: bool
    doubt: str


def refusal(error: LifeCycleError) -> str:
    """Why a move is refused, in Dutch."""
    return FAULTS[error.fault]


def item_part(facts: ItemFacts, form_token: str, *, calibration: str = "", attempt: Attempt | None = None) -> str:
    """Part of a page with everything that the bank knows of an item version; it holds the key.

    Parameters
    ----------
    facts : what the bank knows
    form_token : hidden in the form, for whoever serves the page
    calibration : whose statistics and curves are shown; the newest one's when ""
    attempt : a move that was just refused

    Raises
    ------
    NotInBankError
        If that calibration does not hold the item.
    """
    shown = _shown(facts.measurements, calibration)
    return render(
        "item.html.j2",
        facts=facts,
        source=facts.item,
        themes=THEMES,
        keys=keys_of(facts.item),
        rules=rules_of(facts.item),
        shown=shown,
        options=_options(facts, shown.statistics) if shown and shown.statistics else {},
        curves=_curves(shown.parameters) if shown else (),
        versions=_versions(facts),
        moves={state.value: MOVES[state] for state in facts.following},
        attempt=attempt or Attempt(),
        form_token=form_token,
        address=addresses,
    )


def _shown(measurements: Sequence[Measurement], calibration: str) -> Measurement | None:
    """The measurement that is asked for, else the newest; None where there is none."""
    if not calibration:
        return measurements[0] if measurements else None
    found = next((one for one in measurements if one.calibration == calibration), None)
    if found is None:
        raise NotInBankError(f"no calibration {calibration!r} holds this item")
    return found


def _versions(facts: ItemFacts) -> list[tuple[str, State, str]]:
    """Name and state of every version, the newest first, with the address of how this one differs from it."""
    names = list(facts.versions)
    place = {name: number for number, name in enumerate(names)}
    own = facts.item.name
    return [
        (
            name,
            facts.versions[name],
            "" if name == own else addresses.difference_address(*sorted((name, own), key=place.__getitem__)),
        )
        for name in reversed(names)
    ]


def _curves(parameters: CalibratedItem) -> tuple[Markup, ...]:
    """Characteristic curve and information."""
    return (
        Markup(characteristic_curve(parameters, CURVE, identifier="chance")),
        Markup(information_curve([parameters], CURVE, identifier="information")),
    )


def _options(facts: ItemFacts, statistics: ItemStatistics) -> dict[str, list[_Option]]:
    """Options by field."""
    texts = option_texts(facts.item)
    found: dict[str, list[_Option]] = {}
    for part in statistics.options:
        found.setdefault(part.field, []).append(_option(facts, texts, part))
    return found


def _option(facts: ItemFacts, texts: Texts, part: PartStatistics) -> _Option:
    """One option; a right one should go with high rest scores, a wrong one with low ones."""
    declared = facts.item.program.declarations[part.field]
    values = declared.correct.items if declared.correct is not None else ()
    right = {" ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in values}
    if declared.cardinality == "ordered":
        right = {" ".join(map(str, values))}
    is_key, doubt = part.value in right, ""
    if part.correlation is not None and right:
        doubt = "juist, maar negatief" if is_key and part.correlation < 0.0 else doubt
        doubt = "fout, maar positief" if not is_key and part.correlation > 0.0 else doubt
    return _Option(part, described(texts, part.field, part.value), is_key, doubt)
