"""Where a calibration starts: from how many answered in each category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, cg

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.calibration.blocks import ItemBlock
from engine.calibration.population import Population
from engine.models import Kind
from engine.models.asymptotes import FLOOR
from engine.responses import Responses

MARGINAL = 1.2  # a logit over a whole population is about 1.2 times flatter than one given ability

LOWEST_SHARE = 0.05  # right, corrected for guessing; the highest is 1 - this: corrected shares may lie beyond 0 and 1
MOST_PERSONS, MOST_ITERATIONS = 20_000, 200  # of the linear start
RIDGE = 1e-3  # persons' worth of evidence that an item nobody links is as difficult as all
SMALLEST_SPREAD = 0.04  # variance of linear abilities: no slope starts flatter than 0.2
PRECISION = 1e-3  # relative, of the linear start


def category_counts(responses: Responses, offset: IntArray) -> FloatArray:
    """Persons by weight who answered each item in each category, (n_rows,) of the flat table."""
    row = offset[responses.item] + responses.category
    if responses.share is None and np.all(responses.weight == 1.0):
        return np.bincount(row, minlength=int(offset[-1])).astype(np.float64)
    weight = np.repeat(responses.weight, np.diff(responses.start))
    if responses.share is not None:
        weight = weight * responses.share
    return np.bincount(row, weights=weight, minlength=int(offset[-1])).astype(np.float64)


def starting_parameters(block: ItemBlock, counts: FloatArray) -> FloatArray:
    """Parameters of a block from the counts (n, n_categories) of its items."""
    parameters = block.start.copy()
    if not block.free.any():
        return parameters
    n = counts + 0.5
    if block.kind == Kind.GRADED or block.family.n_categories == 2:
        reached = np.cumsum(n[:, ::-1], axis=1)[:, ::-1]
        share = reached[:, 1:] / reached[:, :1]
        if block.model in {"3pl", "4pl"}:
            floor = 1.0 / (1.0 + np.exp(-parameters[:, FLOOR, np.newaxis]))
            share = np.clip((share - floor) / (1.0 - floor), LOWEST_SHARE, 1.0 - LOWEST_SHARE)
        level = MARGINAL * (np.log(share) - np.log1p(-share))
    else:
        level = np.log(n[:, 1:] / n[:, :1])
    if block.model == "rsm":
        parameters[:, 1] = -level[:, -1] / level.shape[1]
    elif block.kind == Kind.NOMINAL:
        parameters[:, level.shape[1] :] = level
    else:
        parameters[:, 1 : 1 + level.shape[1]] = level
    return parameters


def link_start(
    blocks: Sequence[ItemBlock],
    parameters: Sequence[FloatArray],
    population: Population,
    responses: Responses,
    highest: IntArray,
) -> tuple[tuple[FloatArray, ...], Population]:
    """Put dichotomous items where the links between persons and items put them; see `linked_difficulties`.

    Parameters
    ----------
    blocks, parameters : all items, and their start so far, (n, n_parameters) of each block
    population : the start so far
    responses, highest : as `linked_difficulties` takes them

    Returns
    -------
    parameters and population, moved; items that are not dichotomous stay
    """
    difficulty, slope = linked_difficulties(responses, highest)
    moved = []
    for block, values in zip(blocks, parameters, strict=True):
        start = values.copy()
        if block.kind == Kind.LOGISTIC:
            start[:, 0] = slope if block.free[0] else start[:, 0]
            start[:, 1] = -slope * difficulty[block.items]
        moved.append(start)
    has_unit = population.free_sd & population.free_sd[0]  # slopes are fixed: the spread is the population's
    return tuple(moved), replace(population, log_sd=np.where(has_unit, np.log(slope), population.log_sd))


def linked_difficulties(responses: Responses, highest: IntArray) -> tuple[FloatArray, float]:
    """Difficulties from who answered what: a start where persons were given items near their ability.

    There every item is answered well by about half of its persons, so proportions say nothing. Near even odds
    ``y = 1/2 + (theta - b) / 4`` holds for persons and items alike; abilities are eliminated, and the linear
    system that is left in the difficulties (a graph's Laplacian) is solved by conjugate gradients.

    Parameters
    ----------
    responses
        Of which at most `MOST_PERSONS` persons are used, drawn evenly from all groups.
    highest : (n_items,) highest category of each item

    Returns
    -------
    difficulties (n_items,) of slope-1 items on the scale on which group 0 is N(0, 1), and their common slope
    """
    step = -(-responses.n_persons // MOST_PERSONS)
    by_group = np.argsort(responses.group, kind="stable")  # so that group 0, which gives the scale, is never missed
    some = responses.select(by_group[::step]) if step > 1 else responses
    n_given = np.maximum(np.diff(some.start), 1).astype(np.float64)
    shape = (some.n_persons, some.n_items)
    given = sparse.csr_array((np.ones(some.n_responses), some.item, some.start), shape=shape)
    score: FloatArray = some.category / highest[some.item]
    y = sparse.csr_array((score, some.item, some.start), shape=shape)
    n_answered = np.bincount(some.item, minlength=some.n_items).astype(np.float64)
    share: FloatArray = np.asarray(y @ np.ones(some.n_items)) / n_given
    right = 4.0 * (given.T @ share - np.bincount(some.item, score, some.n_items))

    def laplacian(b: FloatArray) -> FloatArray:
        product: FloatArray = (n_answered + RIDGE) * b - given.T @ (np.asarray(given @ b) / n_given)
        return product

    operator = LinearOperator((some.n_items, some.n_items), matvec=laplacian, dtype=np.float64)
    difficulty, _ = cg(operator, right, rtol=PRECISION, maxiter=MOST_ITERATIONS)
    first = some.group == 0
    ability = (np.asarray(given @ difficulty) / n_given + 4.0 * (share - 0.5))[first]
    spread = float(np.var(ability)) - 4.0 * float(np.mean(1.0 / n_given[first]))
    unit = np.sqrt(max(spread, SMALLEST_SPREAD))
    return (difficulty - ability.mean()) / unit, float(unit)


def starting_population(n_groups: int, n_covariates: int, *, free_first_mean: bool, free_first_sd: bool) -> Population:
    """Groups N(0, 1), regression 0; group 0 gives the scale what the items do not.

    Parameters
    ----------
    n_groups, n_covariates
        How many there are.
    free_first_mean
        The items fix the origin: some are known.
    free_first_sd
        The items fix the unit: some are known, or have a slope of 1.
    """
    free_mean: BoolArray = np.ones(n_groups, dtype=np.bool_)
    free_sd: BoolArray = np.ones(n_groups, dtype=np.bool_)
    free_mean[0], free_sd[0] = free_first_mean, free_first_sd
    return Population(np.zeros(n_groups), np.zeros(n_groups), np.zeros(n_covariates), free_mean, free_sd)
