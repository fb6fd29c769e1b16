"""What is noted of a block of simulated persons while they take their tests."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.adaptive import AdaptiveBank
from engine.arrays import BoolArray, CodeArray, FloatArray, IndexArray, IntArray
from engine.selection import MaximumInformation, Standing
from engine.simulation.values import CountArray, Simulation
from engine.stopping import StopReason


@dataclass(slots=True, eq=False)
class Record:
    """Notes on n_persons tests; filled in place, see `Simulation`."""

    item: IndexArray
    category: CodeArray
    scored: BoolArray
    interval: CodeArray
    reason: CodeArray
    lifted: CountArray
    fallbacks: CountArray
    share: FloatArray
    with_share: bool
    routes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, bank: AdaptiveBank, n_persons: int) -> Record:
        """Nothing noted yet of adaptive tests: intervals with eligibility, shares where they can be below 1."""
        with_share = not isinstance(bank.strategy.rule, MaximumInformation)
        with_interval = bank.strategy.eligibility is not None
        return cls.blank(n_persons, bank.n_positions, with_interval=with_interval, with_share=with_share)

    @classmethod
    def blank(
        cls, n_persons: int, n_positions: int, *, with_interval: bool = False, with_share: bool = False
    ) -> Record:
        """Nothing noted yet."""
        shape = (n_persons, n_positions)
        return cls(
            item=np.full(shape, -1, dtype=np.int32),
            category=np.full(shape, -1, dtype=np.int8),
            scored=np.zeros(shape, dtype=np.bool_),
            interval=np.zeros((n_persons, n_positions if with_interval else 0), dtype=np.int8),
            reason=np.zeros(n_persons, dtype=np.int8),
            lifted=np.zeros(n_persons, dtype=np.int16),
            fallbacks=np.zeros(n_persons, dtype=np.int16),
            share=np.zeros(n_persons if with_share else 0),
            with_share=with_share,
        )

    def note(self, position: int, person: IntArray, item: IntArray, category: CodeArray, scored: BoolArray) -> None:
        """Note what persons were given at a position, and their answers; (n,) each."""
        self.item[person, position] = item
        self.category[person, position] = category
        self.scored[person, position] = scored

    def count(self, route: str, n: int) -> None:
        """Count choices that were made in one way."""
        if n:
            self.routes[route] = self.routes.get(route, 0) + n

    def closed(self, theta: FloatArray, standing: Standing, length: int) -> Simulation:
        """Tests as they are now, with true abilities and what the answers say; length is the greatest."""
        n_scored = np.count_nonzero(self.scored, axis=1)
        self.reason[n_scored == length] = StopReason.FULL_LENGTH
        return Simulation(
            theta=theta,
            estimate=standing.theta,
            standard_error=standing.standard_error,
            item=self.item,
            category=self.category,
            scored=self.scored,
            interval=self.interval,
            reason=self.reason,
            lifted=self.lifted,
            fallbacks=self.fallbacks,
            routes=self.routes,
            information_share=self.share / np.maximum(n_scored, 1) if self.with_share else self.share,
        )
