"""Responses laid out for speed: dense where many persons were given the same items, sparse where not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from engine.arrays import FloatArray, IntArray
from engine.responses import Responses

FEWEST_IN_A_BOOKLET = 32  # below this, sparse sums beat a matrix product
PERSONS_AT_ONCE = 2048  # 2048 x 61 nodes is 1 MB: stays in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class Booklet:
    """Persons of one group who were given the same items.

    Attributes
    ----------
    items : (n_given,) item indices
    correct : (n_rows, n_given) 1.0 correct, 0.0 not
    weight : (n_rows,)
    group : group index
    """

    items: IntArray
    correct: FloatArray
    weight: FloatArray
    group: int


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """Persons of one group who were given items of their own.

    Attributes
    ----------
    rows : (n_rows, 2 n_items) sparse indicators; column 2 i is item i incorrect, 2 i + 1 correct
    weight : (n_rows,)
    group : group index
    """

    rows: sparse.csr_array
    weight: FloatArray
    group: int


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Dichotomous responses of all persons, in parts.

    Attributes
    ----------
    booklets, scatters : the parts; a person is in exactly one
    n_items, n_groups : numbers of items and groups
    """

    booklets: tuple[Booklet, ...]
    scatters: tuple[Scatter, ...]
    n_items: int
    n_groups: int


def lay_out(responses: Responses, n_groups: int) -> Layout:
    """Sort persons by the items they were given, then by group."""
    shape = (responses.n_persons, responses.n_items)
    given = sparse.csr_array((np.ones(responses.n_responses, np.int8), responses.item, responses.start), shape=shape)
    kind = _kinds(responses)
    booklets: list[Booklet] = []
    loose: list[IntArray] = []
    for persons in _runs(kind):
        if persons.size < FEWEST_IN_A_BOOKLET:
            loose.append(persons)
            continue
        items = np.sort(given.indices[given.indptr[persons[0]] : given.indptr[persons[0] + 1]]).astype(np.int64)
        booklets.extend(_booklets(responses, persons, items))
    scatters = _scatters(responses, np.sort(np.concatenate(loose))) if loose else []
    return Layout(tuple(booklets), tuple(scatters), responses.n_items, n_groups)


def _kinds(responses: Responses) -> IntArray:
    """Return a number for every combination of items given and group, shape (n_persons,)."""
    order = np.lexsort((responses.item, responses.person))
    item, start = responses.item[order], responses.start
    seen: dict[tuple[bytes, int], int] = {}
    groups = responses.group.tolist()
    keys = ((item[start[p] : start[p + 1]].tobytes(), groups[p]) for p in range(responses.n_persons))
    return np.fromiter((seen.setdefault(key, len(seen)) for key in keys), np.int64, responses.n_persons)


def _runs(kind: IntArray) -> list[IntArray]:
    """Persons of each kind."""
    order = np.argsort(kind, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(kind[order])) + 1) if order.size else []


def _booklets(responses: Responses, persons: IntArray, items: IntArray) -> Iterator[Booklet]:
    """Dense parts of persons who share items and group."""
    for first in range(0, persons.size, PERSONS_AT_ONCE):
        part = persons[first : first + PERSONS_AT_ONCE]
        correct = _dense(responses, part, items)
        yield Booklet(items, correct, responses.weight[part], int(responses.group[part[0]]))


def _dense(responses: Responses, persons: IntArray, items: IntArray) -> FloatArray:
    """Categories of some persons who all answered the same items, shape (n_rows, n_given)."""
    where = responses.start[persons][:, np.newaxis] + np.arange(items.size)
    column = np.searchsorted(items, responses.item[where])
    correct = np.empty(where.shape)
    np.put_along_axis(correct, column, responses.category[where].astype(np.float64), axis=1)
    return correct


def _scatters(responses: Responses, persons: IntArray) -> Iterator[Scatter]:
    """Sparse parts, by group."""
    column = 2 * responses.item.astype(np.int64) + responses.category
    shape = (responses.n_persons, 2 * responses.n_items)
    rows = sparse.csr_array((np.ones(responses.n_responses), column, responses.start), shape=shape)
    for group in np.unique(responses.group[persons]).tolist():
        members = persons[responses.group[persons] == group]
        for first in range(0, members.size, PERSONS_AT_ONCE):
            part = members[first : first + PERSONS_AT_ONCE]
            yield Scatter(rows[part], responses.weight[part], group)
