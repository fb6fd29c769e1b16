"""Whole adaptive tests without a blueprint, to measure accuracy and speed."""

from __future__ import annotations

import numpy as np

from engine.arrays import CodeArray, FloatArray, IntArray
from engine.models import ItemParameters
from engine.selection import (
    MaximumInformation,
    RandomOfBest,
    Rule,
    SelectionTables,
    Standing,
    add_answers,
    choose,
    rows_answered,
    stand,
    start_posterior,
)

PERSONS_AT_ONCE = 3072  # 3 MB of items excluded, 1.5 MB of posteriors: fewer cost calls, more cost the cache


def probability(items: ItemParameters, item: IntArray, theta: FloatArray) -> FloatArray:
    """Probability of a right answer of each person to the own item."""
    a, b, c = items.discrimination.take(item), items.difficulty.take(item), items.guessing.take(item)
    p: FloatArray = c + (1.0 - c) / (1.0 + np.exp(-a * (theta - b)))
    return p


def simulate_unconstrained(
    tables: SelectionTables,
    theta: FloatArray,
    chance: FloatArray,
    length: int,
    rule: Rule | RandomOfBest | None = None,
    draw: FloatArray | None = None,
) -> tuple[Standing, IntArray, CodeArray]:
    """Standing at the end, items and categories of persons who take ``length`` items of a dichotomous bank.

    Parameters
    ----------
    theta : (n_persons,) true abilities
    chance : (n_persons, length) an answer is right when its number is below its probability; with
        (n_persons, n_items) the number belongs to the item
    draw : (n_persons, length) for rules with chance
    """
    n = theta.size
    by_item = chance.shape[1] == tables.n_items
    log_weights, excluded = start_posterior(tables, n), np.zeros((n, tables.n_items), dtype=np.bool_)
    items, categories = np.empty((n, length), dtype=np.int64), np.empty((n, length), dtype=np.int8)
    person = np.arange(n)
    for position in range(length):
        standing = stand(tables, log_weights, position)
        numbers = None if draw is None else draw[:, position]
        item = choose(tables, rule or MaximumInformation(), standing, excluded, numbers)
        excluded[person, item] = True
        number = chance[person, item] if by_item else chance[:, position]
        right = number < probability(tables.items, item, theta)
        items[:, position], categories[:, position] = item, right
        add_answers(tables, log_weights, rows_answered(tables, item, right.astype(np.int64)), out=log_weights)
    return stand(tables, log_weights, length), items, categories
