"""How often items are shown, and how much two tests have in common."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray, IndexArray, IntArray
from engine.errors import DesignError

ItemArray = IntArray | IndexArray


def administered_counts(item: ItemArray, n_items: int) -> IntArray:
    """Number of tests that each item was in, (n_items,).

    Parameters
    ----------
    item : (n_persons, length) item indices, each at most once in a row; -1 where nothing was given
    n_items : size of the bank

    Raises
    ------
    DesignError
        If an item is not in the bank.
    """
    given = np.asarray(item, dtype=np.int64)
    if given.size and not (given.min() >= -1 and given.max() < n_items):
        raise DesignError(f"tests hold items {given.min()} to {given.max()}; the bank has items 0 to {n_items - 1}")
    return np.bincount(given.ravel() + 1, minlength=n_items + 1)[1:]


def exposure_rates(item: ItemArray, n_items: int) -> FloatArray:
    """Share of the tests that each item was in, (n_items,).

    Parameters
    ----------
    item, n_items
        As in `administered_counts`; one row or more.

    Raises
    ------
    DesignError
        If there are no tests, or an item is not in the bank.
    """
    if len(item) == 0:
        raise DesignError("exposure rates need one test or more")
    rates: FloatArray = administered_counts(item, n_items) / len(item)
    return rates


def overlap_rate(item: ItemArray, n_items: int) -> float:
    """Mean number of items that two tests share, divided by the mean length, over all pairs of tests.

    An item in m of N tests is shared by m (m - 1) of the N (N - 1) ordered pairs, so no pair is looked at. With
    one length this is Chen, Ankenmann & Spray (2003), Journal of Educational
    Measurement 40, 129-145: ``N Σ r² / (L (N - 1)) - 1 / (N - 1)``, r the exposure
    rates. It grows with their variance and never exceeds the highest of them.

    Parameters
    ----------
    item, n_items
        As in `administered_counts`; two rows or more.

    Raises
    ------
    DesignError
        If there are fewer than two tests, all tests are empty, or an item is not in the bank.
    """
    count = administered_counts(item, n_items).astype(np.float64)
    n = len(item)
    if n < 2 or count.sum() == 0.0:
        raise DesignError(f"overlap needs two tests or more that hold items, not {n} with {count.sum():.0f} in all")
    shared = float(count @ (count - 1.0)) / (n * (n - 1.0))
    return shared / (float(count.sum()) / n)


def overlap_of_rates(rates: FloatArray) -> float:
    """Expected overlap of two tests drawn independently with these exposure rates: ``Σ r² / Σ r``.

    The limit of `overlap_rate` for many tests.

    Parameters
    ----------
    rates : (n_items,) not all 0
    """
    return float(rates @ rates) / float(rates.sum())
