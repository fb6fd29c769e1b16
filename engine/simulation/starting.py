"""Starts of adaptive tests: first plans, field-test items and their positions, eligibility draws."""

from __future__ import annotations

import numpy as np

from engine.adaptive import AdaptiveBank, Started, draw_field_test
from engine.arrays import FloatArray, IndexArray, IntArray
from engine.errors import DesignError
from engine.exposure import unit_draws
from engine.simulation.chance import Chance, Use


def draw_start(bank: AdaptiveBank, accommodation: IntArray, chance: Chance) -> Started:
    """Everything that n_persons tests depend on besides their answers and the draws of their choices.

    Parameters
    ----------
    bank : what the tests are chosen from
    accommodation : (n_persons,) number of each person's accommodation pool, 0 for none
    chance : of these persons

    Raises
    ------
    DesignError
        If an accommodation does not exist, or has fewer field-test items than a test asks for.
    """
    wrong = accommodation[(accommodation < 0) | (accommodation >= len(bank.accommodations))]
    if wrong.size:
        raise DesignError(
            f"accommodations go from 0 to {len(bank.accommodations) - 1}; there is none of number {wrong[0]}"
        )
    eligibility = bank.strategy.eligibility
    draws = np.empty((accommodation.size, 0))
    if eligibility is not None:
        draws = unit_draws(eligibility, chance.numbers(Use.ELIGIBILITY, 1)[:, 0])
    return Started(
        plan=bank.start_plan[accommodation],
        pretest=_place_pretest(bank, accommodation, chance.numbers(Use.PRETEST, 1)[:, 0]),
        draws=draws,
        accommodation=accommodation,
    )


def _place_pretest(bank: AdaptiveBank, accommodation: IntArray, key: FloatArray) -> IndexArray:
    """Field-test items at drawn positions, (n_persons, n_positions), -1 elsewhere; empty where the test has none."""
    if bank.blueprint.pretest is None:
        return np.empty((0, 0), dtype=np.int32)
    placed = np.full((accommodation.size, bank.n_positions), -1, dtype=np.int32)
    for number in np.unique(accommodation).tolist():
        who = np.flatnonzero(accommodation == number)
        drawn = draw_field_test(bank, number, key[who])
        placed[who[:, np.newaxis], drawn.position - 1] = drawn.item
    return placed
