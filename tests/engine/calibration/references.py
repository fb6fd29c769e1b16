"""What the reference calibrations of R mirt hold, beside what our results are in the same form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine import Calibration, LogNormalPrior, NormalPrior, Priors, Responses
from engine.arrays import FloatArray

if TYPE_CHECKING:
    from tests.engine.conftest import Reference

MIRT_GRID = np.linspace(-6.0, 6.0, 61)  # meta.quadrature of the files
THREE_PARAMETER_PRIORS = Priors(discrimination=LogNormalPrior(0.2, 0.5), guessing=NormalPrior(-1.386, 0.5))  # "prior"
LIKELIHOOD, PARAMETER, OF_ERROR, ERROR = 0.01, 1e-3, 0.05, 0.01  # the gates


def responses_of(known: Reference) -> Responses:
    """Patterns with categories from 0 on; mirt's Science answers are 1 to 4."""
    patterns = np.array(known.raw["patterns"])
    return Responses.from_dense(patterns - patterns.min(), weight=known.raw["freq"])


def intercepts(result: Calibration) -> tuple[FloatArray, FloatArray]:
    """Cumulative intercepts ``-a (step_1 + … + step_k)``, or ``-a step_k`` of graded items, with standard errors.

    The reference files are in slope-intercept form; ours are carried over by numerical differentiation.
    """
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
    return levels(estimates), np.sqrt(np.diag(jacobian @ result.covariance.matrix @ jacobian.T))


def _value(result: Calibration, index: int, name: str) -> float:
    if name.startswith("step_"):
        return float(result.items.steps(index)[int(name[5:]) - 1])
    if name in {"mean", "sd"}:
        return float(getattr(result.groups[index], name))
    return float(getattr(result.items, name)[index])


def mirt_levels(known: Reference) -> FloatArray:
    """Intercepts of every item in order: d, or d1, d2, and so on."""
    wanted = {"d", "d1", "d2", "d3"}
    return np.array([p["value"] for p in known.raw["params"] if p["name"] in wanted and p["est"]])


def mirt_level_errors(known: Reference) -> FloatArray:
    """Standard errors of the same."""
    found = []
    for item in known.raw["items"]:
        entry = known.raw["se"][item]
        pairs = zip(entry["names"], entry["SE"], strict=True)
        found += [error for name, error in pairs if name in {"d", "d1", "d2", "d3"} and error is not None]
    return np.array(found)


def log_posterior(vector: FloatArray, patterns: FloatArray, n: FloatArray) -> float:
    """Log-posterior of the three-parameter model from its definition: no code of the engine."""
    a, d, logit_c = vector.reshape(3, -1)
    c = 1.0 / (1.0 + np.exp(-logit_c))
    p = c + (1.0 - c) / (1.0 + np.exp(-(np.outer(MIRT_GRID, a) + d)))  # (n_nodes, n_items)
    likelihood = np.exp(patterns @ np.log(p).T + (1.0 - patterns) @ np.log(1.0 - p).T)
    weights = np.exp(-0.5 * MIRT_GRID**2)
    fit = n @ np.log(likelihood @ (weights / weights.sum()))
    of_slopes = -np.log(a) - 0.5 * ((np.log(a) - 0.2) / 0.5) ** 2
    of_guessing = -0.5 * ((logit_c + 1.386) / 0.5) ** 2
    return float(fit + of_slopes.sum() + of_guessing.sum())


def errors_by_differences(known: Reference, result: Calibration) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Standard errors of slopes, difficulties and guessing from a numerical Hessian of the log-posterior."""
    patterns, n = np.array(known.raw["patterns"], dtype=np.float64), np.array(known.raw["freq"], dtype=np.float64)
    a, b, c = result.items.discrimination, result.items.difficulty, result.items.guessing
    x = np.concatenate([a, -a * b, np.log(c / (1.0 - c))])
    h = 1e-4 * np.eye(x.size)
    hessian = np.empty((x.size, x.size))
    for i in range(x.size):
        for j in range(x.size):
            corners = [
                s * t * log_posterior(x + s * h[i] + t * h[j], patterns, n) for s in (1.0, -1.0) for t in (1.0, -1.0)
            ]
            hessian[i, j] = sum(corners) / (4.0 * 1e-8)
    covariance = np.linalg.inv(-hessian)
    error = np.sqrt(np.diag(covariance)).reshape(3, -1)
    item = np.arange(a.size)
    of_b = covariance[item + a.size, item + a.size] + 2.0 * b * covariance[item, item + a.size]
    of_b += b**2 * covariance[item, item]
    return error[0], np.sqrt(of_b) / a, error[2] * c * (1.0 - c)


def two_groups(known: Reference) -> Responses:
    """Patterns of both groups of the multiple-group file."""
    patterns = known.raw["group_patterns"]
    rows = [(codes, n, group) for group, name in enumerate(("g1", "g2")) for codes, n in patterns[name].items() if n]
    codes = [[int(code) for code in pattern] for pattern, _, _ in rows]
    return Responses.from_dense(codes, weight=[n for _, n, _ in rows], group=[group for _, _, group in rows])
