"""From locations to intercepts and back: blocks of items that share a form, as estimation works with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.models.asymptotes import Asymptotes
from engine.models.divided import nominal, partial_credit
from engine.models.family import Family
from engine.models.graded import Graded
from engine.models.items import ItemParameters, Kind


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Items of one form and number of categories, in slope-intercept form.

    Attributes
    ----------
    family : curves and derivatives
    items : (n,) where these items stand among all
    parameters : (n, n_parameters) of the family
    """

    family: Family
    items: IntArray
    parameters: FloatArray


def blocks_of(items: ItemParameters) -> tuple[Block, ...]:
    """Blocks of all items; those without asymptotes are computed without them.

    Parameters
    ----------
    items : n_items items of any kind
    """
    bare = (items.guessing == 0.0) & (items.upper == 1.0)
    form = np.stack([items.kind.astype(np.int64), items.n_categories, bare.astype(np.int64)], axis=1)
    forms, which = np.unique(form, axis=0, return_inverse=True)
    return tuple(
        _block(items, np.flatnonzero(which.ravel() == number), Kind(kind), n_categories, is_bare=bool(is_bare))
        for number, (kind, n_categories, is_bare) in enumerate(forms.tolist())
    )


def _block(items: ItemParameters, index: IntArray, kind: Kind, n_categories: int, *, is_bare: bool) -> Block:
    """One block."""
    a, b = items.discrimination[index, np.newaxis], items.difficulty[index, np.newaxis]
    if kind == Kind.LOGISTIC and is_bare:
        return Block(partial_credit(2), index, np.concatenate([a, -a * b], axis=1))
    if kind == Kind.LOGISTIC:
        c, upper = items.guessing[index, np.newaxis], items.upper[index, np.newaxis]
        logits = [logit(c), logit((upper - c) / (1.0 - c))]
        return Block(Asymptotes(), index, np.concatenate([a, -a * b, *logits], axis=1))
    where = items.step_start[index][:, np.newaxis] + np.arange(n_categories - 1)
    if kind == Kind.PARTIAL_CREDIT:
        return Block(
            partial_credit(n_categories), index, np.concatenate([a, -a * np.cumsum(items.step[where], axis=1)], axis=1)
        )
    if kind == Kind.GRADED:
        return Block(Graded(n_categories), index, np.concatenate([a, -a * items.step[where]], axis=1))
    both = [items.category_slope[where], items.category_intercept[where]]
    return Block(nominal(n_categories), index, np.concatenate(both, axis=1))


def logit(share: FloatArray) -> FloatArray:
    """Logit of a share; infinite at 0 and 1."""
    with np.errstate(divide="ignore"):
        value: FloatArray = np.log(share) - np.log1p(-share)
    return value
