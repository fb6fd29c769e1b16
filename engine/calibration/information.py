"""Observed information of the marginal likelihood, and scores of persons for the sandwich."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import sparse
from scipy.linalg import blas

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.calibration.expectation import ExpectedCounts, NodeTable, posterior
from engine.calibration.features import Features, features_of, missing_information
from engine.calibration.parts import Part
from engine.calibration.problem import Estimates, Problem
from engine.partition import over_parts
from engine.responses import Responses

CELLS_AT_ONCE = 400_000  # persons x parameters x nodes: 3 MB, stays in the processor's cache
NEGLIGIBLE = 1e-20  # posterior mass of a node that changes no sum of scores in its sixteen digits


@dataclass(frozen=True, slots=True, eq=False)
class ScoreTable:
    """Complete-data scores of every row of the flat table, and where they belong.

    Attributes
    ----------
    score : (n_rows + 1, n_most, n_nodes) derivative of the log-probability to the item's parameters; the last
        row is nobody's
    place : (n_items + 1, n_most) position among all free parameters; -1 where fixed or not there
    mean_place, sd_place : (n_groups,) position of means and of logarithms of sds; -1 where fixed
    beta_place : (n_covariates,) position of the regression
    n_free : number of free parameters
    """

    score: FloatArray
    place: IntArray
    mean_place: IntArray
    sd_place: IntArray
    beta_place: IntArray
    n_free: int


@dataclass(frozen=True, slots=True, eq=False)
class PartScores:
    """What one part says about the free parameters at ``place``.

    Attributes
    ----------
    place : (n_here,) positions among all free parameters
    missing : (n_here, n_here) sum over persons of the covariance of the complete-data score given the responses
    complete : (n_here, n_here) complete-data information of the population's parameters
    scores : (n, n_here) every person's score, unweighted: the mean of the complete-data score; sparse where most
        persons have no score for most parameters
    """

    place: IntArray
    missing: FloatArray
    complete: FloatArray
    scores: FloatArray | sparse.csr_array


@dataclass(frozen=True, slots=True, eq=False)
class Information:
    """Information about the free parameters of a calibration.

    Attributes
    ----------
    matrix : (n_free, n_free) minus the second derivative of the log-posterior
    scores : (n_persons, n_free) derivative of each person's marginal log-likelihood, unweighted
    """

    matrix: FloatArray
    scores: sparse.csr_array


def score_table(problem: Problem, estimates: Estimates) -> ScoreTable:
    """Tabulate the scores at the estimates."""
    n_most = max(block.start.shape[1] for block in problem.blocks)
    n_items = problem.offset.size - 1
    score = np.zeros((int(problem.offset[-1]) + 1, n_most, problem.nodes.size))
    place = np.full((n_items + 1, n_most), -1, dtype=np.int64)
    first = 0
    for block, parameters in zip(problem.blocks, estimates.parameters, strict=True):
        k = parameters.shape[1]
        score[problem.rows_of(block), :k] = block.family.score(parameters, problem.nodes)
        place[block.items, :k] = block.places(first)
        first += block.n_free
    population = estimates.population
    if population.log_histogram is not None:
        none = np.full(population.n_groups, -1, dtype=np.int64)
        return ScoreTable(score, place, none, none.copy(), np.zeros(0, np.int64), first)
    mean_place = _numbered(population.free_mean, first)
    second = first + int(np.count_nonzero(population.free_mean))
    sd_place = _numbered(population.free_sd, second)
    last = second + int(np.count_nonzero(population.free_sd))
    beta_place = last + np.arange(population.beta.size)
    return ScoreTable(score, place, mean_place, sd_place, beta_place, last + population.beta.size)


def _numbered(free: BoolArray, first: int) -> IntArray:
    """Positions of what is free, from ``first`` on; -1 where it is not."""
    place: IntArray = np.where(free, first + np.cumsum(free) - 1, -1)
    return place


def observed_information(
    problem: Problem, responses: Responses, estimates: Estimates, counts: ExpectedCounts, *, with_scores: bool = True
) -> Information:
    """Observed information by Louis' identity (1982), which equals Oakes' at the maximum.

    Observed information = complete-data information - covariance of the complete-data score given the
    responses, summed over persons; the parameters of the population are in it, so that their uncertainty is
    in the items'.

    Parameters
    ----------
    problem
        What was estimated; its parts hold every person's posterior.
    responses
        The responses that the parts were laid out from.
    estimates, counts
        At the maximum.
    with_scores
        Persons' scores too; a sandwich needs them.
    """
    estimates = problem.tabulated(estimates)
    table, scores = problem.table(estimates), score_table(problem, estimates)
    matrix = np.zeros((scores.n_free, scores.n_free))
    for block, parameters, log_p in zip(problem.blocks, estimates.parameters, estimates.log_p, strict=True):
        rows = counts.rows[problem.rows_of(block)]
        complete = block.family.information(parameters, problem.nodes, log_p, rows) + block.log_prior(parameters)[2]
        _add(matrix, scores.place[block.items, : parameters.shape[1]], complete)
    features = {id(part.columns): features_of(part, problem, scores.place) for part in _one_of_each(problem.parts)}
    pairs = [(part, features.get(id(part.columns))) for part in problem.parts]  # an id means nothing to other processes
    work = partial(_score_part, responses=responses, table=table, scores=scores)
    data, row, column = [np.zeros(0)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for part, found in zip(problem.parts, over_parts(work, pairs, problem.executor), strict=True):
        _add(matrix, found.place[np.newaxis], (found.complete - found.missing)[np.newaxis])
        if not with_scores:
            continue
        entries = sparse.coo_array(found.scores)
        free = found.place[entries.coords[1]] >= 0
        data.append(entries.data[free])
        row.append(part.persons[entries.coords[0][free]])
        column.append(found.place[entries.coords[1][free]])
    shape = (responses.n_persons, scores.n_free)
    of_persons = sparse.csr_array((np.concatenate(data), (np.concatenate(row), np.concatenate(column))), shape=shape)
    return Information(matrix, of_persons)


def _add(matrix: FloatArray, place: IntArray, values: FloatArray) -> None:
    """Add small matrices (n, k, k) where their parameters (n, k) stand; what is fixed goes nowhere."""
    free = (place[:, :, np.newaxis] >= 0) & (place[:, np.newaxis] >= 0)
    where = place[:, :, np.newaxis] * len(matrix) + place[:, np.newaxis]
    np.add.at(matrix.reshape(-1), where[free], values[free])


@dataclass(frozen=True, slots=True, eq=False)
class _Local:
    """Parameters that one part's responses touch, numbered for the part alone.

    Attributes
    ----------
    place : (n_here,) their positions among all free parameters; -1 for fixed ones of the population
    of_item : (n_items + 1, n_most) number of each item's parameters; n_here for fixed ones
    of_population : (n_population,) numbers of mean, log-sd and regression
    """

    place: IntArray
    of_item: IntArray
    of_population: IntArray


def _localise(part: Part, item: IntArray, scores: ScoreTable) -> _Local:
    """Number the parameters of a part's items and population."""
    here = np.unique(item[item < scores.place.shape[0] - 1])
    columns = scores.place[here]
    group = np.concatenate([[scores.mean_place[part.group], scores.sd_place[part.group]], scores.beta_place])
    place = np.concatenate([columns[columns >= 0], group]).astype(np.int64)
    of_item = np.full(scores.place.shape, place.size, dtype=np.int64)
    of_item[here] = np.where(columns >= 0, np.cumsum(columns.ravel() >= 0).reshape(columns.shape) - 1, place.size)
    return _Local(place, of_item, place.size - group.size + np.arange(group.size))


def _one_of_each(parts: Sequence[Part]) -> list[Part]:
    """One part of each bundle that is dense: parts that were cut from the same bundle share its columns."""
    return list({id(part.columns): part for part in parts if part.is_dense}.values())


def _score_part(
    pair: tuple[Part, Features | None], responses: Responses, table: NodeTable, scores: ScoreTable
) -> PartScores:
    """Scores of the persons of a part; quicker where there are features of its items."""
    part, whole = pair
    density, _, _ = posterior(part, table)
    if whole is None:
        return _score_scattered(part, density, responses, table, scores)
    z = (table.nodes[part.low : part.high] - table.population.mean[part.group]) / table.population.sd[part.group]
    of_population = np.stack([z / table.population.sd[part.group], z**2 - 1.0])
    missing, means = missing_information(part, whole, density, table, of_population)
    place = np.concatenate([whole.place, [scores.mean_place[part.group], scores.sd_place[part.group]]])
    complete = np.zeros_like(missing)
    expected = np.stack([density @ z, density @ z**2], axis=1)
    number = whole.place.size + np.arange(2)
    _complete_population(complete, part, slice(0, part.persons.size), table, expected, number)
    return PartScores(place, missing, complete, means)


def _score_scattered(
    part: Part, density: FloatArray, responses: Responses, table: NodeTable, scores: ScoreTable
) -> PartScores:
    """Scores of one part's persons, some at a time."""
    rows, item, share = _padded(part, responses, table.offset)
    local = _localise(part, item, scores)
    size, width = local.place.size + 1, part.high - part.low  # one number more, for what is fixed
    inside = np.ascontiguousarray(scores.score[:, :, part.low : part.high])
    missing, complete = np.zeros((size, size)), np.zeros((size, size))
    n_columns = rows.shape[1] * scores.place.shape[1] + local.of_population.size
    at_once = max(1, CELLS_AT_ONCE // (n_columns * width))
    together = np.zeros((n_columns, n_columns), order="F") if (item == item[0]).all() else None
    means, columns = np.empty((rows.shape[0], n_columns)), np.empty((rows.shape[0], n_columns), dtype=np.int64)
    columns[:, : -local.of_population.size] = local.of_item[item].reshape(rows.shape[0], -1)
    columns[:, -local.of_population.size :] = local.of_population
    for first in range(0, part.persons.size, at_once):
        some = slice(first, first + at_once)
        values, expected = _population_scores(part, some, table, density[some], local.of_population.size)
        near = _where_anybody_is(density[some])
        own = inside[:, :, near][rows[some]].reshape(values.shape[0], rows.shape[1] * scores.place.shape[1], -1)
        if share is not None:
            own *= np.repeat(share[some], scores.place.shape[1], axis=1)[:, :, np.newaxis]
        every = np.concatenate([own, values[:, :, near]], axis=1)
        means[some] = _accumulate(missing, every, density[some, near], part.weight[some], columns[some], together)
        _complete_population(complete, part, some, table, expected, local.of_population)
    if together is not None:
        np.add.at(missing, np.ix_(columns[0], columns[0]), together + np.triu(together, 1).T)
    matrix = _sparse_scores(means, columns, local.place.size)
    return PartScores(local.place, missing[:-1, :-1], complete[:-1, :-1], matrix)


def _where_anybody_is(density: FloatArray) -> slice:
    """Nodes beyond which no person's posterior has any mass to speak of; density is (n, width)."""
    inside = np.flatnonzero((density > NEGLIGIBLE).any(axis=0))
    return slice(int(inside[0]), int(inside[-1]) + 1)


def _padded(part: Part, responses: Responses, offset: IntArray) -> tuple[IntArray, IntArray, FloatArray | None]:
    """Rows of the flat table and items of every person's responses, (n, n_longest), filled up with nobody's."""
    n_given = np.diff(responses.start)[part.persons]
    longest = max(int(n_given.max(initial=0)), 1)
    inside = np.arange(longest) < n_given[:, np.newaxis]
    where = np.where(inside, responses.start[part.persons][:, np.newaxis] + np.arange(longest), 0)
    if responses.n_responses == 0:
        return np.full(where.shape, offset[-1]), np.full(where.shape, offset.size - 1), None
    item = np.where(inside, responses.item[where], offset.size - 1).astype(np.int64)
    row = np.where(inside, offset[np.minimum(item, offset.size - 2)] + responses.category[where], offset[-1])
    return row, item, None if responses.share is None else np.where(inside, responses.share[where], 0.0)


def _population_scores(
    part: Part, some: slice, table: NodeTable, density: FloatArray, n_columns: int
) -> tuple[FloatArray, FloatArray]:
    """Scores of mean, log-sd and regression, (n, n_columns, width); and E[z], E[z²] of each person, (n, 2)."""
    population = table.population
    nodes = table.nodes[part.low : part.high]
    x = part.covariates[some]
    sd = float(population.sd[part.group])
    shift = x @ population.beta if population.beta.size else np.zeros(x.shape[0])
    z = (nodes - population.mean[part.group] - shift[:, np.newaxis]) / sd
    values = np.empty((x.shape[0], n_columns, nodes.size))
    values[:, 0], values[:, 1] = z / sd, z**2 - 1.0
    for column in range(n_columns - 2):
        values[:, 2 + column] = x[:, column, np.newaxis] * z / sd
    return values, np.stack([(density * z).sum(axis=1), (density * z**2).sum(axis=1)], axis=1)


def _complete_population(
    complete: FloatArray, part: Part, some: slice, table: NodeTable, expected: FloatArray, number: IntArray
) -> None:
    """Add the complete-data information of mean, log-sd and regression, in place."""
    sd = float(table.population.sd[part.group])
    weight, x = part.weight[some], part.covariates[some]
    linear = np.concatenate([np.ones((x.shape[0], 1)), x], axis=1)[:, : number.size - 1]
    column, spread = np.concatenate([number[:1], number[2:]]), number[1]
    complete[np.ix_(column, column)] += (linear * weight[:, np.newaxis]).T @ linear / sd**2
    cross = 2.0 * (weight * expected[:, 0]) @ linear / sd
    complete[column, spread] += cross
    complete[spread, column] += cross
    complete[spread, spread] += 2.0 * float(weight @ expected[:, 1])


def _accumulate(
    total: FloatArray,
    score: FloatArray,
    density: FloatArray,
    weight: FloatArray,
    column: IntArray,
    together: FloatArray | None,
) -> FloatArray:
    """Add every person's ``E[s s'] - E[s] E[s]'`` to the part's matrix; return the means E[s], (n, n_scores).

    Where all persons answered the same items, the sums go to the upper half of ``together`` instead, (n_scores,
    n_scores): whoever calls adds it up once, and not after every few persons.
    """
    posterior_weight = density[:, np.newaxis]
    means: FloatArray = (score @ density[:, :, np.newaxis])[:, :, 0]
    score -= means[:, :, np.newaxis]
    score *= np.sqrt(posterior_weight * weight[:, np.newaxis, np.newaxis])
    if together is not None:
        flat = score.transpose(1, 0, 2).reshape(score.shape[1], -1)
        blas.dsyrk(1.0, flat.T, beta=1.0, c=together, trans=1, overwrite_c=1)
    else:
        where = column[:, :, np.newaxis] * len(total) + column[:, np.newaxis]
        covariance = score @ score.transpose(0, 2, 1)
        total += np.bincount(where.ravel(), covariance.ravel(), total.size).reshape(total.shape)
    return means


def _sparse_scores(means: FloatArray, column: IntArray, n_here: int) -> sparse.csr_array:
    """Scores of persons as a sparse matrix; the column of what is fixed is left out."""
    row = np.broadcast_to(np.arange(means.shape[0])[:, np.newaxis], column.shape)
    kept = column < n_here
    matrix = sparse.csr_array((means[kept], (row[kept], column[kept])), shape=(means.shape[0], n_here))
    matrix.sum_duplicates()
    return matrix
