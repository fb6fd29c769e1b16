"""Covariance of scores for persons who were each given items of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.calibration.expectation import NodeTable, posterior
from engine.calibration.layout import Layout, Scatter
from engine.calibration.parameters import Estimates

PERSONS_AT_ONCE = 128  # 128 persons x 62 parameters x 61 nodes is 4 MB: stays in the processor's cache


def add_scattered(
    total: FloatArray, scatter: Scatter, layout: Layout, table: NodeTable, estimates: Estimates, nodes: FloatArray
) -> None:
    """Add, for every person, ``E[s s'] - E[s] E[s]'`` to the rows and columns of the person's parameters.

    Parameters
    ----------
    total : (n_parameters, n_parameters) added to in place
    scatter, layout, table, estimates
        Persons, where their parameters stand, and the estimates; s is the complete-data score.
    nodes : (n_nodes,) abilities in logits
    """
    flat, size = total.reshape(-1), len(total)
    density, _ = posterior(scatter, table)  # (n_rows, n_nodes)
    p = np.exp(table.logit + table.log_q)
    sd = float(np.exp(estimates.log_sd[scatter.group]))
    z = (nodes - estimates.mean[scatter.group]) / sd
    of_group = np.stack([z / sd, z**2 - 1.0])  # scores of mean and log-sd, (2, n_nodes)
    group = 2 * layout.n_items + scatter.group + np.array([0, layout.n_groups])
    for persons, column in _alike(scatter):
        item, correct = np.divmod(column, 2)  # (n_alike, n_given) each
        residual = correct[:, :, np.newaxis] - p[item]
        both = (persons.size, 2)
        score = np.concatenate([residual * nodes, residual, np.broadcast_to(of_group, (*both, nodes.size))], axis=1)
        weight = density[persons][:, np.newaxis]
        score -= (score * weight).sum(axis=2, keepdims=True)
        score *= np.sqrt(weight * scatter.weight[persons, np.newaxis, np.newaxis])
        place = np.concatenate([item, item + layout.n_items, np.broadcast_to(group, both)], axis=1)
        where = place[:, :, np.newaxis] * size + place[:, np.newaxis]
        np.add.at(flat, where.ravel(), (score @ score.transpose(0, 2, 1)).ravel())


def _alike(scatter: Scatter) -> Iterator[tuple[IntArray, IntArray]]:
    """Some persons with equally many responses, and their columns, (n_alike, n_given)."""
    start, n_given = scatter.rows.indptr, np.diff(scatter.rows.indptr)
    for length in np.unique(n_given).tolist():
        members = np.flatnonzero(n_given == length)
        for first in range(0, members.size, PERSONS_AT_ONCE):
            persons = members[first : first + PERSONS_AT_ONCE]
            column = scatter.rows.indices[start[persons][:, np.newaxis] + np.arange(length)]
            yield persons, column.astype(np.int64)
