"""The life of an item version: the states it passes through, and who may let it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from itembank.errors import LifeCycleError, MoveFault


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
    account : what the installation itself knew them by, such as ``login:an``; "" where it did not look
    """

    item: str
    at: datetime
    by: str
    before: State | None
    after: State
    why: str
    account: str = ""


def check_words(item: str, by: str, why: str) -> None:
    """Refuse a change that nobody asks for, or that has no reason.

    Raises
    ------
    LifeCycleError
        If either is empty.
    """
    if not by.strip():
        raise LifeCycleError(MoveFault.NOBODY, f"item {item}: say who asks for it (--by)")
    if not why.strip():
        raise LifeCycleError(
            MoveFault.NO_REASON,
            f"item {item}: say why (--why); whoever reads its history later needs the reason",
        )


def check_move(
    item: str,
    history: Sequence[Change],
    after: State,
    by: str,
    why: str,
    *,
    changes_key: bool,
    public: Change | None = None,
    account: str = "",
) -> None:
    """Refuse what may not happen.

    Parameters
    ----------
    item : name of the version
    history : what happened to it before, oldest first
    after : state that is asked for
    by, why : who asks, and for what reason
    changes_key : whether it scores otherwise than the other version that was operational last. Then it needs two
        persons: whoever brought the change in, or asks to have an older key back, cannot make it operational, under no
        name that they type, and nobody else from their account.
    public : when a version of the item was made public; None where none was
    account : what the installation itself knows the asker by; "" where it did not look

    Raises
    ------
    LifeCycleError
        If nobody asks or no reason is given, if the state cannot follow, if the item was public and would come into a
        test again, or if a second person is needed.
    """
    check_words(item, by, why)
    before = history[-1].after
    if after not in NEXT[before]:
        options = " or ".join(state.value for state in NEXT[before])
        raise LifeCycleError(
            MoveFault.CANNOT_FOLLOW,
            f"item {item} is in state {before.value}, and {after.value} cannot follow; {options} can",
        )
    if public is not None and after in IN_TESTS:
        raise LifeCycleError(
            MoveFault.MADE_PUBLIC,
            f"item {item} was made public on {public.at:%Y-%m-%d}: pupils may know it; make a new item instead",
        )
    if changes_key and after is State.OPERATIONAL:
        _check_second(item, history, by, account)


def _check_second(item: str, history: Sequence[Change], by: str, account: str) -> None:
    """Refuse whoever asked for another key, by name or by account."""
    was_before = any(change.after is State.OPERATIONAL for change in history)
    askers = [history[0], *([history[-1]] if was_before else [])]
    told = f"item {item} scores otherwise than the version that was operational last, and"
    if any(_same(by, asker.by) for asker in askers):
        raise LifeCycleError(
            MoveFault.SECOND_PERSON, f"{told} {by} asked for that: a second person must make it operational"
        )
    for asker in askers:
        if account and account == asker.account:
            raise LifeCycleError(
                MoveFault.SECOND_PERSON,
                f"{told} {asker.by} asked for that from the same account ({account}): a second person must make it "
                "operational, from an account of their own or signed in on the pages of the item bank",
            )


def _same(one: str, other: str) -> bool:
    """Whether two names are the same person's, but for spaces and capitals."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
