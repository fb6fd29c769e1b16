"""How far adaptive tests are: the fold of what happened in them. Folding repeats, and never decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.adaptive.events import Answered, Chosen, Event, Started
from engine.arrays import BoolArray, CodeArray, FloatArray, IndexArray, IntArray, assign, own
from engine.assembly import Plan
from engine.errors import DesignError, name_indices


def nothing_skipped() -> IndexArray:
    """No columns for no persons: replaced when the state is made."""
    return np.empty((0, 0), dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class AdaptiveState:
    """n_persons tests so far.

    Attributes
    ----------
    item : (n_persons, n_positions) item index in the order of giving; -1 for positions not reached yet
    category : (n_persons, n_positions) category scored; -1 for what is not answered, or that a person must rate
    n_answered : (n_persons,) answers so far: all items given, or all but the last
    plan : (n_persons, length) planned items, those given first; no columns where nothing is planned
    pretest : (n_persons, n_positions) field-test items at the positions drawn for them; -1 elsewhere. One that falls
        inside a passage comes after it
    draws : (n_persons, n_units) numbers that eligibility was drawn with; no columns where it is not used
    accommodation : (n_persons,) number of the accommodation pool, 0 for none
    skipped : (n_persons, n_skipped) items that were taken away from a person unanswered, never to be given again; -1
        pads. They have no position: another item takes it
    n_given : (n_persons,) items given so far; follows from ``item``
    has_pretest : whether anybody has field-test items; follows from ``pretest``
    scored : (n_persons, n_positions) positions whose item was given and counts; follows from both
    n_scored : (n_persons,) items given so far that count

    Raises
    ------
    DesignError
        If shapes differ, a gap lies between items, an item was given twice, more was answered than given, or a
        position that was not reached holds an answer.
    """

    item: IndexArray
    category: CodeArray
    n_answered: IntArray
    plan: IndexArray
    pretest: IndexArray
    draws: FloatArray
    accommodation: IntArray
    skipped: IndexArray = field(default_factory=nothing_skipped)
    n_given: IntArray = field(init=False)
    has_pretest: bool = field(init=False)
    scored: BoolArray = field(init=False)
    n_scored: IntArray = field(init=False)

    def __post_init__(self) -> None:
        skipped = own(self.skipped, np.int32, "skipped", 2, DesignError)
        assign(
            self,
            skipped=skipped if skipped.size else np.empty((len(self.item), 0), dtype=np.int32),
            item=own(self.item, np.int32, "item", 2, DesignError),
            category=own(self.category, np.int8, "category", 2, DesignError),
            n_answered=own(self.n_answered, np.int64, "n_answered", 1, DesignError),
            plan=own(self.plan, np.int32, "plan", 2, DesignError),
            pretest=own(self.pretest, np.int32, "pretest", 2, DesignError),
            draws=own(self.draws, np.float64, "draws", 2, DesignError),
            accommodation=own(self.accommodation, np.int64, "accommodation", 1, DesignError),
        )
        _check_shapes(self)
        given, has_pretest = self.item >= 0, bool(self.pretest.max(initial=-1) >= 0)
        scored = given & ~_in_field_test(self) if has_pretest else given
        n_given = np.add.reduce(given, axis=1, dtype=np.int64)
        n_scored = np.add.reduce(scored, axis=1, dtype=np.int64) if has_pretest else n_given
        assign(self, n_given=n_given, has_pretest=has_pretest, scored=scored, n_scored=n_scored)
        _check_order(self)

    @classmethod
    def begin(cls, started: Started, n_positions: int) -> AdaptiveState:
        """Tests in which nothing was given yet.

        Parameters
        ----------
        started : what was drawn and planned at the start
        n_positions : scored and field-test items of a whole test
        """
        n = started.n_persons
        nothing = np.full((n, n_positions), -1)
        pretest = started.pretest if started.pretest.size else nothing
        return cls(
            item=nothing.astype(np.int32),
            category=nothing.astype(np.int8),
            n_answered=np.zeros(n, dtype=np.int64),
            plan=started.plan,
            pretest=pretest.astype(np.int32),
            draws=started.draws,
            accommodation=started.accommodation,
        )

    @property
    def n_persons(self) -> int:
        """Number of tests."""
        return len(self.item)

    @property
    def n_positions(self) -> int:
        """Number of positions of a test."""
        return int(self.item.shape[1])

    def plan_of(self, person: int) -> Plan:
        """Plan of one person, whose first items have been given."""
        return Plan(self.plan[person].astype(np.int64), int(self.n_scored[person]))

    def take(self, persons: slice) -> AdaptiveState:
        """Return the tests of some persons."""
        names = ("item", "category", "n_answered", "plan", "pretest", "draws", "accommodation", "skipped")
        return AdaptiveState(**{name: getattr(self, name)[persons] for name in names})


def fold(state: AdaptiveState, event: Event) -> AdaptiveState:
    """State after an event; the same event always does the same, on any machine.

    Parameters
    ----------
    state, event : of n_persons tests

    Raises
    ------
    DesignError
        If the event is not one that can follow, an answer is to nothing, or an item was given before; the message
        names the persons.
    """
    match event:
        case Chosen():
            return _after_choice(state, event)
        case Answered():
            return _after_answer(state, event)
        case Started():
            raise DesignError("a test starts once: `AdaptiveState.begin` takes that event")


def fold_all(state: AdaptiveState, events: Sequence[Event]) -> AdaptiveState:
    """State after some events, in order.

    Parameters
    ----------
    state, events : of n_persons tests
    """
    for event in events:
        state = fold(state, event)
    return state


def _after_choice(state: AdaptiveState, chosen: Chosen) -> AdaptiveState:
    """Note what was chosen; where nothing was (-1), nothing changes."""
    _require_size(state, chosen.item.size)
    waiting = state.n_given > state.n_answered
    early = np.flatnonzero(waiting & (chosen.item >= 0))
    if early.size:
        raise DesignError(f"an item follows only after the answer to the last one; not so for {name_indices(early)}")
    over = np.flatnonzero((state.n_given >= state.n_positions) & (chosen.item >= 0))
    if over.size:
        raise DesignError(f"a test of {state.n_positions} items has no further one; persons {name_indices(over)}")
    item, plan = state.item.copy(), state.plan.copy()
    who = np.flatnonzero(chosen.item >= 0)
    place = state.n_given[who]
    item[who, place] = chosen.item[who]
    if plan.shape[1]:
        is_scored = ~np.any(chosen.item[who, np.newaxis] == state.pretest[who], axis=1)
        for person in who[is_scored].tolist():
            after = state.plan_of(person).swap(chosen.swaps[person]).give(int(chosen.item[person]))
            plan[person] = after.items
    return replace(state, item=item, plan=plan)


def _after_answer(state: AdaptiveState, answered: Answered) -> AdaptiveState:
    """Note an answer to the item that was given last."""
    _require_size(state, answered.category.size)
    who = np.flatnonzero(answered.given)
    nothing = who[state.n_given[who] <= state.n_answered[who]]
    if nothing.size:
        raise DesignError(f"an answer to an item that was never presented; persons {name_indices(nothing)}")
    category, n_answered = state.category.copy(), state.n_answered.copy()
    category[who, n_answered[who]] = answered.category[who]
    n_answered[who] += 1
    return replace(state, category=category, n_answered=n_answered)


def _require_size(state: AdaptiveState, n: int) -> None:
    """Refuse an event of other persons."""
    if n != state.n_persons:
        raise DesignError(f"an event of {n} persons does not fit the tests of {state.n_persons}")


def _check_shapes(state: AdaptiveState) -> None:
    """One row a person, one column a position."""
    n, n_positions = state.item.shape
    one_each = ("n_answered", "plan", "draws", "accommodation", "skipped")
    wrong = [name for name in one_each if len(getattr(state, name)) != n]
    wrong += [name for name in ("category", "pretest") if getattr(state, name).shape != state.item.shape]
    if wrong:
        raise DesignError(f"{', '.join(wrong)} must fit {n} persons and {n_positions} positions")
    lowest = min(array.min(initial=0) for array in (state.item, state.category, state.pretest, state.skipped))
    if lowest < -1 or state.plan.min(initial=0) < 0 or state.accommodation.min(initial=0) < 0:
        raise DesignError("items, categories and accommodations are indices; -1 is for none of the first two")


def _in_field_test(state: AdaptiveState) -> BoolArray:
    """Positions whose item was drawn for the field test, (n_persons, n_positions); at whichever place it came."""
    fielded: BoolArray = np.any(state.item[:, :, np.newaxis] == state.pretest[:, np.newaxis, :], axis=2)
    return fielded


def _check_order(state: AdaptiveState) -> None:
    """Items without gaps and once each, answers only to them."""
    given = state.item >= 0
    if (given[:, 1:] > given[:, :-1]).any():
        raise DesignError("items are filled in from the first position on, without gaps")
    behind = state.n_given - state.n_answered
    if ((behind < 0) | (behind > 1)).any():
        raise DesignError("every item but the last must be answered, and none that was not given")
    open_to = np.arange(state.n_positions) >= state.n_answered[:, np.newaxis]
    if (open_to & (state.category >= 0)).any():
        raise DesignError("a position that was not reached holds an answer")
    order = state.item.copy()
    order.sort(axis=1)
    if ((order[:, 1:] == order[:, :-1]) & (order[:, 1:] >= 0)).any():
        raise DesignError("an item is given at most once in a test")
