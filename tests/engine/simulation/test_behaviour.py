"""Slips, rapid guesses and bad luck happen to whom they should, as often as they should."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Behaviour, DesignError, ItemParameters, Kind, Simulation, simulate_linear
from engine.selection import SelectionTables
from engine.simulation.chance import Chance

N = 20_000
EASY = ItemParameters.two_parameter(np.full(12, 2.0), np.full(12, -6.0))
STEPS = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, np.ones(12), [[-8.0, -7.0]] * 12)
FORM = np.arange(12)[np.newaxis]


def able_persons(behaviour: Behaviour, items: ItemParameters = EASY) -> Simulation:
    """Persons who know every answer."""
    return simulate_linear(SelectionTables(items), FORM, np.full(N, 6.0), items, 1, behaviour=behaviour)


def near(share: float, n: int) -> object:
    return pytest.approx(share, abs=4.0 * np.sqrt(share * (1.0 - share) / n))


def test_without_behaviour_those_who_know_are_right() -> None:
    assert able_persons(Behaviour()).category.all()


def test_slips_take_an_answer_whatever_its_place() -> None:
    wrong = able_persons(Behaviour(slips=0.07)).category == 0
    assert wrong.mean() == near(0.07, wrong.size)
    assert wrong[:, 0].mean() == near(0.07, N)


def test_rapid_guessers_are_some_persons_after_some_items() -> None:
    behaviour = Behaviour(rapid_persons=0.3, rapid_after=4, rapid_items=0.8, rapid_right=0.25)
    wrong = able_persons(behaviour).category == 0
    assert not wrong[:, :4].any()
    assert wrong[:, 4:].mean() == pytest.approx(0.3 * 0.8 * 0.75, abs=0.01)
    guessers = wrong[:, 4:].sum(axis=1)
    assert np.mean(guessers == 0) == pytest.approx(0.7 + 0.3 * 0.4**8, abs=0.015)


def test_a_guess_earns_all_or_nothing() -> None:
    category = able_persons(Behaviour(rapid_persons=1.0, rapid_right=0.4), STEPS).category
    assert set(np.unique(category).tolist()) == {0, 2}
    assert (category == 2).mean() == near(0.4, category.size)


def test_the_unlucky_fail_at_the_start_and_only_there() -> None:
    wrong = able_persons(Behaviour(unlucky=3, unlucky_persons=0.5)).category == 0
    assert not wrong[:, 3:].any()
    assert np.array_equal(wrong[:, 0], wrong[:, 2])
    assert wrong[:, 0].mean() == near(0.5, N)


def test_one_kind_of_behaviour_does_not_change_whom_another_meets() -> None:
    both = Behaviour(slips=0.1, rapid_persons=0.4, unlucky=2).draw(Chance(3, 0, 300), 12)
    alone = Behaviour(rapid_persons=0.4).draw(Chance(3, 0, 300), 12)
    assert np.array_equal(both.at_random, alone.at_random)
    assert np.array_equal(both.right, alone.right)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"slips": 1.5}, "slips must be between 0 and 1, not 1.5"),
        ({"slips": float("nan")}, "slips must be between 0 and 1, not nan"),
        ({"rapid_right": -0.1}, "rapid_right must be between 0 and 1"),
        ({"unlucky": -1}, "unlucky must be 0 or more, not -1"),
    ],
)
def test_impossible_behaviour_is_refused(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(DesignError, match=said):
        Behaviour(**wrong)  # type: ignore[arg-type]  # the point of the test
