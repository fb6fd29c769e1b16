"""What a calibration returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, assign, own
from engine.calibration.grid import LARGEST_MOVE, LARGEST_N_NODES
from engine.errors import ParameterError
from engine.models import ItemParameters
from engine.quadrature import Quadrature

LARGEST = (
    " The grid has {n_nodes} nodes, the most there are, and may be coarser than the narrowest posterior asks: look at "
    "groups whose sd is near 0, and at very steep items."
)


@dataclass(frozen=True, slots=True, eq=False)
class ItemStandardErrors:
    """Standard errors of n_items items, on the scale on which their parameters are reported.

    Attributes
    ----------
    discrimination, difficulty, guessing, upper : (n_items,) 0 where the parameter was not estimated; infinite
        where the data do not determine it
    step, category_slope, category_intercept : (n_steps,) as in `ItemParameters`; 0 where there is no such parameter
    """

    discrimination: FloatArray
    difficulty: FloatArray
    guessing: FloatArray
    upper: FloatArray
    step: FloatArray
    category_slope: FloatArray
    category_intercept: FloatArray

    def __post_init__(self) -> None:
        names = ("discrimination", "difficulty", "guessing", "upper", "step", "category_slope", "category_intercept")
        assign(self, **{name: own(getattr(self, name), np.float64, name, 1, ParameterError) for name in names})


@dataclass(frozen=True, slots=True)
class GroupEstimate:
    """Ability distribution of one group.

    Attributes
    ----------
    mean, sd : in logits; with covariates, of a person whose covariates are 0. Fixed at 0 (and 1) for group 0
        where it gives the scale its origin (and unit)
    n : number of persons, by weight
    se_mean, se_sd : standard errors; 0 where fixed
    """

    mean: float
    sd: float
    n: float
    se_mean: float = 0.0
    se_sd: float = 0.0


@dataclass(frozen=True, slots=True)
class ItemFlag:
    """A reason to look at an item.

    Attributes
    ----------
    item : item index
    reason : what was seen, in words
    """

    item: int
    reason: str


@dataclass(frozen=True, slots=True)
class GroupFlag:
    """A reason to look at a group of persons.

    Attributes
    ----------
    group : group index
    reason : what was seen, in words
    """

    group: int
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Covariance:
    """Covariance of everything that was estimated, on the scale on which it is reported.

    Attributes
    ----------
    names : of each row and column, such as ``("item", 3, "difficulty")``, ``("group", 1, "mean")`` or
        ``("covariate", 0, "coefficient")``
    matrix : (n, n); infinite on the diagonal where the data do not determine the parameter
    """

    names: tuple[tuple[str, int, str], ...]
    matrix: FloatArray


@dataclass(frozen=True, slots=True)
class Convergence:
    """How the estimation went.

    Attributes
    ----------
    history : log-posterior of every cycle, in order. It never falls on one grid that holds every group; on a finer
        or wider one the same estimates have another likelihood, which may be lower
    converged : whether the distance fell below the tolerance
    distance : of the farthest parameter (slope, intercept, mean, log of an sd) from the maximum, as extrapolated
    tolerance : what it had to fall below
    n_nodes, lower, upper : of the grid on which the estimates rest
    n_grids : grids that were needed before the likelihood no longer depended on it
    moved : change of the log-likelihood on half the spacing and 1.5 times the range; of the fit with normal
        densities, where a histogram was fitted after it
    n_given_up : leaps that would have gone down, and were given up after their expectation step
    is_histogram : whether abilities are a histogram, whose weights stand at the nodes
    """

    history: tuple[float, ...]
    converged: bool
    distance: float
    tolerance: float
    n_nodes: int
    lower: float
    upper: float
    n_grids: int
    moved: float
    n_given_up: int = 0
    is_histogram: bool = False

    @property
    def n_cycles(self) -> int:
        """Cycles taken."""
        return len(self.history)

    @property
    def n_steps(self) -> int:
        """Expectation steps taken: one in every cycle, and those in vain."""
        return len(self.history) + self.n_given_up

    def words(self) -> str:
        """Return what a reader should know, in plain sentences."""
        spacing = (self.upper - self.lower) / (self.n_nodes - 1)
        grid = f"{self.n_nodes} nodes from {self.lower:g} to {self.upper:g}, {spacing:.3g} apart"
        check = "with normal densities, " if self.is_histogram else ""
        check += f"on half the spacing and 1.5 times the range the log-likelihood moves by {abs(self.moved):.2g}"
        largest = LARGEST.format(n_nodes=self.n_nodes) if self.n_nodes == LARGEST_N_NODES else ""
        if not self.converged:
            return (
                f"Not converged: after {self.n_cycles} cycles a parameter is still expected to move by "
                f"{self.distance:.2g}, more than {self.tolerance:g}. Do not use the estimates; allow more cycles, "
                f"and look at the items that are flagged. Grid: {grid}.{largest}"
            )
        times = {2: "once", 3: "twice"}.get(self.n_grids, f"{self.n_grids - 1} times")
        refined = "" if self.n_grids == 1 else f" It was refined {times} to get there."
        verdict = (
            "so the grid is wide and fine enough"
            if abs(self.moved) <= LARGEST_MOVE
            else "which is too much: be careful"
        )
        return (
            f"Converged after {self.n_cycles} cycles: no parameter is expected to move by more than "
            f"{self.distance:.2g}. Grid: {grid}; {check}, {verdict}.{refined}{largest}"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Estimates of n_items items and the groups that answered them.

    Attributes
    ----------
    items : estimated parameters, and those that were fixed
    models : of each item the model's name; ``fixed`` where the parameters were given
    standard_errors : of the items
    covariance : of all parameters together; empty where no standard errors were asked
    groups : one for each group, in order of group index
    coefficients, coefficient_errors : (n_covariates,) of the latent regression
    densities : of each group its ability distribution on the grid; with covariates, that of a person whose
        covariates are 0
    log_likelihood : marginal log-likelihood at the estimates
    log_posterior : log-likelihood plus the log prior density of the items; the same where there are no priors
    n_free : number of parameters that were estimated
    convergence : how the estimation went
    flags : items that deserve a look
    group_flags : groups that deserve one
    warnings : what else a reader should know of the estimates and their errors, in plain sentences
    """

    items: ItemParameters
    models: tuple[str, ...]
    standard_errors: ItemStandardErrors
    covariance: Covariance
    groups: tuple[GroupEstimate, ...]
    coefficients: FloatArray
    coefficient_errors: FloatArray
    densities: tuple[Quadrature, ...]
    log_likelihood: float
    log_posterior: float
    n_free: int
    convergence: Convergence
    flags: tuple[ItemFlag, ...]
    group_flags: tuple[GroupFlag, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def n_cycles(self) -> int:
        """Cycles taken."""
        return self.convergence.n_cycles

    @property
    def converged(self) -> bool:
        """Whether the estimates can be used."""
        return self.convergence.converged

    @property
    def n_nodes(self) -> int:
        """Nodes of the grid on which the estimates rest."""
        return self.convergence.n_nodes


def no_errors(items: ItemParameters) -> ItemStandardErrors:
    """Return standard errors where none were worked out."""
    zeros, steps = np.zeros(items.n_items), np.zeros(items.step.size)
    return ItemStandardErrors(zeros, zeros, zeros, zeros, steps, steps, steps)
