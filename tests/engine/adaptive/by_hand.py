"""Estimates and choices worked out from the models' formulas, item by item, apart from the engine's tables."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine import AdaptiveBank, ItemParameters
from engine.arrays import IntArray
from engine.assembly import ALONE_FIRST
from tests.engine.selection.exact_scores import curves

GRAIN = 1e9
NODES = [-6.0 + 0.2 * k for k in range(61)]


def shares(items: ItemParameters, item: int, theta: float) -> list[float]:
    """Probability of each category."""
    return [one.real for one in curves(items, item, theta)[0]]


def information(items: ItemParameters, item: int, theta: float) -> float:
    """Fisher information ``Σ P'² / P`` (Birnbaum, 1968; Samejima, 1969)."""
    return sum((rise * rise / p).real for p, rise in zip(*curves(items, item, theta), strict=True))


def expected(items: ItemParameters, answers: Sequence[tuple[int, int]]) -> float:
    """Expected a posteriori ability under N(0, 1) on 61 nodes of [-6, 6]."""
    weights = [
        math.exp(-0.5 * node * node) * math.prod(shares(items, item, node)[category] for item, category in answers)
        for node in NODES
    ]
    return sum(weight * node for weight, node in zip(weights, NODES, strict=True)) / sum(weights)


def open_to(bank: AdaptiveBank, given: Sequence[int], plan: Sequence[int]) -> list[int]:
    """Planned items that may be given now: a passage that has begun is finished, and none begins too soon."""
    passage, rest = bank.pool.passage, [item for item in plan if item not in given]
    if given and passage[given[-1]] >= 0:
        inside = [item for item in rest if passage[item] == passage[given[-1]]]
        if inside:
            return inside
    if not given:
        rest = [item for item in rest if bank.first[item]]
    alone = [item for item in rest if passage[item] < 0]
    return alone if alone and len(given) < ALONE_FIRST else rest


def ranked(bank: AdaptiveBank, items: Sequence[int], theta: float) -> list[int]:
    """Items by information at an ability, rounded to 1e-9, the lowest index first among equals."""
    return sorted(items, key=lambda item: (-round(information(bank.pool.items, item, theta) * GRAIN), item))


def free(bank: AdaptiveBank, given: Sequence[int]) -> IntArray:
    """Items of the pool that were not given and are no enemies of those that were."""
    barred = {*given, *(item for members in bank.pool.enemies if {*members} & {*given} for item in members)}
    return np.setdiff1d(np.flatnonzero(bank.first if not given else ~bank.pool.pretest), list(barred))
