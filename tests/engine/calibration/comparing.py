"""Our standard errors in the form of a reference, and a numerical Hessian where a program's own are no reference."""

from __future__ import annotations

import numpy as np

from engine import Calibration
from engine.arrays import FloatArray
from tests.engine.calibration.evaluator import COMMON, Curve, log_likelihood
from tests.engine.calibration.reference_files import MIRT_GRID, Found, ReferenceFile

LIKELIHOOD, PARAMETER, OF_ERROR, ERROR = 0.01, 1e-3, 0.05, 0.01  # the gates


def on(known: ReferenceFile, found: Found, nodes: FloatArray = COMMON) -> float:
    """Log-likelihood of anybody's estimates on the common evaluator; log-posterior where there are priors."""
    value = log_likelihood(known.answers, found.curves, found.means, found.sds, nodes)
    return value + (log_prior(found.curves) if known.priors else 0.0)


def log_prior(curves: tuple[Curve, ...]) -> float:
    """LogNormal(0.2, 0.5) density of a, normal(-1.386, 0.5) density of logit c: the file's ``prior``, written out."""
    a, c = np.array([curve.slope for curve in curves]), np.array([curve.guessing for curve in curves])
    of_slopes = -np.log(a) - np.log(0.5 * np.sqrt(2.0 * np.pi)) - 0.5 * ((np.log(a) - 0.2) / 0.5) ** 2
    of_guessing = -np.log(0.5 * np.sqrt(2.0 * np.pi)) - 0.5 * ((np.log(c / (1.0 - c)) + 1.386) / 0.5) ** 2
    return float(of_slopes.sum() + of_guessing.sum())


def level_errors(result: Calibration) -> FloatArray:
    """Standard errors of the intercepts of `ours`: slopes and steps carried over by numerical differentiation."""
    items, names = result.items, result.covariance.names
    is_cumulative = result.models[0] != "grm"
    n_steps = items.n_categories - 1
    estimates = np.array([_value(result, index, name) for _, index, name in names])
    place = {(index, name): row for row, (kind, index, name) in enumerate(names) if kind == "item"}

    def levels(vector: FloatArray) -> FloatArray:
        found = []
        for item in range(items.n_items):
            a = vector[place[item, "discrimination"]] if (item, "discrimination") in place else 1.0
            keys = [f"step_{k + 1}" for k in range(n_steps[item])] if n_steps[item] > 1 else ["difficulty"]
            steps = np.array([vector[place[item, key]] for key in keys])
            found.append(-a * (np.cumsum(steps) if is_cumulative else steps))
        return np.concatenate(found)

    h = 1e-6
    moves = [levels(estimates + h * one) - levels(estimates - h * one) for one in np.eye(estimates.size)]
    jacobian = np.stack(moves, axis=1) / (2.0 * h)
    return np.sqrt(np.diag(jacobian @ result.covariance.matrix @ jacobian.T))


def _value(result: Calibration, index: int, name: str) -> float:
    if name.startswith("step_"):
        return float(result.items.steps(index)[int(name[5:]) - 1])
    if name in {"mean", "sd"}:
        return float(getattr(result.groups[index], name))
    if name == "coefficient":
        return float(result.coefficients[index])
    return float(getattr(result.items, name)[index])


def variance_of(result: Calibration, group: int) -> tuple[float, float]:
    """A group's variance, and its standard error."""
    found = result.groups[group]
    return found.sd**2, 2.0 * found.sd * found.se_sd


def step_errors(result: Calibration) -> FloatArray:
    """Standard errors of all steps, item after item; of a dichotomous item's difficulty."""
    place = {name: row for row, name in enumerate(result.covariance.names)}
    variance = np.diag(result.covariance.matrix)
    found = []
    for item, n in enumerate(result.items.n_categories.tolist()):
        keys = [f"step_{k}" for k in range(1, n)] if n > 2 else ["difficulty"]
        found += [variance[place["item", item, key]] for key in keys]
    errors: FloatArray = np.sqrt(np.array(found))
    return errors


def hessian_errors(known: ReferenceFile, result: Calibration) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Standard errors of slopes, difficulties and guessing from a numerical Hessian of the log-posterior."""
    a, b, c = result.items.discrimination, result.items.difficulty, result.items.guessing

    def log_posterior(vector: FloatArray) -> float:
        columns = zip(*vector.reshape(3, -1), strict=True)
        curves = tuple(Curve(a, np.array([d]), float(1.0 / (1.0 + np.exp(-logit)))) for a, d, logit in columns)
        return on(known, Found(curves, (0.0,), (1.0,)), MIRT_GRID)

    x = np.concatenate([a, -a * b, np.log(c / (1.0 - c))])
    h = 1e-4 * np.eye(x.size)
    signs = [(s, t) for s in (1.0, -1.0) for t in (1.0, -1.0)]
    hessian = np.zeros((x.size, x.size))
    for i in range(x.size):
        for j in range(i + 1):
            hessian[i, j] = sum(s * t * log_posterior(x + s * h[i] + t * h[j]) for s, t in signs) / (4.0 * 1e-8)
            hessian[j, i] = hessian[i, j]
    covariance = np.linalg.inv(-hessian)
    error = np.sqrt(np.diag(covariance)).reshape(3, -1)
    item = np.arange(5)
    of_b = covariance[item + 5, item + 5] + 2.0 * b * covariance[item, item + 5] + b**2 * covariance[item, item]
    return error[0], np.sqrt(of_b) / a, error[2] * c * (1.0 - c)
