"""Responses that cannot be calibrated are refused before anything is estimated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.calibration.blocks import DICHOTOMOUS, FEWEST_ITEMS
from engine.errors import DesignError, ParameterError, ResponseError, name_indices
from engine.models import ItemParameters
from engine.responses import NOT_REACHED, OMITTED, Responses

MOST_CATEGORIES = 20  # of an item; with more, somebody probably calibrates a sum score


def require_answers(responses: Responses) -> None:
    """Refuse what is no set of answers to be calibrated.

    Raises
    ------
    ResponseError
        If there are no persons or items, or only one person, a group has no persons, or an answer is omitted or
        not reached and nobody said what that counts as.
    """
    if responses.n_persons == 0 or responses.n_items == 0:
        raise ResponseError("there is nothing to calibrate: no persons or no items")
    if responses.n_persons == 1:
        raise ResponseError(
            "there is only one person: a calibration compares persons, so give the responses of two or more (and of "
            "hundreds, for estimates of use); to score one person with known items, estimate the ability"
        )
    empty = np.flatnonzero(np.bincount(responses.group) == 0)
    if empty.size:
        raise ResponseError(f"groups are numbered without gaps; nobody is in {name_indices(empty)}")
    for code, name in ((OMITTED, "omitted"), (NOT_REACHED, "not reached")):
        n = int(np.count_nonzero(responses.category == code))
        if n:
            raise ResponseError(f"{n} answers are {name}; say first what that counts as, with treat_missing")


def count_categories(responses: Responses, fixed: Mapping[int, ItemParameters]) -> IntArray:
    """Categories of each item, (n_items,): those of its known parameters, or up to the highest that was seen.

    Raises
    ------
    ParameterError
        If an item that is fixed is not in the data, or holds a category that its parameters do not have.
    """
    highest = np.ones(responses.n_items, dtype=np.int64)
    np.maximum.at(highest, responses.item, responses.category.astype(np.int64))
    n_categories = highest + 1
    for item, known in fixed.items():
        if not 0 <= item < responses.n_items or known.n_items != 1:
            raise ParameterError(f"item {item} is fixed, but the data have items 0 … {responses.n_items - 1}")
        if n_categories[item] > known.n_categories[0]:
            raise ParameterError(
                f"item {item} is fixed with {known.n_categories[0]} categories, but has answers in {highest[item]}"
            )
        n_categories[item] = known.n_categories[0]
    return n_categories


def require_estimable(
    responses: Responses,
    models: Sequence[str],
    counts: FloatArray,
    offset: IntArray,
    fixed: Mapping[int, ItemParameters],
) -> None:
    """Refuse items whose answers determine nothing.

    Parameters
    ----------
    responses, models, fixed
        What is to be calibrated.
    counts : (n_rows,) answers by weight in each row of the flat table
    offset : (n_items + 1,) first row of each item

    Raises
    ------
    ResponseError
        If an item that is not fixed has no answers, answers in one category only, a category without answers
        between others, or too many categories; or if there are too few items; the message names the items.
    """
    free = np.ones(responses.n_items, dtype=np.bool_)
    free[list(fixed)] = False
    fewest = max(
        (FEWEST_ITEMS.get(model, 3) for model, is_free in zip(models, free, strict=True) if is_free), default=0
    )
    if responses.n_items < fewest:
        raise ResponseError(
            f"items are too few, {responses.n_items}: this model needs {fewest} or more: with "
            "fewer, no responses can tell its parameters apart; add items, or choose a model with fewer parameters"
        )
    answered = np.add.reduceat(counts, offset[:-1])
    lowest, first = counts[offset[:-1]], np.diff(offset)
    seen = counts > 0.0
    n_seen = np.add.reduceat(seen.astype(np.int64), offset[:-1])
    polytomous = np.array([model not in DICHOTOMOUS for model in models])
    _refuse(free & (answered == 0.0), "no responses at all: leave them out")
    _refuse(
        free & ~polytomous & (first == 2) & (lowest <= 0.0),
        "only correct responses, so that no difficulty can be estimated: leave them out",
    )
    _refuse(
        free & ~polytomous & (n_seen == 1) & (lowest > 0.0),
        "only incorrect responses, so that no difficulty can be estimated: check the key",
    )
    _refuse(free & (n_seen == 1), "responses in one category only: leave them out")
    _refuse(
        free & (n_seen < first) & (n_seen > 1) & polytomous,
        "a category without responses below one that has some: number the categories anew, 0, 1, 2, …",
    )
    _refuse(free & (first > MOST_CATEGORIES), f"more than {MOST_CATEGORIES} categories: is that a sum score?")


def require_connected(responses: Responses, fixed: Mapping[int, ItemParameters]) -> None:
    """Refuse groups of persons that nothing puts on one scale.

    Groups have a mean and an sd of their own, so only items can tie them together. Items that only
    equivalent persons of one group tie together are allowed: the group's distribution is common.

    Raises
    ------
    DesignError
        Names the islands, by groups and items; or the fixed items, where nobody answered one of them.
    """
    n_groups = responses.n_groups
    if n_groups == 1 and not fixed:
        return
    answered = np.zeros((n_groups, responses.n_items), dtype=np.bool_)
    answered[responses.group[responses.person], responses.item] = True
    group, item = np.nonzero(answered)
    known = np.array(sorted(fixed), dtype=np.int64)  # what is known is on one scale already
    row = np.concatenate([group, np.full(known.size, n_groups + responses.n_items)])
    column = np.concatenate([item, known]) + n_groups
    size = n_groups + responses.n_items + 1
    links = sparse.csr_array((np.ones(row.size), (row, column)), shape=(size, size))
    _, island = connected_components(links, directed=False)
    islands = np.unique(island[:n_groups])
    if islands.size < 2:
        if fixed and islands[0] != island[-1]:
            raise DesignError(
                f"items {name_indices(known)} are fixed to give the scale its origin, but have no responses: "
                "fix items that were answered, or none"
            )
        return
    parts = [
        f"groups {name_indices(np.flatnonzero(island[:n_groups] == one))} with items "
        f"{name_indices(np.flatnonzero(island[n_groups:-1] == one))}"
        for one in islands.tolist()
    ]
    raise DesignError(
        f"the design falls apart into {islands.size} islands that share no item, so nothing puts them on one scale: "
        f"{'; '.join(parts)}. Add common items, calibrate them apart, or fix items of each"
    )


def _refuse(wrong: BoolArray, reason: str) -> None:
    """Raise, with the items at fault."""
    items = np.flatnonzero(wrong)
    if items.size:
        raise ResponseError(f"items {name_indices(items)} have {reason}", items=items.tolist(), reason=reason)
