"""Rules that ask how precise the estimate becomes: information at a point, over the posterior, expected variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray
from engine.selection.information import information_of_all
from engine.selection.posterior import Standing
from engine.selection.tables import SelectionTables

TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True, slots=True)
class MaximumInformation:
    """Information at the estimate, in 1/logit².

    Lord (1980), Applications of item response theory to practical testing problems, ch. 10 (tailored testing).
    """

    def scores(self, tables: SelectionTables, standing: Standing, _draw: FloatArray | None, /) -> FloatArray:
        """Scores of all items; see `Rule`."""
        return information_of_all(tables, standing.theta)


@dataclass(frozen=True, slots=True)
class PosteriorWeightedInformation:
    """Information averaged over the posterior, in 1/logit².

    Van der Linden (1998), Bayesian item selection criteria for adaptive testing, Psychometrika 63, 201-216: the
    posterior-weighted information criterion.
    """

    def scores(self, tables: SelectionTables, standing: Standing, _draw: FloatArray | None, /) -> FloatArray:
        """Scores of all items; see `Rule`."""
        scores: FloatArray = standing.weights @ tables.information
        return scores


@dataclass(frozen=True, slots=True)
class MinimumExpectedVariance:
    """Fall of the posterior variance that is expected of the answer, in logit².

    Owen (1975), Journal of the American Statistical Association 70, 351-356; the minimum expected posterior variance of
    van der Linden (1998), Psychometrika 63, 201-216.

    With x the distance to the posterior mean, m0 the probability of a category and m1 the mean of x over the
    posterior times the category's curve, the variance left is ``E x² - Σ m1² / m0``: the sum is the score.
    """

    def scores(self, tables: SelectionTables, standing: Standing, _draw: FloatArray | None, /) -> FloatArray:
        """Scores of all items; see `Rule`."""
        weights = standing.weights
        mean = weights @ tables.nodes
        share = weights @ tables.probability.T  # (n_persons, n_rows)
        moment = (weights * (tables.nodes - mean[:, np.newaxis])) @ tables.probability.T
        fall = moment * moment / np.maximum(share, TINY)
        scores: FloatArray = np.add.reduceat(fall, tables.offset[:-1], axis=1)
        return scores
