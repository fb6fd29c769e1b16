"""Which items of a pool may be given to whom, and which may begin a test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.arrays import BoolArray, FloatArray
from engine.assembly.blueprint import Blueprint
from engine.assembly.pool import Pool
from engine.errors import BlueprintError
from engine.models import ItemParameters
from engine.table import response_table


def having(pool: Pool, where: Mapping[str, str], name: str) -> BoolArray:
    """Items that have all these labels, (n_items,).

    Parameters
    ----------
    pool : the items
    where : attribute → label
    name : of the rule that asks, for the message

    Raises
    ------
    BlueprintError
        If the pool has no such attribute, or no item has all the labels.
    """
    held = np.ones(pool.n_items, dtype=np.bool_)
    for attribute, label in where.items():
        if attribute not in pool.labels:
            known = ", ".join(sorted(pool.labels)) or "none"
            raise BlueprintError(f"{name}: the pool has no attribute {attribute!r}; it has {known}")
        held &= np.array([own == label for own in pool.labels[attribute]])
    if not held.any():
        raise BlueprintError(f"{name}: no item of the pool has {', '.join(f'{k} {v}' for k, v in where.items())}")
    return held


def suitable_items(pool: Pool, blueprint: Blueprint, accommodation: str = "") -> BoolArray:
    """Items that pupils with an accommodation can be given, (n_items,); "" is no accommodation and takes all.

    Raises
    ------
    BlueprintError
        If the blueprint does not know the accommodation, or no item has its label.
    """
    if not accommodation:
        return np.ones(pool.n_items, dtype=np.bool_)
    if accommodation not in blueprint.pools:
        known = ", ".join(sorted(blueprint.pools)) or "none"
        raise BlueprintError(f"the blueprint has no accommodation {accommodation!r}; it has {known}")
    attribute, label = blueprint.pools[accommodation]
    return having(pool, {attribute: label}, f"accommodation {accommodation!r}")


def first_items(pool: Pool, blueprint: Blueprint) -> BoolArray:
    """Items that a test may begin with, (n_items,): all scored ones where there is no rule.

    Raises
    ------
    BlueprintError
        If the rule asks for a label that no item has.
    """
    allowed = ~pool.pretest
    rule = blueprint.first
    if rule is None:
        return allowed
    share = expected_share(pool.items, blueprint.prior_mean)
    allowed &= (share >= rule.hardest) & (share <= rule.easiest)
    if rule.alone:
        allowed &= pool.passage < 0
    return allowed & having(pool, rule.where, "first item")


def expected_share(items: ItemParameters, theta: float) -> FloatArray:
    """Expected score of each item as a share of its highest, (n_items,), from 0 to 1.

    Parameters
    ----------
    items : n_items items of any models
    theta : ability in logits

    Examples
    --------
    >>> expected_share(ItemParameters.two_parameter([1.0, 2.0], [0.0, 0.0]), 0.0).tolist()
    [0.5, 0.5]
    """
    table = response_table(items, np.array([theta]))
    category = np.arange(table.offset[-1]) - np.repeat(table.offset[:-1], items.n_categories)
    score = np.add.reduceat(category * np.exp(table.log_probability[:, 0]), table.offset[:-1])
    share: FloatArray = score / (items.n_categories - 1)
    return share
