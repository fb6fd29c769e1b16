"""Everything that the page of an item version, or a terminal, tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from itembank.classical import Measurement, measurements_of
from itembank.goals import statements_of
from itembank.history import history_of, versions_of
from itembank.lifecycle import NEXT, Change, State
from itembank.qti.sources import ItemSource
from itembank.searching import Hits, Wanted, search_items
from itembank.store import load_item, split_name

MOST_ENEMIES = 20


@dataclass(frozen=True, slots=True, eq=False)
class ItemFacts:
    """What the bank knows of one version of an item.

    Attributes
    ----------
    item : as read from its source; it holds the key
    state : of this version
    following : states that may follow
    history : what happened to it, oldest first
    versions : name of every version of the item → its state, oldest first
    goals : code of each goal that it names → the goal in words, "" where no framework has it
    enemies : some of the items, itself among them, of which a test may hold one
    measurements : what every calibration says of it, the newest first
    """

    item: ItemSource
    state: State
    following: tuple[State, ...]
    history: tuple[Change, ...]
    versions: Mapping[str, State]
    goals: Mapping[str, str]
    enemies: Hits
    measurements: tuple[Measurement, ...]


def item_facts(db: Session, name: str) -> ItemFacts:
    """Gather what the bank knows of an item.

    Parameters
    ----------
    db : database session
    name : ``identifier@version``; or an identifier, for the latest version

    Raises
    ------
    NotInBankError
        If there is no such item or version.
    """
    versions = versions_of(db, split_name(name)[0] if "@" in name else name)
    item = load_item(db, name if "@" in name else list(versions)[-1])
    known, enemy = statements_of(db, item.metadata.goals), item.metadata.enemy
    state = versions[item.name]
    return ItemFacts(
        item=item,
        state=state,
        following=NEXT[state],
        history=history_of(db, item.name),
        versions=versions,
        goals={code: known.get(code, "") for code in item.metadata.goals},
        enemies=search_items(db, Wanted(enemy=enemy), most=MOST_ENEMIES) if enemy else Hits(0, ()),
        measurements=measurements_of(db, item.name),
    )
