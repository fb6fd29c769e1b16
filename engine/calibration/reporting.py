"""From slopes and intercepts to what people read, with the derivatives that carry standard errors along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray
from engine.calibration.blocks import ItemBlock
from engine.models import ItemParameters, Kind
from engine.models.asymptotes import CEILING, FLOOR
from engine.models.divided import Divided

FLATTEST_SLOPE = 1e-3  # flatter ones are reported as this, so that -intercept / slope stays a number one can read


@dataclass(frozen=True, slots=True, eq=False)
class Reported:
    """Parameters of one block's items as people read them.

    Attributes
    ----------
    names : of the reported parameters, such as ``difficulty`` or ``step_2``
    values : (n, n_names)
    jacobian : (n, n_names, n_parameters) derivative of the values to the block's parameters
    items : the same as a value
    """

    names: tuple[str, ...]
    values: FloatArray
    jacobian: FloatArray
    items: ItemParameters


def report(block: ItemBlock, parameters: FloatArray) -> Reported:
    """Slopes and locations of a block from its parameters (n, n_parameters) in slope-intercept form."""
    if block.kind == Kind.NOMINAL:
        return _nominal(parameters)
    steep = parameters.copy()
    flattest = np.copysign(FLATTEST_SLOPE, steep[:, 0])
    steep[:, 0] = np.where(np.abs(steep[:, 0]) < FLATTEST_SLOPE, flattest, steep[:, 0])
    if block.kind == Kind.LOGISTIC:
        return _logistic(steep)
    return _steps(block, steep)


def _logistic(parameters: FloatArray) -> Reported:
    """Slope, difficulty and asymptotes of dichotomous items."""
    n, k = parameters.shape
    a, d = parameters[:, 0], parameters[:, 1]
    values = np.stack([a, -d / a, np.zeros(n), np.ones(n)], axis=1)
    jacobian = np.zeros((n, 4, k))
    jacobian[:, 0, 0] = 1.0
    jacobian[:, 1, 0], jacobian[:, 1, 1] = d / a**2, -1.0 / a
    if k > CEILING:
        c, v = (1.0 / (1.0 + np.exp(-parameters[:, column])) for column in (FLOOR, CEILING))
        values[:, 2], values[:, 3] = c, c + (1.0 - c) * v
        jacobian[:, 2, FLOOR] = c * (1.0 - c)
        jacobian[:, 3, FLOOR] = (1.0 - v) * c * (1.0 - c)
        jacobian[:, 3, CEILING] = (1.0 - c) * v * (1.0 - v)
    items = ItemParameters(*np.ascontiguousarray(values.T))
    return Reported(("discrimination", "difficulty", "guessing", "upper"), values, jacobian, items)


def _steps(block: ItemBlock, parameters: FloatArray) -> Reported:
    """Slope, mean of the steps, and steps of partial-credit and graded items."""
    n, k = parameters.shape
    a = parameters[:, 0, np.newaxis]
    features = np.eye(k - 1)  # (n_steps, n_beta)
    if isinstance(block.family, Divided):
        features = np.diff(block.family.intercept_features, axis=0)
    rise = parameters[:, 1:] @ features.T  # (n, n_steps)
    step = -rise / a
    jacobian = np.zeros((n, step.shape[1] + 2, k))
    jacobian[:, 0, 0] = 1.0
    jacobian[:, 2:, 0] = rise / a**2
    jacobian[:, 2:, 1:] = -features / a[:, :, np.newaxis]
    jacobian[:, 1] = jacobian[:, 2:].mean(axis=1)
    values = np.concatenate([a, step.mean(axis=1, keepdims=True), step], axis=1)
    names = ("discrimination", "difficulty", *(f"step_{number + 1}" for number in range(step.shape[1])))
    return Reported(names, values, jacobian, ItemParameters.from_steps(block.kind, a[:, 0], list(step)))


def _nominal(parameters: FloatArray) -> Reported:
    """Slopes and intercepts of nominal items, after the last category's against the first."""
    n, k = parameters.shape
    slope, intercept = parameters[:, : k // 2], parameters[:, k // 2 :]
    last = np.where(np.abs(slope[:, -1]) < FLATTEST_SLOPE, np.copysign(FLATTEST_SLOPE, slope[:, -1]), slope[:, -1])
    jacobian = np.zeros((n, k + 2, k))
    jacobian[:, 0, k // 2 - 1] = 1.0
    jacobian[:, 1, k // 2 - 1], jacobian[:, 1, -1] = intercept[:, -1] / last**2, -1.0 / last
    jacobian[:, 2:] = np.eye(k)
    values = np.concatenate([last[:, np.newaxis], (-intercept[:, -1] / last)[:, np.newaxis], parameters], axis=1)
    names = ["discrimination", "difficulty"]
    names += [f"{what}_{number}" for what in ("slope", "intercept") for number in range(1, k // 2 + 1)]
    filled = slope.copy()
    filled[:, -1] = last
    zeros = np.zeros((n, 1))
    items = ItemParameters.nominal(
        list(np.concatenate([zeros, filled], axis=1)), list(np.concatenate([zeros, intercept], axis=1))
    )
    return Reported(tuple(names), values, jacobian, items)
