"""Probabilities of all categories at persons' own abilities, quickly."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray
from engine.models import Kind
from engine.selection.tables import SelectionTables
from engine.table import rows_of

TINY = np.finfo(np.float64).tiny


def probabilities_of_all(tables: SelectionTables, theta: FloatArray) -> FloatArray:
    """Probability of every row of the response table at every ability, (n_rows, n_theta).

    Parameters
    ----------
    tables : the bank
    theta : (n_theta,) in logits
    """
    items = tables.items
    logistic = np.flatnonzero(items.kind == Kind.LOGISTIC)
    a, b, c, d = (
        values[logistic, np.newaxis] for values in (items.discrimination, items.difficulty, items.guessing, items.upper)
    )
    z = a * (theta - b)
    e = np.exp(-np.abs(z))
    share = 1.0 / (1.0 + e)
    rising, falling = np.where(z >= 0.0, share, e * share), np.where(z >= 0.0, e * share, share)
    p = np.empty((tables.no_answer, theta.size))
    for block in tables.curves.blocks:
        if items.kind[block.items[0]] != Kind.LOGISTIC:
            p[rows_of(block, tables.offset)] = np.exp(block.family.log_probability(block.parameters, theta))
    p[tables.offset[logistic]] = 1.0 - d + (d - c) * falling
    p[tables.offset[logistic] + 1] = c + (d - c) * rising
    return p


def log_probabilities_of_all(tables: SelectionTables, theta: FloatArray) -> FloatArray:
    """Logarithm of `probabilities_of_all`, at least -708.4: that of the smallest number there is.

    Parameters
    ----------
    tables : the bank
    theta : (n_theta,) in logits
    """
    log_p: FloatArray = np.log(np.maximum(probabilities_of_all(tables, theta), TINY))
    return log_p
