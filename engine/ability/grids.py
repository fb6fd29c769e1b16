"""Nodes that are wide and fine enough for the posteriors of given persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ability.derivatives import Curves
from engine.ability.parts import table_rows
from engine.ability.priors import AbilityPrior, Prior
from engine.arrays import FloatArray, IntArray
from engine.errors import ParameterError
from engine.models import ItemParameters
from engine.quadrature import Quadrature
from engine.responses import Responses

WIDEST_SPACING = 0.2  # in logits
SDS_COVERED = 6.0  # beyond lies 2e-9 of a normal distribution
SDS_KEPT = 5.0  # of every posterior, where answers pull it out of what its prior covers: beyond lies 3e-7
WIDENING = 0.25  # of the range, or 1 logit, each time that an end is moved out
NODES_AT_MOST = 4001  # 32 kB a row of the response table
SCOUT_SPACING = 0.25  # of the nodes on which the highest information of an item is looked for


def posterior_nodes(
    responses: Responses, items: ItemParameters, prior: Prior, *, per_sd: float = 1.0, widest: float = WIDEST_SPACING
) -> FloatArray:
    """Equally spaced nodes for the posteriors of these persons.

    They cover every prior's mean ± 6 sd, and more where answers contradict their prior so much that a posterior would
    be cut off; of a `Quadrature` its own range. A sum over nodes of spacing h errs by about ``2 exp(-2 π² sd² / h²)``
    of a normal density's moments (Poisson summation), 5e-9 at h = sd; so the spacing is the smallest posterior sd over
    ``per_sd``, where the precision of a posterior is at most that of its prior plus the highest information of each
    item answered.

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
    answers = _Answers.of(responses, items)
    if isinstance(prior, Quadrature):
        lower, upper, smallest = float(prior.nodes[0]), float(prior.nodes[-1]), np.inf
    else:
        lower, upper = _covered(answers, prior)
        smallest = float(np.min(prior.sd, initial=1.0))
    narrowest = (_highest_information(answers, lower, upper) + smallest**-2.0) ** -0.5
    spacing = min(widest, narrowest / per_sd)
    n_nodes = int(np.ceil((upper - lower) / spacing)) + 1
    if n_nodes > NODES_AT_MOST:
        raise ParameterError(
            f"abilities from {lower:.3g} to {upper:.3g} at a spacing of {spacing:.2g} take {n_nodes} nodes; "
            f"more than {NODES_AT_MOST} are not allowed"
        )
    return np.linspace(lower, upper, n_nodes)


@dataclass(frozen=True, slots=True, eq=False)
class _Answers:
    """Rows of the response table that each person's answers are, and how much they count."""

    curves: Curves
    row: IntArray
    share: FloatArray | None
    start: IntArray

    @classmethod
    def of(cls, responses: Responses, items: ItemParameters) -> _Answers:
        """Answers to items of any kind."""
        curves = Curves.of(items)
        return cls(curves, table_rows(responses, curves.offset), responses.share, responses.start)

    def highest(self, of_row: FloatArray) -> float:
        """Largest sum that any one person's answers give of something that each row has."""
        each = of_row[self.row] if self.share is None else of_row[self.row] * self.share
        total = np.concatenate([[0.0], np.cumsum(each)])
        return float(np.max(np.diff(total[self.start]), initial=0.0))


def _covered(answers: _Answers, prior: AbilityPrior) -> tuple[float, float]:
    """Range of the priors, widened until it holds every posterior."""
    lower = float(np.min(prior.mean - SDS_COVERED * prior.sd, initial=0.0))
    upper = float(np.max(prior.mean + SDS_COVERED * prior.sd, initial=0.0))
    most = NODES_AT_MOST * WIDEST_SPACING
    while upper - lower < most and not _holds(answers, prior, upper, 1.0):
        upper += max(WIDENING * (upper - lower), 1.0)
    while upper - lower < most and not _holds(answers, prior, lower, -1.0):
        lower -= max(WIDENING * (upper - lower), 1.0)
    return lower, upper


def _holds(answers: _Answers, prior: AbilityPrior, end: float, side: float) -> bool:
    """Whether all log-posteriors fall as steeply at an end as a normal density does `SDS_KEPT` sds from its mean.

    Whoever's answers pull hardest is taken to have the prior that pulls back least. Where the precision at the end is
    p, and the slope -s, the mean of a normal density is s / p away, which is s / √p sds.
    """
    at = answers.curves.on_nodes(np.array([end]))
    outward = answers.highest(side * at.score[:, 0])
    information = answers.highest(at.information[:, 0])
    precision = prior.sd**-2
    inward = side * (end - prior.mean) * precision
    return bool(np.all(inward - outward >= SDS_KEPT * np.sqrt(precision + information)))


def _highest_information(answers: _Answers, lower: float, upper: float) -> float:
    """Bound of the information that any one person's answers give, at any ability."""
    scouts = np.linspace(lower, upper, int(np.ceil((upper - lower) / SCOUT_SPACING)) + 1)
    of_row = answers.curves.on_nodes(scouts).information.max(axis=1)
    return answers.highest(of_row) + np.finfo(np.float64).tiny
