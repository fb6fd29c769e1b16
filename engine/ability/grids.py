"""Nodes that are wide and fine enough for the posteriors of given persons."""

from __future__ import annotations

import numpy as np

from engine.ability.derivatives import Curves
from engine.ability.parts import table_rows
from engine.ability.priors import Prior
from engine.arrays import FloatArray
from engine.errors import ParameterError
from engine.models import ItemParameters
from engine.quadrature import Quadrature
from engine.responses import Responses

WIDEST_SPACING = 0.2  # in logits
SDS_COVERED = 6.0  # beyond lies 2e-9 of a normal distribution
NODES_AT_MOST = 4001
SCOUT_SPACING = 0.25  # of the nodes on which the highest information of an item is looked for


def posterior_nodes(
    responses: Responses, items: ItemParameters, prior: Prior, *, per_sd: float = 1.0, widest: float = WIDEST_SPACING
) -> FloatArray:
    """Equally spaced nodes for the posteriors of these persons.

    They cover every prior's mean ± 6 sd (of a `Quadrature` its own range). A sum over nodes of spacing h errs by
    about ``2 exp(-2 π² sd² / h²)`` of a normal density's moments (Poisson summation), 5e-9 at h = sd; so the
    spacing is the smallest posterior sd over ``per_sd``, where the precision of a posterior is at most that of
    its prior plus the highest information of each item answered.

    Parameters
    ----------
    responses, items
        Whose posteriors.
    prior
        On nodes for all, or normal for each.
    per_sd
        Nodes to one sd of the narrowest posterior.
    widest
        Largest spacing, in logits.

    Raises
    ------
    ParameterError
        If that would take more than 4,001 nodes.
    """
    if isinstance(prior, Quadrature):
        lower, upper, smallest = float(prior.nodes[0]), float(prior.nodes[-1]), np.inf
    else:
        lower = float(np.min(prior.mean - SDS_COVERED * prior.sd, initial=0.0))
        upper = float(np.max(prior.mean + SDS_COVERED * prior.sd, initial=0.0))
        smallest = float(np.min(prior.sd, initial=1.0))
    narrowest = (_highest_information(responses, items, lower, upper) + smallest**-2.0) ** -0.5
    spacing = min(widest, narrowest / per_sd)
    n_nodes = int(np.ceil((upper - lower) / spacing)) + 1
    if n_nodes > NODES_AT_MOST:
        raise ParameterError(
            f"abilities from {lower:.3g} to {upper:.3g} at a spacing of {spacing:.2g} take {n_nodes} nodes; "
            f"more than {NODES_AT_MOST} are not allowed"
        )
    return np.linspace(lower, upper, n_nodes)


def _highest_information(responses: Responses, items: ItemParameters, lower: float, upper: float) -> float:
    """Bound of the information that any one person's answers give, at any ability."""
    curves = Curves.of(items)
    row = table_rows(responses, curves.offset)
    scouts = np.linspace(lower, upper, int(np.ceil((upper - lower) / SCOUT_SPACING)) + 1)
    of_row = curves.on_nodes(scouts).information.max(axis=1)
    each = of_row[row] if responses.share is None else of_row[row] * responses.share
    total = np.concatenate([[0.0], np.cumsum(each)])
    return float(np.max(np.diff(total[responses.start]), initial=0.0)) + np.finfo(np.float64).tiny
