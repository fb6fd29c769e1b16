"""The graded response model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray

NEAREST = 1e-6  # intercepts of neighbouring categories at least this far apart: none has probability 0


@dataclass(frozen=True, slots=True)
class Graded:
    """``P(category >= k) = 1 / (1 + exp(-(slope theta + intercept_k)))`` (Samejima, 1969).

    Parameters are the slope and the intercepts of categories 1, 2, …, which fall. With x and y the logits
    of reaching category k and k + 1, ``log P(k) = log s(x) + log s(-y) + log(1 - exp(y - x))``: the last
    term is the item's own constant, so that nothing cancels however far out a node lies.
    """

    n_categories: int

    @property
    def n_parameters(self) -> int:
        """One slope, and an intercept for every category from 1 on."""
        return self.n_categories

    def log_probability(self, parameters: FloatArray, nodes: FloatArray) -> FloatArray:
        """Log-probability of every category; see `Family`."""
        z = self._logits(parameters, nodes)
        reach = -np.logaddexp(0.0, -z)  # log P(category >= k), (n_items, n_categories - 1, n_nodes)
        fail = -np.logaddexp(0.0, z)
        gap = np.maximum(parameters[:, 1:-1] - parameters[:, 2:], NEAREST)  # (n_items, n_categories - 2)
        between = reach[:, :-1] + fail[:, 1:] + np.log(-np.expm1(-gap))[:, :, np.newaxis]
        return np.concatenate([fail[:, :1], between, reach[:, -1:]], axis=1)

    def score(self, parameters: FloatArray, nodes: FloatArray) -> FloatArray:
        """Derivative of the log-probabilities; see `Family`."""
        upper, lower = self._rises(parameters, nodes)
        score = np.zeros((parameters.shape[0], self.n_categories, self.n_parameters, upper.shape[2]))
        score[:, 1:, 0] += upper * nodes[..., np.newaxis, :]
        score[:, :-1, 0] += lower * nodes[..., np.newaxis, :]
        for k in range(1, self.n_categories):
            score[:, k, k] += upper[:, k - 1]
            score[:, k - 1, k] += lower[:, k - 1]
        return score

    def ascend(
        self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray, counts: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Gradient and observed information; see `Family`: the log-probabilities are concave, so this is Newton's."""
        upper, lower = self._rises(parameters, nodes)
        of_logit = counts[:, 1:] * upper + counts[:, :-1] * lower  # (n_items, n_categories - 1, n_nodes)
        gradient = np.concatenate([(of_logit @ nodes).sum(axis=1, keepdims=True), of_logit.sum(axis=2)], axis=1)
        return gradient, self.information(parameters, nodes, log_p, counts)

    def information(
        self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray, counts: FloatArray
    ) -> FloatArray:
        """Complete-data observed information; see `Family`."""
        z = self._logits(parameters, nodes)
        p_q = np.exp(-np.logaddexp(0.0, z) - np.logaddexp(0.0, -z))
        own = p_q * (counts[:, 1:] + counts[:, :-1])  # curvature along each logit, (n_items, k - 1, n_nodes)
        away = _push(parameters)
        pull = (away * (1.0 + away))[:, :, np.newaxis] * counts[
            :, 1:-1
        ]  # between neighbours, (n_items, k - 2, n_nodes)
        information = np.zeros((parameters.shape[0], self.n_parameters, self.n_parameters))
        information[:, 0, 0] = (own @ nodes**2).sum(axis=1)  # what pulls neighbours apart is the same at every ability
        information[:, 0, 1:] = information[:, 1:, 0] = own @ nodes
        k = np.arange(1, self.n_categories)
        information[:, k, k] = own.sum(axis=2)
        apart = pull.sum(axis=2)
        information[:, k[:-1], k[:-1]] += apart
        information[:, k[1:], k[1:]] += apart
        information[:, k[:-1], k[1:]] -= apart
        information[:, k[1:], k[:-1]] -= apart
        return information

    def by_ability(self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of the log-probabilities to ability; see `Family`."""
        z = self._logits(parameters, nodes)
        a = parameters[:, 0, np.newaxis, np.newaxis]
        fail = np.exp(-np.logaddexp(0.0, z))
        reach = np.exp(-np.logaddexp(0.0, -z))
        first = np.zeros_like(log_p)
        first[:, 1:] += a * fail
        first[:, :-1] -= a * reach
        second = np.zeros_like(log_p)
        second[:, 1:] -= a**2 * fail * reach
        second[:, :-1] -= a**2 * fail * reach
        return first, second

    def _logits(self, parameters: FloatArray, nodes: FloatArray) -> FloatArray:
        """Logit of reaching each category from 1 on, (n_items, n_categories - 1, n_nodes)."""
        z: FloatArray = parameters[:, 0, np.newaxis, np.newaxis] * nodes[..., np.newaxis, :]
        return z + parameters[:, 1:, np.newaxis]

    def _rises(self, parameters: FloatArray, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Derivatives of log P(k) and log P(k - 1) to the logit of reaching k, (n_items, n_categories - 1, n_nodes)."""
        z = self._logits(parameters, nodes)
        push = _push(parameters)[:, :, np.newaxis]
        upper = np.exp(-np.logaddexp(0.0, z))
        upper[:, :-1] += push
        lower = -np.exp(-np.logaddexp(0.0, -z))
        lower[:, 1:] -= push
        return upper, lower


def _push(parameters: FloatArray) -> FloatArray:
    """Return ``1 / (exp(gap) - 1)`` of neighbouring intercepts, (n_items, n_categories - 2)."""
    gap = np.maximum(parameters[:, 1:-1] - parameters[:, 2:], NEAREST)
    push: FloatArray = 1.0 / np.expm1(gap)
    return push
