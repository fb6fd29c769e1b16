"""Scores of whole booklets of divide-by-total models, by matrix products alone.

There a parameter's score at a node is ``theta^s (t - e(theta))``: a feature t of the response, which does not depend
on ability, and its expectation, which does not depend on the person. So sums over persons separate from sums over
nodes, and no array of persons x nodes x parameters is ever made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.calibration.expectation import NodeTable
from engine.calibration.parts import Part
from engine.calibration.problem import Problem
from engine.models.divided import Divided


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What the free parameters of a booklet's items look at.

    Attributes
    ----------
    place : (n_features,) positions of the parameters among all free ones; slopes first, then intercepts
    n_slopes : number of slopes
    of_column : (n_columns, n_features) features of each column of the part's matrix
    """

    place: IntArray
    n_slopes: int
    of_column: FloatArray


def features_of(part: Part, problem: Problem, place: IntArray) -> Features | None:
    """Features of a part's items; None where they cannot be used.

    Parameters
    ----------
    part
        Of the responses.
    problem
        What is estimated.
    place : (n_items + 1, n_most) position of every parameter; -1 where fixed
    """
    families = [block.family for block in problem.blocks]
    if not (part.is_dense and part.items.size and all(isinstance(family, Divided) for family in families)):
        return None
    if part.covariates.shape[1]:
        return None
    of_item = {int(item): block.family for block in problem.blocks for item in block.items}
    columns: list[tuple[int, int, int, FloatArray]] = []  # position, is an intercept, first column, features
    first = 0
    for item in part.items.tolist():
        family = of_item[item]
        assert isinstance(family, Divided)
        n_alpha = family.slope_features.shape[1]
        both = np.concatenate([family.slope_features, family.intercept_features], axis=1)[1:]
        free = np.flatnonzero(place[item, : both.shape[1]] >= 0).tolist()
        columns += [(int(place[item, n]), int(n >= n_alpha), first, both[:, n]) for n in free]
        first += both.shape[0]
    columns.sort(key=lambda column: column[1])
    of_column = np.zeros((part.columns.size, len(columns)))
    for number, (_, _, begin, values) in enumerate(columns):
        of_column[begin : begin + values.size, number] = values
    n_slopes = sum(not is_intercept for _, is_intercept, _, _ in columns)
    return Features(np.array([column[0] for column in columns], dtype=np.int64), n_slopes, of_column)


def missing_information(
    part: Part, features: Features, density: FloatArray, table: NodeTable, of_population: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Sum over persons of ``E[s s'] - E[s] E[s]'``, and the means E[s] of every person.

    Parameters
    ----------
    part
        Responses of n persons.
    features
        Of the part's items.
    density : (n, width) posteriors
    table
        Current estimates.
    of_population : (n_population, width) scores of mean and log-sd at the nodes

    Returns
    -------
    missing (n_all, n_all) and means (n, n_all), features first, then the population
    """
    inside = slice(part.low, part.high)
    nodes = table.nodes[inside]
    weighted = density * part.weight[:, np.newaxis]
    t: FloatArray = part.matrix @ features.of_column  # (n, n_features)
    e = features.of_column.T @ np.exp(table.rows[part.columns, inside])  # (n_features, width)
    moments = [weighted @ nodes**power for power in range(3)]
    persons, here = weighted.sum(axis=0), t.T @ weighted  # (width,), (n_features, width)
    k, n_population = features.n_slopes, of_population.shape[0]
    total = np.empty((t.shape[1] + n_population,) * 2)
    halves = (slice(0, k), slice(k, t.shape[1]))
    for row, power in zip(halves, (1, 0), strict=True):
        for column, other in zip(halves, (1, 0), strict=True):
            scale = nodes ** (power + other)
            left, right = (here[row] * scale) @ e[column].T, (here[column] * scale) @ e[row].T
            both = (t[:, row] * moments[power + other][:, np.newaxis]).T @ t[:, column]
            total[row, column] = both - left - right.T + (e[row] * (persons * scale)) @ e[column].T
        beside = ((here[row] - e[row] * persons) * nodes**power) @ of_population.T
        total[row, t.shape[1] :] = beside
        total[t.shape[1] :, row] = beside.T
    total[t.shape[1] :, t.shape[1] :] = (of_population * persons) @ of_population.T
    slopes = t[:, :k] * (density @ nodes)[:, np.newaxis] - density @ (e[:k] * nodes).T
    means = np.concatenate([slopes, t[:, k:] - density @ e[k:].T, density @ of_population.T], axis=1)
    return total - (means * part.weight[:, np.newaxis]).T @ means, means
