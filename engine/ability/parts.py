"""Persons in parts of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from engine.ability.values import AbilityNote
from engine.arrays import BoolArray, CodeArray, FloatArray, IndexArray, IntArray
from engine.errors import ResponseError, name_indices
from engine.responses import Responses

PERSONS_AT_ONCE = 4096  # times 100 nodes is 3 MB
RESPONSES_AT_ONCE = 200_000  # times 4 categories is 6 MB


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Responses of some consecutive persons, with the rows of the response table that they are.

    Attributes
    ----------
    persons : where these persons stand among all
    start : (n + 1,) where each one's responses begin
    item, category : (n_responses,)
    row : (n_responses,) row of the response table
    share : (n_responses,) how much each counts
    n_rows : rows of the table
    """

    persons: slice
    start: IntArray
    item: IndexArray
    category: CodeArray
    row: IntArray
    share: FloatArray
    n_rows: int

    @property
    def n_persons(self) -> int:
        """Persons in this part."""
        return self.start.size - 1

    @property
    def person(self) -> IntArray:
        """Person of every response, counted within the part, (n_responses,)."""
        return np.repeat(np.arange(self.n_persons), np.diff(self.start))

    @property
    def matrix(self) -> sparse.csr_array:
        """Shares of responses, (n, n_rows): this matrix times a table of log-probabilities is a log-likelihood."""
        return sparse.csr_array((self.share, self.row, self.start), shape=(self.n_persons, self.n_rows))

    def sums(self, values: FloatArray) -> FloatArray:
        """Sum over each person's responses, weighted by their shares, (n,)."""
        return np.bincount(self.person, weights=self.share * values, minlength=self.n_persons).astype(np.float64)

    def take(self, chosen: IntArray) -> Part:
        """Some of the persons, by their place in the part; ``persons`` no longer says where they stand."""
        n_given = np.diff(self.start)[chosen]
        start = np.concatenate([[0], np.cumsum(n_given)])
        where = np.repeat(self.start[chosen] - start[:-1], n_given) + np.arange(start[-1])
        return Part(
            self.persons, start, self.item[where], self.category[where], self.row[where], self.share[where], self.n_rows
        )

    def notes(self, offset: IntArray) -> CodeArray:
        """Persons without answers, and with the lowest or the highest score there is, (n,)."""
        n_given = np.diff(self.start)
        lowest = self._count(self.category == 0)
        highest = self._count(self.row == offset[self.item + 1] - 1)
        note = np.where(n_given == 0, AbilityNote.NO_ANSWERS, 0)
        note |= np.where((lowest == n_given) & (n_given > 0), AbilityNote.LOWEST_SCORE, 0)
        note |= np.where((highest == n_given) & (n_given > 0), AbilityNote.HIGHEST_SCORE, 0)
        return note.astype(np.int8)

    def _count(self, which: BoolArray) -> IntArray:
        """Responses of each person that are so, (n,)."""
        count: IntArray = np.bincount(self.person[which], minlength=self.n_persons)
        return count


def table_rows(responses: Responses, offset: IntArray) -> IntArray:
    """Row of the response table of every response, (n_responses,).

    Parameters
    ----------
    responses : n_persons persons by n_items items
    offset : (n_items + 1,) first row of each item

    Raises
    ------
    ResponseError
        If there are other items than answered, a category is not one of the item's, or an answer that is not
        there has not been given a meaning yet.
    """
    if responses.n_items != offset.size - 1:
        raise ResponseError(f"responses are to {responses.n_items} items, parameters are of {offset.size - 1}")
    left_open = np.unique(responses.item[responses.category < 0])
    if left_open.size:
        raise ResponseError(
            f"omitted and not-reached answers need a meaning first (treat_missing); items {name_indices(left_open)}",
            items=left_open.tolist(),
        )
    row: IntArray = offset[responses.item] + responses.category
    beyond = np.unique(responses.item[row >= offset[responses.item + 1]])
    if beyond.size:
        raise ResponseError(
            f"items {beyond.tolist()} hold categories that their parameters do not have",
            items=beyond.tolist(),
            reason="responses in a category that the model does not have",
        )
    return row


def parts_of(responses: Responses, offset: IntArray) -> Iterator[Part]:
    """Parts of at most `PERSONS_AT_ONCE` persons and about `RESPONSES_AT_ONCE` responses, in order.

    Where they begin depends on the responses alone, so that results do not depend on the number of threads.

    Parameters
    ----------
    responses, offset
        As `table_rows` takes and checks them.
    """
    row = table_rows(responses, offset)
    share = np.ones(row.size) if responses.share is None else responses.share
    for persons in part_slices(responses.start):
        start = responses.start[persons.start : persons.stop + 1]
        given = slice(int(start[0]), int(start[-1]))
        item, category = responses.item[given], responses.category[given]
        yield Part(persons, start - start[0], item, category, row[given], share[given], int(offset[-1]))


def part_slices(start: IntArray) -> list[slice]:
    """Where parts begin and end, given where each person's responses begin, (n_persons + 1,)."""
    slices, first = [], 0
    while first < start.size - 1:
        full = int(np.searchsorted(start, start[first] + RESPONSES_AT_ONCE, side="right")) - 1
        last = max(min(full, first + PERSONS_AT_ONCE, start.size - 1), first + 1)
        slices.append(slice(first, last))
        first = last
    return slices
