"""Roots of many decreasing estimating functions at once: bracketed on a grid, then exact safeguarded steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray

STEP_DONE = 1e-6  # the slope is known to about 1 %, so that what is left after such a step is 1e-8
STEPS_AT_MOST = 60  # bisection alone takes 20 from a spacing of 0.2
CUBIC_STEPS = 4  # Newton doubles the digits each time: from one to sixteen
LEAST_STEEP = 0.1  # of the chord: where the cubic is flatter, its Newton step would lead out of the cell


@dataclass(frozen=True, slots=True, eq=False)
class Brackets:
    """For each of n persons the cell of the grid that holds the root at the highest maximum.

    Attributes
    ----------
    cell : (n,) 0: at or below the first node; k: between nodes k - 1 and k; n_nodes: at or above the last node
    several : (n,) whether there was more than one maximum
    """

    cell: IntArray
    several: BoolArray


def find_brackets(values: FloatArray, nodes: FloatArray, objective: Callable[[IntArray], FloatArray]) -> Brackets:
    """Cells of the highest maxima, where the estimating function falls through 0.

    Parameters
    ----------
    values : (n, n_nodes) estimating function
    nodes : (n_nodes,) increasing
    objective
        What the estimating function is the derivative of, (m, n_nodes), for the m persons that are asked:
        those who have several maxima.
    """
    falls = np.empty((values.shape[0], nodes.size + 1), dtype=np.bool_)
    falls[:, 0] = values[:, 0] <= 0.0
    falls[:, 1:-1] = (values[:, :-1] > 0.0) & (values[:, 1:] <= 0.0)
    falls[:, -1] = values[:, -1] > 0.0
    cell = falls.argmax(axis=1)
    several = falls.sum(axis=1) > 1
    asked = np.flatnonzero(several)
    if asked.size:
        peak = _peaks(values[asked], objective(asked), nodes)
        cell[asked] = np.where(falls[asked], peak, -np.inf).argmax(axis=1)
    return Brackets(cell, several)


def _peaks(values: FloatArray, objective: FloatArray, nodes: FloatArray) -> FloatArray:
    """Height of the objective at the root in each cell, to second order, and at both ends, (m, n_nodes + 1)."""
    left, right = values[:, :-1], values[:, 1:]
    drop = np.where((left > 0.0) & (right <= 0.0), left - right, 1.0)
    inside = objective[:, :-1] + 0.5 * left * np.diff(nodes) * left / drop
    return np.concatenate([objective[:, :1], inside, objective[:, -1:]], axis=1)


def cubic_start(values: FloatArray, nodes: FloatArray, cell: IntArray) -> tuple[FloatArray, FloatArray]:
    """Root, and slope there, of the cubic through the four nodes around each cell; (n,) each.

    Parameters
    ----------
    values : (n, n_nodes) estimating function
    nodes : (n_nodes,) equally spaced
    cell : (n,) between 1 and n_nodes - 1, as in `Brackets`
    """
    person = np.arange(cell.size)
    f0, f1 = values[person, cell - 1], values[person, cell]
    before = np.where(cell > 1, values[person, np.maximum(cell - 2, 0)], 2.0 * f0 - f1)
    after = np.where(cell < nodes.size - 1, values[person, np.minimum(cell + 1, nodes.size - 1)], 2.0 * f1 - f0)
    c1 = -before / 3.0 - f0 / 2.0 + f1 - after / 6.0
    c2 = (before + f1) / 2.0 - f0
    c3 = (after - before) / 6.0 + (f0 - f1) / 2.0
    chord = np.minimum(f1 - f0, -np.finfo(np.float64).tiny)
    t, slope = np.clip(-f0 / chord, 0.0, 1.0), chord
    for _ in range(CUBIC_STEPS):
        slope = c1 + t * (2.0 * c2 + t * 3.0 * c3)
        slope = np.where(slope < LEAST_STEEP * chord, slope, chord)
        t = np.clip(t - (f0 + t * (c1 + t * (c2 + t * c3))) / slope, 0.0, 1.0)
    spacing = nodes[1] - nodes[0]
    return nodes[cell - 1] + t * spacing, slope / spacing


def refine(
    evaluate: Callable[[FloatArray, IntArray], FloatArray],
    start: FloatArray,
    slope: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    *,
    done: float = STEP_DONE,
) -> FloatArray:
    """Roots by secant steps that never leave their brackets; a step that would bisects.

    Parameters
    ----------
    evaluate
        The estimating function at abilities (m,) of persons (m,), given by their place among the n.
    start, slope : (n,) where to begin, and the slope of the function there, negative
    lower, upper : (n,) brackets: the function falls from positive to negative
    done
        A step up to this length, in logits, is the last.
    """
    root, slope, lower, upper = start.copy(), slope.copy(), lower.copy(), upper.copy()
    active = np.arange(start.size)
    before_x, before_f = root.copy(), np.zeros(start.size)
    for number in range(STEPS_AT_MOST):
        x = root[active]
        f = evaluate(x, active)
        lower[active] = np.where(f > 0.0, x, lower[active])
        upper[active] = np.where(f <= 0.0, x, upper[active])
        if number:
            slope[active] = _secant(x - before_x[active], f - before_f[active], slope[active])
        before_x[active], before_f[active] = x, f
        then = x - f / slope[active]
        inside = (then >= lower[active]) & (then <= upper[active])
        root[active] = np.where(inside, then, 0.5 * (lower[active] + upper[active]))
        active = active[np.abs(root[active] - x) > done]
        if not active.size:
            break
    return root


def _secant(dx: FloatArray, df: FloatArray, slope: FloatArray) -> FloatArray:
    """Slope between the last two points where it falls, and the one before where it does not."""
    falls = (dx != 0.0) & (df * dx < 0.0)
    secant: FloatArray = np.where(falls, df / np.where(falls, dx, 1.0), slope)
    return secant
