"""Whether scores link all items, and whether a finite estimate exists."""

from __future__ import annotations

from typing import NoReturn

import numpy as np
from scipy.sparse.csgraph import connected_components

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.conditional.layout import same_items
from engine.conditional.steps import StepLayout
from engine.errors import ResponseError, name_indices
from engine.responses import Responses

FLAT = 1e-10  # a direction this much flatter than the steepest says nothing
SAME = 1e-4  # rows of a basis of flat directions that differ less are of one island; between islands it is 1/√n_steps
PERSONS_AT_ONCE = 65_536  # 16 MB of answers to 60 items


def require_connected(information: FloatArray, steps: StepLayout) -> None:
    """Refuse a design that falls apart into islands.

    Items in one island can move against those in another without any conditional probability changing: at any finite
    point these are the flat directions of the information. One direction is always flat, all items together.

    Parameters
    ----------
    information : (n_steps, n_steps) at any finite point; best where no category is rare, as at steps of 0
    steps
        Places of the steps.

    Raises
    ------
    ResponseError
        The message names the islands, largest first; ``items`` are those outside the largest.
    """
    values, vectors = np.linalg.eigh(information)
    flat = vectors[:, values <= max(float(values[-1]), 0.0) * FLAT]
    if flat.shape[1] <= 1:
        return
    island = _alike(flat)
    members = [np.unique(steps.item[island == number]) for number in range(int(island.max()) + 1)]
    members.sort(key=len, reverse=True)
    named = "; ".join(f"items {name_indices(items)}" for items in members)
    outside = np.unique(np.concatenate(members[1:]))
    raise ResponseError(
        f"scores do not link all items, which fall apart into {len(members)} islands: {named}",
        items=outside.tolist(),
        reason="no link with the other items through anybody's score",
    )


def _alike(rows: FloatArray) -> IntArray:
    """Return a number for every group of equal rows."""
    number = np.full(len(rows), -1, dtype=np.int64)
    while np.any(number < 0):
        first = int(np.flatnonzero(number < 0)[0])
        number[np.abs(rows - rows[first]).max(axis=1) < SAME] = number.max() + 1
    return number


def require_comparable(responses: Responses) -> None:
    """Refuse dichotomous items that have no finite conditional estimate.

    Draw an arrow from item i to item j if somebody had i right and j wrong. The estimate is finite and unique if and
    only if every item can be reached from every other one.

    Parameters
    ----------
    responses
        0 or 1, in linear booklets, with all items linked.

    Raises
    ------
    ResponseError
        The message and ``items`` name the items outside the largest set in which all can be reached.

    References
    ----------
    Fischer, G. H. (1981). On the existence and uniqueness of maximum-likelihood estimates in the Rasch model.
    Psychometrika, 46, 59-77.
    """
    above = _right_and_wrong(responses)
    n_sets, label = connected_components(above, directed=True, connection="strong")
    answered = np.unique(responses.item)
    sizes = np.bincount(label[answered], minlength=n_sets)
    apart = answered[label[answered] != sizes.argmax()]
    if apart.size:
        raise ResponseError(
            f"items {name_indices(apart)} have no finite estimate against the others: whoever answered both never had "
            "the one right and the other wrong, or never the reverse (Fischer, 1981)",
            items=apart.tolist(),
            reason="no finite conditional estimate (Fischer, 1981)",
        )


def _right_and_wrong(responses: Responses) -> BoolArray:
    """Whether somebody had item i right and item j wrong, shape (n_items, n_items)."""
    order = np.lexsort((responses.item, responses.person))
    category = responses.category[order]
    above = np.zeros((responses.n_items, responses.n_items), dtype=np.bool_)
    for items, persons in same_items(responses):
        for first in range(0, persons.size, PERSONS_AT_ONCE):
            start = responses.start[persons[first : first + PERSONS_AT_ONCE]]
            right = category[start[:, np.newaxis] + np.arange(items.size)].astype(np.float32)
            above[np.ix_(items, items)] |= right.T @ (1.0 - right) > 0.0
    return above


def refuse_running(steps: StepLayout, direction: FloatArray) -> NoReturn:
    """Raise, with the items whose steps go on and on while the likelihood stands still."""
    away = np.abs(direction - np.median(direction))
    items = np.unique(steps.item[away > 0.5 * away.max()])
    raise ResponseError(
        f"items {name_indices(items)} have no finite estimate: the likelihood rises as they move on",
        items=items.tolist(),
        reason="no finite conditional estimate",
    )
