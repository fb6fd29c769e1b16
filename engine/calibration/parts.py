"""Responses laid out for speed: dense where persons share most items, sparse where not, in parts of like abilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from engine.arrays import FloatArray, IndexArray, IntArray
from engine.responses import Responses

FEWEST_IN_A_BOOKLET = 32  # below this, sparse sums beat a matrix product
LEAST_FILL = 0.3  # of a group's matrix, from which a matrix product with gaps beats sparse sums
PERSONS_AT_ONCE = 1024  # 1024 x 25 nodes is 200 kB: stays in the processor's cache, and abilities in a part are alike
SPARSE_PERSONS_AT_ONCE = 2048  # sparse sums touch a part's table row by row: fewer parts, fewer tables


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some persons of one group, with the nodes at which their posteriors are above nothing.

    Attributes
    ----------
    persons : (n,) where they stand among all
    weight : (n,)
    group : group index
    covariates : (n, n_covariates); no columns where there are none
    low, high : first node, and the one after the last
    matrix : (n, n_columns) of ones (or shares): a dense array in contrast coding, or sparse rows of the flat table
    columns : (n_columns,) rows of the flat table that the matrix's columns stand for; contrasts, where it is dense
    items : (n_given,) items that every person of a dense part answered, whose presence has no column of its own
    """

    persons: IntArray
    weight: FloatArray
    group: int
    covariates: FloatArray
    low: int
    high: int
    matrix: FloatArray | sparse.csr_array
    columns: IntArray
    items: IntArray

    @property
    def is_dense(self) -> bool:
        """Whether sums are matrix products."""
        return isinstance(self.matrix, np.ndarray)


@dataclass(frozen=True, slots=True, eq=False)
class SparseRows:
    """Rows of the flat table that n persons' responses are, compressed by person.

    Attributes
    ----------
    start : (n + 1,) where each person's begin
    column : (n_entries,) row of the flat table
    share : (n_entries,) how much each counts; None where all count as one
    n_columns : rows of the flat table
    """

    start: IntArray
    column: IndexArray
    share: FloatArray | None
    n_columns: int

    def take(self, chosen: IntArray) -> tuple[sparse.csr_array, IntArray]:
        """Matrix of some persons over the columns that they use, so that sums stay in the cache; and those columns."""
        where, n_given = _entries(self.start, chosen)
        column = self.column[where]
        used = np.zeros(self.n_columns, dtype=np.bool_)
        used[column] = True
        place = (np.cumsum(used) - 1).astype(np.int32)
        data = np.ones(column.size) if self.share is None else self.share[where]
        start = np.concatenate([[0], np.cumsum(n_given)]).astype(np.int32)
        shape = (chosen.size, int(np.count_nonzero(used)))
        return sparse.csr_array((data, place[column], start), shape=shape), np.flatnonzero(used)


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """Persons of one group whose responses are laid out alike; cut into parts once abilities are roughly known.

    Attributes
    ----------
    persons, weight, group, covariates, items : as of `Part`
    matrix : (n, n_columns) of ones (or shares) in contrast coding, or the persons' rows of the flat table
    columns : (n_columns,) rows of the flat table that a dense matrix's columns stand for; empty where it is sparse
    """

    persons: IntArray
    weight: FloatArray
    group: int
    covariates: FloatArray
    matrix: FloatArray | SparseRows
    columns: IntArray
    items: IntArray

    def cut(self, order: IntArray, low: IntArray, high: IntArray) -> Iterator[Part]:
        """Parts of persons in an order, each with the nodes that all of its persons need.

        Parameters
        ----------
        order : (n,) the persons of the bundle in order of ability
        low, high : (n,) nodes that each person of the bundle needs
        """
        at_once = PERSONS_AT_ONCE if isinstance(self.matrix, np.ndarray) else SPARSE_PERSONS_AT_ONCE
        for first in range(0, order.size, at_once):
            chosen = order[first : first + at_once]
            matrix, columns = self._rows(chosen)
            yield Part(
                self.persons[chosen],
                self.weight[chosen],
                self.group,
                self.covariates[chosen],
                int(low[chosen].min()),
                int(high[chosen].max()),
                matrix,
                columns,
                self.items,
            )

    def _rows(self, chosen: IntArray) -> tuple[FloatArray | sparse.csr_array, IntArray]:
        """Matrix of some persons, and what its columns stand for."""
        return self.matrix.take(chosen) if isinstance(self.matrix, SparseRows) else (self.matrix[chosen], self.columns)


def _entries(start: IntArray, persons: IntArray) -> tuple[IntArray, IntArray]:
    """Where the entries of some persons stand, one after the other, and how many each has."""
    n_given = np.diff(start)[persons]
    where = np.repeat(start[persons] - np.cumsum(n_given) + n_given, n_given)
    where += np.arange(where.size)
    return where, n_given


def bundle(responses: Responses, offset: IntArray) -> tuple[Bundle, ...]:
    """Lay out all persons: by group, and within it by the items they were given.

    A group whose matrix is full enough becomes one dense bundle with gaps; else persons who share all their
    items become dense bundles, and what is left a sparse one.

    Parameters
    ----------
    responses : n_persons persons
    offset : (n_items + 1,) first row of each item in the flat table
    """
    bundles: list[Bundle] = []
    for group in np.unique(responses.group).tolist():
        members = np.flatnonzero(responses.group == group)
        for persons, items in _booklets(responses, members):
            if items is None:
                bundles.extend(_loose(responses, persons, group, offset))
            else:
                bundles.append(_whole(responses, persons, group, items, offset))
    return tuple(bundles)


def _booklets(responses: Responses, members: IntArray) -> Iterator[tuple[IntArray, IntArray | None]]:
    """Persons with equal items, and those items; last those who share theirs with too few, with None."""
    fewest = min(FEWEST_IN_A_BOOKLET, members.size) if responses.share is None else members.size + 1
    alike, loose = _alike(responses, members, fewest)
    for persons in alike:
        first = slice(responses.start[persons[0]], responses.start[persons[0] + 1])
        yield persons, np.sort(responses.item[first]).astype(np.int64)
    if loose.size:
        yield loose, None


def _alike(responses: Responses, members: IntArray, fewest: int) -> tuple[list[IntArray], IntArray]:
    """Persons with equal sets of items, where they are many enough, and all others.

    Sets are told apart by two sums over their items of random 64-bit numbers.
    """
    n_given = np.diff(responses.start)[members]
    if np.all(n_given == responses.n_items) and responses.share is None:
        return [members], np.zeros(0, np.int64)
    keys = np.random.default_rng(0).integers(0, 2**63, (2, responses.n_items), dtype=np.uint64)
    totals = [_sums(key, responses)[members] for key in keys]
    order = np.lexsort((*totals, n_given))
    border = np.zeros(max(members.size - 1, 0), dtype=np.bool_)
    for total in totals:
        border |= total[order][1:] != total[order][:-1]
    first = np.concatenate([[0], np.flatnonzero(border) + 1, [members.size]])
    some = n_given[order][first[:-1]] > 0  # who was given nothing has no booklet
    large = np.flatnonzero((np.diff(first) >= fewest) & some)
    runs = [members[order[first[run] : first[run + 1]]] for run in large.tolist()]
    alone = np.ones(members.size, dtype=np.bool_)
    for run in large.tolist():
        alone[order[first[run] : first[run + 1]]] = False
    return runs, members[alone]


def _sums(key: npt.NDArray[np.uint64], responses: Responses) -> npt.NDArray[np.uint64]:
    """Sum of the keys of every person's items, (n_persons,), modulo 2^64."""
    running = key[responses.item]
    np.cumsum(running, out=running)
    running = np.concatenate([np.zeros(1, np.uint64), running])
    return running[responses.start[1:]] - running[responses.start[:-1]]


def _loose(responses: Responses, persons: IntArray, group: int, offset: IntArray) -> Iterator[Bundle]:
    """Persons with items of their own: a dense matrix with gaps where it is full enough, else a sparse one."""
    if persons.size == responses.n_persons:  # in their order already
        item, category, share = responses.item, responses.category, responses.share
        n_given = np.diff(responses.start)
    else:
        where, n_given = _entries(responses.start, persons)
        item, category = responses.item[where], responses.category[where]
        share = None if responses.share is None else responses.share[where]
    items = np.flatnonzero(np.bincount(item, minlength=responses.n_items))
    if items.size and n_given.sum() >= LEAST_FILL * items.size * persons.size:
        yield _gapped(responses, persons, group, items, offset)
        return
    column = offset.astype(np.int32)[item]
    column += category
    rows = SparseRows(np.concatenate([[0], np.cumsum(n_given)]), column, share, int(offset[-1]))
    yield _bundle(responses, persons, group, rows, np.zeros(0, np.int64), np.zeros(0, np.int64))


def _whole(responses: Responses, persons: IntArray, group: int, items: IntArray, offset: IntArray) -> Bundle:
    """Persons who all answered the same items: indicators of every category from 1 on."""
    where = responses.start[persons][:, np.newaxis] + np.arange(items.size)
    codes, item = responses.category[where], responses.item[where]  # (n, n_given)
    if not np.array_equal(item, np.broadcast_to(items, item.shape)):
        codes = np.take_along_axis(codes, np.argsort(item, axis=1), axis=1)
    n_levels = np.diff(offset)[items] - 1
    level = np.concatenate([np.arange(1, n + 1) for n in n_levels.tolist()])
    rows = np.repeat(offset[items], n_levels) + level
    if n_levels.max(initial=0) == 1:
        return _bundle(responses, persons, group, codes.astype(np.float64), rows, items)
    matrix = (codes[:, np.repeat(np.arange(items.size), n_levels)] == level).astype(np.float64)
    return _bundle(responses, persons, group, matrix, rows, items)


def _gapped(responses: Responses, persons: IntArray, group: int, items: IntArray, offset: IntArray) -> Bundle:
    """Persons who answered most of some items: indicators of presence and of every category from 1 on."""
    where, n_given = _entries(responses.start, persons)
    row = np.repeat(np.arange(persons.size), n_given)
    width = np.diff(offset)[items]
    column = (np.cumsum(width) - width)[np.searchsorted(items, responses.item[where])]
    category = responses.category[where].astype(np.int64)
    share = np.ones(where.size) if responses.share is None else responses.share[where]
    matrix = np.zeros((persons.size, int(width.sum())))
    np.add.at(matrix, (row, column), share)
    positive = category > 0
    matrix[row[positive], (column + category)[positive]] = share[positive]
    rows = np.concatenate([np.arange(offset[item], offset[item + 1]) for item in items.tolist()])
    return _bundle(responses, persons, group, matrix, rows, np.zeros(0, np.int64))


def _bundle(
    responses: Responses,
    persons: IntArray,
    group: int,
    matrix: FloatArray | SparseRows,
    columns: IntArray,
    items: IntArray,
) -> Bundle:
    """Put a bundle together with what is known of its persons."""
    covariates = np.zeros((persons.size, 0)) if responses.covariates is None else responses.covariates[persons]
    return Bundle(persons, responses.weight[persons], group, covariates, matrix, columns, items)


def collapse(responses: Responses, n_categories: IntArray) -> Responses:
    """Persons with equal responses as one row that stands for all of them, where that makes far fewer rows.

    It pays only for short tests that everybody took whole: with more patterns than persons it is not tried.
    """
    n_patterns = np.log(n_categories).sum()
    complete = responses.n_responses == responses.n_persons * responses.n_items
    alone = responses.covariates is None and responses.share is None and responses.cluster is None
    if not (complete and alone and n_patterns < np.log(max(responses.n_persons, 2) / 2.0)):
        return responses
    order = np.argsort(responses.item.reshape(responses.n_persons, -1), axis=1, kind="stable")
    codes = np.take_along_axis(responses.category.reshape(responses.n_persons, -1), order, axis=1)
    rows = np.column_stack([responses.group, codes])
    patterns, which = np.unique(rows, axis=0, return_inverse=True)
    return Responses.from_dense(
        patterns[:, 1:].astype(np.int8), weight=np.bincount(which.ravel(), responses.weight), group=patterns[:, 0]
    )
