"""How near estimates come to true abilities: overall, by subgroup, by ability, by level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, own
from engine.errors import DesignError
from engine.simulation.persons import Persons
from engine.simulation.values import Simulation

NORMAL_95 = 1.959964
"""Half width of a 95 % interval in standard errors."""
BAND_EDGES = np.arange(-2.5, 2.51, 0.5)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Accuracy of some persons' estimates.

    Attributes
    ----------
    name : who they are
    n_persons : how many
    theta : mean true ability, in logits
    bias : mean of estimate minus ability, in logits
    rmse : root of the mean squared error, in logits
    coverage : share whose 95 % interval (estimate ± 1.96 standard errors) holds the ability
    standard_error : mean standard error, in logits
    length : mean number of scored items
    """

    name: str
    n_persons: int
    theta: float
    bias: float
    rmse: float
    coverage: float
    standard_error: float
    length: float


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """How well persons are classified by their estimates.

    Attributes
    ----------
    cuts : (n_cuts,) abilities in logits
    count : (n_levels, n_levels) persons by true level (rows) and level of the estimate
    """

    cuts: FloatArray
    count: npt.NDArray[np.int64]

    @property
    def accuracy(self) -> float:
        """Share of the persons on their true level."""
        return float(np.trace(self.count) / self.count.sum())

    @property
    def accuracy_by_cut(self) -> FloatArray:
        """Share on the true side of each cut, (n_cuts,)."""
        n = self.cuts.size
        right = [self.count[: cut + 1, : cut + 1].sum() + self.count[cut + 1 :, cut + 1 :].sum() for cut in range(n)]
        shares: FloatArray = np.array(right) / self.count.sum()
        return shares

    @property
    def too_high(self) -> float:
        """Share of the persons placed above their level."""
        return float(np.triu(self.count, 1).sum() / self.count.sum())

    @property
    def too_low(self) -> float:
        """Share of the persons placed below their level."""
        return float(np.tril(self.count, -1).sum() / self.count.sum())


def accuracy(tests: Simulation, name: str, who: BoolArray | None = None) -> Accuracy:
    """Accuracy of some persons' estimates.

    Parameters
    ----------
    tests : simulated tests
    name : who they are
    who : (n_persons,) whom it is about; None for everyone

    Raises
    ------
    DesignError
        If it is about nobody.
    """
    chosen = np.ones(tests.n_persons, dtype=np.bool_) if who is None else who
    if not chosen.any():
        raise DesignError(f"{name}: nobody to measure the accuracy of")
    theta, error = tests.theta[chosen], tests.estimate[chosen] - tests.theta[chosen]
    standard_error = tests.standard_error[chosen]
    return Accuracy(
        name=name,
        n_persons=theta.size,
        theta=float(theta.mean()),
        bias=float(error.mean()),
        rmse=float(np.sqrt((error**2).mean())),
        coverage=float((np.abs(error) <= NORMAL_95 * standard_error).mean()),
        standard_error=float(standard_error.mean()),
        length=float(tests.n_scored[chosen].mean()),
    )


def accuracy_by_group(tests: Simulation, persons: Persons) -> tuple[Accuracy, ...]:
    """Accuracy of each subgroup that has members.

    Parameters
    ----------
    tests, persons : of the same persons, in the same order
    """
    return tuple(
        accuracy(tests, group.name, persons.group == number)
        for number, group in enumerate(persons.groups)
        if np.any(persons.group == number)
    )


def accuracy_by_ability(tests: Simulation, edges: FloatArray = BAND_EDGES) -> tuple[Accuracy, ...]:
    """Accuracy by bands of true ability, of those that hold somebody.

    Parameters
    ----------
    tests : simulated tests
    edges : increasing abilities in logits between which the bands lie; the first and the last are open
    """
    bands = []
    place = np.searchsorted(edges, tests.theta, side="right")
    for number in np.unique(place).tolist():
        low, high = (f"{edge:g}" for edge in (edges[max(number - 1, 0)], edges[min(number, edges.size - 1)]))
        name = f"below {high}" if number == 0 else f"{low} or more" if number == edges.size else f"{low} to {high}"
        bands.append(accuracy(tests, name, place == number))
    return tuple(bands)


def classify(tests: Simulation, cuts: Sequence[float]) -> Levels:
    """Persons by their true level and by that of their estimate.

    Parameters
    ----------
    tests : simulated tests
    cuts : increasing abilities in logits; who is at one or above it is on the level above

    Raises
    ------
    DesignError
        If there are no cuts, or they do not increase.
    """
    at = own(np.asarray(cuts, dtype=np.float64), np.float64, "cuts", 1, DesignError)
    if at.size == 0 or not np.all(np.isfinite(at)) or np.any(np.diff(at) <= 0.0):
        raise DesignError("classification needs one finite cut score or more, and they must increase")
    n = at.size + 1
    true, found = (np.searchsorted(at, values, side="right") for values in (tests.theta, tests.estimate))
    return Levels(at, np.bincount(true * n + found, minlength=n * n).reshape(n, n))
