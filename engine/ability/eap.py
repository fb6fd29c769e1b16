"""Expected a posteriori estimates of ability."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import partial

import numpy as np

from engine.ability.grids import posterior_nodes
from engine.ability.parts import Part, parts_of
from engine.ability.priors import Prior, check_prior, level_at, prior_of_part
from engine.ability.values import Abilities
from engine.arrays import CodeArray, FloatArray, IntArray
from engine.models import ItemParameters
from engine.partition import over_parts
from engine.quadrature import Quadrature
from engine.responses import Responses
from engine.table import response_table


def estimate_eap(
    responses: Responses, items: ItemParameters, prior: Prior, *, executor: Executor | None = None
) -> Abilities:
    """Mean and standard deviation of each person's posterior (Bock & Mislevy, 1982).

    A person without responses gets the mean and standard deviation of the prior. Perfect and zero scores need
    no rule: the prior holds their estimates.

    Parameters
    ----------
    responses : n_persons persons by n_items items; shares of responses count, weight and group play no part
    items : the same n_items items, of any kind
    prior : a `Quadrature` for everybody, whose nodes are those of the sum; or a `AbilityPrior` of each person, as a
        latent regression gives, on nodes that cover all of them at a spacing below every posterior's sd
    executor : works on parts of the persons; the estimates are the same to the bit with any number of threads

    Returns
    -------
    abilities
        In logits; notes say who answered nothing, or had the lowest or highest score.

    Raises
    ------
    ResponseError
        If responses and items differ in number of items, or a category is not one of the item's.
    ParameterError
        If the prior is of other persons.
    """
    check_prior(prior, responses.n_persons)
    nodes = prior.nodes if isinstance(prior, Quadrature) else posterior_nodes(responses, items, prior)
    table = response_table(items, nodes)
    work = partial(_part_moments, table.log_probability, table.offset, nodes)
    parts = ((part, prior_of_part(prior, part.persons)) for part in parts_of(responses, table.offset))
    theta, error = np.empty(responses.n_persons), np.empty(responses.n_persons)
    note = np.zeros(responses.n_persons, dtype=np.int8)
    first = 0
    for mean, sd, notes in over_parts(work, parts, executor):
        where = slice(first, first + mean.size)
        theta[where], error[where], note[where] = mean, sd, notes
        first += mean.size
    return Abilities(theta, error, note)


def _part_moments(
    log_probability: FloatArray, offset: IntArray, nodes: FloatArray, part_and_prior: tuple[Part, Prior]
) -> tuple[FloatArray, FloatArray, CodeArray]:
    """Moments and notes of one part."""
    part, prior = part_and_prior
    mean, sd = posterior_moments(part.matrix @ log_probability + log_weights(prior, nodes), nodes)
    return mean, sd, part.notes(offset)


def log_weights(prior: Prior, nodes: FloatArray) -> FloatArray:
    """Logarithm of the prior on its own nodes, or of each person's on equally spaced ones, up to a constant.

    Shape (1 or n_persons, n_nodes).
    """
    if isinstance(prior, Quadrature):
        return np.log(prior.weights)[np.newaxis]
    return level_at(prior, nodes)


def posterior_moments(log_joint: FloatArray, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of posteriors given as log-joints, (n_persons, n_nodes)."""
    posterior = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    mean = (posterior * nodes).sum(axis=1)
    variance = (posterior * (nodes - mean[:, np.newaxis]) ** 2).sum(axis=1)
    return mean, np.sqrt(variance)
