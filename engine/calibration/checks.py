"""Responses that cannot be calibrated are refused before anything is estimated."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray
from engine.errors import ResponseError, name_indices
from engine.responses import Responses


def require_dichotomous(responses: Responses) -> None:
    """Refuse what a dichotomous model cannot be fitted to.

    Raises
    ------
    ResponseError
        If there is nothing to calibrate, an item holds a category above 1, nobody answered it, everybody
        answered it correctly or nobody did, or a group has no persons; the message names the items.
    """
    if responses.n_persons == 0 or responses.n_items == 0:
        raise ResponseError("there is nothing to calibrate: no persons or no items")
    high = np.zeros(responses.n_items, dtype=np.bool_)
    high[responses.item[responses.category > 1]] = True
    _refuse(high, "responses above 1, where this model knows 0 and 1")
    answered = responses.n_answered()
    correct = np.bincount(responses.item, responses.weight[responses.person] * responses.category, responses.n_items)
    _refuse(answered == 0.0, "no responses at all: leave them out")
    wrong = answered - correct
    _refuse(wrong <= 0.0, "only correct responses, so that no difficulty can be estimated: leave them out")
    _refuse(correct <= 0.0, "only incorrect responses, so that no difficulty can be estimated: check the key")
    empty = np.flatnonzero(np.bincount(responses.group) == 0)
    if empty.size:
        raise ResponseError(f"groups are numbered without gaps; nobody is in {name_indices(empty)}")


def _refuse(wrong: BoolArray, reason: str) -> None:
    """Raise, with the items at fault."""
    items = np.flatnonzero(wrong)
    if items.size:
        raise ResponseError(f"items {name_indices(items)} have {reason}", items=items.tolist(), reason=reason)
