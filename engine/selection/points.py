"""Maximum likelihood, Warm's and maximum a posteriori estimates that take one answer at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from engine.ability.derivatives import Curves, Derivatives
from engine.ability.parts import Part
from engine.ability.priors import density_of
from engine.ability.roots import cubic_start, find_brackets, refine
from engine.ability.values import Abilities, AbilityNote
from engine.arrays import FloatArray, IntArray, assign
from engine.selection.tables import SelectionTables

if TYPE_CHECKING:
    from scipy.interpolate import PPoly

SPACING = 0.2  # logits; two maxima closer than this are taken as one
LAST_STEP = 1e-9  # after such a step a root is known to 1e-11
STEP = 0.5  # logits an answer, while the likelihood has no maximum
TINY = np.finfo(np.float64).tiny


class PointMethod(Enum):
    """What is maximised."""

    ML = "maximum likelihood"
    """Likelihood (Birnbaum, 1968, in Lord & Novick, Statistical theories of mental test scores, ch. 20)."""
    WLE = "weighted likelihood"
    """Likelihood with the weight of Warm (1989), Psychometrika 54, 427-450, which takes away its first-order bias."""
    MAP = "maximum a posteriori"
    """Likelihood times prior (Lord, 1986, Journal of Educational Measurement 23, 157-162); always finite."""


@dataclass(frozen=True, slots=True, eq=False)
class PointTables:
    """What estimates by a point need of a bank, made once.

    Attributes
    ----------
    nodes : (n_nodes,) abilities that estimates lie between, at most 0.2 logit apart
    row : (n_rows + 1, 3, n_nodes) score, information and skewness that an answer adds; see `Derivatives`. The
        last row is 0: no answer
    level : (n_rows + 1, n_nodes) log-probabilities
    offset, curves : rows of items, and exact values at any ability
    prior, slope, bend : logarithm of the prior's density, and its derivatives
    start : the prior's mean
    """

    nodes: FloatArray
    row: FloatArray
    level: FloatArray
    offset: IntArray
    curves: Curves
    prior: PPoly
    slope: PPoly
    bend: PPoly
    start: float

    def __init__(self, tables: SelectionTables) -> None:
        """Make the tables of a bank.

        Parameters
        ----------
        tables : the bank; its prior's first and last node are the bounds of all estimates
        """
        lower, upper = float(tables.nodes[0]), float(tables.nodes[-1])
        nodes = np.linspace(lower, upper, max(int(np.ceil((upper - lower) / SPACING)) + 1, 2))
        of_rows = tables.curves.on_nodes(nodes)
        row = np.zeros((tables.no_answer + 1, 3, nodes.size))
        row[:-1] = np.stack([of_rows.score, of_rows.information, of_rows.skewness], axis=1)
        level = np.concatenate([tables.curves.table(nodes), np.zeros((1, nodes.size))])
        density = density_of(tables.prior)
        assign(self, nodes=nodes, row=row, level=level, offset=tables.offset, curves=tables.curves)
        assign(self, prior=density, slope=density.derivative(1), bend=density.derivative(2))
        assign(self, start=float(tables.prior.weights @ tables.prior.nodes))


@dataclass(frozen=True, slots=True, eq=False)
class PointState:
    """Answers of n_persons persons, and what they sum to at the nodes.

    Attributes
    ----------
    item, category : (n_persons, n_positions) items and categories; -1 for what was not answered
    row : (n_persons, n_positions) rows of the response table
    sums : (n_persons, 3, n_nodes) sums of the rows of `PointTables`
    """

    item: IntArray
    category: IntArray
    row: IntArray
    sums: FloatArray


def start_points(points: PointTables, n_persons: int = 1) -> PointState:
    """State of persons who answered nothing.

    Parameters
    ----------
    points : the bank
    n_persons : how many
    """
    nothing = np.zeros((n_persons, 0), dtype=np.int64)
    return PointState(nothing, nothing, nothing, np.zeros((n_persons, 3, points.nodes.size)))


def add_to_points(points: PointTables, state: PointState, item: IntArray, category: IntArray) -> PointState:
    """State after one more answer of each person.

    Parameters
    ----------
    points : the bank
    state : answers of n_persons persons so far
    item, category : (n_persons,) -1 for what was not given or not answered
    """
    answered = (item >= 0) & (category >= 0)
    row = np.where(answered, points.offset[item] + category, len(points.row) - 1)
    columns = (item, np.where(answered, category, -1), row)
    before = (state.item, state.category, state.row)
    items, categories, rows = (
        np.concatenate([old, column[:, np.newaxis]], axis=1) for old, column in zip(before, columns, strict=True)
    )
    return PointState(items, categories, rows, state.sums + points.row[row])


def estimate_points(
    points: PointTables, state: PointState, method: PointMethod = PointMethod.ML, *, step: float = STEP
) -> Abilities:
    """Estimates to 1e-10, with standard error 1/√I, for MAP 1/√(I - second derivative of the log-prior).

    Where nothing has a maximum between the bounds, as when all answers are right or all wrong, the likelihood
    says only in which direction ability lies: the estimate is then the prior's mean, moved that way by ``step``
    for each answer and no further than the bound, and a note says so. It depends on the answers, not on
    their order or on earlier estimates, and the first answer of the other kind ends it.

    Parameters
    ----------
    points, state
        The bank, and the answers of n_persons persons.
    method
        What is maximised; of several maxima the highest is taken, and noted.
    step
        In logits an answer.
    """
    values = _values(points, method, Derivatives(state.sums[:, 0], state.sums[:, 1], state.sums[:, 2]), points.nodes)
    found = find_brackets(values, points.nodes, _objective(points, state, method))
    n_answered = np.count_nonzero(state.category >= 0, axis=1)
    at_lower, at_upper = found.cell == 0, found.cell == points.nodes.size
    nothing = (n_answered == 0) & (method is not PointMethod.MAP)
    direction = np.where(nothing, 0.0, at_upper.astype(np.float64) - at_lower)
    theta = np.clip(points.start + direction * step * n_answered, points.nodes[0], points.nodes[-1])
    inside = np.flatnonzero(~at_lower & ~at_upper & ~nothing)
    if inside.size:
        theta[inside] = _roots(points, method, state, inside, values[inside], found.cell[inside])
    note = np.where(n_answered == 0, AbilityNote.NO_ANSWERS, 0)
    note |= np.where(at_lower & ~nothing, AbilityNote.AT_LOWER_BOUND, 0)
    note |= np.where(at_upper & ~nothing, AbilityNote.AT_UPPER_BOUND, 0)
    note |= np.where(found.several, AbilityNote.SEVERAL_MAXIMA, 0)
    return Abilities(theta, _errors(points, method, state, theta), note.astype(np.int8))


def _values(points: PointTables, method: PointMethod, sums: Derivatives, theta: FloatArray) -> FloatArray:
    """What is to be 0: the score, with Warm's term or the prior's slope; of the shape of the sums."""
    if method is PointMethod.WLE:
        return sums.score + sums.skewness / np.maximum(2.0 * sums.information, TINY)
    return sums.score + points.slope(theta) if method is PointMethod.MAP else sums.score


def _objective(points: PointTables, state: PointState, method: PointMethod) -> Callable[[IntArray], FloatArray]:
    """What `_values` is the derivative of, at the nodes, for persons who have several maxima."""
    # Not above: optimisers take 20 MB, and a server that only gives tests needs none.
    from scipy.integrate import cumulative_trapezoid

    def level(asked: IntArray) -> FloatArray:
        of_answers: FloatArray = points.level[state.row[asked]].sum(axis=1)
        if method is PointMethod.WLE:
            term = state.sums[asked, 2] / np.maximum(2.0 * state.sums[asked, 1], TINY)
            of_answers += cumulative_trapezoid(term, points.nodes, axis=1, initial=0)
        return of_answers + points.prior(points.nodes) if method is PointMethod.MAP else of_answers

    return level


def _roots(
    points: PointTables, method: PointMethod, state: PointState, persons: IntArray, values: FloatArray, cell: IntArray
) -> FloatArray:
    """Exact roots of some persons, given what is to be 0 at the nodes and the cells of the maxima."""

    def evaluate(theta: FloatArray, which: IntArray) -> FloatArray:
        sums = points.curves.at(_part(points, state, persons[which]), theta)
        return _values(points, method, sums, theta)

    start, slope = cubic_start(values, points.nodes, cell)
    return refine(evaluate, start, slope, points.nodes[cell - 1], points.nodes[cell], done=LAST_STEP)


def _errors(points: PointTables, method: PointMethod, state: PointState, theta: FloatArray) -> FloatArray:
    """Standard errors at the estimates; infinite where nothing is known."""
    precision = points.curves.at(_part(points, state, np.arange(theta.size)), theta).information
    if method is PointMethod.MAP:
        precision = precision - np.minimum(points.bend(theta), 0.0)
    known = precision > TINY
    return np.where(known, 1.0 / np.sqrt(np.where(known, precision, 1.0)), np.inf)


def _part(points: PointTables, state: PointState, persons: IntArray) -> Part:
    """Answers of some persons, as exact derivatives take them."""
    answered = state.category[persons] >= 0
    item, category = state.item[persons][answered], state.category[persons][answered]
    start = np.concatenate([[0], np.cumsum(np.count_nonzero(answered, axis=1))])
    share = np.ones(item.size)
    return Part(
        slice(None),
        start,
        item.astype(np.int32),
        category.astype(np.int8),
        points.offset[item] + category,
        share,
        len(points.row) - 1,
    )
