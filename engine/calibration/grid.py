"""The grid of a calibration: wide enough for every group, fine enough for every person."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray
from engine.calibration.population import Population
from engine.quadrature import LOWER, N_NODES, UPPER

SPACING = (UPPER - LOWER) / (N_NODES - 1)
SDS_COVERED = 6.0  # beyond lies 2e-9 of a normal distribution
LARGEST_N_NODES = 2001  # 10 times as fine and 3 times as wide as the start; log-probabilities take 32 kB an item
WIDER, FINER = 1.5, 0.5  # range and spacing of the grid on which a fit is checked, relative to its own
LARGEST_MOVE = 0.01  # of the log-likelihood, when the grid is made wider and finer: the gate of every comparison
NARROWEST_SEEN = 0.25  # of the spacing: a narrower posterior falls between two nodes, and its sd cannot be told


def make_grid(lower: float, upper: float, spacing: float) -> FloatArray:
    """Whole multiples of the spacing from below ``lower`` to above ``upper``; coarser where these are too many.

    Parameters
    ----------
    lower, upper
        What has to be covered, in logits.
    spacing
        Between nodes; larger where it would take more than `LARGEST_N_NODES`, see `is_at_its_largest`.
    """
    first, last = np.floor(lower / spacing + 1e-9), np.ceil(upper / spacing - 1e-9)
    if last - first + 1 > LARGEST_N_NODES:
        return np.linspace(lower, upper, LARGEST_N_NODES)
    return np.arange(first, last + 1) * spacing


def grid_for(population: Population, shift: FloatArray, smallest_sd: float, at_least: FloatArray | None) -> FloatArray:
    """Nodes out to 6 sds of every group, as close as the narrowest posterior wants them: 0.2 or less.

    The trapezoid rule on a normal density whose sd is the spacing errs by 5e-9 of it.

    Parameters
    ----------
    population
        Present ability distributions.
    shift : (n_persons,) regression of every person; empty where there is none
    smallest_sd
        Of the persons' posteriors.
    at_least
        Nodes of which no range and no fineness is given up; None to start with.
    """
    lower, upper = population.reach(SDS_COVERED, shift)
    lower, upper = min(lower, LOWER), max(upper, UPPER)
    if at_least is not None:
        smallest_sd = max(smallest_sd, NARROWEST_SEEN * float(at_least[1] - at_least[0]))
    smallest_sd = min(smallest_sd, float(population.sd.min()))
    spacing = SPACING / np.ceil(SPACING / smallest_sd - 1e-9) if smallest_sd < SPACING else SPACING
    if at_least is not None:
        lower, upper = min(lower, float(at_least[0])), max(upper, float(at_least[-1]))
        spacing = min(spacing, float(at_least[1] - at_least[0]))
    return make_grid(lower, upper, float(spacing))


def wider_and_finer(nodes: FloatArray) -> FloatArray:
    """Half the spacing and 1.5 times the range, on which a likelihood is checked."""
    middle, half = 0.5 * (nodes[0] + nodes[-1]), 0.5 * (nodes[-1] - nodes[0])
    return make_grid(float(middle - WIDER * half), float(middle + WIDER * half), float(FINER * (nodes[1] - nodes[0])))


def is_at_its_largest(nodes: FloatArray) -> bool:
    """Whether there are as many nodes as are allowed, so that they may be farther apart than was asked."""
    return nodes.size >= LARGEST_N_NODES


def holds(nodes: FloatArray, wanted: FloatArray) -> bool:
    """Whether nodes are as wide and as fine as others."""
    slack = 1e-9 * (1.0 + abs(float(wanted[-1] - wanted[0])))
    finer = nodes[1] - nodes[0] <= (wanted[1] - wanted[0]) * (1.0 + 1e-9)
    return bool(finer and nodes[0] <= wanted[0] + slack and nodes[-1] >= wanted[-1] - slack)
