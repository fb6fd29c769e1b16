"""Expected a posteriori estimates of ability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from engine.arrays import FloatArray, assign, own
from engine.errors import ParameterError, ResponseError
from engine.models import ItemParameters
from engine.quadrature import Quadrature
from engine.responses import Responses
from engine.table import ResponseTable, response_table

PERSONS_AT_ONCE = 8192  # bounds memory: 8192 x 61 nodes is 4 MB


@dataclass(frozen=True, slots=True, eq=False)
class Abilities:
    """Estimates for n_persons persons.

    Attributes
    ----------
    theta : (n_persons,) estimated ability in logits
    standard_error : (n_persons,) its standard error in logits
    """

    theta: FloatArray
    standard_error: FloatArray

    def __post_init__(self) -> None:
        theta = own(self.theta, np.float64, "theta", 1, ParameterError)
        error = own(self.standard_error, np.float64, "standard_error", 1, ParameterError)
        assign(self, theta=theta, standard_error=error)


def estimate_eap(responses: Responses, items: ItemParameters, prior: Quadrature) -> Abilities:
    """Mean and standard deviation of each person's posterior (Bock & Mislevy, 1982).

    A person without responses gets the mean and standard deviation of the prior.

    Parameters
    ----------
    responses : n_persons persons by n_items items; weight and group play no part
    items : the same n_items items
    prior : ability distribution

    Raises
    ------
    ResponseError
        If responses and items differ in number of items, or a category is not one of the item's.
    """
    table = response_table(items, prior.nodes)
    rows = response_rows(responses, table)
    log_prior = np.log(prior.weights)
    theta, error = np.empty(responses.n_persons), np.empty(responses.n_persons)
    for first in range(0, responses.n_persons, PERSONS_AT_ONCE):
        part = slice(first, first + PERSONS_AT_ONCE)
        theta[part], error[part] = posterior_moments(rows[part] @ table.log_probability + log_prior, prior.nodes)
    return Abilities(theta, error)


def posterior_moments(log_joint: FloatArray, nodes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and standard deviation of posteriors given as log-joints, (n_persons, n_nodes)."""
    posterior = np.exp(log_joint - log_joint.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    mean = (posterior * nodes).sum(axis=1)
    variance = (posterior * (nodes - mean[:, np.newaxis]) ** 2).sum(axis=1)
    return mean, np.sqrt(variance)


def response_rows(responses: Responses, table: ResponseTable) -> sparse.csr_array:
    """Indicator matrix (n_persons, n_rows) of the table rows that each person's responses are."""
    if responses.n_items != table.n_items:
        raise ResponseError(f"responses are to {responses.n_items} items, parameters are of {table.n_items}")
    column = table.offset[responses.item] + responses.category
    beyond = np.unique(responses.item[column >= table.offset[responses.item + 1]])
    if beyond.size:
        raise ResponseError(
            f"items {beyond.tolist()} hold categories that their parameters do not have",
            items=beyond.tolist(),
            reason="responses in a category that the model does not have",
        )
    shape = (responses.n_persons, table.log_probability.shape[0])
    return sparse.csr_array((np.ones(responses.n_responses), column, responses.start), shape=shape)
