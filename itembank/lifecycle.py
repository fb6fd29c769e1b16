"""The life of an item version: the states it passes through, and who may let it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from itembank.errors import LifeCycleError


class State(StrEnum):
    """Where a version of an item is in its life."""

    DRAFT = "draft"
    """Being written."""
    REVIEW = "review"
    """Read by others: content, language, key, bias, accessibility."""
    FIELD_TEST = "field_test"
    """Shown to pupils to be tried out; it does not count."""
    OPERATIONAL = "operational"
    """Counts in tests."""
    RELEASED = "released"
    """Made public, as an example; in no test any more."""
    RETIRED = "retired"
    """Kept for the record; in no test any more."""


NEXT: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.REVIEW, State.RETIRED),
    State.REVIEW: (State.DRAFT, State.FIELD_TEST, State.RETIRED),
    State.FIELD_TEST: (State.REVIEW, State.OPERATIONAL, State.RETIRED),
    State.OPERATIONAL: (State.REVIEW, State.RELEASED, State.RETIRED),
    State.RELEASED: (State.RETIRED,),
    State.RETIRED: (State.REVIEW,),
}
"""State → states that may follow. What was public never comes back into a test."""

IN_TESTS = (State.FIELD_TEST, State.OPERATIONAL)
"""States whose items a compiled bank may hold."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to a version.

    Attributes
    ----------
    item : name of the version, ``identifier@version``
    at : when
    by : who, as they called themselves
    before : state it was in; None where it came into the bank
    after : state since then
    why : in words
    """

    item: str
    at: datetime
    by: str
    before: State | None
    after: State
    why: str


def check_move(item: str, history: Sequence[Change], after: State, by: str, why: str, *, changes_key: bool) -> None:
    """Refuse what may not happen.

    Parameters
    ----------
    item : name of the version
    history : what happened to it before, oldest first
    after : state that is asked for
    by, why : who asks, and for what reason
    changes_key : whether it scores otherwise than the operational version before it. Then it needs two persons: whoever
        brought the change in cannot make it operational.

    Raises
    ------
    LifeCycleError
        If nobody asks or no reason is given, if the state cannot follow, if the item was public and would come into a
        test again, or if a second person is needed.
    """
    if not by.strip():
        raise LifeCycleError(f"item {item}: say who asks for it (--by)")
    if not why.strip():
        raise LifeCycleError(f"item {item}: say why (--why); whoever reads its history later needs the reason")
    before = history[-1].after
    if after not in NEXT[before]:
        options = " or ".join(state.value for state in NEXT[before])
        raise LifeCycleError(f"item {item} is in state {before.value}, and {after.value} cannot follow; {options} can")
    public = next((change for change in history if change.after is State.RELEASED), None)
    if public is not None and after in IN_TESTS:
        raise LifeCycleError(
            f"item {item} was made public on {public.at:%Y-%m-%d}: pupils may know it; make a new item instead"
        )
    author = history[0].by
    if changes_key and after is State.OPERATIONAL and _same(by, author):
        raise LifeCycleError(
            f"item {item} scores otherwise than the version that was operational before it, and {author} brought that "
            "change in: a second person must make it operational"
        )


def _same(one: str, other: str) -> bool:
    """Whether two names are the same person's, but for spaces and capitals."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
