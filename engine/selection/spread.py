"""Rules that spread the use of the bank: by strata of slopes, and by chance that fades."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray, IntArray, assign, own
from engine.errors import DesignError
from engine.models import ItemParameters
from engine.selection.information import information_of_all
from engine.selection.posterior import Standing
from engine.selection.rule import require_draw
from engine.selection.tables import SelectionTables

FARTHEST = 100.0  # logits: a stratum further away counts more than any difficulty


@dataclass(frozen=True, slots=True, eq=False)
class AStratified:
    """Difficulty nearest to the estimate, from strata of rising slopes as the test goes on.

    Chang & Ying (1999), a-stratified multistage computerized adaptive testing, Applied Psychological Measurement 23,
    211-222.

    When the stratum of the moment has no free item, the nearest one that has serves, of two the lower.

    Attributes
    ----------
    length : items of a test, spread evenly over the strata
    stratum : (n_items,) stratum of each item, 0 for the lowest slopes

    Raises
    ------
    DesignError
        If the length is below 1 or a stratum below 0.
    """

    length: int
    stratum: IntArray

    def __post_init__(self) -> None:
        stratum = own(self.stratum, np.int64, "stratum", 1, DesignError)
        if self.length < 1 or stratum.size == 0 or stratum.min() < 0:
            raise DesignError("strata need a test of 1 item or more, and a stratum of 0 or more for each item")
        assign(self, stratum=stratum)

    @classmethod
    def by_slope(cls, items: ItemParameters, length: int, n_strata: int = 4) -> AStratified:
        """Strata of equal size by slope; of a nominal item that of its last category against its first.

        Parameters
        ----------
        items : n_items items of any models
        length, n_strata
            Items of a test, and strata it passes through.

        Raises
        ------
        DesignError
            If there are fewer items than strata, or no strata.
        """
        if not 1 <= n_strata <= items.n_items:
            raise DesignError(f"{items.n_items} items cannot make {n_strata} strata")
        rank = np.empty(items.n_items, dtype=np.int64)
        rank[np.argsort(np.abs(items.discrimination), kind="stable")] = np.arange(items.n_items)
        return cls(length, rank * n_strata // items.n_items)

    def scores(self, tables: SelectionTables, standing: Standing, _draw: FloatArray | None, /) -> FloatArray:
        """Scores of all items; see `Rule`."""
        n_strata = int(self.stratum.max()) + 1
        now = np.minimum(standing.n_given * n_strata // self.length, n_strata - 1)
        away = self.stratum - now[:, np.newaxis]
        strata_away = np.where(away > 0, 2 * away, -2 * away - (away < 0))  # lower before higher: 0, -1, 1, -2, …
        distance = np.abs(standing.theta[:, np.newaxis] - tables.items.difficulty)
        scores: FloatArray = -np.minimum(distance, FARTHEST) - FARTHEST * strata_away
        return scores


@dataclass(frozen=True, slots=True)
class Progressive:
    """Chance that gives way to information as the test goes on, in 1/logit².

    The progressive method of Revuelta & Ponsoda (1998), Journal of Educational Measurement 35, 311-327:
    ``(1 - w) R + w I`` with w the share of the test that was given, I the information at the estimate and R
    uniform between 0 and the highest I of the bank. One number a person is spread over the items.

    Attributes
    ----------
    length : items of a test

    Raises
    ------
    DesignError
        If the length is below 1, or, when scoring, there are no numbers.
    """

    length: int

    def __post_init__(self) -> None:
        if self.length < 1:
            raise DesignError(f"a test needs 1 item or more, not {self.length}")

    def scores(self, tables: SelectionTables, standing: Standing, draw: FloatArray | None, /) -> FloatArray:
        """Scores of all items; see `Rule`."""
        information = information_of_all(tables, standing.theta)
        chance = spread(require_draw(draw), tables.n_items) * information.max(axis=1, keepdims=True)
        share = np.minimum(standing.n_given / self.length, 1.0)[:, np.newaxis]
        scores: FloatArray = (1.0 - share) * chance + share * information
        return scores


def spread(draw: FloatArray, n: int) -> FloatArray:
    """Return n numbers in [0, 1) for each one given, (n_persons, n): the same ones on every processor.

    SplitMix64 (Steele, Lea & Flood, 2014, Fast splittable pseudorandom number generators, OOPSLA, 453-472), started
    from the bits of the number given.

    Parameters
    ----------
    draw : (n_persons,) numbers in [0, 1)
    n : how many of each
    """
    seed = (draw * 2.0**53).astype(np.uint64)[:, np.newaxis]
    state = _mix(seed) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return (_mix(state) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def _mix(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Output function of SplitMix64; products are taken modulo 2^64."""
    z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
