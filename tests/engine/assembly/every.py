"""Every choice of items from a small pool, and which statements it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from engine.arrays import BoolArray, FloatArray
from engine.assembly import Blueprint, Pool
from engine.assembly.statements import Asked, Statement, all_asked


def every_choice(asked: Asked, pool: Pool) -> FloatArray:
    """All sets of items that may be given, with the passages they touch, (n_choices, n_items + n_passages)."""
    given_items = np.flatnonzero(asked.given[: pool.n_items])
    rows = []
    for size in range(given_items.size + 1):
        for items in combinations(given_items.tolist(), size):
            row = np.zeros(asked.given.size)
            row[list(items)] = 1.0
            scored = [item for item in items if asked.rules.usable[item] and pool.passage[item] >= 0]
            row[[pool.n_items + int(pool.passage[item]) for item in scored]] = 1.0
            rows.append(row)
    return np.array(rows)


def kept_by(statement: Statement, choices: FloatArray) -> BoolArray:
    """Which choices keep a statement."""
    sums = choices @ statement.rows.toarray().T
    kept: BoolArray = np.all((sums >= statement.low) & (sums <= statement.high), axis=1)
    return kept


def impossible(case: tuple[Pool, Blueprint]) -> Iterator[tuple[Asked, FloatArray]]:
    """What is asked and cannot be had, with all choices."""
    asked = all_asked(*case)
    choices = every_choice(asked, case[0])
    kept = np.array([kept_by(statement, choices) for statement in asked.statements])
    if not kept.all(axis=0).any():
        yield asked, choices
