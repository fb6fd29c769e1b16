"""Where a calibration starts: from how many answered in each category."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.calibration.blocks import ItemBlock
from engine.calibration.population import Population
from engine.models import Kind
from engine.models.asymptotes import FLOOR
from engine.responses import Responses

MARGINAL = 1.2  # a logit over a whole population is about 1.2 times flatter than one given ability


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
            share = np.clip((share - floor) / (1.0 - floor), 0.05, 0.95)
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
