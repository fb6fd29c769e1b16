"""A budget of wrong passwords."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from delivery.signin.limits import MOST_KEYS, WINDOW_S, FailureBudget


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0.0, 200.0), max_size=40), st.integers(1, 8))
def test_no_window_ever_holds_more_failures_than_the_budget(pauses: list[float], most: int) -> None:
    clock = Clock()
    budget, allowed = FailureBudget(clock), []
    for pause in pauses:
        clock.now += pause
        if budget.draw([("somebody", most)]) == 0:
            allowed.append(clock.now)
    assert all(sum(at - WINDOW_S < other <= at for other in allowed) <= most for at in allowed)


@given(st.lists(st.floats(0.0, 100.0), min_size=3, max_size=3))
def test_after_the_wait_that_was_said_one_may_try_again(pauses: list[float]) -> None:
    clock = Clock()
    budget = FailureBudget(clock)
    for pause in pauses:
        clock.now += pause
        budget.draw([("somebody", 3)])
    wait = budget.draw([("somebody", 3)])
    assert wait > 0 or sum(pauses[1:]) >= WINDOW_S
    clock.now += wait + 1
    assert budget.draw([("somebody", 3)]) == 0


def test_one_person_waits_and_another_does_not() -> None:
    budget = FailureBudget(Clock())
    for _ in range(2):
        budget.draw([("one", 2), ("network", 100)])
    assert budget.draw([("one", 2), ("network", 100)]) > 0
    assert budget.draw([("other", 2), ("network", 100)]) == 0
    budget.forget("one")
    assert budget.draw([("one", 2), ("network", 100)]) == 0


def test_a_flood_of_names_does_not_fill_the_memory() -> None:
    budget = FailureBudget(Clock())
    for number in range(MOST_KEYS + 50):
        budget.draw([(f"name {number}", 1)])
    assert budget.draw([("name 0", 1)]) == 0
    assert budget.draw([(f"name {MOST_KEYS + 49}", 1)]) > 0


def test_what_was_no_failure_is_taken_back() -> None:
    budget = FailureBudget(Clock())
    for _ in range(10):
        assert budget.draw([("one", 2), ("network", 5)]) == 0
        budget.give_back([("one", 2), ("network", 5)])


def test_of_many_tries_at_once_no_more_go_through_than_the_budget() -> None:
    budget = FailureBudget(Clock())
    with ThreadPoolExecutor(16) as threads:
        waits = list(threads.map(lambda _: budget.draw([("one", 5)]), range(200)))
    assert waits.count(0) == 5
