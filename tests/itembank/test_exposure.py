"""Limits on exposure, found when a bank is released."""

from __future__ import annotations

import numpy as np
import pytest

from engine import Blueprint, DesignError, ItemParameters, Pool, make_bank
from engine.exposure import ExposureOptions, exposure_rates
from engine.simulation import simulate_adaptive
from itembank import Exposure
from itembank.choosing import strategy_of
from itembank.exposure import find_eligibility
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
