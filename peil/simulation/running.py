"""One run of ``peil simulate``: exposure found, persons drawn, tests given, all summed up."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

from engine import (
    AdaptiveBank,
    EngineError,
    Method,
    Persons,
    Simulation,
    Summary,
    draw_persons,
    simulate_adaptive,
    simulate_linear,
    summarise,
)
from engine.exposure import Eligibility
from itembank.exposure import limit_exposure, n_tried_out
from peil.errors import CommandError
from peil.simulation.planning import Plan

WORTH_A_PROCESS = 2_000
"""Tests one by one for which another process pays: some 20 s of work."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came out.

    Attributes
    ----------
    plan : what was simulated
    persons, tests, summary : who, their tests, what they say
    eligibility : that limits exposure; None for none
    seconds : that the tests took
    seconds_for_exposure : that finding the eligibility took
    workers : processes that worked
    """

    plan: Plan
    persons: Persons
    tests: Simulation
    summary: Summary
    eligibility: Eligibility | None
    seconds: float
    seconds_for_exposure: float
    workers: int


def workers_for(plan: Plan) -> int:
    """Processes that work on a plan: those that were asked for, or as many as pay."""
    if plan.request.workers:
        return plan.request.workers
    is_slow = not plan.is_linear and plan.bank.strategy.method is not Method.INFORMATION
    if not is_slow or plan.request.n_persons < WORTH_A_PROCESS:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def worker_processes(n_workers: int) -> Iterator[Executor | None]:
    """Processes that work; none for one worker, who is this process."""
    if n_workers < 2:
        yield None
        return
    with ProcessPoolExecutor(n_workers, mp_context=get_context("spawn")) as executor:
        yield executor


def run(plan: Plan, on_stage: Callable[[str, int], None], on_persons: Callable[[int], None]) -> Outcome:
    """Simulate.

    Parameters
    ----------
    plan : what
    on_stage : told what begins, and how many persons it is about; 0 where that is not known
    on_persons : told how many more persons are done

    Raises
    ------
    CommandError
        If the engine refuses.
    """
    n_workers = workers_for(plan)
    try:
        persons = draw_persons(plan.groups, plan.request.n_persons, plan.request.seed)
        with worker_processes(n_workers) as executor:
            begun = time.monotonic()
            bank = plan.bank
            if plan.design.exposure.method != "none":
                on_stage("finding who may meet which item", n_tried_out(plan.design.exposure, bank))
                bank = limit_exposure(plan.design.exposure, bank, executor, on_persons)
            limited = time.monotonic()
            on_stage("simulating", plan.request.n_persons)
            tests = _give_tests(plan, bank, persons, executor, on_persons)
            done = time.monotonic()
        on_stage("summing up", 0)
        summary = summarise(tests, persons, bank.plans.rules, minimum=plan.minimum, cuts=plan.cuts)
    except EngineError as error:
        raise CommandError(f"{plan.request.design}: {error}") from error
    found = bank.strategy.eligibility
    return Outcome(plan, persons, tests, summary, found, done - limited, limited - begun, n_workers)


def _give_tests(
    plan: Plan,
    bank: AdaptiveBank,
    persons: Persons,
    executor: Executor | None,
    on_persons: Callable[[int], None],
) -> Simulation:
    """Adaptive tests, or forms."""
    request, items = plan.request, plan.pool.items
    accommodation = persons.accommodations(bank.accommodations)
    if plan.is_linear:
        return simulate_linear(
            bank.selection,
            plan.forms,
            persons.theta,
            items,
            request.seed,
            form=accommodation,
            behaviour=request.behaviour,
            executor=executor,
            on_persons=on_persons,
        )
    return simulate_adaptive(
        bank,
        persons.theta,
        items,
        request.seed,
        duration=plan.duration,
        behaviour=request.behaviour,
        accommodation=accommodation,
        executor=executor,
        on_persons=on_persons,
    )
