"""The three- and four-parameter logistic models."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray

SLOPE, INTERCEPT, FLOOR, CEILING = range(4)


@dataclass(frozen=True, slots=True)
class Asymptotes:
    """``P(1) = c + (1 - c) v s`` with ``s = 1 / (1 + exp(-(slope theta + intercept)))`` (Barton & Lord, 1981).

    Parameters are slope, intercept, ``logit c`` and ``logit v``: an answer is a lucky guess, or else is known and
    not spoiled. The upper asymptote ``c + (1 - c) v`` is above the lower one whatever the values. An infinite
    logit is a fixed asymptote: ``logit c = -inf`` no guessing, ``logit v = inf`` the three-parameter model.
    """

    n_categories: int = 2
    n_parameters: int = 4

    def log_probability(self, parameters: FloatArray, nodes: FloatArray) -> FloatArray:
        """Log-probability of both categories; see `Family`."""
        z = _logits(parameters, nodes)
        log_c, log_not_c = _log_shares(parameters[:, FLOOR, np.newaxis])
        log_v, log_not_v = _log_shares(parameters[:, CEILING, np.newaxis])
        known = log_v - np.logaddexp(0.0, -z)  # log(v s)
        unknown = np.logaddexp(log_not_v, log_v - np.logaddexp(0.0, z))  # log(1 - v s)
        return np.stack([log_not_c + unknown, np.logaddexp(log_c, log_not_c + known)], axis=1)

    def score(self, parameters: FloatArray, nodes: FloatArray) -> FloatArray:
        """Derivative of the log-probabilities; see `Family`."""
        slopes, p, q = _slopes_of_p(parameters, nodes)  # (n_items, 4, n_nodes)
        return np.stack([-slopes / q[:, np.newaxis], slopes / p[:, np.newaxis]], axis=1)

    def ascend(
        self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray, counts: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Gradient and expected information; see `Family`."""
        slopes, p, q = _slopes_of_p(parameters, nodes)
        total = counts.sum(axis=1)
        residual = (counts[:, 1] - total * p) / (p * q)
        gradient = (slopes * residual[:, np.newaxis]).sum(axis=2)
        weight = total / (p * q)
        information: FloatArray = (slopes * weight[:, np.newaxis]) @ slopes.transpose(0, 2, 1)
        return gradient, information

    def information(
        self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray, counts: FloatArray
    ) -> FloatArray:
        """Complete-data observed information: ``-sum of r_k (P_k''/P_k - P_k' P_k''/P_k²)``, exactly."""
        slopes, p, q = _slopes_of_p(parameters, nodes)
        right, wrong = counts[:, 1] / p, counts[:, 0] / q
        bends = _bends_of_p(parameters, nodes)  # (n_items, 4, 4, n_nodes)
        squares = (right / p + wrong / q)[:, np.newaxis]
        information: FloatArray = (slopes * squares) @ slopes.transpose(0, 2, 1)
        information -= (bends * (right - wrong)[:, np.newaxis, np.newaxis]).sum(axis=3)
        return information

    def by_ability(self, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray) -> tuple[FloatArray, FloatArray]:
        """First and second derivative of the log-probabilities to ability; see `Family`."""
        s, not_s = _expit(_logits(parameters, nodes)), _expit(-_logits(parameters, nodes))
        tiny = np.finfo(np.float64).tiny  # far out an answer's probability is 0, and so are the slopes
        p, q = np.maximum(np.exp(log_p[:, 1]), tiny), np.maximum(np.exp(log_p[:, 0]), tiny)
        a, height = parameters[:, SLOPE, np.newaxis], _height(parameters)
        first = height * a * s * not_s
        second = first * a * (not_s - s)
        rise = np.stack([-first / q, first / p], axis=1)
        bend = np.stack([-second / q, second / p], axis=1)
        return rise, bend - rise**2


def _logits(parameters: FloatArray, nodes: FloatArray) -> FloatArray:
    """Return ``slope theta + intercept``, (n_items, n_nodes)."""
    z: FloatArray = parameters[:, SLOPE, np.newaxis] * nodes + parameters[:, INTERCEPT, np.newaxis]
    return z


def _expit(z: FloatArray) -> FloatArray:
    """Logistic function that never overflows; takes infinities."""
    e = np.exp(-np.abs(z))
    p: FloatArray = np.where(z >= 0.0, 1.0, e) / (1.0 + e)
    return p


def _log_shares(logit: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Logarithms of a share and of what is left, from its logit; -inf where it is 0."""
    return -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)


def _height(parameters: FloatArray) -> FloatArray:
    """Distance between the asymptotes, ``(1 - c) v``, (n_items, 1)."""
    height: FloatArray = _expit(-parameters[:, FLOOR]) * _expit(parameters[:, CEILING])
    return height[:, np.newaxis]


def _slopes_of_p(parameters: FloatArray, nodes: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Derivatives of P to the parameters, (n_items, 4, n_nodes), and P and 1 - P, (n_items, n_nodes), above 0."""
    z = _logits(parameters, nodes)
    s, not_s = _expit(z), _expit(-z)
    c, not_c = _expit(parameters[:, FLOOR, np.newaxis]), _expit(-parameters[:, FLOOR, np.newaxis])
    v, not_v = _expit(parameters[:, CEILING, np.newaxis]), _expit(-parameters[:, CEILING, np.newaxis])
    unknown = not_v + v * not_s  # 1 - v s without cancellation
    steep = not_c * v * s * not_s
    slopes = np.stack([steep * nodes, steep, c * not_c * unknown, not_c * v * not_v * s], axis=1)
    tiny = np.finfo(np.float64).tiny
    return slopes, np.maximum(c + not_c * v * s, tiny), np.maximum(not_c * unknown, tiny)


def _bends_of_p(parameters: FloatArray, nodes: FloatArray) -> FloatArray:
    """Second derivatives of P to the parameters, (n_items, 4, 4, n_nodes)."""
    z = _logits(parameters, nodes)
    s, not_s = _expit(z), _expit(-z)
    c, not_c = _expit(parameters[:, FLOOR, np.newaxis]), _expit(-parameters[:, FLOOR, np.newaxis])
    v, not_v = _expit(parameters[:, CEILING, np.newaxis]), _expit(-parameters[:, CEILING, np.newaxis])
    steep = s * not_s
    bend = np.empty((parameters.shape[0], 4, 4, z.shape[1]))
    of_z = not_c * v * steep * (not_s - s)
    bend[:, 0, 0], bend[:, 0, 1], bend[:, 1, 1] = of_z * nodes**2, of_z * nodes, of_z
    floor, ceiling = -c * not_c * v * steep, not_c * v * not_v * steep
    bend[:, 0, 2], bend[:, 1, 2] = floor * nodes, floor
    bend[:, 0, 3], bend[:, 1, 3] = ceiling * nodes, ceiling
    bend[:, 2, 2] = c * not_c * (not_c - c) * (not_v + v * not_s)
    bend[:, 2, 3] = -c * not_c * v * not_v * s
    bend[:, 3, 3] = not_c * v * not_v * (not_v - v) * s
    for row in range(4):
        for column in range(row):
            bend[:, row, column] = bend[:, column, row]
    return bend
