"""Scores as whole numbers, so that every processor ranks alike: multiples of 1e-9, ties to the lowest index."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.grain import quantise

EXCLUDED = np.iinfo(np.int64).min


def keys_of(score: FloatArray, excluded: BoolArray) -> IntArray:
    """Scores and indices folded into one whole number each, all different in a row: higher is better.

    Parameters
    ----------
    score : (n_persons, n_candidates), between -9e6 and 9e6 for 1,000 candidates
    excluded : (n_persons, n_candidates) who must not be chosen; they get the lowest number there is
    """
    n = score.shape[1]
    return keys_of_items(score, np.arange(n), n, excluded)


def keys_of_items(score: FloatArray, item: IntArray, n_items: int, excluded: BoolArray) -> IntArray:
    """Keys as in `keys_of`, of named items.

    Parameters
    ----------
    score, item, excluded : (n_persons, n_candidates); items may be the same for all, (n_candidates,)
    n_items : items of the bank
    """
    key = quantise(score)
    key *= n_items
    key += n_items - 1 - item
    key[excluded] = EXCLUDED
    return key


def best_keys(key: IntArray, k: int) -> IntArray:
    """Return the k highest keys of every row, the highest first, (n_persons, min(k, n_candidates))."""
    n = key.shape[1]
    if k == 1:
        highest: IntArray = key.max(axis=1, keepdims=True)
        return highest
    if n > k:
        key = np.partition(key, n - k, axis=1)[:, n - k :]
    best: IntArray = np.sort(key, axis=1)[:, ::-1]
    return best


def items_of_keys(key: IntArray, n_candidates: int) -> IntArray:
    """Indices that keys stand for, -1 for what is excluded; of the same shape.

    Parameters
    ----------
    key : from `keys_of`
    n_candidates : that the keys were made of
    """
    return np.where(key == EXCLUDED, -1, n_candidates - 1 - key % n_candidates)


def draw_one(best: IntArray, draw: npt.NDArray[np.float64]) -> IntArray:
    """One of each row's keys that are not excluded, by a number in [0, 1); shape (n_persons,).

    Parameters
    ----------
    best : (n_persons, k) keys, the highest first
    draw : (n_persons,) numbers in [0, 1)
    """
    n = np.count_nonzero(best != EXCLUDED, axis=1)
    place = np.minimum((draw * n).astype(np.int64), np.maximum(n - 1, 0))
    chosen: IntArray = best[np.arange(len(best)), place]
    return chosen
