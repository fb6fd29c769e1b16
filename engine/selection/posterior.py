"""Posteriors that take one answer at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.grain import GRAIN, round_to_grain
from engine.selection.tables import SelectionTables

LOWEST_TOTAL = 1e-150  # a likelihood below this is first divided by its highest value


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What the answers so far say of n_persons persons.

    Attributes
    ----------
    theta, standard_error : (n_persons,) estimate that choices rest on, in logits, multiples of 1e-9
    mass : (n_persons, n_nodes) posterior at the nodes, up to a factor for each person
    total : (n_persons,) sum of the mass
    n_given : (n_persons,) items given so far
    """

    theta: FloatArray
    standard_error: FloatArray
    mass: FloatArray
    total: FloatArray
    n_given: IntArray

    @property
    def n_persons(self) -> int:
        """Number of persons."""
        return self.theta.size

    @property
    def weights(self) -> FloatArray:
        """Posterior probabilities at the nodes, (n_persons, n_nodes); rows sum to 1."""
        weights: FloatArray = self.mass / self.total[:, np.newaxis]
        return weights

    def take(self, persons: slice) -> Standing:
        """Return what is known of some of the persons."""
        return Standing(
            self.theta[persons],
            self.standard_error[persons],
            self.mass[persons],
            self.total[persons],
            self.n_given[persons],
        )


def start_posterior(tables: SelectionTables, n_persons: int = 1) -> FloatArray:
    """Log-weights of persons who answered nothing, (n_persons, n_nodes): the prior's, the caller's to change.

    Parameters
    ----------
    tables : the bank
    n_persons : how many
    """
    return np.tile(tables.log_prior, (n_persons, 1))


def rows_answered(tables: SelectionTables, item: IntArray, category: IntArray) -> IntArray:
    """Rows of the response table, of the same shape as items and categories.

    Parameters
    ----------
    tables : the bank
    item : item indices; -1 where nothing was given
    category : category scored; -1 where nothing was answered, which changes no posterior
    """
    answered = (category >= 0) & (item >= 0)
    return np.where(answered, tables.offset[item] + category, tables.no_answer)


def add_answers(
    tables: SelectionTables, log_weights: FloatArray, row: IntArray, *, out: FloatArray | None = None
) -> FloatArray:
    """Log-weights after one more answer of each person.

    Parameters
    ----------
    tables : the bank
    log_weights : (n_persons, n_nodes) before, up to a constant for each person
    row : (n_persons,) row of the response table of each answer; `SelectionTables.no_answer` for none
    out : where the result goes, which may be ``log_weights``; without it a fresh array
    """
    return np.add(log_weights, tables.row.take(row, axis=0), out=out)


def stand(tables: SelectionTables, log_weights: FloatArray, n_given: IntArray | int = 0) -> Standing:
    """Expected a posteriori abilities and their standard errors, rounded to 1e-9.

    Bock & Mislevy (1982), Adaptive EAP estimation of ability, Applied Psychological Measurement 6, 431-444.

    Parameters
    ----------
    tables : the bank
    log_weights : (n_persons, n_nodes) up to a constant for each person
    n_given : (n_persons,) items given so far, or one number for all; some rules ask for it
    """
    given = np.full(len(log_weights), n_given, dtype=np.int64) if isinstance(n_given, int) else n_given
    if len(log_weights) == 1:
        return _stand_alone(tables, log_weights, given)
    mass = np.exp(log_weights)
    moments = mass @ tables.power
    if moments[:, 0].min(initial=1.0) < LOWEST_TOTAL:
        low = np.flatnonzero(moments[:, 0] < LOWEST_TOTAL)
        mass[low] = np.exp(log_weights[low] - log_weights[low].max(axis=1, keepdims=True))
        moments[low] = mass[low] @ tables.power
    total = moments[:, 0]
    mean = moments[:, 1] / total
    variance = moments[:, 2] / total - mean * mean
    error = np.sqrt(np.maximum(variance, 0.0))
    return Standing(round_to_grain(mean + tables.centre), round_to_grain(error), mass, total, given)


def _stand_alone(tables: SelectionTables, log_weights: FloatArray, n_given: IntArray) -> Standing:
    """One person's, in plain arithmetic: an answer waits for it."""
    mass = np.exp(log_weights)
    total, first, second = (mass @ tables.power)[0].tolist()
    if total < LOWEST_TOTAL:
        mass = np.exp(log_weights - log_weights.max())
        total, first, second = (mass @ tables.power)[0].tolist()
    mean = first / total
    error = math.sqrt(max(second / total - mean * mean, 0.0))
    theta = round((mean + tables.centre) * GRAIN) / GRAIN  # of whole numbers, so never -0.0
    return Standing(
        np.array([theta]),
        np.array([round(error * GRAIN) / GRAIN]),
        mass,
        np.array([total]),
        n_given,
    )
