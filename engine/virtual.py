"""Freedom of an item by group or position: a virtual item for each, so that everything else sees only items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.arrays import IntArray, own
from engine.errors import ResponseError, name_indices
from engine.responses import Responses


@dataclass(frozen=True, slots=True, eq=False)
class VirtualItems:
    """Responses in which some items were split.

    Attributes
    ----------
    responses : to n_virtual items; the items that were not split keep their index
    item : (n_virtual,) the item that each virtual item is
    level : (n_virtual,) for which group, or other level, it stands; -1 where an item was not split
    """

    responses: Responses
    item: IntArray
    level: IntArray


def split_items(responses: Responses, items: Iterable[int], level: npt.ArrayLike) -> VirtualItems:
    """Give some items parameters of their own at every level of something, such as the group or the year.

    The lowest level that answered an item keeps the item's index; each other level gets a new one at the end.

    Parameters
    ----------
    responses
        To n_items items.
    items
        Items to be split.
    level : (n_responses,) level of every response, 0, 1, …; `by_group` gives that of the group

    Raises
    ------
    ResponseError
        If an item is not there, or there is not one level for each response.

    Examples
    --------
    >>> codes = Responses.from_dense([[1, 0], [0, 1]], group=[0, 1])
    >>> split_items(codes, [1], by_group(codes)).responses.item.tolist()
    [0, 1, 0, 2]
    """
    levels = own(level, np.int64, "level", 1, ResponseError)
    if levels.size != responses.n_responses or np.any(levels < 0):
        raise ResponseError(f"every response needs a level, 0 or more; there are {responses.n_responses} responses")
    wanted = sorted(set(items))
    unknown = [item for item in wanted if not 0 <= item < responses.n_items]
    if unknown:
        raise ResponseError(f"items {name_indices(unknown)} are not there to be split", items=unknown)
    item = responses.item.astype(np.int64)
    of, at = list(range(responses.n_items)), [-1] * responses.n_items
    for one in wanted:
        answers = np.flatnonzero(responses.item == one)
        for number, value in enumerate(np.unique(levels[answers]).tolist()):
            if number == 0:
                at[one] = value
                continue
            item[answers[levels[answers] == value]] = len(of)
            of.append(one)
            at.append(value)
    virtual = replace(responses, item=item.astype(np.int32), n_items=len(of))
    return VirtualItems(virtual, np.array(of), np.array(at))


def by_group(responses: Responses) -> IntArray:
    """Group of every response's person, (n_responses,)."""
    return np.repeat(responses.group, np.diff(responses.start)).astype(np.int64)
