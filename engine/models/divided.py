"""Divide-by-total models: Rasch, 1PL, 2PL, partial credit, rating scale and nominal response, by their features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Divided:
    """``P(k)`` is proportional to ``exp(slope_k theta + intercept_k)`` (Thissen & Steinberg, 1986).

    Slopes and intercepts of the categories are linear in the parameters: ``slope = A alpha`` and
    ``intercept = B beta``. The models differ only in A and B:

    - Rasch, 1PL, 2PL, partial credit: A = (0, 1, 2, …), B = a free intercept for every category from 1 on;
    - rating scale: A the same, B = -(k times the location + the sum of the first k thresholds);
    - nominal: a free slope and a free intercept for every category from 1 on.

    Attributes
    ----------
    slope_features : (n_categories, n_alpha) A
    intercept_features : (n_categories, n_beta) B
    """

    slope_features: FloatArray
    intercept_features: FloatArray

    @property
    def n_categories(self) -> int:
        """Number of categories."""
        return int(self.slope_features.shape[0])

    @property
    def n_parameters(self) -> int:
        """Alphas and betas."""
        return int(self.slope_features.shape[1] + self.intercept_features.shape[1])

    def categories(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Slope and intercept of every category, (n_items, n_categories) each."""
        n_alpha = self.slope_features.shape[1]
        slope: FloatArray = parameters[:, :n_alpha] @ self.slope_features.T
        intercept: FloatArray = parameters[:, n_alpha:] @ self.intercept_features.T
        return slope, intercept

    def log_probability(self, parameters: FloatArray, nodes: FloatArray) -> FloatArray:
        """Log-probability of every category; see `Family`."""
        slope, intercept = self.categories(parameters)
        z = slope[:, :, np.newaxis] * nodes[..., np.newaxis, :] + intercept[:, :, np.newaxis]
        if self.n_categories == 2:  # one logaddexp is all it takes
            logit = z[:, 1] - z[:, 0]
            log_q = -np.logaddexp(0.0, logit)
            return np.stack([log_q, log_q + logit], axis=1)
        z -= z.max(axis=1, keepdims=True)
        z -= np.log(np.exp(z).sum(axis=1, keepdims=True))
        return z

    def score(self, parameters: FloatArray, nodes: FloatArray) -> FloatArray:
        """Derivative of the log-probabilities: feature minus expected feature, times ability for slopes."""
        p = np.exp(self.log_probability(parameters, nodes))
        parts = []
        for features, power in ((self.slope_features, nodes), (self.intercept_features, np.ones_like(nodes))):
            expected = np.einsum("ikq,kf->ifq", p, features)
            deviation = features[np.newaxis, :, :, np.newaxis] - expected[:, np.newaxis]
            parts.append(deviation * power[..., np.newaxis, np.newaxis, :])
        return np.concatenate(parts, axis=2)

    def ascend(
        self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray, counts: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Gradient and information; see `Family`. Expected and observed information are the same here."""
        n_items, n_alpha = parameters.shape[0], self.slope_features.shape[1]
        p = np.exp(log_p)
        total = counts.sum(axis=1, keepdims=True)
        residual = counts - total * p
        gradient = np.concatenate(
            [(residual @ nodes) @ self.slope_features, residual.sum(axis=2) @ self.intercept_features], axis=1
        )
        spread = [self._spread(p, total * p, nodes, power) for power in range(3)]  # (n_items, k, k) each
        a, b = self.slope_features, self.intercept_features
        information = np.empty((n_items, self.n_parameters, self.n_parameters))
        information[:, :n_alpha, :n_alpha] = a.T @ spread[2] @ a
        information[:, :n_alpha, n_alpha:] = a.T @ spread[1] @ b
        information[:, n_alpha:, :n_alpha] = information[:, :n_alpha, n_alpha:].transpose(0, 2, 1)
        information[:, n_alpha:, n_alpha:] = b.T @ spread[0] @ b
        return gradient, information

    def _spread(self, p: FloatArray, expected: FloatArray, nodes: FloatArray, power: int) -> FloatArray:
        """Covariance of the category indicators, summed over nodes with ability to a power, (n_items, k, k)."""
        weighted = expected * nodes**power if power else expected
        if self.n_categories == 2:
            alone = (weighted[:, 1] * p[:, 0]).sum(axis=1)
            pair: FloatArray = alone[:, np.newaxis, np.newaxis] * np.array([[1.0, -1.0], [-1.0, 1.0]])
            return pair
        spread: FloatArray = -(weighted @ p.transpose(0, 2, 1))
        diagonal = np.arange(self.n_categories)
        spread[:, diagonal, diagonal] += weighted.sum(axis=2)
        return spread

    def information(
        self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray, counts: FloatArray
    ) -> FloatArray:
        """Complete-data observed information; see `Family`."""
        return self.ascend(parameters, nodes, log_p, counts)[1]

    def by_ability(self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """First and second derivative to ability: slope minus expected slope, and minus the slopes' variance.

        The first is summed from differences of slopes, so that nothing cancels where one category is certain:
        a perfect score's derivative stays positive however far out.
        """
        slope, _ = self.categories(parameters)
        p = np.exp(log_p)
        if self.n_categories == 2:
            gap = (slope[:, 1] - slope[:, 0])[:, np.newaxis]
            first = np.stack([-gap * p[:, 1], gap * p[:, 0]], axis=1)
            variance = -(first[:, :1] * first[:, 1:])
        else:
            first = (slope[:, :, np.newaxis] - slope[:, np.newaxis, :]) @ p
            variance = (p * first**2).sum(axis=1, keepdims=True)
        return first, np.broadcast_to(-variance, first.shape)


def partial_credit(n_categories: int) -> Divided:
    """One slope and an intercept for every category from 1 on; with two categories the 2PL."""
    scores = np.arange(n_categories, dtype=np.float64)
    return Divided(scores[:, np.newaxis], np.eye(n_categories)[:, 1:])


def nominal(n_categories: int) -> Divided:
    """A slope and an intercept for every category from 1 on (Bock, 1972); category 0 is the origin."""
    own = np.eye(n_categories)[:, 1:]
    return Divided(own, own)


def rating_scale(n_categories: int) -> Divided:
    """One slope, one location and thresholds that sum to 0 (Andrich, 1978): the last one is minus the others' sum.

    Category k has intercept ``-(k location + threshold_1 + … + threshold_k)``, for a slope of 1.
    """
    scores = np.arange(n_categories, dtype=np.float64)
    steps = np.tril(np.ones((n_categories - 1, n_categories - 1)))  # first k thresholds
    free = np.vstack([np.eye(n_categories - 2), -np.ones((1, n_categories - 2))])  # (k - 1, k - 2)
    sums = np.vstack([np.zeros((1, n_categories - 2)), steps @ free])
    return Divided(scores[:, np.newaxis], -np.column_stack([scores, sums]))
