"""The marginal log-likelihood from its definition, for anybody's estimates: no code of the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, IntArray

COMMON = np.linspace(-15.0, 15.0, 1501)  # wider and finer than any program's own grid


@dataclass(frozen=True, eq=False)
class Curve:
    """One item in slope-intercept form.

    ``P(k) ~ exp(k a theta + levels[k - 1])``, or, where it is graded, ``P(X >= k)`` is logistic in
    ``a theta + levels[k - 1]``; with two categories these are the same, and guessing may be added.
    """

    slope: float
    levels: FloatArray
    guessing: float = 0.0
    is_graded: bool = False

    def log_probabilities(self, nodes: FloatArray) -> FloatArray:
        """(n_categories, n_nodes)."""
        if self.is_graded:
            z = self.slope * nodes + self.levels[:, np.newaxis]
            reached = np.vstack([np.ones(nodes.size), 1.0 / (1.0 + np.exp(-z)), np.zeros(nodes.size)])
            p = -np.diff(reached, axis=0)
        else:
            steps = np.arange(1, self.levels.size + 1)[:, np.newaxis]
            z = np.vstack([np.zeros(nodes.size), self.slope * steps * nodes + self.levels[:, np.newaxis]])
            p = np.exp(z - z.max(axis=0))
            p /= p.sum(axis=0)
        if self.guessing:
            p[1] = self.guessing + (1.0 - self.guessing) * p[1]
            p[0] = 1.0 - p[1]
        log_p: FloatArray = np.log(np.maximum(p, 1e-300))
        return log_p


@dataclass(frozen=True, eq=False)
class Answers:
    """Rows of answers (n_rows, n_items), -1 where there are none; how often each occurs, and its group or value."""

    codes: IntArray
    n: FloatArray
    group: IntArray


def log_likelihood(
    answers: Answers, curves: Sequence[Curve], means: Sequence[float], sds: Sequence[float], nodes: FloatArray = COMMON
) -> float:
    """Sum over rows of the logarithm of their marginal probability, abilities normal within a group."""
    joint = np.zeros((len(answers.codes), nodes.size))
    for item, curve in enumerate(curves):
        given = answers.codes[:, item] >= 0
        joint[given] += curve.log_probabilities(nodes)[answers.codes[given, item]]
    weights = np.exp(-0.5 * ((nodes - np.array(means)[:, np.newaxis]) / np.array(sds)[:, np.newaxis]) ** 2)
    weights /= weights.sum(axis=1, keepdims=True)
    likelihood = (np.exp(joint) * weights[answers.group]).sum(axis=1)
    return float(answers.n @ np.log(likelihood))
