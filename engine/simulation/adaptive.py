"""Simulated adaptive tests: the same choices as in delivery, many persons at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from engine.adaptive import AdaptiveBank, Estimator, Method
from engine.arrays import FloatArray
from engine.models import ItemParameters
from engine.simulation.answering import Source
from engine.simulation.behaviour import Behaviour
from engine.simulation.chance import STREAM, Use
from engine.simulation.cohort import simulate_from_pool
from engine.simulation.ending import check_durations
from engine.simulation.folding import simulate_by_folding
from engine.simulation.portions import Portion, cut, gather, make_respondents, require_same_categories
from engine.simulation.starting import draw_start
from engine.simulation.values import Simulation
from engine.stopping import PredictedReduction

AT_ONCE_FROM_POOL = 16 * STREAM  # 4 MB of items barred, 2 MB of posteriors
AT_ONCE_FROM_PLANS = STREAM  # about 10 s of work


def simulate_adaptive(
    bank: AdaptiveBank,
    theta: npt.ArrayLike,
    generating: ItemParameters,
    seed: int,
    *,
    duration: npt.ArrayLike | None = None,
    behaviour: Behaviour | None = None,
    accommodation: npt.ArrayLike | None = None,
    chance: FloatArray | None = None,
    draws: FloatArray | None = None,
    executor: Executor | None = None,
    on_persons: Callable[[int], None] | None = None,
) -> Simulation:
    """Whole adaptive tests of simulated persons.

    A person's chance depends on the seed and the person's number alone, so that the same seed gives the same tests on
    any executor, with any number of workers. It belongs to positions: whatever is chosen, the luck is the same.

    Parameters
    ----------
    bank
        What is chosen from, and how.
    theta : (n_persons,) true abilities in logits
    generating : items that the answers are drawn from: those of the pool, or what they are in truth
    seed : 0 or more
    duration : (n_items,) milliseconds that an item takes everyone, for tests that time ends; None where not known
    behaviour
        Departures from the model; None for none.
    accommodation : (n_persons,) numbers of accommodation pools; None, or 0, is none
    chance : (n_persons, n_items) numbers in [0, 1) that answers are drawn with; None draws one for each answer
    draws : (n_persons, n_units) numbers in [0, 1) that eligibility is drawn with; None draws them
    executor
        Threads, processes, or a cluster's; None works here.
    on_persons
        Told how many more persons are done, now and then.

    Raises
    ------
    DesignError
        If shapes or items do not fit the bank.
    """
    require_same_categories(bank.pool.items, generating)
    at_once = AT_ONCE_FROM_POOL if is_plain(bank) else AT_ONCE_FROM_PLANS
    portions = cut(theta, accommodation, (chance, draws), (seed, bank.n_items, at_once))
    taking = np.empty(0) if duration is None else np.asarray(duration, dtype=np.float64)
    check_durations(bank, taking)
    work = partial(_simulate, bank, taking, Source.of(generating), Behaviour() if behaviour is None else behaviour)
    return gather(work, portions, executor, on_persons)


def _simulate(
    bank: AdaptiveBank, duration: FloatArray, source: Source, behaviour: Behaviour, portion: Portion
) -> Simulation:
    """Tests of some persons."""
    started = draw_start(bank, portion.member, portion.chance)
    if portion.draws is not None:
        started = replace(started, draws=portion.draws)
    respondents = make_respondents(source, behaviour, portion, bank.n_positions)
    draw = portion.chance.numbers(Use.CHOICE, bank.n_positions)
    simulate = simulate_from_pool if is_plain(bank) else simulate_by_folding
    return simulate(bank, duration, started, respondents, draw)


def is_plain(bank: AdaptiveBank) -> bool:
    """Whether the cohort's loop can do it, far faster: EAP, items from the pool, and no rule that looks ahead.

    Parameters
    ----------
    bank : what is chosen from, and how
    """
    ending = bank.strategy.ending
    ahead = ending is not None and any(isinstance(rule, PredictedReduction) for rule in ending.rules)
    usual = bank.strategy.estimator is Estimator.EAP
    limits = bank.strategy.eligibility
    if limits is not None and limits.probability.shape[0] > 1 and bank.pool.n_passages:
        return False  # a begun passage stays open when the ability passes into another interval: folding knows
    return bank.strategy.method is Method.INFORMATION and usual and not ahead
