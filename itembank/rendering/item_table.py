"""The psychometrician's item table: classical statistics, parameters with their errors, characteristic curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from sqlmodel import Session

from engine import item_information, response_table
from itembank.calibrations import CalibratedItem, CalibrationVersion
from itembank.parameters import parameters_of
from itembank.release import load_calibration
from itembank.rendering.curves import Axis, Frame, decimal, draw_curve
from itembank.store import ItemSummary, items
from itembank.values import Interaction

_KINDS = {
    Interaction.CHOICE: "meerkeuze",
    Interaction.MULTIPLE_CHOICE: "meerdere antwoorden",
    Interaction.INLINE_CHOICE: "keuzelijst",
    Interaction.TEXT_ENTRY: "invulvak",
    Interaction.EXTENDED_TEXT: "open vraag",
    Interaction.HOTTEXT: "woord aanduiden",
    Interaction.MULTIPLE_HOTTEXT: "woorden aanduiden",
    Interaction.SLIDER: "schuif",
    Interaction.ORDER: "ordenen",
    Interaction.MATCH: "verbinden",
    Interaction.GAP_MATCH: "gaten vullen",
    Interaction.ASSOCIATE: "paren maken",
    Interaction.HOTSPOT: "gebied aanduiden",
    Interaction.MULTIPLE_HOTSPOT: "gebieden aanduiden",
    Interaction.GRAPHIC_GAP_MATCH: "op een tekening plaatsen",
    Interaction.SELECT_POINT: "punt aanduiden",
}
_ABILITY = Axis("vaardigheid (logits)", -4.0, 4.0, (-4.0, -2.0, 0.0, 2.0, 4.0))
_CHANCE = Axis("kans op juist", 0.0, 1.0, (0.0, 0.5, 1.0))
_SHARE = Axis("deel van de punten", 0.0, 1.0, (0.0, 0.5, 1.0))
_NODES = np.linspace(_ABILITY.low, _ABILITY.high, 33)


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table, as text."""

    name: str
    title: str
    area: str
    goals: str
    kinds: str
    n: str
    p: str
    discrimination: str
    discrimination_error: str
    difficulty: str
    difficulty_error: str
    curve: Markup


def _environment() -> Environment:
    """Jinja2 with everything escaped."""
    loader = PackageLoader("itembank.rendering", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _curve(entry: CalibratedItem, number: int) -> Markup:
    """Draw the characteristic curve of one item."""
    chances = np.exp(response_table(parameters_of([entry]), _NODES).log_probability)  # (n_categories, n_nodes)
    worth = np.linspace(0.0, 1.0, len(chances)) @ chances
    spots = ", ".join(f"{decimal(float(_NODES[at]), 0)}: {decimal(float(worth[at]))}" for at in (8, 16, 24))
    what = "Verwacht deel van de punten" if entry.steps else "Kans op een juist antwoord"
    return Markup(
        draw_curve(
            f"Karakteristieke curve van {entry.item}",
            f"{what} bij vaardigheid {spots}.",
            (_NODES, worth),
            (_ABILITY, _SHARE if entry.steps else _CHANCE),
            Frame(230, 130),
            identifier=f"curve-{number}",
        )
    )


def _information(calibration: CalibrationVersion) -> Markup:
    """Draw the information of all items together."""
    total = item_information(_NODES, parameters_of(calibration.items)).sum(axis=1)
    top = float(np.ceil(total.max())) or 1.0
    best = int(np.argmax(total))
    return Markup(
        draw_curve(
            "Informatie van alle opgaven samen",
            f"De informatie is het grootst, {decimal(float(total[best]), 1)}, bij vaardigheid "
            f"{decimal(float(_NODES[best]), 1)}.",
            (_NODES, total),
            (_ABILITY, Axis("informatie", 0.0, top, (0.0, top / 2, top))),
            Frame(560, 240),
            identifier="information",
        )
    )


def _row(entry: CalibratedItem, summary: ItemSummary | None, number: int) -> _Row:
    """Write one line."""
    kinds = [_KINDS[kind] for kind in summary.interactions] if summary is not None else []
    return _Row(
        name=entry.item,
        title=summary.title if summary is not None else "",
        area=summary.area if summary is not None else "",
        goals=", ".join(summary.goals) if summary is not None else "",
        kinds=", ".join(kinds),
        n=str(entry.n),
        p=decimal(entry.p_value),
        discrimination=decimal(entry.discrimination),
        discrimination_error=decimal(entry.discrimination_error),
        difficulty=decimal(entry.difficulty),
        difficulty_error=decimal(entry.difficulty_error),
        curve=_curve(entry, number),
    )


def render_item_table(
    summaries: Sequence[ItemSummary],
    calibration: CalibrationVersion | None,
    others: Sequence[str] = (),
    *,
    header: str = "",
) -> str:
    """Page with one line an item of a calibration, and the items that are not in it.

    Parameters
    ----------
    summaries : the bank's items
    calibration : None where there is none yet
    others : identifiers of other calibrations, to link to by ``?kalibratie=``
    header : HTML that whoever serves the page puts above it, such as the way back

    Returns
    -------
    str
        A whole HTML page in Dutch, without script.
    """
    known: Mapping[str, ItemSummary] = {summary.name: summary for summary in summaries}
    entries = sorted(calibration.items, key=lambda entry: entry.item) if calibration is not None else []
    held = {entry.item for entry in entries}
    missing = [summary for summary in summaries if summary.name not in held]
    page = _environment().get_template("item_table.html.j2")
    return page.render(
        calibration=calibration,
        information=_information(calibration) if calibration is not None and entries else "",
        rows=[_row(entry, known.get(entry.item), number) for number, entry in enumerate(entries, start=1)],
        missing=missing,
        kinds={summary.name: ", ".join(_KINDS[kind] for kind in summary.interactions) for summary in missing},
        others=others,
        header=Markup(header),
    )


def item_table_page(db: Session, calibration: str = "", others: Sequence[str] = (), *, header: str = "") -> str:
    """Page of the psychometrician's item table, from what the bank holds.

    Parameters
    ----------
    db : database session
    calibration : identifier; "" shows the items without parameters
    others : identifiers of calibrations to link to
    header : HTML to put above it

    Raises
    ------
    NotInBankError
        If there is no such calibration.
    """
    shown = load_calibration(db, calibration) if calibration else None
    return render_item_table(items(db), shown, others, header=header)
