"""Cohorts that take adaptive tests with exposure control, many persons at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.exposure import Eligibility, SimulatedTests, eligible_items, lift_where_short
from engine.selection import (
    MaximumInformation,
    RandomOfBest,
    Rule,
    SelectionTables,
    add_answers,
    choose,
    rows_answered,
    stand,
    start_posterior,
)

AT_ONCE = 2048  # persons x 1,000 items is 2 MB of what is excluded


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """What a cohort was given and how well it was measured: (n_persons, length) and (n_persons,)."""

    tests: SimulatedTests
    theta: FloatArray
    estimate: FloatArray
    category: IntArray

    @property
    def rmse(self) -> float:
        return float(np.sqrt(np.mean((self.estimate - self.theta) ** 2)))

    @property
    def rmse_in_tails(self) -> float:
        tails = np.abs(self.theta) > 1.5
        return float(np.sqrt(np.mean((self.estimate - self.theta)[tails] ** 2)))


def give_tests(
    tables: SelectionTables,
    theta: FloatArray,
    rng: np.random.Generator,
    eligibility: Eligibility | None = None,
    draws: FloatArray | Callable[[slice], FloatArray] | None = None,
    *,
    length: int = 35,
    rule: Rule | RandomOfBest | None = None,
) -> Cohort:
    """Whole tests of one length; ``draws`` are those of eligibility, or what makes them of some persons."""
    parts = []
    for first in range(0, theta.size, AT_ONCE):
        part = slice(first, min(first + AT_ONCE, theta.size))
        own = draws(part) if callable(draws) else None if draws is None else draws[part]
        parts.append(_give(tables, rule or MaximumInformation(), theta[part], rng, eligibility, own, length))
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Cohort(SimulatedTests(joined[0], joined[1], joined[2]), theta, joined[3], joined[4])


def _give(
    tables: SelectionTables,
    rule: Rule | RandomOfBest,
    theta: FloatArray,
    rng: np.random.Generator,
    eligibility: Eligibility | None,
    draws: FloatArray | None,
    length: int,
) -> tuple[IntArray, IntArray, BoolArray, FloatArray, IntArray]:
    """Items, intervals, lifted, estimates, categories."""
    n = theta.size
    item, interval, category = (np.zeros((n, length), dtype=np.int64) for _ in range(3))
    lifted, everyone = np.zeros(n, dtype=np.bool_), np.arange(n)
    excluded = np.zeros((n, tables.n_items), dtype=np.bool_)
    log_weights = start_posterior(tables, n)
    standing = stand(tables, log_weights, 0)
    before = np.full(n, -1)
    for position in range(length):
        if eligibility is not None and draws is not None:
            now = eligibility.interval(standing.theta)
            moved = np.flatnonzero(now != before)
            excluded[moved] = ~eligible_items(eligibility, draws[moved], now[moved])
            excluded[moved[:, np.newaxis], item[moved, :position]] = True
            interval[:, position], before = now, now
        chosen = choose(tables, rule, standing, excluded, rng.random(n))
        short = np.flatnonzero(chosen < 0)
        if short.size:
            usable = np.ones((short.size, tables.n_items), dtype=np.bool_)
            np.put_along_axis(usable, item[short, :position], False, axis=1)
            allowed, lifted[short] = lift_where_short(~excluded[short], usable)
            again = stand(tables, log_weights[short], np.full(short.size, position))
            chosen[short] = choose(tables, rule, again, ~allowed, rng.random(short.size))
        excluded[everyone, chosen] = True
        right = (rng.random(n) < _probability(tables, chosen, theta)).astype(np.int64)
        item[:, position], category[:, position] = chosen, right
        log_weights = add_answers(tables, log_weights, rows_answered(tables, chosen, right), out=log_weights)
        standing = stand(tables, log_weights, position + 1)
    return item, interval, lifted, standing.theta, category


def _probability(tables: SelectionTables, item: IntArray, theta: FloatArray) -> FloatArray:
    """Probability of a correct answer, (n_persons,)."""
    items = tables.items
    a, b, c, d = (field[item] for field in (items.discrimination, items.difficulty, items.guessing, items.upper))
    p: FloatArray = c + (d - c) / (1.0 + np.exp(-a * (theta - b)))
    return p
