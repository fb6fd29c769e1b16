"""Sparse responses: who answered what, and how well."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import CodeArray, FloatArray, IndexArray, IntArray, assign, own
from engine.errors import ResponseError, name_indices


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """Responses of n_persons persons to n_items items, compressed by person (CSR).

    Person p answered ``item[start[p]:start[p + 1]]`` with ``category[start[p]:start[p + 1]]``; items that
    are not there were not presented.

    Attributes
    ----------
    start : (n_persons + 1,) where each person's responses begin, and the number of responses
    item : (n_responses,) item index
    category : (n_responses,) 0, 1, … the category scored
    weight : (n_persons,) how many persons the row stands for, > 0
    group : (n_persons,) group index, 0, 1, …
    n_items : number of items, answered or not

    Raises
    ------
    ResponseError
        If the arrays do not fit together, an item is out of range or answered twice by one person, a
        category is negative or a weight not positive.
    """

    start: IntArray
    item: IndexArray
    category: CodeArray
    weight: FloatArray
    group: IndexArray
    n_items: int

    def __post_init__(self) -> None:
        start = own(self.start, np.int64, "start", 1, ResponseError)
        item = own(self.item, np.int32, "item", 1, ResponseError)
        category = own(self.category, np.int8, "category", 1, ResponseError)
        weight = own(self.weight, np.float64, "weight", 1, ResponseError)
        group = own(self.group, np.int32, "group", 1, ResponseError)
        if start.size == 0 or start[0] != 0 or np.any(np.diff(start) < 0) or start[-1] != item.size:
            raise ResponseError(f"start must rise from 0 to the number of responses, {item.size}")
        if item.size != category.size or weight.size != start.size - 1 or group.size != start.size - 1:
            raise ResponseError("every response needs item and category, every person a weight and a group")
        assign(self, start=start, item=item, category=category, weight=weight, group=group)
        self._check_values()

    def _check_values(self) -> None:
        """Ranges, and no item twice for one person."""
        if self.item.size and (self.item.min() < 0 or self.item.max() >= self.n_items):
            raise ResponseError(f"items must be in 0 … {self.n_items - 1}, one is {self.item.max()} or negative")
        negative = np.unique(self.item[self.category < 0])
        if negative.size:
            raise ResponseError(
                f"a category must be 0 or more; leave what was not presented out; items {name_indices(negative)}",
                items=negative.tolist(),
            )
        if not (np.all(np.isfinite(self.weight)) and np.all(self.weight > 0.0)):
            raise ResponseError("weights must be finite and positive; leave persons of weight 0 out")
        if self.group.size and self.group.min() < 0:
            raise ResponseError("groups are numbered from 0")
        key = np.sort(self.person * np.int64(self.n_items) + self.item)
        twice = key[1:][key[1:] == key[:-1]]
        if twice.size:
            person, item = divmod(int(twice[0]), self.n_items)
            raise ResponseError(f"person {person} answered item {item} more than once", items=[item])

    @classmethod
    def from_dense(
        cls, codes: npt.ArrayLike, *, weight: npt.ArrayLike | None = None, group: npt.ArrayLike | None = None
    ) -> Responses:
        """Responses from a matrix of codes.

        Parameters
        ----------
        codes : (n_persons, n_items) 0, 1, … the category; -1 not presented
        weight, group
            As in the class; 1 and 0 for everybody when not given.
        """
        matrix = own(codes, np.int8, "codes", 2, ResponseError)
        if np.any(matrix < -1):
            wrong = np.flatnonzero(np.any(matrix < -1, axis=0))
            raise ResponseError(
                f"codes are categories, or -1 for not presented; items {name_indices(wrong)} hold others",
                items=wrong.tolist(),
            )
        n_persons, n_items = matrix.shape
        person, item = np.nonzero(matrix >= 0)
        start = np.concatenate([[0], np.cumsum(np.count_nonzero(matrix >= 0, axis=1))])
        ones, zeros = _person_columns(n_persons, weight, group)
        return cls(start, item.astype(np.int32), matrix[person, item], ones, zeros, n_items)

    @classmethod
    def from_triplets(
        cls,
        person: npt.ArrayLike,
        item: npt.ArrayLike,
        category: npt.ArrayLike,
        *,
        n_persons: int,
        n_items: int,
        weight: npt.ArrayLike | None = None,
        group: npt.ArrayLike | None = None,
    ) -> Responses:
        """Responses from parallel arrays, in any order.

        Parameters
        ----------
        person, item, category : (n_responses,) indices of person and item, and the category
        n_persons, n_items
            How many there are, with or without responses.
        weight, group
            As in the class; 1 and 0 for everybody when not given.
        """
        who = own(person, np.int64, "person", 1, ResponseError)
        what = own(item, np.int32, "item", 1, ResponseError)
        how = own(category, np.int8, "category", 1, ResponseError)
        if not who.size == what.size == how.size:
            raise ResponseError("every response needs person, item and category")
        if who.size and (who.min() < 0 or who.max() >= n_persons):
            raise ResponseError(f"persons must be in 0 … {n_persons - 1}")
        order = np.lexsort((what, who))
        start = np.concatenate([[0], np.cumsum(np.bincount(who, minlength=n_persons))])
        ones, zeros = _person_columns(n_persons, weight, group)
        return cls(start, what[order], how[order], ones, zeros, n_items)

    @property
    def n_persons(self) -> int:
        """Number of rows; with weights, the number of persons is the sum of the weights."""
        return self.start.size - 1

    @property
    def n_responses(self) -> int:
        """Number of responses."""
        return self.item.size

    @property
    def person(self) -> IntArray:
        """Person index of every response, shape (n_responses,)."""
        return np.repeat(np.arange(self.n_persons), np.diff(self.start))

    def n_answered(self) -> FloatArray:
        """Answers per item, weighted, shape (n_items,)."""
        weight = self.weight[self.person]
        return np.bincount(self.item, weights=weight, minlength=self.n_items).astype(np.float64)

    def proportion_correct(self) -> FloatArray:
        """Mean category per item divided by the highest one seen (at least 1), weighted; 0 where nobody answered."""
        weight = self.weight[self.person]
        total = np.bincount(self.item, weights=weight * self.category, minlength=self.n_items)
        highest = np.ones(self.n_items)
        np.maximum.at(highest, self.item, self.category.astype(np.float64))
        proportion: FloatArray = total / (highest * np.maximum(self.n_answered(), np.finfo(np.float64).tiny))
        return proportion


def _person_columns(
    n_persons: int, weight: npt.ArrayLike | None, group: npt.ArrayLike | None
) -> tuple[FloatArray, IndexArray]:
    """Weight and group of every person, 1 and 0 where not given."""
    ones = np.ones(n_persons) if weight is None else np.asarray(weight, dtype=np.float64)
    zeros = np.zeros(n_persons, np.int32) if group is None else np.asarray(group, dtype=np.int32)
    return ones, zeros
