"""Prior densities of item parameters, each with the quantity it is a density of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray
from engine.errors import ParameterError


@dataclass(frozen=True, slots=True)
class NormalPrior:
    """Normal density of a quantity.

    Attributes
    ----------
    mean, sd : of the quantity; sd > 0

    Raises
    ------
    ParameterError
        If a value is not finite or sd not positive.
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.mean) and np.isfinite(self.sd) and self.sd > 0.0):
            raise ParameterError(f"a prior needs a finite mean and sd > 0, not {self.mean} and {self.sd}")

    def log_density(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Logarithm of the density, its first derivative, and minus its second, elementwise."""
        z = (x - self.mean) / self.sd
        value = -0.5 * z**2 - np.log(self.sd * np.sqrt(2.0 * np.pi))
        return value, -z / self.sd, np.full_like(x, self.sd**-2)


@dataclass(frozen=True, slots=True)
class LogNormalPrior:
    """Log-normal density of a positive quantity: a density of the quantity itself, Jacobian included.

    Attributes
    ----------
    mean, sd : of the quantity's logarithm; sd > 0
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        NormalPrior(self.mean, self.sd)

    def log_density(self, x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Logarithm of the density, its first derivative, and minus its second, elementwise; x > 0."""
        log_x = np.log(x)
        z = (log_x - self.mean) / self.sd
        value = -0.5 * z**2 - log_x - np.log(self.sd * np.sqrt(2.0 * np.pi))
        slope = -(1.0 + z / self.sd) / x
        curvature = (self.sd**-2 - 1.0 - z / self.sd) / x**2
        return value, slope, curvature


@dataclass(frozen=True, slots=True)
class Priors:
    """Priors of a calibration; None is none.

    Attributes
    ----------
    discrimination : log-normal density of the slope a; keeps slopes positive
    difficulty : normal density of the difficulty b (of a polytomous item: the mean of its steps)
    guessing : normal density of logit c
    upper : normal density of the logit of v, where the upper asymptote is c + (1 - c) v
    """

    discrimination: LogNormalPrior | None = None
    difficulty: NormalPrior | None = None
    guessing: NormalPrior | None = None
    upper: NormalPrior | None = None


def add_log_prior(
    prior: NormalPrior | LogNormalPrior, x: FloatArray, jacobian: FloatArray, bend: FloatArray | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Carry a prior of x over to the parameters that x is a function of.

    Parameters
    ----------
    prior
        Density of x.
    x : (n_items,)
    jacobian : (n_items, n_parameters) derivative of x
    bend : (n_items, n_parameters, n_parameters) second derivative of x; None where x is linear

    Returns
    -------
    value (n_items,), gradient (n_items, n_parameters), minus the second derivative (…, n_parameters, n_parameters)
    """
    value, slope, curvature = prior.log_density(x)
    gradient = slope[:, np.newaxis] * jacobian
    information = curvature[:, np.newaxis, np.newaxis] * jacobian[:, :, np.newaxis] * jacobian[:, np.newaxis]
    if bend is not None:
        information = information - slope[:, np.newaxis, np.newaxis] * bend
    return value, gradient, information
