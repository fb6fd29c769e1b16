"""Ability distributions that estimates start from: one for all on nodes, or normal with a mean for each person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray, IntArray, assign, own
from engine.errors import ParameterError
from engine.quadrature import Quadrature

if TYPE_CHECKING:
    from scipy.interpolate import Akima1DInterpolator

FLAT = 1e-12  # differences of a log-density that are rounding


@dataclass(frozen=True, slots=True, eq=False)
class AbilityPrior:
    """Normal ability distribution of each of n_persons persons, as a latent regression or groups give.

    Attributes
    ----------
    mean : (n_persons,) in logits
    sd : (n_persons,) in logits, > 0; a single number holds for all

    Raises
    ------
    ParameterError
        If a mean is not finite, an sd is not positive, or their numbers differ.

    Examples
    --------
    >>> AbilityPrior.of_groups([0, 1, 1], mean=[0.0, 0.4], sd=[1.0, 1.2]).mean.tolist()
    [0.0, 0.4, 0.4]
    """

    mean: FloatArray
    sd: FloatArray

    def __post_init__(self) -> None:
        mean = own(self.mean, np.float64, "mean", 1, ParameterError)
        sd = own(
            np.broadcast_to(self.sd, mean.shape) if np.ndim(self.sd) == 0 else self.sd,
            np.float64,
            "sd",
            1,
            ParameterError,
        )
        if mean.size != sd.size:
            raise ParameterError(f"every person needs a mean and an sd; there are {mean.size} and {sd.size}")
        wrong = np.flatnonzero(~(np.isfinite(mean) & np.isfinite(sd) & (sd > 0.0)))
        if wrong.size:
            raise ParameterError(f"means must be finite and sds positive; those of person {wrong[0]} are not")
        assign(self, mean=mean, sd=sd)

    @classmethod
    def of_groups(cls, group: npt.ArrayLike, mean: npt.ArrayLike, sd: npt.ArrayLike) -> AbilityPrior:
        """Each person's group's distribution.

        Parameters
        ----------
        group : (n_persons,) group index
        mean, sd : (n_groups,) in logits
        """
        index = np.asarray(group, dtype=np.int64)
        means, sds = np.asarray(mean, dtype=np.float64), np.asarray(sd, dtype=np.float64)
        if means.shape != sds.shape or (index.size and not 0 <= index.min() <= index.max() < means.size):
            raise ParameterError(f"groups must be in 0 … {means.size - 1}, with a mean and an sd each")
        return cls(means[index], sds[index])


Prior = Quadrature | AbilityPrior
"""One distribution for all persons on nodes, or a normal one for each."""


def check_prior(prior: Prior, n_persons: int) -> None:
    """Refuse a prior of other persons than these."""
    if isinstance(prior, AbilityPrior) and prior.mean.size != n_persons:
        raise ParameterError(f"the prior is of {prior.mean.size} persons, the responses of {n_persons}")


def prior_of_part(prior: Prior, persons: slice | IntArray) -> Prior:
    """Prior of some of the persons, by a slice or by index."""
    return prior if isinstance(prior, Quadrature) else AbilityPrior(prior.mean[persons], prior.sd[persons])


def density_of(prior: Quadrature) -> Akima1DInterpolator:
    """Logarithm of the density that a quadrature stands for, as Akima's cubics (1970) through its nodes.

    A weight over the width of its cell is the density at the node. On equally spaced nodes the cubics of normal
    weights are the normal density's parabola itself; where weights fall to nothing from one node to the next, as those
    of a histogram do, a spline would swing far above them, and Akima's slopes, which look at the neighbours alone, do
    not.
    """
    # Not above: optimisers take 20 MB, and a server that only gives tests needs none.
    from scipy.interpolate import Akima1DInterpolator

    if prior.n_nodes < 2:
        raise ParameterError("a prior of a single node has no density; give it two nodes or more")
    level = np.log(prior.weights / np.gradient(prior.nodes))
    if np.ptp(level) < FLAT:
        level = np.zeros_like(level)
    return Akima1DInterpolator(prior.nodes, level, extrapolate=True)


def level_at(prior: Prior, theta: FloatArray) -> FloatArray:
    """Logarithm of the prior's density, up to a constant for each person.

    Parameters
    ----------
    prior
        For all persons, or of n persons.
    theta : (n_nodes,) abilities that all persons share, giving (1 or n, n_nodes); or (n, n_nodes) of their own
    """
    nodes = np.atleast_2d(theta)
    if isinstance(prior, Quadrature):
        level: FloatArray = density_of(prior)(nodes)
        return level
    away = nodes - prior.mean[:, np.newaxis]
    away *= away
    away *= -0.5 * prior.sd[:, np.newaxis] ** -2
    return away


def slopes_at(prior: Prior, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """First and second derivative of `level_at`, in 1/logit and 1/logit²; theta and shapes as there."""
    nodes = np.atleast_2d(theta)
    if isinstance(prior, Quadrature):
        spline = density_of(prior)
        return spline(nodes, 1), spline(nodes, 2)
    precision = prior.sd[:, np.newaxis] ** -2
    first: FloatArray = -precision * (nodes - prior.mean[:, np.newaxis])
    return first, np.broadcast_to(-precision, first.shape)
