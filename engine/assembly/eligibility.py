"""Which items of a pool may be given to whom, and which may begin a test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.arrays import BoolArray
from engine.assembly.blueprint import Blueprint
from engine.assembly.pool import Pool
from engine.errors import BlueprintError
from engine.table import expected_share, response_table


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

    Parameters
    ----------
    pool, blueprint : n_items items, and what a test must look like
    accommodation : its name in the blueprint

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

    Parameters
    ----------
    pool, blueprint : n_items items, and what a test must look like

    Raises
    ------
    BlueprintError
        If the rule asks for a label that no item has.
    """
    allowed = ~pool.pretest
    rule = blueprint.first
    if rule is None:
        return allowed
    table = response_table(pool.items, np.array([blueprint.prior_mean]))
    share = expected_share(np.exp(table.log_probability), table.offset)[0]
    allowed &= (share >= rule.hardest) & (share <= rule.easiest)
    if rule.alone:
        allowed &= pool.passage < 0
    return allowed & having(pool, rule.where, "first item")
