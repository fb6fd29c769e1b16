"""Starts of adaptive tests: first plans, field-test items and their positions, eligibility draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.adaptive import AdaptiveBank, Started
from engine.arrays import FloatArray, IndexArray, IntArray
from engine.assembly import suitable_items
from engine.errors import DesignError
from engine.exposure import draw_pretest, unit_draws
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
        pretest=place_pretest(bank, accommodation, chance.numbers(Use.PRETEST, 1)[:, 0]),
        draws=draws,
        accommodation=accommodation,
    )


def place_pretest(bank: AdaptiveBank, accommodation: IntArray, key: FloatArray) -> IndexArray:
    """Field-test items at drawn positions, (n_persons, n_positions), -1 elsewhere; empty where the test has none.

    Parameters
    ----------
    bank, accommodation
        As for `draw_start`.
    key : (n_persons,) numbers in [0, 1), of no other use
    """
    asked, pool = bank.blueprint.pretest, bank.pool
    if asked is None:
        return np.empty((0, 0), dtype=np.int32)
    placed = np.full((accommodation.size, bank.n_positions), -1, dtype=np.int32)
    for number in np.unique(accommodation).tolist():
        who = np.flatnonzero(accommodation == number)
        fit = pool.pretest & suitable_items(pool, bank.blueprint, bank.accommodations[number])
        drawn = draw_pretest(replace(pool, pretest=fit), asked, key[who])
        placed[who[:, np.newaxis], drawn.position - 1] = drawn.item
    return placed
