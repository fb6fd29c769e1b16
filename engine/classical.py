"""Classical item statistics: proportions, item-rest correlations, and what goes with each option or category.

Rest scores of persons who were given other items cannot be compared. So correlations are pooled within forms: persons
who were given the same items are compared with each other only, as in the tables of dexter (Maris, Bechger, Koops &
Partchev, 2023). Where everybody was given the same items that is the usual corrected item-total correlation (Lord &
Novick, 1968, chapter 15). An adaptive test gives everybody a form of their own: it adds to shares, not to correlations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray, IndexArray, IntArray, assign, own
from engine.errors import ResponseError
from engine.responses import Responses

NO_VARIANCE = 1e-12
"""Sums of squares below this are rounding errors: rest scores are shares, between 0 and 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What is known of some answers besides their category, such as the options that were chosen.

    Attributes
    ----------
    person, item : (n_known,) the answers of which it is known
    answer, mark : (n_marked,) an answer, as a row of ``person`` and ``item``, and the number of a mark that it carries
    mark_item : (n_marks,) item that each mark belongs to

    Raises
    ------
    ResponseError
        If arrays do not fit together, an index is out of range, or an answer carries a mark of another item or the
        same one twice.
    """

    person: IntArray
    item: IntArray
    answer: IntArray
    mark: IntArray
    mark_item: IntArray

    def __post_init__(self) -> None:
        for name in ("person", "item", "answer", "mark", "mark_item"):
            assign(self, **{name: own(getattr(self, name), np.int64, name, 1, ResponseError)})
        if self.person.size != self.item.size or self.answer.size != self.mark.size:
            raise ResponseError("every known answer needs person and item, every mark an answer")
        for name, index, n in (("answer", self.answer, self.person.size), ("mark", self.mark, self.mark_item.size)):
            if index.size and (index.min() < 0 or index.max() >= n):
                raise ResponseError(f"{name} must be in 0 … {n - 1}")
        if np.any(self.item[self.answer] != self.mark_item[self.mark]):
            raise ResponseError("an answer carries a mark of another item")
        if np.unique(self.answer * max(self.mark_item.size, 1) + self.mark).size < self.mark.size:
            raise ResponseError("an answer carries a mark twice")


@dataclass(frozen=True, slots=True, eq=False)
class MarkStatistics:
    """What goes with each of n_marks marks.

    Attributes
    ----------
    n : (n_marks,) answers that carry it, by weight
    share : (n_marks,) of the item's known answers; NaN where none is known
    correlation : (n_marks,) point-biserial, of carrying it with the rest score; NaN where one of them does not vary
    mean_rest : (n_marks,) mean rest score of those who carry it, as a share of the most points; NaN where nobody does
    """

    n: FloatArray
    share: FloatArray
    correlation: FloatArray
    mean_rest: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ClassicalStatistics:
    """Statistics of n_items items.

    Attributes
    ----------
    n : (n_items,) answers by weight
    highest : (n_items,) most points
    proportion : (n_items,) mean points as a share of the most; NaN where nobody answered
    item_rest : (n_items,) correlation of the points with the rest score; NaN where one of them does not vary
    n_compared : (n_items,) answers of persons whose form somebody else was given too: these the correlations rest on
    category_start : (n_items + 1,) first row of each item in ``categories``
    categories : a row a category, from 0 to ``highest``
    """

    n: FloatArray
    highest: IntArray
    proportion: FloatArray
    item_rest: FloatArray
    n_compared: FloatArray
    category_start: IntArray
    categories: MarkStatistics


@dataclass(frozen=True, slots=True, eq=False)
class _Rest:
    """Rest scores of answers: those of one item that belong to one form stand in one cell.

    Attributes
    ----------
    item, weight, score, cell : (n_rows,) an answer a row; ``score`` is a share of the most points
    deviation : (n_rows,) of the score from the mean of its cell
    """

    item: IntArray
    weight: FloatArray
    score: FloatArray
    cell: IntArray
    deviation: FloatArray


def classical_statistics(responses: Responses, highest: npt.ArrayLike | None = None) -> ClassicalStatistics:
    """Classical statistics of items; what was omitted or not reached is no answer, and gives no points in a rest score.

    Parameters
    ----------
    responses : answers of n_persons persons to n_items items
    highest : (n_items,) most points of each item; the highest category that occurs, at least 1, when not given

    Raises
    ------
    ResponseError
        If responses count for a share only, or an answer has more points than there are.
    """
    most = _highest(responses, highest)
    row = np.flatnonzero(responses.category >= 0)
    item, points = responses.item[row].astype(np.int64), responses.category[row].astype(np.float64)
    weight, person = responses.weight[responses.person[row]], responses.person
    n = _added(item, weight, responses.n_items)
    start = np.concatenate([[0], np.cumsum(most + 1)])
    marks = Marks(
        person[row],
        item,
        np.arange(row.size),
        start[item] + responses.category[row].astype(np.int64),
        np.repeat(np.arange(responses.n_items), most + 1),
    )
    rest, known = _rest(responses, most, row)
    _, n_cells = _sums(rest.cell, rest.weight)
    return ClassicalStatistics(
        n=n,
        highest=most,
        proportion=_divided(_added(item, weight * points, responses.n_items), n * most),
        item_rest=_correlation(rest, points[known], responses.n_items),
        n_compared=_added(rest.item, rest.weight * (n_cells[rest.cell] > 1), responses.n_items),
        category_start=start,
        categories=mark_statistics(responses, marks, most),
    )


def mark_statistics(responses: Responses, marks: Marks, highest: npt.ArrayLike | None = None) -> MarkStatistics:
    """Share, point-biserial correlation and mean rest score of marks, such as the options of a choice.

    Parameters
    ----------
    responses, highest
        As for `classical_statistics`.
    marks : of answers that are among the responses

    Raises
    ------
    ResponseError
        As `classical_statistics`, or if a known answer is not among the responses.
    """
    most, n_marks = _highest(responses, highest), marks.mark_item.size
    row = _rows(responses, marks)
    weight = responses.weight[marks.person]
    n = _added(marks.mark, weight[marks.answer], n_marks)
    n_known = _added(marks.item, weight, responses.n_items)
    rest, known = _rest(responses, most, row)
    place = np.full(row.size, -1)
    place[known] = np.arange(known.size)
    has_rest = place[marks.answer] >= 0
    mark, place = marks.mark[has_rest], place[marks.answer][has_rest]
    together = _added(mark, rest.weight[place] * rest.deviation[place], n_marks)
    scores = _added(mark, rest.weight[place] * rest.score[place], n_marks)
    return MarkStatistics(
        n=n,
        share=_divided(n, n_known[marks.mark_item]),
        correlation=_over_spread(
            together,
            _spread_of_marks(rest, mark, place, n_marks),
            _spread_of_rest(rest, responses.n_items)[marks.mark_item],
        ),
        mean_rest=_divided(scores, _added(mark, rest.weight[place], n_marks)),
    )


def _highest(responses: Responses, highest: npt.ArrayLike | None) -> IntArray:
    """Most points of each item."""
    if responses.share is not None:
        raise ResponseError("classical statistics need responses that count as one; leave the shares out")
    seen = np.ones(responses.n_items, dtype=np.int64)
    np.maximum.at(seen, responses.item, responses.category.astype(np.int64))
    if highest is None:
        return seen
    most = own(highest, np.int64, "highest", 1, ResponseError)
    if most.size != responses.n_items or np.any(most < seen):
        raise ResponseError("highest must hold the most points of every item, at least 1, and no answer has more")
    return most


def _rows(responses: Responses, marks: Marks) -> IntArray:
    """Rows of the known answers among the responses."""
    key = responses.person * responses.n_items + responses.item
    order = np.argsort(key, kind="stable")
    wanted = marks.person * responses.n_items + marks.item
    at = np.searchsorted(key[order], wanted)
    if wanted.size and (at.max() >= key.size or np.any(key[order][at] != wanted)):
        raise ResponseError("a mark is of an answer that is not among the responses")
    row: IntArray = order[at]
    return row


def _rest(responses: Responses, most: IntArray, row: IntArray) -> tuple[_Rest, IntArray]:
    """Rest scores of some answers, and which of them have one: where a person was given more than that item."""
    person, own_points = responses.person, np.maximum(responses.category, 0).astype(np.float64)
    total = _added(person, own_points, responses.n_persons)
    possible = _added(person, most[responses.item], responses.n_persons)
    possible_else = (possible[person] - most[responses.item])[row]
    known = np.flatnonzero(possible_else > 0)
    row = row[known]
    score = (total[person] - own_points)[row] / possible_else[known]
    item, weight = responses.item[row].astype(np.int64), responses.weight[person[row]]
    _, cell = np.unique(item * responses.n_persons + _forms(responses)[person[row]], return_inverse=True)
    sums, weights = _sums(cell, weight, score)
    return _Rest(item, weight, score, cell, score - (sums / weights)[cell]), known


def _forms(responses: Responses) -> IntArray:
    """(n_persons,) number of the form of each person; those who were given the same items have the same one."""
    known: dict[bytes, int] = {}
    pieces = np.split(responses.item, responses.start[1:-1])
    numbers = [known.setdefault(np.sort(piece).tobytes(), len(known)) for piece in pieces]
    return np.array(numbers[: responses.n_persons], dtype=np.int64)


def _sums(cell: IntArray, weight: FloatArray, value: FloatArray | float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Weighted sum of values and of weights in each cell."""
    n_cells = int(cell.max(initial=-1)) + 1
    return _added(cell, weight * value, n_cells), _added(cell, weight, n_cells)


def _added(index: IntArray | IndexArray, value: FloatArray | IntArray, size: int) -> FloatArray:
    """Sum of the values at each index, shape (size,)."""
    return np.bincount(index, value, minlength=size).astype(np.float64)


def _correlation(rest: _Rest, points: FloatArray, n_items: int) -> FloatArray:
    """Correlation of points with rest scores within cells, by item."""
    sums, weights = _sums(rest.cell, rest.weight, points)
    deviation = points - (sums / weights)[rest.cell]
    together = _added(rest.item, rest.weight * deviation * rest.deviation, n_items)
    spread = _added(rest.item, rest.weight * deviation**2, n_items)
    return _over_spread(together, spread, _spread_of_rest(rest, n_items))


def _spread_of_rest(rest: _Rest, n_items: int) -> FloatArray:
    """Sum of squares of rest scores within cells, by item."""
    return _added(rest.item, rest.weight * rest.deviation**2, n_items)


def _spread_of_marks(rest: _Rest, mark: IntArray, place: IntArray, n_marks: int) -> FloatArray:
    """Sum of squares of carrying a mark within cells: ``n p (1 - p)`` of every cell, added up."""
    _, n_cells = _sums(rest.cell, rest.weight)
    keys, pair = np.unique(mark * max(n_cells.size, 1) + rest.cell[place], return_inverse=True)
    carried = _added(pair, rest.weight[place], keys.size)
    of_mark, cell = np.divmod(keys, max(n_cells.size, 1))
    return _added(of_mark, carried * (1.0 - carried / n_cells[cell]), n_marks)


def _over_spread(together: FloatArray, one: FloatArray, other: FloatArray) -> FloatArray:
    """Correlation from a sum of products and two sums of squares; NaN where one of these is none."""
    varies = (one > NO_VARIANCE) & (other > NO_VARIANCE)
    found = np.full(together.shape, np.nan)
    found[varies] = together[varies] / np.sqrt(one[varies] * other[varies])
    return found


def _divided(value: FloatArray, by: FloatArray | IntArray) -> FloatArray:
    """Quotient; NaN where there is nothing to divide by."""
    found = np.full(value.shape, np.nan)
    np.divide(value, by, out=found, where=by > 0)
    return found
