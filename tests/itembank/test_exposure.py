"""Limits on exposure, found when a bank is released."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import Blueprint, DesignError, ItemParameters, Method, Pool, Strategy, make_bank
from engine.adaptive import Estimator
from engine.exposure import ExposureOptions, exposure_rates, overlap_rate
from engine.simulation import simulate_adaptive
from itembank import Exposure, Selection
from itembank.choosing import strategy_of
from itembank.exposure import find_eligibility, n_tried_out
from tests.designs import area_design

N_ITEMS, LENGTH, LIMIT = 40, 8, 0.35


def make_pool() -> Pool:
    """Forty items, some far better than others."""
    rng = np.random.default_rng(4)
    items = ItemParameters.two_parameter(np.exp(rng.normal(0.0, 0.4, N_ITEMS)), rng.normal(size=N_ITEMS))
    return Pool(items=items, passage=np.full(N_ITEMS, -1))


def test_no_item_is_given_to_more_pupils_than_the_design_allows() -> None:
    pool, blueprint = make_pool(), Blueprint(LENGTH)
    design = area_design("t", "T", LENGTH, {"x": (0, LENGTH)})
    free = make_bank(pool, blueprint, strategy_of(design, pool.items, LENGTH))
    options = ExposureOptions(n_persons=250, n_iterations=8, n_bold=4)
    eligibility = find_eligibility(Exposure("eligibility", LIMIT), free, options=options)
    limited = make_bank(pool, blueprint, strategy_of(design, pool.items, LENGTH, eligibility))
    theta = np.random.default_rng(5).normal(size=800)
    highest = [
        exposure_rates(simulate_adaptive(bank, theta, pool.items, 7).item, N_ITEMS).max() for bank in (free, limited)
    ]
    error = np.sqrt(LIMIT * (1.0 - LIMIT) / 800)
    assert highest[1] <= LIMIT + 4.0 * error  # the highest of forty rates, each with its own luck
    assert highest[0] > 0.7


def test_a_limit_that_leaves_too_few_items_is_refused_in_words() -> None:
    pool = make_pool()
    free = make_bank(pool, Blueprint(LENGTH))
    with pytest.raises(DesignError, match=r"40 items, each given to at most 10% .* tests of 8; raise the limit to 20%"):
        find_eligibility(Exposure("eligibility", 0.1), free)


def test_no_limit_costs_nothing() -> None:
    assert find_eligibility(Exposure(), make_bank(make_pool(), Blueprint(LENGTH))) is None


@pytest.mark.parametrize("method", ["eligibility", "sympson_hetter"])
def test_limits_hold_among_the_pupils_of_each_interval_of_ability(method: str) -> None:
    """One limit for all together lets an item be given to nearly all of the few whom it suits."""
    pool, blueprint, edges = make_pool(), Blueprint(LENGTH), (-0.7, 0.7)
    design = replace(area_design("t", "T", LENGTH, {"x": (0, LENGTH)}), selection=Selection(method="information"))
    free = make_bank(pool, blueprint, strategy_of(design, pool.items, LENGTH))
    options = ExposureOptions(n_persons=3000, n_iterations=16)
    theta = np.random.default_rng(5).normal(size=6000)
    highest = []
    for asked in (Exposure(method, LIMIT), Exposure(method, LIMIT, intervals=edges)):
        eligibility = find_eligibility(asked, free, options=options)
        assert eligibility is not None
        assert tuple(eligibility.edges) == asked.intervals
        bank = make_bank(pool, blueprint, strategy_of(design, pool.items, LENGTH, eligibility))
        given, part = simulate_adaptive(bank, theta, pool.items, 7).item, np.searchsorted(edges, theta)
        highest.append(max(exposure_rates(given[part == one], N_ITEMS).max() for one in range(3)))
    error = np.sqrt(LIMIT * (1.0 - LIMIT) / 1400)  # some 1,450 of 6,000 live below -0.7
    assert highest[0] > LIMIT + 0.15
    assert highest[1] <= LIMIT + 4.0 * error


def test_the_overlap_of_all_pupils_is_limited_beside_the_intervals() -> None:
    pool = make_pool()
    design = replace(area_design("t", "T", LENGTH, {"x": (0, LENGTH)}), selection=Selection(method="information"))
    free = make_bank(pool, Blueprint(LENGTH), strategy_of(design, pool.items, LENGTH))
    options, theta = ExposureOptions(n_persons=3000, n_iterations=16), np.random.default_rng(5).normal(size=6000)
    overlap = []
    for limit in (1.0, 0.26):
        asked = Exposure("eligibility", 0.5, limit, (0.0,))
        bank = make_bank(
            pool,
            Blueprint(LENGTH),
            strategy_of(design, pool.items, LENGTH, find_eligibility(asked, free, options=options)),
        )
        overlap.append(overlap_rate(simulate_adaptive(bank, theta, pool.items, 7).item, N_ITEMS))
    assert overlap[1] <= 0.265 < overlap[0]


def test_every_interval_is_worked_on_as_hard_as_all_pupils_together() -> None:
    bank = make_bank(make_pool(), Blueprint(LENGTH))
    assert n_tried_out(Exposure("eligibility", 0.3, intervals=(-1.0, 0.0, 1.0)), bank) == 4 * n_tried_out(
        Exposure("eligibility", 0.3), bank
    )


def test_tests_that_take_longer_are_tried_out_on_fewer_persons() -> None:
    """Another estimator takes some twenty times as long, plans again ten times."""
    pool, limit = make_pool(), Exposure("eligibility", 0.3)
    ways = [Strategy(), *(Strategy(method=Method.INFORMATION, estimator=one) for one in (Estimator.ML, Estimator.EAP))]
    tried = [n_tried_out(limit, make_bank(pool, Blueprint(LENGTH), how)) for how in ways]
    assert tried == sorted(tried)
    assert len(set(tried)) == 3
