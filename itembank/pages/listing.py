"""The list of items: what is looked for, a page of what is found, and the way to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from itembank.lifecycle import State
from itembank.pages import addresses
from itembank.pages.environment import render
from itembank.pages.words import KINDS, STATES
from itembank.searching import LONGEST_TEXT, MOST_WORDS, Wanted, areas, search_items
from itembank.values import Interaction

ON_A_PAGE = 50
FIELDS = ("tekst", "doel", "domein", "staat", "vorm", "vijanden", "vanaf", "tot")
"""Names of what is looked for in an address."""


@dataclass(frozen=True, slots=True)
class _Query:
    """What an address asks for.

    Attributes
    ----------
    typed : field → as it was typed
    wanted : the same as the bank wants it
    number : of the page, from 1
    faults : what cannot be used, in sentences
    """

    typed: Mapping[str, str]
    wanted: Wanted
    number: int
    faults: tuple[str, ...]


def list_part(db: Session, query: Mapping[str, str], calibrations: tuple[str, ...] = ()) -> str:
    """Part of a page that lists items.

    Parameters
    ----------
    db : database session
    query : fields of the address, named as in `FIELDS`, and ``blad``, the number of the page; others mean nothing
    calibrations : to link to
    """
    asked = _read(query)
    hits = search_items(db, asked.wanted, first=(asked.number - 1) * ON_A_PAGE, most=ON_A_PAGE)
    n_pages = max(1, -(-hits.n // ON_A_PAGE))
    return render(
        "list.html.j2",
        hits=hits,
        asked=asked,
        typed=asked.typed,
        areas=areas(db),
        states=STATES,
        all_kinds=KINDS,
        n_pages=n_pages,
        before=_page(asked, asked.number - 1) if 1 < asked.number <= n_pages else "",
        after=_page(asked, asked.number + 1) if asked.number < n_pages else "",
        calibrations=calibrations,
        address=addresses,
    )


def _page(asked: _Query, number: int) -> str:
    """Address of another page of the same."""
    return addresses.list_address(**asked.typed, blad=number if number > 1 else "")


def _read(query: Mapping[str, str]) -> _Query:
    """Read an address; what cannot be used is left out, and said."""
    typed = {name: query.get(name, "").strip() for name in FIELDS}
    faults: list[str] = []
    easiest, hardest = (_logits(typed, name, faults) for name in ("vanaf", "tot"))
    state = next((one for one in State if one.value == typed["staat"]), None)
    kind = next((one for one in Interaction if one.value == typed["vorm"]), None)
    wanted = Wanted(typed["tekst"], typed["doel"], typed["domein"], state, kind, typed["vijanden"], easiest, hardest)
    if len(typed["tekst"]) > LONGEST_TEXT or len(typed["tekst"].split()) > MOST_WORDS:
        looked_for = f"de eerste {MOST_WORDS} woorden en {LONGEST_TEXT} tekens"
        faults.append(f"Er is alleen gezocht op {looked_for} van je tekst. Maak hem korter.")
    number = query.get("blad", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 7
    return _Query(typed, wanted, max(1, int(number)) if is_number else 1, tuple(faults))


def _logits(typed: Mapping[str, str], name: str, faults: list[str]) -> float | None:
    """A bound of the difficulty, with a comma or a point."""
    if not typed[name]:
        return None
    try:
        value = float(typed[name].replace(",", ".").replace("\u2212", "-"))
    except ValueError:
        value = float("nan")
    if not abs(value) < 100.0:
        faults.append(f"Moeilijkheid {name}: {typed[name]} is geen getal in logits, zoals -1,5. Er is niet op gezocht.")
        return None
    return value
