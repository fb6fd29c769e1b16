"""States are folds of events."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine import AdaptiveBank, AdaptiveState, Answered, Chosen, DesignError, Started, fold, fold_all
from tests.engine.adaptive.sittings import Run, started


def begun(n: int = 2) -> AdaptiveState:
    """Tests of three positions, without a plan."""
    return AdaptiveState.begin(Started(np.empty((n, 0), dtype=np.int32)), 3)


def chosen(*items: int) -> Chosen:
    return Chosen(np.array(items))


def answered(*categories: int) -> Answered:
    return Answered(np.array(categories))


def test_events_in_order_fill_a_test() -> None:
    state = fold_all(begun(), [chosen(4, 5), answered(1, 0), chosen(6, 4)])
    assert state.item.tolist() == [[4, 6, -1], [5, 4, -1]]
    assert state.category.tolist() == [[1, -1, -1], [0, -1, -1]]
    assert state.n_given.tolist() == [2, 2]
    assert state.n_answered.tolist() == [1, 1]


def test_persons_go_their_own_pace() -> None:
    state = fold_all(begun(), [chosen(4, -1), Answered(np.array([1, -1]), np.array([True, False]))])
    assert state.n_given.tolist() == state.n_answered.tolist() == [1, 0]


def test_an_answer_that_a_person_must_rate_still_counts_as_given() -> None:
    state = fold_all(begun(1), [chosen(4), answered(-1), chosen(5)])
    assert state.item.tolist() == [[4, 5, -1]]


def test_a_field_test_item_does_not_count() -> None:
    pretest = np.array([[-1, 7, -1]])
    state = AdaptiveState.begin(Started(np.empty((1, 0), dtype=np.int32), pretest=pretest), 3)
    state = fold_all(state, [chosen(4), answered(1), chosen(7), answered(1)])
    assert state.scored.tolist() == [[True, False, False]]


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([answered(1, 1)], "never presented; persons 0, 1"),
        ([chosen(4, -1), answered(1, 1)], "never presented; persons 1"),
        ([chosen(4, 5), chosen(6, 7)], "only after the answer to the last one; not so for 0, 1"),
        ([chosen(4, 5), answered(1, 1), chosen(4, 6)], "at most once"),
        ([chosen(4)], "an event of 1 persons does not fit the tests of 2"),
        ([chosen(4, 5), answered(1)], "an event of 1 persons"),
        ([Started(np.empty((2, 0), dtype=np.int32))], "starts once"),
        ([x for k in range(3) for x in (chosen(k, k), answered(1, 1))] + [chosen(8, 9)], "has no further one"),
    ],
)
def test_an_event_that_cannot_follow_is_refused(events: list[Chosen | Answered], why: str) -> None:
    with pytest.raises(DesignError, match=why):
        fold_all(begun(), events)


def test_an_item_that_is_not_planned_is_refused(bank: AdaptiveBank) -> None:
    state = AdaptiveState.begin(started(bank, 1), bank.n_positions)
    outside = int(np.setdiff1d(np.arange(bank.n_items), bank.start_plan[0])[0])
    with pytest.raises(DesignError, match=f"item {outside} is not among the planned items"):
        fold(state, Chosen(np.array([outside])))
    inside = int(bank.start_plan[0, 0])
    after = fold(state, Chosen(np.array([outside]), (((inside, outside),),)))
    assert after.item[0, 0] == after.plan[0, 0] == outside
    assert inside not in after.plan[0]
    with pytest.raises(DesignError, match="cannot go out"):
        fold(state, Chosen(np.array([inside]), (((outside, inside),),)))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"item": np.array([[4, -1, 6]])}, "without gaps"),
        ({"item": np.array([[4, 4, -1]]), "n_answered": np.array([2])}, "at most once"),
        ({"n_answered": np.array([1])}, "none that was not given"),
        ({"item": np.array([[4, 5, 6]]), "n_answered": np.array([0])}, "every item but the last"),
        ({"category": np.array([[1, -1, -1]])}, "not reached holds an answer"),
        ({"category": np.array([[1, -1]])}, "must fit 1 persons and 3 positions"),
        ({"plan": np.array([[-2, 3]])}, "indices"),
        ({"draws": np.empty((2, 3))}, "draws must fit"),
        ({"item": np.array([[0.5, -1, -1]])}, "item must hold values of type int32"),
    ],
)
def test_a_state_that_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(DesignError, match=why):
        replace(begun(1), **fields)


def test_folding_anew_gives_the_same_state(bank: AdaptiveBank, taken: Run) -> None:
    again = fold_all(AdaptiveState.begin(taken.start, bank.n_positions), taken.events)
    for name in ("item", "category", "plan", "n_answered"):
        np.testing.assert_array_equal(getattr(again, name), getattr(taken.state, name))
    np.testing.assert_array_equal(np.sort(again.plan, axis=1), np.sort(again.item, axis=1))
