"""Who may be given which item, found by simulation before a bank is released."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

import numpy as np

from engine import AdaptiveBank, Blueprint, DesignError, Method, make_bank
from engine.adaptive import Prepared
from engine.exposure import (
    Eligibility,
    ExposureLimit,
    ExposureOptions,
    all_eligible,
    calibrate_exposure,
    calibrate_sympson_hetter,
    conditional_limits,
    passage_units,
)
from engine.simulation import exposure_simulator, is_plain
from itembank.designs import Exposure

SEED = 1
DECIMALS = 6  # of probabilities: they are kept with a released bank
FROM_PLANS = ExposureOptions(n_persons=600, n_iterations=14, n_bold=4)  # a test takes some 10 ms
FROM_POOL = ExposureOptions(n_persons=2000, n_iterations=16, n_bold=4)  # about a millisecond
PLAIN = ExposureOptions()  # some hundredths of one


def find_eligibility(
    exposure: Exposure,
    bank: AdaptiveBank,
    *,
    options: ExposureOptions | None = None,
    executor: Executor | None = None,
    on_persons: Callable[[int], None] | None = None,
) -> Eligibility | None:
    """Probabilities with which items may be given; None where the design limits nothing.

    Persons are drawn from the prior of the blueprint; passages may be given or not as a whole. Intervals of ability
    take as many times the persons.

    Parameters
    ----------
    exposure : of the design
    bank : without eligibility
    options
        How hard to work; None for what the method can afford.
    executor
        Threads or processes for the simulations; None works here.
    on_persons
        Told how many more persons of `n_tried_out` are done, now and then.

    Raises
    ------
    DesignError
        If the limits leave too few items for a test.
    """
    if exposure.method == "none":
        return None
    pool, blueprint = bank.pool, bank.blueprint
    n_scored = int((~pool.pretest).sum())
    if exposure.item_limit * n_scored < blueprint.length:
        raise DesignError(
            f"exposure: {n_scored} items, each given to at most {exposure.item_limit:.0%} of the pupils, cannot "
            f"fill tests of {blueprint.length}; raise the limit to {blueprint.length / n_scored:.0%} or more"
        )
    simulate = exposure_simulator(bank, pool.items, executor, on_persons)
    start = all_eligible(passage_units(pool), np.array(exposure.intervals))
    rng = np.random.Generator(np.random.Philox(SEED))
    limits, effort = _limits(exposure, blueprint), options or _effort(exposure, bank)
    if exposure.method == "sympson_hetter":
        found = calibrate_sympson_hetter(simulate, start, limits, rng, effort)
    else:
        found = calibrate_exposure(simulate, start, limits, rng, effort).eligibility
    return found.with_probability(np.round(found.probability, DECIMALS).clip(10.0**-DECIMALS))


def _limits(exposure: Exposure, blueprint: Blueprint) -> list[ExposureLimit]:
    """One limit for each interval of ability; the overlap is that of all pupils together."""
    mean, sd = blueprint.prior_mean, blueprint.prior_sd
    everyone = ExposureLimit(exposure.item_limit, mean, sd, overlap=exposure.overlap_limit)
    if not exposure.intervals:
        return [everyone]
    limits = [*conditional_limits(np.array(exposure.intervals), exposure.item_limit, mean=mean, sd=sd)]
    if exposure.overlap_limit < 1.0:
        limits.append(everyone)
    return limits


def _effort(exposure: Exposure, bank: AdaptiveBank) -> ExposureOptions:
    """How hard to work: every interval of ability as hard as all together."""
    effort = FROM_POOL if bank.strategy.method is Method.INFORMATION else FROM_PLANS
    effort = PLAIN if is_plain(bank) else effort
    return replace(effort, n_persons=effort.n_persons * (len(exposure.intervals) + 1))


def n_tried_out(exposure: Exposure, bank: AdaptiveBank) -> int:
    """Simulated persons that `find_eligibility` works with by itself."""
    effort = _effort(exposure, bank)
    return effort.n_persons * effort.n_iterations


def limit_exposure(
    exposure: Exposure,
    bank: AdaptiveBank,
    executor: Executor | None = None,
    on_persons: Callable[[int], None] | None = None,
) -> AdaptiveBank:
    """Return the bank with its exposure limited as a design asks; the bank itself where it asks nothing.

    Parameters
    ----------
    exposure, bank, executor, on_persons
        As for `find_eligibility`.

    Raises
    ------
    DesignError
        As `find_eligibility`.
    """
    eligibility = find_eligibility(exposure, bank, executor=executor, on_persons=on_persons)
    if eligibility is None:
        return bank
    strategy = replace(bank.strategy, eligibility=eligibility)
    return make_bank(bank.pool, bank.blueprint, strategy, Prepared(bank.start_plan, bank.libraries))
