"""Standard errors from the observed information of the marginal likelihood."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.calibration.expectation import ExpectedCounts, NodeTable, node_table, posterior
from engine.calibration.layout import Booklet, Layout
from engine.calibration.parameters import STEEPEST_SLOPE, Estimates, Freedom
from engine.calibration.scattered import add_scattered
from engine.calibration.values import ItemStandardErrors

FLAT = 1e-10  # a direction this much flatter than the steepest says nothing
SHARE = 1e-6  # of such a direction, beyond which a parameter is not determined


def standard_errors(
    layout: Layout, estimates: Estimates, counts: ExpectedCounts, nodes: FloatArray, freedom: Freedom
) -> ItemStandardErrors:
    """Standard errors by Louis' identity (1982), which equals Oakes' at the maximum.

    Observed information = complete-data information - covariance of the complete-data score given the
    responses. Difficulties follow from slopes and intercepts by the delta method; the parameters of the
    groups are estimated too, and their uncertainty is in the items'.

    Parameters
    ----------
    layout, counts, nodes, freedom
        As in the last step of the calibration.
    estimates
        At the maximum.
    """
    n_items = layout.n_items
    information = _complete(estimates, counts, nodes) - _missing(layout, estimates, nodes)
    free = _free(estimates, freedom)
    covariance = np.zeros_like(information)
    covariance[np.ix_(free, free)], loose = _inverse(information[np.ix_(free, free)])
    undetermined = np.zeros(len(information), dtype=np.bool_)
    undetermined[free] = loose
    variance_slope, variance = np.diag(covariance)[:n_items], np.diag(covariance)[n_items : 2 * n_items]
    both = np.diag(covariance[:n_items, n_items : 2 * n_items])
    slope = estimates.items().discrimination
    difficulty = -estimates.intercept / slope
    variance_difficulty = (variance + 2.0 * difficulty * both + difficulty**2 * variance_slope) / slope**2
    loose_slope, loose_intercept = undetermined[:n_items], undetermined[n_items : 2 * n_items]
    return ItemStandardErrors(
        _root(variance_slope, loose_slope), _root(variance_difficulty, loose_slope | loose_intercept)
    )


def _free(estimates: Estimates, freedom: Freedom) -> IntArray:
    """Positions in the parameter vector that are estimated; a slope at its bound is not."""
    n_items, n_groups = estimates.slope.size, estimates.mean.size
    free = np.ones(2 * n_items + 2 * n_groups, dtype=np.bool_)
    free[:n_items] = freedom.slopes & (np.abs(estimates.slope) < STEEPEST_SLOPE)
    free[2 * n_items] = False
    free[2 * n_items + n_groups] = freedom.first_sd
    return np.flatnonzero(free)


def _inverse(information: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Inverse of an information matrix, and which parameters the data do not determine."""
    steepest = float(np.diag(information).max(initial=0.0))
    try:
        inverse: FloatArray = linalg.cho_solve(linalg.cho_factor(information), np.eye(len(information)))
    except linalg.LinAlgError:
        inverse = np.full_like(information, np.inf)
    if np.diag(inverse).max(initial=0.0) * steepest * FLAT < 1.0:
        return inverse, np.zeros(len(information), dtype=np.bool_)
    values, vectors = np.linalg.eigh(information)
    flat = values <= values.max() * FLAT
    kept = vectors[:, ~flat]
    return (kept / values[~flat]) @ kept.T, (vectors[:, flat] ** 2).sum(axis=1) > SHARE


def _root(variance: FloatArray, undetermined: BoolArray) -> FloatArray:
    """Square root; infinite where the data do not determine the parameter."""
    root: FloatArray = np.where(undetermined, np.inf, np.sqrt(np.maximum(variance, 0.0)))
    return root


def _complete(estimates: Estimates, counts: ExpectedCounts, nodes: FloatArray) -> FloatArray:
    """Information if abilities were known: 2 x 2 an item, and two numbers a group."""
    n_items, n_groups = estimates.slope.size, estimates.mean.size
    table = node_table(estimates, nodes)
    p_q = np.exp(table.logit + 2.0 * table.log_q)  # P Q = exp(logit) Q²
    weight = counts.n_answered * p_q
    total = np.zeros((2 * (n_items + n_groups), 2 * (n_items + n_groups)))
    i = np.arange(n_items)
    total[i, i] = weight @ nodes**2
    total[i, i + n_items] = total[i + n_items, i] = weight @ nodes
    total[i + n_items, i + n_items] = weight.sum(axis=1)
    g = 2 * n_items + np.arange(n_groups)
    z = (nodes - estimates.mean[:, np.newaxis]) / np.exp(estimates.log_sd)[:, np.newaxis]
    sd = np.exp(estimates.log_sd)
    total[g, g] = counts.n_persons.sum(axis=1) / sd**2
    total[g, g + n_groups] = total[g + n_groups, g] = 2.0 * (counts.n_persons * z).sum(axis=1) / sd
    total[g + n_groups, g + n_groups] = 2.0 * (counts.n_persons * z**2).sum(axis=1)
    return total


def _missing(layout: Layout, estimates: Estimates, nodes: FloatArray) -> FloatArray:
    """Covariance of the complete-data score given the responses, summed over persons."""
    size = 2 * (layout.n_items + layout.n_groups)
    total = np.zeros((size, size))
    table = node_table(estimates, nodes)
    p = np.exp(table.logit + table.log_q)
    for booklet in layout.booklets:
        place = _places(booklet, layout)
        total[np.ix_(place, place)] += _booklet_covariance(booklet, table, p[booklet.items], estimates, nodes)
    for scatter in layout.scatters:
        add_scattered(total, scatter, layout, table, estimates, nodes)
    return total


def _places(booklet: Booklet, layout: Layout) -> IntArray:
    """Where a booklet's slopes, intercepts, mean and log-sd stand in the parameter vector."""
    group = 2 * layout.n_items + booklet.group
    return np.concatenate([booklet.items, booklet.items + layout.n_items, [group, group + layout.n_groups]])


def _booklet_covariance(
    booklet: Booklet, table: NodeTable, p: FloatArray, estimates: Estimates, nodes: FloatArray
) -> FloatArray:
    """Sum over a booklet's persons of ``E[s s'] - E[s] E[s]'``, s the score, by matrix products alone.

    The score of an intercept at a node is ``y - P``, of a slope ``theta (y - P)``: products over persons
    separate from products over nodes, so no array of persons x nodes x items is ever made.
    """
    y, weight = booklet.correct, booklet.weight
    density, _ = posterior(booklet, table)  # (n_rows, n_nodes)
    sd = float(np.exp(estimates.log_sd[booklet.group]))
    z = (nodes - estimates.mean[booklet.group]) / sd
    of_group = np.stack([z / sd, z**2 - 1.0])  # scores of mean and log-sd, (2, n_nodes)
    weighted = density * weight[:, np.newaxis]
    here = y.T @ weighted  # (n_given, n_nodes) expected correct
    persons = weighted.sum(axis=0)
    powers = [nodes**k for k in range(3)]
    squares = [_products(y, weighted @ power, here * power, p, persons * power) for power in powers]
    residual = here - persons * p
    beside = [(residual * power) @ of_group.T for power in powers[:2]]
    groups = (of_group * persons) @ of_group.T
    first = np.block(
        [[squares[2], squares[1], beside[1]], [squares[1], squares[0], beside[0]], [beside[1].T, beside[0].T, groups]]
    )
    mean_theta = density @ nodes
    slopes = y * mean_theta[:, np.newaxis] - density @ (p * nodes).T
    means = np.concatenate([slopes, y - density @ p.T, density @ of_group.T], axis=1)  # (n_rows, 2 n_given + 2)
    covariance: FloatArray = first - (means * weight[:, np.newaxis]).T @ means
    return covariance


def _products(y: FloatArray, moment: FloatArray, here: FloatArray, p: FloatArray, persons: FloatArray) -> FloatArray:
    """Sum over persons and nodes of ``theta^k (y_i - P_i) (y_j - P_j)``, shape (n_given, n_given)."""
    cross = here @ p.T
    total: FloatArray = (y * moment[:, np.newaxis]).T @ y - cross - cross.T + (p * persons) @ p.T
    return total
