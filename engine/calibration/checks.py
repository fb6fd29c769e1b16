"""Responses that cannot be calibrated are refused before anything is estimated."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray
from engine.errors import ResponseError, name_indices
from engine.responses import Responses


def require_dichotomous(responses: Responses, fewest_items: int) -> None:
    """Refuse what a dichotomous model cannot be fitted to.

    Parameters
    ----------
    responses
        To be calibrated.
    fewest_items
        Items that the model needs before responses can determine its parameters.

    Raises
    ------
    ResponseError
        If there is nothing to calibrate, there are too few items, an item holds a category above 1, nobody
        answered it, everybody answered it correctly or nobody did, or a group has no persons; the message
        names the items.
    """
    if responses.n_persons == 0 or responses.n_items == 0:
        raise ResponseError("there is nothing to calibrate: no persons or no items")
    if responses.n_items < fewest_items:
        raise ResponseError(
            f"items are too few, {responses.n_items}: this model needs {fewest_items} or more: with "
            "fewer, no responses can tell its parameters apart; add items, or choose a model with fewer parameters"
        )
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
