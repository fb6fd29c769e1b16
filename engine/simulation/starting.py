"""Starts of adaptive tests: first plans, field-test items and their positions, eligibility draws."""

from __future__ import annotations

import numpy as np

from engine.adaptive import AdaptiveBank, Started
from engine.arrays import IndexArray, IntArray
from engine.assembly import suitable_items
from engine.errors import DesignError
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
    n = accommodation.size
    if n and not 0 <= accommodation.min() <= accommodation.max() < len(bank.accommodations):
        raise DesignError(
            f"accommodations go from 0 to {len(bank.accommodations) - 1}; there is none of number "
            f"{accommodation.max() if accommodation.min() >= 0 else accommodation.min()}"
        )
    eligibility = bank.strategy.eligibility
    return Started(
        plan=bank.start_plan[accommodation],
        pretest=draw_pretest(bank, accommodation, chance),
        draws=chance.numbers(Use.ELIGIBILITY, 0 if eligibility is None else eligibility.n_units),
        accommodation=accommodation,
    )


def draw_pretest(bank: AdaptiveBank, accommodation: IntArray, chance: Chance) -> IndexArray:
    """Field-test items at drawn positions, (n_persons, n_positions), -1 elsewhere; each as likely as any other."""
    asked, n = bank.blueprint.pretest, accommodation.size
    if asked is None:
        return np.empty((0, 0), dtype=np.int32)
    window = np.arange(asked.first - 1, asked.last)
    placed = np.full((n, bank.n_positions), -1, dtype=np.int32)
    order = chance.numbers(Use.PRETEST_PLACE, window.size).argsort(axis=1)
    place = np.sort(window[order[:, : asked.n_items]], axis=1)
    number_of_item = chance.numbers(Use.PRETEST_ITEM, bank.n_items)
    for number, name in enumerate(bank.accommodations):
        who = np.flatnonzero(accommodation == number)
        fit = np.flatnonzero(bank.pool.pretest & suitable_items(bank.pool, bank.blueprint, name))
        if who.size and fit.size < asked.n_items:
            whose = f"accommodation {name!r}: " if name else ""
            raise DesignError(f"{whose}a test asks for {asked.n_items} field-test items, the pool has {fit.size}")
        chosen = fit[number_of_item[who[:, np.newaxis], fit].argsort(axis=1)[:, : asked.n_items]]
        placed[who[:, np.newaxis], place[who]] = chosen
    return placed
