"""Sparse responses: who answered what, and how well."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from engine.arrays import CodeArray, FloatArray, IndexArray, IntArray, Scalar, assign, own
from engine.errors import ResponseError, name_indices

NOT_PRESENTED, OMITTED, NOT_REACHED = -1, -2, -3
"""Codes beside the categories. What was not presented is left out of sparse responses; the other two are kept
until `engine.missing` says what they count as."""


@dataclass(frozen=True, slots=True, eq=False)
class Responses:
    """Responses of n_persons persons to n_items items, compressed by person (CSR).

    Person p answered ``item[start[p]:start[p + 1]]`` with ``category[start[p]:start[p + 1]]``; items that
    are not there were not presented.

    Attributes
    ----------
    start : (n_persons + 1,) where each person's responses begin, and the number of responses
    item : (n_responses,) item index
    category : (n_responses,) 0, 1, … the category scored; `OMITTED` or `NOT_REACHED` where nothing was answered
    weight : (n_persons,) how many persons the row stands for, > 0
    group : (n_persons,) group index, 0, 1, …
    n_items : number of items, answered or not
    cluster : (n_persons,) index of the cluster that a person was sampled with, such as the school; None: everybody
        was sampled alone
    covariates : (n_persons, n_covariates) finite numbers that abilities are regressed on; None: none
    share : (n_responses,) how much a response counts, in (0, 1]; None: every response counts as one. Shares stand
        for a response that is part right, part wrong
    position : (n_responses,) 1, 2, … place of the item in the person's test; None: not known
    elapsed_ms : (n_responses,) time the person took, in milliseconds; None: not known

    Raises
    ------
    ResponseError
        If the arrays do not fit together, an item is out of range or answered twice by one person, a
        category is negative and no code, or a weight is not positive.
    """

    start: IntArray
    item: IndexArray
    category: CodeArray
    weight: FloatArray
    group: IndexArray
    n_items: int
    cluster: IndexArray | None = None
    covariates: FloatArray | None = None
    share: FloatArray | None = None
    position: IndexArray | None = None
    elapsed_ms: IntArray | None = None

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
        self._own_more()
        self._check_values()
        self._check_once()

    def _own_more(self) -> None:
        """Check and own the arrays that need not be there."""
        more: dict[str, object] = {}
        per_response, per_person = {"share", "position", "elapsed_ms"}, {"cluster", "covariates"}
        kinds = {"share": np.float64, "elapsed_ms": np.int64, "covariates": np.float64}
        for name in sorted(per_response | per_person):
            values = getattr(self, name)
            if values is None:
                continue
            axes = 2 if name == "covariates" else 1
            array = own(values, kinds.get(name, np.int32), name, axes, ResponseError)
            expected = self.item.size if name in per_response else self.n_persons
            if array.shape[0] != expected:
                raise ResponseError(f"{name} must have one row for each of {expected}, not {array.shape[0]}")
            more[name] = array
        assign(self, **more)

    def _check_values(self) -> None:
        """Ranges of all that is there."""
        if self.item.size and (self.item.min() < 0 or self.item.max() >= self.n_items):
            raise ResponseError(f"items must be in 0 … {self.n_items - 1}, one is {self.item.max()} or negative")
        unknown = (self.category < 0) & (self.category != OMITTED) & (self.category != NOT_REACHED)
        negative = np.unique(self.item[unknown])
        if negative.size:
            raise ResponseError(
                f"a category must be 0 or more; leave what was not presented out; items {name_indices(negative)}",
                items=negative.tolist(),
            )
        if not (np.all(np.isfinite(self.weight)) and np.all(self.weight > 0.0)):
            raise ResponseError("weights must be finite and positive; leave persons of weight 0 out")
        if self.group.size and self.group.min() < 0:
            raise ResponseError("groups are numbered from 0")
        if self.cluster is not None and self.cluster.size and self.cluster.min() < 0:
            raise ResponseError("clusters are numbered from 0")
        if self.covariates is not None and not np.all(np.isfinite(self.covariates)):
            row = int(np.flatnonzero(~np.isfinite(self.covariates).all(axis=1))[0])
            raise ResponseError(f"covariates must be finite; those of person {row} are not")
        if self.share is not None and not np.all((self.share > 0.0) & (self.share <= 1.0)):
            raise ResponseError("shares must be in (0, 1]")

    def _check_once(self) -> None:
        """No item twice for one person; with shares, no item's category twice."""
        item = self.item.astype(np.int64)
        span = np.int64(self.n_items)
        if self.share is not None:
            item, span = item * 256 + self.category + 128, span * 256
        key = self.person * span + item
        if np.all(key[1:] > key[:-1]):  # sorted already, as most are
            return
        key = np.sort(key)
        twice = key[1:][key[1:] == key[:-1]]
        if twice.size:
            person, place = divmod(int(twice[0]), int(span))
            wrong = place if self.share is None else place // 256
            raise ResponseError(f"person {person} answered item {wrong} more than once", items=[wrong])

    @classmethod
    def from_dense(
        cls,
        codes: npt.ArrayLike,
        *,
        weight: npt.ArrayLike | None = None,
        group: npt.ArrayLike | None = None,
        cluster: npt.ArrayLike | None = None,
        covariates: npt.ArrayLike | None = None,
    ) -> Responses:
        """Responses from a matrix of codes.

        Parameters
        ----------
        codes : (n_persons, n_items) 0, 1, … the category; -1 not presented, -2 omitted, -3 not reached
        weight, group, cluster, covariates
            As in the class; 1 and 0 for everybody, and none, when not given.
        """
        matrix = own(codes, np.int8, "codes", 2, ResponseError)
        if np.any(matrix < NOT_REACHED):
            wrong = np.flatnonzero(np.any(matrix < NOT_REACHED, axis=0))
            raise ResponseError(
                f"codes are categories, or -1, -2, -3 where there is none; items {name_indices(wrong)} hold others",
                items=wrong.tolist(),
            )
        n_persons, n_items = matrix.shape
        given = matrix != NOT_PRESENTED
        person, item = np.nonzero(given)
        start = np.concatenate([[0], np.cumsum(np.count_nonzero(given, axis=1))])
        return cls(
            start,
            item.astype(np.int32),
            matrix[person, item],
            *_person_columns(n_persons, weight, group),
            n_items,
            cluster=_optional(cluster, np.int32),
            covariates=_optional(covariates, np.float64),
        )

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
        cluster: npt.ArrayLike | None = None,
        covariates: npt.ArrayLike | None = None,
        share: npt.ArrayLike | None = None,
        position: npt.ArrayLike | None = None,
        elapsed_ms: npt.ArrayLike | None = None,
    ) -> Responses:
        """Responses from parallel arrays, in any order.

        Parameters
        ----------
        person, item, category : (n_responses,) indices of person and item, and the category
        n_persons, n_items
            How many there are, with or without responses.
        weight, group, cluster, covariates
            As in the class; 1 and 0 for everybody, and none, when not given.
        share, position, elapsed_ms
            As in the class, parallel to ``person``.
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
        return cls(
            start,
            what[order],
            how[order],
            *_person_columns(n_persons, weight, group),
            n_items,
            cluster=_optional(cluster, np.int32),
            covariates=_optional(covariates, np.float64),
            share=_ordered(share, np.float64, order),
            position=_ordered(position, np.int32, order),
            elapsed_ms=_ordered(elapsed_ms, np.int64, order),
        )

    @property
    def n_persons(self) -> int:
        """Number of rows; with weights, the number of persons is the sum of the weights."""
        return self.start.size - 1

    @property
    def n_responses(self) -> int:
        """Number of responses."""
        return self.item.size

    @property
    def n_groups(self) -> int:
        """Number of groups, empty ones among them."""
        return int(self.group.max(initial=-1)) + 1

    @property
    def person(self) -> IntArray:
        """Person index of every response, shape (n_responses,)."""
        return np.repeat(np.arange(self.n_persons), np.diff(self.start))

    def select(self, persons: npt.ArrayLike) -> Responses:
        """Responses of some persons, in that order.

        Parameters
        ----------
        persons : (n,) indices from 0 on; or a mask (n_persons,), True for who is wanted

        Raises
        ------
        ResponseError
            If an index is negative or too high, or a mask is not as long as there are persons.
        """
        rows = _rows(persons, self.n_persons)
        n_given = np.diff(self.start)[rows]
        start = np.concatenate([[0], np.cumsum(n_given)])
        where = np.repeat(self.start[rows] - start[:-1], n_given) + np.arange(start[-1])
        per_response = {"item", "category", "share", "position", "elapsed_ms"}
        columns = {}
        for field in fields(self):
            values = getattr(self, field.name)
            if isinstance(values, np.ndarray) and field.name != "start":
                columns[field.name] = values[where if field.name in per_response else rows]
        return Responses(start=start, n_items=self.n_items, **columns)

    def n_answered(self) -> FloatArray:
        """Answers per item, weighted, shape (n_items,); what is omitted or not reached is none."""
        return np.bincount(self.item, weights=self._counted(), minlength=self.n_items).astype(np.float64)

    def proportion_correct(self) -> FloatArray:
        """Mean category per item divided by the highest one seen (at least 1), weighted; 0 where nobody answered."""
        total = np.bincount(self.item, weights=self._counted() * self.category, minlength=self.n_items)
        highest = np.ones(self.n_items)
        np.maximum.at(highest, self.item, self.category.astype(np.float64))
        proportion: FloatArray = total / (highest * np.maximum(self.n_answered(), np.finfo(np.float64).tiny))
        return proportion

    def _counted(self) -> FloatArray:
        """How much each response counts: its person's weight times its share, and nothing without a category."""
        counted = self.weight[self.person] * (self.category >= 0)
        return counted if self.share is None else counted * self.share


def _rows(persons: npt.ArrayLike, n_persons: int) -> IntArray:
    """Indices of persons, from indices or a mask."""
    wanted = np.asarray(persons)
    if wanted.dtype == np.bool_:
        if wanted.shape != (n_persons,):
            raise ResponseError(f"a mask of persons must have shape ({n_persons},), this has {wanted.shape}")
        return np.flatnonzero(wanted)
    rows = own(wanted, np.int64, "persons", 1, ResponseError)
    wrong = rows[(rows < 0) | (rows >= n_persons)]
    if wrong.size:
        raise ResponseError(f"persons must be in 0 … {n_persons - 1}; {name_indices(wrong)} are not")
    return rows


def _optional(values: npt.ArrayLike | None, dtype: type[Scalar]) -> npt.NDArray[Scalar] | None:
    """Return an array of this type, where there is one."""
    return None if values is None else np.asarray(values).astype(dtype, casting="same_kind")


def _ordered(values: npt.ArrayLike | None, dtype: type[Scalar], order: IntArray) -> npt.NDArray[Scalar] | None:
    """Return a column in the new order, where there is one."""
    column = _optional(values, dtype)
    return None if column is None else column[order]


def _person_columns(
    n_persons: int, weight: npt.ArrayLike | None, group: npt.ArrayLike | None
) -> tuple[FloatArray, IndexArray]:
    """Weight and group of every person, 1 and 0 where not given."""
    ones = np.ones(n_persons) if weight is None else np.asarray(weight, dtype=np.float64)
    zeros = np.zeros(n_persons, np.int32) if group is None else np.asarray(group, dtype=np.int32)
    return ones, zeros
