"""What conditional maximum likelihood cannot take, refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray
from engine.conditional.design import MultistageDesign
from engine.conditional.steps import StepLayout
from engine.errors import DesignError, ResponseError, name_indices
from engine.responses import Responses


def require_scores(responses: Responses) -> None:
    """Refuse responses that are not whole scores: a score must be a count of steps taken."""
    if responses.share is not None and np.any(responses.share != 1.0):
        part = np.unique(responses.item[responses.share != 1.0])
        _refuse(part, "responses that count for a part; a conditional likelihood needs whole scores")
    missing = np.unique(responses.item[responses.category < 0])
    _refuse(missing, "omitted or not-reached answers; say first what they count as (engine.missing)")


def step_layout(responses: Responses) -> StepLayout:
    """Steps of all items from the categories that were seen.

    Raises
    ------
    ResponseError
        If an item was answered in one category alone, or a category below the highest one was never seen; the
        message names the items.
    """
    highest = np.zeros(responses.n_items, dtype=np.int64)
    np.maximum.at(highest, responses.item, responses.category.astype(np.int64))
    n_categories = int(highest.max(initial=0)) + 1
    cell = responses.item.astype(np.int64) * n_categories + responses.category
    seen = np.bincount(cell, minlength=responses.n_items * n_categories).reshape(responses.n_items, n_categories) > 0
    n_seen = seen.sum(axis=1)
    _refuse(np.flatnonzero(n_seen == 1), "answers in one category only, so that nothing can be estimated")
    gapped: BoolArray = (n_seen > 0) & (n_seen <= highest)
    _refuse(np.flatnonzero(gapped), "a category below the highest that nobody is in; join or renumber categories")
    return StepLayout(np.concatenate([[0], np.cumsum(np.where(n_seen > 0, highest, 0))]))


def require_known_items(design: MultistageDesign, n_items: int) -> None:
    """Refuse a design with items beyond those of the responses."""
    unknown = sorted({int(i) for booklet in design.booklets for i in booklet.items if i >= n_items})
    if unknown:
        raise DesignError(f"the design has items {name_indices(unknown)}, the responses only 0 … {n_items - 1}")


def _refuse(items: npt.NDArray[np.integer[Any]], reason: str) -> None:
    """Raise, with the items at fault."""
    if items.size:
        raise ResponseError(f"items {name_indices(items)} have {reason}", items=items.tolist(), reason=reason)
