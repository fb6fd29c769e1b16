"""The expectation step: what the responses say about each item at each ability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray
from engine.calibration.layout import Booklet, Layout, Scatter
from engine.calibration.parameters import Estimates


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedCounts:
    """Expected numbers of persons.

    Attributes
    ----------
    n_answered, n_correct : (n_items, n_nodes) persons at a node who answered an item, and who did so well
    n_persons : (n_groups, n_nodes) persons of a group at a node
    log_likelihood : marginal log-likelihood of the estimates that the counts rest on
    """

    n_answered: FloatArray
    n_correct: FloatArray
    n_persons: FloatArray
    log_likelihood: float


@dataclass(frozen=True, slots=True, eq=False)
class NodeTable:
    """Everything of the current estimates that the persons' posteriors need.

    Attributes
    ----------
    logit, log_q : (n_items, n_nodes) of the probability of a correct response, and log of its complement
    rows : (2 n_items, n_nodes) log-probabilities, incorrect and correct in turn
    log_prior : (n_groups, n_nodes)
    """

    logit: FloatArray
    log_q: FloatArray
    rows: FloatArray
    log_prior: FloatArray


def node_table(estimates: Estimates, nodes: FloatArray) -> NodeTable:
    """Tabulate the estimates at the nodes."""
    logit = estimates.slope[:, np.newaxis] * nodes + estimates.intercept[:, np.newaxis]
    log_q = -np.logaddexp(0.0, logit)
    rows = np.stack([log_q, log_q + logit], axis=1).reshape(2 * logit.shape[0], nodes.size)
    return NodeTable(logit, log_q, rows, estimates.log_prior(nodes))


def posterior(part: Booklet | Scatter, table: NodeTable) -> tuple[FloatArray, FloatArray]:
    """Posteriors (n_rows, n_nodes), rows summing to 1, and marginal log-likelihoods (n_rows,)."""
    if isinstance(part, Booklet):
        log_joint = part.correct @ table.logit[part.items]
        log_joint += table.log_q[part.items].sum(axis=0) + table.log_prior[part.group]
    else:
        log_joint = part.rows @ table.rows
        log_joint += table.log_prior[part.group]
    highest = log_joint.max(axis=1, keepdims=True)
    log_joint -= highest
    probability = np.exp(log_joint, out=log_joint)
    total = probability.sum(axis=1, keepdims=True)
    probability /= total
    return probability, (np.log(total) + highest)[:, 0]


def expect(layout: Layout, estimates: Estimates, nodes: FloatArray) -> ExpectedCounts:
    """Expected counts per item and node given the responses (Bock & Aitkin, 1981).

    Parameters
    ----------
    layout
        Responses of n_persons persons to n_items items.
    estimates
        Current parameters of items and groups.
    nodes : (n_nodes,) abilities in logits
    """
    table = node_table(estimates, nodes)
    n_answered = np.zeros((layout.n_items, nodes.size))
    n_correct = np.zeros((layout.n_items, nodes.size))
    n_persons = np.zeros((layout.n_groups, nodes.size))
    log_likelihood = 0.0
    parts: tuple[Booklet | Scatter, ...] = (*layout.booklets, *layout.scatters)
    for part in parts:
        weighted, log_marginal = posterior(part, table)
        weighted *= part.weight[:, np.newaxis]
        persons = weighted.sum(axis=0)
        n_persons[part.group] += persons
        log_likelihood += float(part.weight @ log_marginal)
        if isinstance(part, Booklet):
            n_answered[part.items] += persons
            n_correct[part.items] += part.correct.T @ weighted
        else:
            counts = (part.rows.T @ weighted).reshape(layout.n_items, 2, nodes.size)
            n_answered += counts.sum(axis=1)
            n_correct += counts[:, 1]
    return ExpectedCounts(n_answered, n_correct, n_persons, log_likelihood)
