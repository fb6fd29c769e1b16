"""What simulated tests do with a bank and make of a blueprint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.assembly import Rules
from engine.errors import DesignError
from engine.exposure import administered_counts, overlap_rate
from engine.simulation.rule_counts import RuleCounts, count_rules
from engine.simulation.values import Simulation

PERSONS_AT_ONCE = 8192  # times 200 rules is 13 MB


@dataclass(frozen=True, slots=True, eq=False)
class ItemUse:
    """How often items are given.

    Attributes
    ----------
    scored : (n_items,) share of the tests in which each item counts
    pretest : (n_items,) share in which it is in a field test
    overlap : mean share of scored items that two tests have in common; 0 for one test alone
    usable : number of items that may be scored
    """

    scored: FloatArray
    pretest: FloatArray
    overlap: float
    usable: int

    @property
    def highest(self) -> float:
        """Highest exposure rate."""
        return float(self.scored.max())

    @property
    def n_unused(self) -> int:
        """Items that may be scored, and are in no test."""
        return self.usable - int(np.count_nonzero(self.scored))


@dataclass(frozen=True, slots=True)
class RuleUse:
    """What tests make of one rule of a blueprint.

    Attributes
    ----------
    name : what people call it
    sort : ``length``, ``count``, ``budget``, ``passages``, ``items of a passage`` or ``enemies``
    minimum, maximum : what is asked
    lowest, mean, highest : what the tests hold
    misses : tests that break it
    """

    name: str
    sort: str
    minimum: float
    maximum: float
    lowest: float
    mean: float
    highest: float
    misses: int


def use_of_items(tests: Simulation, rules: Rules) -> ItemUse:
    """How often each item of a bank is given.

    Parameters
    ----------
    tests : simulated tests
    rules : of their blueprint: they say which items may be scored
    """
    n = rules.n_items
    scored = np.where(tests.scored, tests.item, -1)
    other = np.where(tests.scored, -1, tests.item)
    return ItemUse(
        scored=administered_counts(scored, n) / tests.n_persons,
        pretest=administered_counts(other, n) / tests.n_persons,
        overlap=overlap_rate(scored, n) if tests.n_persons > 1 and tests.scored.any() else 0.0,
        usable=int(rules.usable.sum()),
    )


def use_of_rules(tests: Simulation, rules: Rules, minimum: int = 0) -> tuple[RuleUse, ...]:
    """What the tests make of each rule; sets of enemies are one rule, and so are the items of passages.

    Parameters
    ----------
    tests : simulated tests
    rules : of their blueprint
    minimum : least length of a test; 0: every test has the blueprint's

    Raises
    ------
    DesignError
        If there are no tests.
    """
    if not tests.n_persons:
        raise DesignError("rules are held against one test or more")
    parts = [slice(first, first + PERSONS_AT_ONCE) for first in range(0, tests.n_persons, PERSONS_AT_ONCE)]
    found = [_of_part(count_rules(rules, tests.item[part], tests.scored[part]), minimum) for part in parts]
    return tuple(_joined(of_rule, tests.n_persons) for of_rule in zip(*found, strict=True))


def _of_part(counts: RuleCounts, minimum: int) -> list[RuleUse]:
    """What some tests make of each rule; their sum stands where the mean will."""
    rules = counts.rules
    least = minimum or rules.length
    short = (counts.n_items < least) | (counts.n_items > rules.length) | (counts.n_unusable > 0)
    uses = [_use("scored items", "length", (least, rules.length), counts.n_items, short)]
    broken = counts.rows_broken
    for row in range(rules.n_counts):
        bounds = float(rules.minimum[row]), float(rules.maximum[row])
        uses.append(_use(rules.name[row], "count", bounds, counts.count[:, row], broken[:, row]))
    for row, name in enumerate(rules.budget_name):
        bounds = float(rules.amount_minimum[row]), float(rules.amount_maximum[row])
        uses.append(_use(name, "budget", bounds, counts.total[:, row], counts.budgets_broken[:, row]))
    return uses + _passages_and_enemies(counts)


def _passages_and_enemies(counts: RuleCounts) -> list[RuleUse]:
    """Rules that are many rows."""
    rules, rows, uses = counts.rules, counts.rules.passage_rows, []
    if rules.n_passages:
        bounds = rules.passages_minimum, min(rules.passages_maximum, rules.n_passages)
        uses.append(_use("passages", "passages", bounds, counts.passages, counts.passages_broken))
        per_test = counts.count[:, rows].sum(axis=1) / np.maximum(counts.passages, 1)
        bounds = int(rules.minimum[rows].min()), int(rules.maximum[rows].max())
        broken = np.any(counts.rows_broken[:, rows], axis=1)
        uses.append(_use("items of each passage, mean", "items of a passage", bounds, per_test, broken))
    if rules.n_enemies:
        sets = slice(rules.n_counts, rules.n_counts + rules.n_enemies)
        most = counts.count[:, sets].max(axis=1)
        uses.append(
            _use("items of an enemy set, most", "enemies", (0, 1), most, np.any(counts.rows_broken[:, sets], axis=1))
        )
    return uses


def _use(name: str, sort: str, bounds: tuple[float, float], held: IntArray | FloatArray, broken: BoolArray) -> RuleUse:
    """What tests make of one rule, with the sum where the mean will stand."""
    lowest, total, highest = float(held.min()), float(held.sum()), float(held.max())
    return RuleUse(name, sort, *bounds, lowest, total, highest, int(np.count_nonzero(broken)))


def _joined(parts: tuple[RuleUse, ...], n_persons: int) -> RuleUse:
    """One rule in all tests."""
    first = parts[0]
    return RuleUse(
        first.name,
        first.sort,
        first.minimum,
        first.maximum,
        lowest=min(part.lowest for part in parts),
        mean=sum(part.mean for part in parts) / n_persons,
        highest=max(part.highest for part in parts),
        misses=sum(part.misses for part in parts),
    )
