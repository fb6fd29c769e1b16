"""Rules by Kullback-Leibler information: how well an answer tells the estimate from abilities around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray
from engine.errors import DesignError
from engine.selection.posterior import Standing
from engine.selection.probabilities import log_probabilities_of_all
from engine.selection.tables import SelectionTables

N_POINTS = 15  # Gauss-Legendre: integrals over 6 logits to 1e-7 for slopes up to 2, to 1e-4 up to 4


@dataclass(frozen=True, slots=True)
class KullbackLeibler:
    """Kullback-Leibler information summed over an interval around the estimate.

    The global information of Chang & Ying (1996), Applied Psychological Measurement 20, 213-229:
    ``∫ K(θ) dθ`` from ``estimate - delta`` to ``estimate + delta``, with ``K(θ) = Σ_k P_k(estimate)
    log(P_k(estimate) / P_k(θ))`` and ``delta = width / √n``, n the items given so far (1 before the first).

    Attributes
    ----------
    width : delta at the first item, in logits

    Raises
    ------
    DesignError
        If the width is not positive.
    """

    width: float = 3.0

    def __post_init__(self) -> None:
        if not 0.0 < self.width < np.inf:
            raise DesignError(f"the width of an interval must be positive, not {self.width}")

    def scores(self, tables: SelectionTables, standing: Standing, _draw: FloatArray | None, /) -> FloatArray:
        """Scores of all items; see `Rule`."""
        delta = self.width / np.sqrt(np.maximum(standing.n_given, 1))
        points, weights = np.polynomial.legendre.leggauss(N_POINTS)
        integral = np.zeros((tables.no_answer, standing.n_persons))  # of every row's log-probability
        for point, weight in zip(points.tolist(), weights.tolist(), strict=True):
            integral += weight * log_probabilities_of_all(tables, standing.theta + point * delta)
        return 2.0 * delta[:, np.newaxis] * _divergence(tables, standing.theta, 0.5 * integral)


@dataclass(frozen=True, slots=True)
class PosteriorKullbackLeibler:
    """Kullback-Leibler information averaged over the posterior, without dimension.

    As in `KullbackLeibler`, ``K(θ)`` of Chang & Ying (1996), weighted by the posterior instead of evenly over an
    interval.
    """

    def scores(self, tables: SelectionTables, standing: Standing, _draw: FloatArray | None, /) -> FloatArray:
        """Scores of all items; see `Rule`."""
        return _divergence(tables, standing.theta, tables.row[:-1] @ standing.weights.T)


def _divergence(tables: SelectionTables, theta: FloatArray, average: FloatArray) -> FloatArray:
    """``Σ_k P_k (log P_k - average_k)`` of all items at persons' abilities, (n_persons, n_items).

    ``average`` is the mean log-probability of every row over the abilities compared with, (n_rows, n_persons).
    """
    log_p = log_probabilities_of_all(tables, theta)
    terms = np.exp(log_p) * (log_p - average)
    of_items: FloatArray = np.add.reduceat(terms, tables.offset[:-1], axis=0)
    return of_items.T
