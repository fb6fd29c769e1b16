"""What a simulation gives: every test, and what is known of the person after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, CodeArray, FloatArray, IndexArray, IntArray
from engine.errors import DesignError

CountArray = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Tests of n_persons simulated persons.

    Attributes
    ----------
    theta : (n_persons,) true abilities in logits
    estimate, standard_error : (n_persons,) expected a posteriori ability after the test, in logits
    item : (n_persons, n_positions) items in the order of giving; -1 after the end of a test
    category : (n_persons, n_positions) categories scored; -1 where there was no item
    scored : (n_persons, n_positions) items that count; field-test items do not
    interval : (n_persons, n_positions) eligibility interval of the estimate at each choice; no columns without
        eligibility
    reason : (n_persons,) `StopReason` of each test; 0 where nothing was left to give
    lifted : (n_persons,) choices at which eligibility was lifted, for want of items
    fallbacks : (n_persons,) choices that were not made as planned
    routes : how items were found → how many choices
    information_share : (n_persons,) mean information of the choices as a share of the highest that was free; empty
        where items are chosen by information alone
    """

    theta: FloatArray
    estimate: FloatArray
    standard_error: FloatArray
    item: IndexArray
    category: CodeArray
    scored: BoolArray
    interval: CodeArray
    reason: CodeArray
    lifted: CountArray
    fallbacks: CountArray
    routes: Mapping[str, int]
    information_share: FloatArray

    @property
    def n_persons(self) -> int:
        """Number of persons."""
        return self.theta.size

    @property
    def n_positions(self) -> int:
        """Number of positions of a whole test."""
        return int(self.item.shape[1])

    @property
    def n_scored(self) -> IntArray:
        """Scored items of each test, (n_persons,)."""
        count: IntArray = np.count_nonzero(self.scored, axis=1)
        return count

    def scored_items(self, person: int) -> IndexArray:
        """Scored items of one test, in order."""
        items: IndexArray = self.item[person, self.scored[person]]
        return items

    @classmethod
    def join(cls, parts: Sequence[Simulation]) -> Simulation:
        """Simulation of all persons of some parts, in order.

        Raises
        ------
        DesignError
            If there are no parts.
        """
        if not parts:
            raise DesignError("a simulation needs a person or more")
        arrays = (name for name in cls.__slots__ if name != "routes")
        joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in arrays}
        routes: dict[str, int] = {}
        for part in parts:
            for route, n in part.routes.items():
                routes[route] = routes.get(route, 0) + n
        return cls(**joined, routes=routes)
