"""Find items by what they are and by what they say."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, cast, exists
from sqlalchemy.orm import defer
from sqlmodel import Session, and_, col, func, select

from itembank.errors import PackageError
from itembank.lifecycle import State
from itembank.store import ItemSummary, folded, load_item, summary_of, words_row
from itembank.tables import (
    StoredCalibratedItem,
    StoredCalibration,
    StoredItem,
    StoredItemVersion,
    StoredState,
    StoredWords,
)
from itembank.values import Interaction

MOST_WORDS, LONGEST_TEXT = 20, 500
"""Of a text that is looked for: words, and characters; a database takes no endless expression."""
_ESCAPE = "\\"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; everything that is given must hold.

    Attributes
    ----------
    text : words that the item says or is called, in any order; accents and capitals do not matter. At most
        `MOST_WORDS` words and `LONGEST_TEXT` characters are looked for
    goal : beginning of the code of a curriculum goal
    area : content area
    state : of the version
    interaction : that the item uses
    enemy : name of the set of enemies it is in
    easiest, hardest : bounds of the difficulty in logits, by the newest calibration that holds the version; an item
        that was never calibrated is not found then
    """

    text: str = ""
    goal: str = ""
    area: str = ""
    state: State | None = None
    interaction: Interaction | None = None
    enemy: str = ""
    easiest: float | None = None
    hardest: float | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One item that was found.

    Attributes
    ----------
    summary : of its latest version
    state : of that version
    difficulty : in logits, by the newest calibration that holds it; None where none does
    """

    summary: ItemSummary
    state: State
    difficulty: float | None


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of what was found.

    Attributes
    ----------
    n : how many there are in all
    page : some of them, by identifier
    """

    n: int
    page: tuple[Hit, ...]


def search_items(db: Session, wanted: Wanted, *, first: int = 0, most: int = 50) -> Hits:
    """Find items by their latest version, by identifier.

    Parameters
    ----------
    db : database session
    wanted : what is looked for
    first, most : which of them to return: from the first-th on (0 is the first), so many at most
    """
    chosen = _chosen(wanted)
    n = db.exec(select(func.count()).select_from(chosen.subquery())).one()
    named = db.exec(chosen.order_by(StoredItemVersion.identifier).offset(first).limit(most)).all()
    versions = [(identifier, version) for identifier, version in named]
    return Hits(int(n), _hits(db, versions))


def areas(db: Session) -> tuple[str, ...]:
    """Content areas of all versions, in order."""
    named = select(StoredItemVersion.area).distinct().where(StoredItemVersion.area != "")
    return tuple(db.exec(named.order_by(StoredItemVersion.area)).all())


def _chosen(wanted: Wanted) -> Any:
    """Identifier and version of everything for which all holds; tables that nobody asks about stay out of it."""
    of_latest = and_(
        col(StoredItem.identifier) == StoredItemVersion.identifier, StoredItem.latest == StoredItemVersion.version
    )
    chosen: Any = select(StoredItemVersion.identifier, StoredItemVersion.version).join(StoredItem, of_latest)
    if wanted.state is not None:
        chosen = chosen.join(StoredState, _same_version(StoredState)).where(StoredState.state == str(wanted.state))
    if words := folded(wanted.text[:LONGEST_TEXT]).split()[:MOST_WORDS]:
        chosen = chosen.join(StoredWords, _same_version(StoredWords))
        chosen = chosen.where(*(col(StoredWords.words).contains(_literal(word), escape=_ESCAPE) for word in words))
    if wanted.easiest is not None or wanted.hardest is not None:
        newest = _newest_difficulties()
        lowest, highest = wanted.easiest, wanted.hardest
        chosen = chosen.join(newest, _same_version(newest.c)).where(newest.c.place == 1)
        chosen = chosen.where(newest.c.difficulty >= lowest) if lowest is not None else chosen
        chosen = chosen.where(newest.c.difficulty <= highest) if highest is not None else chosen
    return chosen.where(*_about(wanted))


def _hits(db: Session, versions: list[tuple[str, int]]) -> tuple[Hit, ...]:
    """What a page shows of some versions, in their order."""
    names = [identifier for identifier, _ in versions]
    rows = select(StoredItemVersion, StoredState.state).join(StoredState, _same_version(StoredState))
    rows = rows.where(col(StoredItemVersion.identifier).in_(names)).options(defer(StoredItemVersion.source))  # type: ignore[arg-type]  # a column to SQLAlchemy
    found = {(row.identifier, row.version): (row, state) for row, state in db.exec(rows).all()}
    newest = _newest_difficulties(names)
    asked = select(newest.c.identifier, newest.c.version, newest.c.difficulty).where(newest.c.place == 1)
    difficulties = {(identifier, version): value for identifier, version, value in db.exec(asked).all()}
    return tuple(
        Hit(summary_of(found[version][0]), State(found[version][1]), difficulties.get(version)) for version in versions
    )


def _same_version(table: Any) -> ColumnElement[bool]:
    """Whether a row is of the same version as the item's."""
    return and_(table.identifier == StoredItemVersion.identifier, table.version == StoredItemVersion.version)


def _newest_difficulties(names: list[str] | None = None) -> Any:
    """Difficulties of each version, the newest calibration in place 1; of some items where they are named."""
    held = StoredCalibratedItem
    newest_first = func.row_number().over(
        partition_by=(col(held.identifier), col(held.version)),
        order_by=(col(StoredCalibration.added_at).desc(), col(StoredCalibration.identifier).desc()),
    )
    every: Any = select(held.identifier, held.version, held.difficulty, newest_first.label("place"))
    every = every.join(StoredCalibration, col(StoredCalibration.identifier) == held.calibration)
    return (every if names is None else every.where(col(held.identifier).in_(names))).subquery()


def _about(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What must hold of the version itself."""
    version = StoredItemVersion
    asked = (
        (wanted.goal, _listed(version.goals, json.dumps(wanted.goal)[:-1])),
        (wanted.area, col(version.area) == wanted.area),
        (wanted.interaction, _listed(version.interactions, f'"{wanted.interaction}"')),
        (wanted.enemy, col(version.enemy) == wanted.enemy),
    )
    return [condition for is_asked, condition in asked if is_asked]


def _listed(column: Any, quoted: str) -> ColumnElement[bool]:
    """Whether a list that is kept as JSON holds a text, or one that begins with it."""
    return cast(column, String).contains(_literal(quoted), escape=_ESCAPE)


def _literal(text: str) -> str:
    """Text in which nothing stands for anything else."""
    for sign in (_ESCAPE, "%", "_"):
        text = text.replace(sign, _ESCAPE + sign)
    return text


def index_words(db: Session) -> tuple[str, ...]:
    """Add the words of versions that were in the bank before words were kept; until then no word finds them.

    Parameters
    ----------
    db : database session of the owner; the caller commits

    Returns
    -------
    Names of versions whose source this release cannot read any more; they are left out.
    """
    missing = select(StoredItemVersion.identifier, StoredItemVersion.version).where(
        ~exists().where(_same_version(StoredWords))
    )
    unread = []
    for identifier, version in db.exec(missing).all():
        try:
            db.add(words_row(load_item(db, f"{identifier}@{version}"), version))
        except PackageError:
            unread.append(f"{identifier}@{version}")
    db.flush()
    return tuple(unread)
