"""Maximum likelihood, Warm's weighted likelihood and maximum a posteriori estimates of ability."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.ability.derivatives import Curves, Derivatives
from engine.ability.parts import Part, parts_of
from engine.ability.priors import Prior, check_prior, level_at, prior_of_part, slopes_at
from engine.ability.roots import cubic_start, find_brackets, refine
from engine.ability.values import Abilities, AbilityNote
from engine.arrays import BoolArray, CodeArray, FloatArray, IntArray
from engine.errors import ParameterError
from engine.models import ItemParameters
from engine.partition import over_parts
from engine.quadrature import Quadrature
from engine.responses import Responses

BOUNDS = (-8.0, 8.0)
"""Abilities beyond these are reported as the bound: 4 logits outside the items of an ordinary test."""
SPACING = 0.2  # two maxima closer than this are taken as one
TINY = np.finfo(np.float64).tiny  # information this small is none


def estimate_ml(
    responses: Responses,
    items: ItemParameters,
    *,
    bounds: tuple[float, float] = BOUNDS,
    executor: Executor | None = None,
) -> Abilities:
    """Maximum likelihood estimates (Birnbaum, 1968), with standard error 1/√I, the expected information.

    The likelihood of a perfect or a zero score has no maximum, and with guessing that of other scores may have
    its highest point at minus infinity: such a person gets the bound, an infinite standard error, and a note.
    So does a person whose maximum lies beyond a bound. Without answers the estimate is the middle of the bounds
    with an infinite standard error. Of several maxima the highest is taken, and noted; two that are closer than
    0.2 logit may be taken for one. Negative slopes are as good as positive ones.

    Parameters
    ----------
    responses : n_persons persons by n_items items; shares of responses count, weight and group play no part
    items : the same n_items items, of any kind
    bounds
        Lowest and highest estimate, in logits.
    executor : works on parts of the persons; the estimates are the same to the bit with any number of threads

    Raises
    ------
    ResponseError
        If responses and items differ in number of items, or a category is not one of the item's.
    ParameterError
        If the bounds are not finite and increasing.
    """
    return _estimate(_Target(Curves.of(items), _grid(bounds)), responses, None, executor)


def estimate_wle(
    responses: Responses,
    items: ItemParameters,
    *,
    bounds: tuple[float, float] = BOUNDS,
    executor: Executor | None = None,
) -> Abilities:
    """Weighted likelihood estimates (Warm, 1989), with standard error 1/√I.

    The root of ``score + J / (2 I) = 0`` with ``I = Σ P'² / P`` and ``J = Σ P' P'' / P`` over items and categories
    (Warm, 1989; for any number of categories Samejima, 1998, and Penfield & Bergeron, 2005). It takes away the
    first-order bias of `estimate_ml`, and is finite for perfect and zero scores: these are estimated as all
    others, and noted. Bounds, persons without answers and several maxima are as there.

    Parameters
    ----------
    responses, items, bounds, executor
        As in `estimate_ml`.

    Raises
    ------
    ResponseError, ParameterError
        As in `estimate_ml`.
    """
    return _estimate(_Target(Curves.of(items), _grid(bounds), is_weighted=True), responses, None, executor)


def estimate_map(
    responses: Responses, items: ItemParameters, prior: Prior, *, executor: Executor | None = None
) -> Abilities:
    """Maximum a posteriori estimates (Lord, 1986), with standard error 1/√(I + curvature of the log-prior).

    Perfect and zero scores need no rule. A person without answers gets the prior's mode; where the prior has it at an
    end of its range, that bound with an infinite standard error. With a flat prior these are the estimates of
    `estimate_ml`.

    Parameters
    ----------
    responses, items, executor
        As in `estimate_ml`.
    prior : a `Quadrature`, whose density is that of cubics through the logarithms of its weights, and whose range
        bounds the estimates; or a `AbilityPrior` of each person, with `BOUNDS`, or the prior means where
        these are wider

    Raises
    ------
    ResponseError, ParameterError
        As in `estimate_ml`; ParameterError also if the prior is of other persons, or of a single node.
    """
    check_prior(prior, responses.n_persons)
    if isinstance(prior, Quadrature):
        bounds = (float(prior.nodes[0]), float(prior.nodes[-1]))
    else:
        lower = float(np.min(prior.mean - SPACING, initial=BOUNDS[0]))  # so that the farthest mean is inside
        bounds = (lower, float(np.max(prior.mean + SPACING, initial=BOUNDS[1])))
    return _estimate(_Target(Curves.of(items), _grid(bounds)), responses, prior, executor)


def _grid(bounds: tuple[float, float]) -> FloatArray:
    """Nodes on which maxima are looked for."""
    lower, upper = bounds
    if not (np.isfinite(lower) and np.isfinite(upper) and lower < upper):
        raise ParameterError(f"bounds of ability must be finite and increase, not {lower} and {upper}")
    return np.linspace(lower, upper, max(int(np.ceil((upper - lower) / SPACING)) + 1, 2))


@dataclass(frozen=True, slots=True, eq=False)
class _Target:
    """What is to be 0: the score, with Warm's term where weighted, and with a prior's slope where there is one."""

    curves: Curves
    nodes: FloatArray
    is_weighted: bool = False

    def of(self, derivatives: Derivatives) -> FloatArray:
        """Estimating function without the prior."""
        return derivatives.score + self.weight(derivatives)

    def weight(self, derivatives: Derivatives) -> FloatArray:
        """Warm's term ``J / (2 I)``; 0 where not asked, or nothing is known."""
        if not self.is_weighted:
            return np.zeros_like(derivatives.score)
        return derivatives.skewness / np.maximum(2.0 * derivatives.information, TINY)


def _estimate(target: _Target, responses: Responses, prior: Prior | None, executor: Executor | None) -> Abilities:
    """Estimates of all persons, part by part."""
    on_nodes = target.curves.on_nodes(target.nodes)
    if target.is_weighted:  # one product with all three
        table = np.concatenate([on_nodes.score, on_nodes.information, on_nodes.skewness], axis=1)
    else:
        table = on_nodes.score
    work = partial(_estimate_part, target, table)
    parts = (
        (part, None if prior is None else prior_of_part(prior, part.persons))
        for part in parts_of(responses, target.curves.offset)
    )
    results = list(over_parts(work, parts, executor))
    columns = [np.concatenate(column) for column in zip(*results, strict=True)] if results else [np.zeros(0)] * 3
    return Abilities(columns[0], columns[1], columns[2].astype(np.int8))


def _estimate_part(
    target: _Target, table: FloatArray, part_and_prior: tuple[Part, Prior | None]
) -> tuple[FloatArray, FloatArray, CodeArray]:
    """Ability, standard error and notes of each person of a part."""
    # Not above: optimisers take 20 MB, and a server that only gives tests needs none.
    from scipy.integrate import cumulative_trapezoid

    part, prior = part_and_prior
    nodes = target.nodes
    weighted = Derivatives(*np.split(part.matrix @ table, 3, axis=1)) if target.is_weighted else None
    values = target.of(weighted) if weighted is not None else part.matrix @ table
    if prior is not None:
        values = values + slopes_at(prior, nodes)[0]

    def objective(asked: IntArray) -> FloatArray:
        level = part.take(asked).matrix @ target.curves.table(nodes)
        if weighted is not None:
            level += cumulative_trapezoid(target.weight(weighted)[asked], nodes, axis=1, initial=0)
        return level if prior is None else level + _rows(level_at(prior, nodes), asked)

    brackets = find_brackets(values, nodes, objective)
    theta = nodes[np.clip(brackets.cell, 0, nodes.size - 1)].copy()
    precision = np.zeros(part.n_persons)
    inside = np.flatnonzero((brackets.cell > 0) & (brackets.cell < nodes.size))
    if inside.size:
        theta[inside], precision[inside] = _roots(
            target,
            part.take(inside),
            None if prior is None else prior_of_part(prior, inside),
            values[inside],
            brackets.cell[inside],
        )
    note = part.notes(target.curves.offset) | np.where(brackets.several, AbilityNote.SEVERAL_MAXIMA, 0)
    nothing = ((note & AbilityNote.NO_ANSWERS) != 0) & ~values.any(axis=1)  # nor a prior that prefers anything
    theta[nothing] = 0.5 * (nodes[0] + nodes[-1])
    return theta, *_reported(precision, note, brackets.cell, nodes.size, nothing)


def _roots(
    target: _Target, part: Part, prior: Prior | None, values: FloatArray, cell: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Exact roots, and the precision there, given the estimating function on the nodes and the cells."""
    precision = np.zeros(part.n_persons)

    def evaluate(theta: FloatArray, persons: IntArray) -> FloatArray:
        everybody = persons.size == part.n_persons
        derivatives = target.curves.at(part if everybody else part.take(persons), theta)
        value, precision[persons] = target.of(derivatives), derivatives.information
        if prior is not None:
            first, second = slopes_at(prior_of_part(prior, persons), theta[:, np.newaxis])
            value = value + first[:, 0]
            precision[persons] -= np.minimum(second[:, 0], 0.0)
        return value

    start, slope = cubic_start(values, target.nodes, cell)
    return refine(evaluate, start, slope, target.nodes[cell - 1], target.nodes[cell]), precision


def _reported(
    precision: FloatArray, note: IntArray, cell: IntArray, n_nodes: int, nothing: BoolArray
) -> tuple[FloatArray, CodeArray]:
    """Standard error and notes by the rules for bounds, and for persons of whom nothing is known."""
    at_lower, at_upper = (cell == 0) & ~nothing, (cell == n_nodes) & ~nothing
    known = (precision > TINY) & ~at_lower & ~at_upper
    error = np.where(known, 1.0 / np.sqrt(np.where(known, precision, 1.0)), np.inf)
    note = note | np.where(at_lower, AbilityNote.AT_LOWER_BOUND, 0)
    note |= np.where(at_upper, AbilityNote.AT_UPPER_BOUND, 0)
    return error, note.astype(np.int8)


def _rows(level: FloatArray, asked: IntArray) -> FloatArray:
    """Rows of the persons asked; a single row is everybody's."""
    return level if level.shape[0] == 1 else level[asked]
