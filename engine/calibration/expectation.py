"""The expectation step: what the responses say about each item at each ability."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.calibration.parts import Part
from engine.calibration.population import Moments, Population
from engine.partition import over_parts


@dataclass(frozen=True, slots=True, eq=False)
class NodeTable:
    """Everything of the current estimates that the persons' posteriors need.

    Attributes
    ----------
    nodes : (n_nodes,) abilities in logits
    offset : (n_items + 1,) first row of each item
    rows : (n_rows, n_nodes) log-probabilities of the flat table
    contrast : (n_rows, n_nodes) those of category 0 as they are, of others minus that of category 0; None where
        no part is dense
    log_prior : (n_groups, n_nodes)
    population : the ability distributions
    """

    nodes: FloatArray
    offset: IntArray
    rows: FloatArray
    contrast: FloatArray | None
    log_prior: FloatArray
    population: Population


@dataclass(frozen=True, slots=True, eq=False)
class PartCounts:
    """Expected counts of one part, at its own nodes.

    Attributes
    ----------
    counts : (n_columns, width) of the part's columns, contrast coded where the part is dense
    persons : (width,) persons at a node
    products : (n_covariates,) sum of covariate times expected ability
    log_likelihood : of the part's persons
    edge : largest posterior density at the first or last node, relative to its peak, where nodes were left out
    """

    counts: FloatArray
    persons: FloatArray
    products: FloatArray
    log_likelihood: float
    edge: float


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedCounts:
    """Expected numbers of persons.

    Attributes
    ----------
    rows : (n_rows, n_nodes) persons at a node who answered an item in a category
    moments : of the population
    log_likelihood : marginal log-likelihood of the estimates that the counts rest on
    edge : largest posterior density that the nodes of a part cut off, relative to its peak
    """

    rows: FloatArray
    moments: Moments
    log_likelihood: float
    edge: float


def node_table(
    rows: FloatArray, offset: IntArray, nodes: FloatArray, population: Population, *, is_dense: bool
) -> NodeTable:
    """Tabulate the estimates for the expectation step.

    Parameters
    ----------
    rows : (n_rows, n_nodes) log-probabilities of the flat table
    offset : (n_items + 1,) first row of each item
    nodes : (n_nodes,) abilities in logits
    population
        Ability distributions.
    is_dense
        Whether a part is dense, so that contrasts are needed.
    """
    contrast = None
    if is_dense:
        n_categories = np.diff(offset)
        contrast = rows - np.repeat(rows[offset[:-1]], n_categories, axis=0)
        contrast[offset[:-1]] = rows[offset[:-1]]
    return NodeTable(nodes, offset, rows, contrast, population.log_weights(nodes), population)


def log_joint(part: Part, table: NodeTable) -> FloatArray:
    """Logarithm of likelihood times weight, (n, width), for the persons of a part at its nodes."""
    inside = slice(part.low, part.high)
    prior = table.log_prior[part.group, inside]
    if table.contrast is not None and part.is_dense:
        joint: FloatArray = part.matrix @ table.contrast[part.columns, inside]
        prior = prior + table.contrast[table.offset[part.items], inside].sum(axis=0)
    else:
        joint = part.matrix @ table.rows[part.columns, inside]
    joint += prior
    if part.covariates.shape[1]:
        add_regression(joint, part, table)
    return joint


def add_regression(joint: FloatArray, part: Part, table: NodeTable) -> None:
    """Move each person's normal density from the group's mean to the person's own, in place.

    Parameters
    ----------
    joint : (n, width) log-joints of the part's persons at its nodes, with the group's density
    part, table
        Whose they are, and the regression.
    """
    population = table.population
    shift = part.covariates @ population.beta  # (n,)
    precision = population.sd[part.group] ** -2
    centred = table.nodes[part.low : part.high] - population.mean[part.group]
    joint += np.outer(shift * precision, centred)
    joint -= (0.5 * precision * shift**2)[:, np.newaxis]


def posterior(part: Part, table: NodeTable) -> tuple[FloatArray, FloatArray, float]:
    """Posteriors (n, width), rows summing to 1; marginal log-likelihoods (n,); and the edge."""
    density, total, log_marginal, edge = relative_density(part, table)
    density /= total[:, np.newaxis]
    return density, log_marginal, edge


def relative_density(part: Part, table: NodeTable) -> tuple[FloatArray, FloatArray, FloatArray, float]:
    """Posteriors relative to their peak (n, width), their sums (n,), log-likelihoods (n,), and the edge."""
    density = log_joint(part, table)
    highest = density.max(axis=1, keepdims=True)
    density -= highest
    np.exp(density, out=density)
    edge = 0.0
    if part.low > 0:
        edge = float(density[:, 0].max())
    if part.high < table.nodes.size:
        edge = max(edge, float(density[:, -1].max()))
    total = density @ np.ones(density.shape[1])  # a product is quicker than a sum along short rows
    return density, total, np.log(total) + highest[:, 0], edge


def expect_part(part: Part, table: NodeTable) -> PartCounts:
    """Expected counts of one part."""
    density, total, log_marginal, edge = relative_density(part, table)
    density *= (part.weight / total)[:, np.newaxis]  # one pass: posterior times weight
    products = np.zeros(part.covariates.shape[1])
    if products.size:
        products = (density @ table.nodes[part.low : part.high]) @ part.covariates
    counts = part.matrix.T @ density
    persons = np.ones(part.weight.size) @ density
    return PartCounts(counts, persons, products, float(part.weight @ log_marginal), edge)


def log_likelihood(parts: Sequence[Part], table: NodeTable, executor: Executor | None) -> float:
    """Marginal log-likelihood alone, without expected counts; parameters as of `expect`."""
    return sum(over_parts(partial(_log_likelihood_part, table=table), parts, executor))


def _log_likelihood_part(part: Part, table: NodeTable) -> float:
    """Marginal log-likelihood of one part's persons."""
    return float(part.weight @ relative_density(part, table)[2])


def expect(parts: Sequence[Part], table: NodeTable, executor: Executor | None) -> ExpectedCounts:
    """Expected counts per category and node given the responses (Bock & Aitkin, 1981).

    Parameters
    ----------
    parts
        Responses of n_persons persons.
    table
        Current estimates.
    executor
        Works out the parts; they are added in order.
    """
    n_nodes, n_groups = table.nodes.size, table.log_prior.shape[0]
    rows = np.zeros_like(table.rows)
    contrasts = np.zeros_like(table.rows) if table.contrast is not None else rows
    persons = np.zeros((n_groups, n_nodes))
    products = np.zeros((n_groups, table.population.beta.size))
    log_likelihood, edge = 0.0, 0.0
    first = table.offset[:-1]
    for part, found in zip(parts, over_parts(partial(expect_part, table=table), parts, executor), strict=True):
        inside = slice(part.low, part.high)
        if part.is_dense:
            contrasts[part.columns, inside] += found.counts
            contrasts[first[part.items], inside] += found.persons
        else:
            rows[part.columns, inside] += found.counts
        persons[part.group, inside] += found.persons
        products[part.group] += found.products
        log_likelihood += found.log_likelihood
        edge = max(edge, found.edge)
    if table.contrast is not None:
        rows += contrasts
        rows[first] -= np.add.reduceat(contrasts, first, axis=0) - contrasts[first]
    return ExpectedCounts(rows, Moments(persons, products), log_likelihood, edge)
