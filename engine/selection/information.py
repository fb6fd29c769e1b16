"""Exact information of items at persons' own abilities."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray
from engine.models import Kind, information_by_strength, item_information
from engine.selection.tables import SelectionTables

TINY = float(np.finfo(np.float64).tiny)
PlaceArray = npt.NDArray[np.intp]


def information_of_all(tables: SelectionTables, theta: FloatArray) -> FloatArray:
    """Information of every item at every person's ability, (n_persons, n_items), 1/logit².

    Parameters
    ----------
    tables : the bank of n_items items
    theta : (n_persons,) in logits
    """
    if tables.strength is None:
        return item_information(theta, tables.items)
    return information_by_strength(theta, tables.items, tables.strength, tables.polytomous)


def information_of_pairs(tables: SelectionTables, item: PlaceArray, theta: FloatArray) -> FloatArray:
    """Information of one item at one ability each, (n,), 1/logit².

    Parameters
    ----------
    tables : the bank
    item, theta : (n,)
    """
    items, curves = tables.items, tables.curves
    value = _logistic(tables, item, theta)
    if not items.kind.any():
        return value
    which = curves.block[item]
    polytomous = items.kind[item] != Kind.LOGISTIC
    for number in np.unique(which[polytomous]).tolist():
        block, chosen = curves.blocks[number], np.flatnonzero(which == number)
        parameters, own = block.parameters[curves.place[item[chosen]]], theta[chosen, np.newaxis]
        log_p = block.family.log_probability(parameters, own)
        rise, _ = block.family.by_ability(parameters, own, log_p)
        value[chosen] = (np.exp(log_p) * rise**2).sum(axis=1)[:, 0]
    return value


def information_of_one(tables: SelectionTables, item: int, theta: float) -> float:
    """Information of one item at one ability, in 1/logit²: plain arithmetic, without the cost of an array.

    Parameters
    ----------
    tables : the bank
    item : its index
    theta : in logits
    """
    items = tables.items
    if items.kind.item(item) != Kind.LOGISTIC:
        return float(information_of_pairs(tables, np.array([item]), np.array([theta]))[0])
    a, c, d = items.discrimination.item(item), items.guessing.item(item), items.upper.item(item)
    z = a * (theta - items.difficulty.item(item))
    e = math.exp(-abs(z))
    large, small = 1.0 / (1.0 + e), e / (1.0 + e)
    rising, falling = (large, small) if z >= 0.0 else (small, large)
    span = d - c
    p, q = max(c + span * rising, TINY), max(1.0 - d + span * falling, TINY)
    steep = a * span * rising * falling
    return steep * (steep / q) / p if steep else 0.0


def _logistic(tables: SelectionTables, item: PlaceArray, theta: FloatArray) -> FloatArray:
    """``P'² / (P (1 - P))`` of logistic items; of others something finite."""
    items = tables.items
    a, c, d = items.discrimination.take(item), items.guessing.take(item), items.upper.take(item)
    z = a * (theta - items.difficulty.take(item))
    e = np.exp(-np.abs(z))
    share = 1.0 / (1.0 + e)
    rising = np.where(z >= 0.0, share, e * share)
    falling = np.where(z >= 0.0, e * share, share)
    span = d - c
    p, q = np.maximum(c + span * rising, TINY), np.maximum(1.0 - d + span * falling, TINY)
    steep = a * span * rising * falling
    value: FloatArray = steep * (steep / q) / p
    return value
