"""Conditional likelihoods by enumeration of every pattern: slow, short, and independent of the engine's algorithm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
from scipy import optimize
from scipy.special import logsumexp

from engine.arrays import FloatArray, IntArray

Allowed = Callable[[IntArray], bool]
"""Whether routing lets a pattern be; the pattern has a category, or -1, for every item."""


class Enumeration:
    """All patterns that somebody could have had beside their own, with the same items and total score.

    Parameters
    ----------
    codes : (n_rows, n_items) categories, -1 not presented
    n_categories : of every item
    weight : (n_rows,)
    allowed
        What routing lets be.
    """

    def __init__(
        self,
        codes: Sequence[Sequence[int]],
        n_categories: Sequence[int],
        weight: Sequence[float] | None = None,
        allowed: Allowed = lambda pattern: True,  # noqa: ARG005 - everything is allowed, whatever the pattern
    ) -> None:
        self.n_categories = n_categories
        self.rows = np.asarray(codes, dtype=np.int64)
        self.weight = np.ones(len(self.rows)) if weight is None else np.asarray(weight, dtype=np.float64)
        self.taken = self._steps_taken(self.rows)
        keys = [(*(row >= 0).tolist(), int(row[row > 0].sum())) for row in self.rows]
        self.kind = [sorted(set(keys)).index(key) for key in keys]  # same items, same score
        examples = [self.rows[self.kind.index(kind)] for kind in range(len(set(keys)))]
        self.rivals = [self._steps_taken(self._rivals(row, allowed)) for row in examples]

    def log_likelihood(self, step: FloatArray) -> float:
        """Sum over rows of the log-probability of the pattern among its rivals."""
        normalising = np.array([logsumexp(-(rivals @ step)) for rivals in self.rivals])
        return float(self.weight @ (-(self.taken @ step) - normalising[self.kind]))

    def maximum(self) -> FloatArray:
        """Steps at the maximum, the first one 0, by a general optimiser that knows no derivatives."""

        def mean_loss(free: FloatArray) -> float:
            return -self.log_likelihood(np.concatenate([[0.0], free])) / float(self.weight.sum())

        found = optimize.minimize(mean_loss, np.zeros(self.taken.shape[1] - 1), method="BFGS", options={"gtol": 1e-8})
        return np.concatenate([[0.0], found.x])

    def has_finite_maximum(self) -> bool:
        """Whether no direction but all steps at once lets the likelihood rise, or stand still, for ever.

        Such a direction favours nobody's rivals: a linear programme looks for one that disfavours some.
        """
        favour = np.concatenate([mine - self.rivals[kind] for mine, kind in zip(self.taken, self.kind, strict=True)])
        n_steps = favour.shape[1]
        if np.linalg.matrix_rank(favour) < n_steps - 1:
            return False
        best = optimize.linprog(
            favour.sum(axis=0), A_ub=favour, b_ub=np.zeros(len(favour)), bounds=[(-1.0, 1.0)] * n_steps
        )
        return best.fun is not None and float(best.fun) > -1e-7

    def _rivals(self, row: IntArray, allowed: Allowed) -> IntArray:
        """Patterns of the same items with the same total score."""
        choices = [range(n) if code >= 0 else [-1] for code, n in zip(row, self.n_categories, strict=True)]
        patterns = np.array(list(product(*choices)))
        same = np.where(patterns > 0, patterns, 0).sum(axis=1) == np.where(row > 0, row, 0).sum()
        return np.array([pattern for pattern in patterns[same] if allowed(pattern)])

    def _steps_taken(self, patterns: IntArray) -> FloatArray:
        """Indicators of the steps that patterns took, shape (n_patterns, n_steps)."""
        columns = [patterns[:, i] >= k for i, n in enumerate(self.n_categories) for k in range(1, n)]
        return np.stack(columns, axis=1).astype(np.float64)


def derivative(function: Callable[[FloatArray], float], at: FloatArray, width: float = 1e-4) -> FloatArray:
    """Gradient by central differences."""
    moves = np.eye(at.size) * width
    return np.array([(function(at + move) - function(at - move)) / (2.0 * width) for move in moves])


def second_derivative(function: Callable[[FloatArray], float], at: FloatArray, width: float = 1e-2) -> FloatArray:
    """Hessian by central differences, extrapolated once to width 0 (Richardson)."""
    coarse, fine = (_hessian(function, at, h) for h in (width, width / 2.0))
    hessian: FloatArray = (4.0 * fine - coarse) / 3.0
    return hessian


def _hessian(function: Callable[[FloatArray], float], at: FloatArray, width: float) -> FloatArray:
    """Hessian by central differences of central differences."""
    moves = np.eye(at.size) * width
    rows = [derivative(function, at + move, width) - derivative(function, at - move, width) for move in moves]
    return np.stack(rows) / (2.0 * width)
