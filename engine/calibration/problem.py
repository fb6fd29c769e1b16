"""One calibration as a function of a vector: pack, unpack, expectation step, maximisation step."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.calibration.blocks import ItemBlock
from engine.calibration.expectation import ExpectedCounts, NodeTable, expect, node_table
from engine.calibration.maximisation import bounded, improve
from engine.calibration.parts import Part
from engine.calibration.population import Design, Population, fit_population


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Values of everything that a calibration moves.

    Attributes
    ----------
    parameters : of every block, (n, n_parameters)
    population : ability distributions
    log_p : of every block, its log-probabilities at the nodes; empty where they were not worked out yet
    """

    parameters: tuple[FloatArray, ...]
    population: Population
    log_p: tuple[FloatArray, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What is estimated from what, on which nodes.

    Attributes
    ----------
    blocks : items
    offset : (n_items + 1,) first row of each item in the flat table
    design : sums over persons
    parts : responses
    nodes : (n_nodes,)
    executor : works out the parts
    on_cycle : told the number and log-posterior of every cycle
    history : log-posterior of every cycle so far; added to in place
    given_up : log-posterior of every leap that was given up, because it went down; added to in place
    """

    blocks: tuple[ItemBlock, ...]
    offset: IntArray
    design: Design
    parts: tuple[Part, ...]
    nodes: FloatArray
    executor: Executor | None
    on_cycle: Callable[[int, float], None] | None
    history: list[float] = field(default_factory=list)
    given_up: list[float] = field(default_factory=list)

    def pack(self, estimates: Estimates) -> FloatArray:
        """All that is free, in a row."""
        parts = [block.pack(values) for block, values in zip(self.blocks, estimates.parameters, strict=True)]
        return np.concatenate([*parts, estimates.population.pack()])

    def unpack(self, vector: FloatArray, like: Estimates) -> Estimates:
        """Return the estimates that a vector stands for, brought back into bounds."""
        borders = np.cumsum([block.n_free for block in self.blocks])
        *parts, rest = np.split(vector, borders)
        parameters = tuple(bounded(block, block.unpack(part)) for block, part in zip(self.blocks, parts, strict=True))
        return Estimates(parameters, like.population.unpack(rest))

    def tabulated(self, estimates: Estimates) -> Estimates:
        """Return the estimates with their log-probabilities worked out."""
        if estimates.log_p:
            return estimates
        pairs = zip(self.blocks, estimates.parameters, strict=True)
        return replace(estimates, log_p=tuple(b.family.log_probability(values, self.nodes) for b, values in pairs))

    def table(self, estimates: Estimates) -> NodeTable:
        """Flat table of the estimates."""
        rows = np.empty((int(self.offset[-1]), self.nodes.size))
        for block, log_p in zip(self.blocks, self.tabulated(estimates).log_p, strict=True):
            rows[self.rows_of(block)] = log_p
        is_dense = any(part.is_dense for part in self.parts)
        return node_table(rows, self.offset, self.nodes, estimates.population, is_dense=is_dense)

    def rows_of(self, block: ItemBlock) -> IntArray:
        """Rows of a block's items in the flat table, (n, n_categories)."""
        rows: IntArray = self.offset[block.items][:, np.newaxis] + np.arange(block.family.n_categories)
        return rows

    def log_prior(self, estimates: Estimates) -> float:
        """Logarithm of the prior density of all items."""
        pairs = zip(self.blocks, estimates.parameters, strict=True)
        return float(sum(block.log_prior(values)[0].sum() for block, values in pairs))

    def expect(self, estimates: Estimates) -> tuple[Estimates, ExpectedCounts, float]:
        """Expectation step: estimates with their table, counts, and log-posterior."""
        estimates = self.tabulated(estimates)
        counts = expect(self.parts, self.table(estimates), self.executor)
        return estimates, counts, counts.log_likelihood + self.log_prior(estimates)

    def report(self, log_posterior: float) -> None:
        """Count a cycle, and tell whoever wants to know where it ended."""
        self.history.append(log_posterior)
        if self.on_cycle is not None:
            self.on_cycle(len(self.history), log_posterior)

    def maximise(self, estimates: Estimates, counts: ExpectedCounts) -> Estimates:
        """Maximisation step from estimates that have their log-probabilities."""
        moved = [
            improve(block, values, self.nodes, log_p, counts.rows[self.rows_of(block)])
            for block, values, log_p in zip(self.blocks, estimates.parameters, estimates.log_p, strict=True)
        ]
        population = fit_population(estimates.population, counts.moments, self.design, self.nodes)
        return Estimates(tuple(values for values, _ in moved), population, tuple(log_p for _, log_p in moved))
