"""Nodes and weights that stand for an ability distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, assign, own
from engine.errors import ParameterError

N_NODES = 61
LOWER, UPPER = -6.0, 6.0
LOWEST_LOG_WEIGHT = -700.0  # exp(-700) is the smallest weight that keeps its logarithm


@dataclass(frozen=True, slots=True, eq=False)
class Quadrature:
    """A discrete ability distribution of n_nodes points.

    Attributes
    ----------
    nodes : (n_nodes,) abilities in logits, increasing
    weights : (n_nodes,) probabilities, positive, summing to 1

    Raises
    ------
    ParameterError
        If nodes do not increase, or weights are not a positive distribution.
    """

    nodes: FloatArray
    weights: FloatArray

    def __post_init__(self) -> None:
        nodes = own(self.nodes, np.float64, "nodes", 1, ParameterError)
        weights = own(self.weights, np.float64, "weights", 1, ParameterError)
        if nodes.shape != weights.shape or nodes.size == 0:
            raise ParameterError(f"a quadrature has one weight a node, not {weights.size} for {nodes.size}")
        if not (np.all(np.isfinite(nodes)) and np.all(np.diff(nodes) > 0.0)):
            raise ParameterError("nodes must be finite and increase")
        if not (np.all(weights > 0.0) and abs(float(weights.sum()) - 1.0) < 1e-9):
            raise ParameterError(f"weights must be positive and sum to 1, these sum to {weights.sum():.6g}")
        assign(self, nodes=nodes, weights=weights)

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return self.nodes.size


def normal_quadrature(
    mean: float = 0.0,
    sd: float = 1.0,
    *,
    lower: float = LOWER,
    upper: float = UPPER,
    n_nodes: int = N_NODES,
) -> Quadrature:
    """Equally spaced nodes with the weights of a normal density, made to sum to 1.

    Parameters
    ----------
    mean, sd
        Of the normal distribution, in logits; sd > 0.
    lower, upper, n_nodes
        First and last node and their number. Coarse or narrow grids bias slopes; 61 nodes on [-6, 6] do
        well for distributions near N(0, 1).

    Raises
    ------
    ParameterError
        If sd is not positive, the range is empty, or fewer than two nodes are asked.
    """
    if not (np.isfinite(mean) and np.isfinite(sd) and sd > 0.0):
        raise ParameterError(f"a normal distribution needs a finite mean and sd > 0, not {mean} and {sd}")
    if not (np.isfinite(lower) and np.isfinite(upper) and lower < upper) or n_nodes < 2:
        raise ParameterError(f"a grid needs lower < upper and two nodes or more, not {lower}, {upper}, {n_nodes}")
    nodes = np.linspace(lower, upper, n_nodes)
    return Quadrature(nodes, np.exp(log_normal_weights(nodes, mean, sd)))


def log_normal_weights(nodes: FloatArray, mean: float, sd: float) -> FloatArray:
    """Logarithm of a normal density's weights on a grid, normalised to sum to 1, finite everywhere."""
    log_density = -0.5 * ((nodes - mean) / sd) ** 2
    log_density = np.maximum(log_density - log_density.max(), LOWEST_LOG_WEIGHT)
    log_weights: FloatArray = log_density - np.log(np.exp(log_density).sum())
    return log_weights
