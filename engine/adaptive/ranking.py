"""Ranks by information that are the same on every processor: whole numbers, ties to the lowest index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.adaptive.standing import GRAIN
from engine.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Scores and indices folded into one whole number each: a higher key is a better candidate.

    Attributes
    ----------
    key : (n_persons, n_candidates) all different in a row, at least 0
    """

    key: IntArray

    @property
    def n_candidates(self) -> int:
        """Number of candidates."""
        return int(self.key.shape[1])

    def best(self, allowed: BoolArray, k: int) -> tuple[IntArray, FloatArray]:
        """Return the k best allowed candidates and their scores, (n_persons, k) each; -1 and 0 pad."""
        n = self.n_candidates
        key = np.where(allowed, self.key, -1)
        if n > k:
            key = np.partition(key, n - k, axis=1)[:, n - k :]
        key = -np.sort(-key, axis=1)
        index = np.full((len(key), k), -1, dtype=np.int64)
        score = np.zeros((len(key), k))
        found = key >= 0
        index[:, : key.shape[1]][found] = n - 1 - key[found] % n
        score[:, : key.shape[1]][found] = key[found] // n / GRAIN
        return index, score


def rank(score: FloatArray) -> Ranking:
    """Rank scores, (n_persons, n_candidates), at least 0, after rounding them to 1e-9."""
    n = score.shape[1]
    return Ranking(np.rint(score * GRAIN).astype(np.int64) * n + np.arange(n - 1, -1, -1))
