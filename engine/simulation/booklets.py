"""Linear booklets for a field test."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray
from engine.errors import DesignError


def linear_booklets(
    n_items: int, n_booklets: int, *, overlap: int, rng: np.random.Generator | None = None
) -> BoolArray:
    """Booklets that hang together in a ring: each shares items with the next.

    The items are cut into n_booklets blocks of (nearly) equal size; a booklet is its own block and the
    first ``overlap`` items that follow it, so that all items are calibrated on one scale.

    Parameters
    ----------
    n_items, n_booklets
        How many there are.
    overlap
        Items that a booklet takes from what follows its own block; 0 only for a single booklet.
    rng
        Shuffles the items before they are cut; without it they stay in bank order.

    Returns
    -------
    array of shape (n_booklets, n_items)
        True where an item is in a booklet.

    Raises
    ------
    DesignError
        If there are fewer items than booklets, or the booklets would not be connected.
    """
    if not 1 <= n_booklets <= n_items:
        raise DesignError(f"{n_items} items cannot fill {n_booklets} booklets")
    if overlap < 0 or (overlap == 0 and n_booklets > 1):
        raise DesignError(f"booklets must share items to be on one scale; overlap must be 1 or more, not {overlap}")
    order = np.arange(n_items) if rng is None else rng.permutation(n_items)
    border = np.linspace(0, n_items, n_booklets + 1).round().astype(np.int64)
    booklets = np.zeros((n_booklets, n_items), dtype=np.bool_)
    for booklet in range(n_booklets):
        last = min(border[booklet + 1] + overlap, border[booklet] + n_items)
        booklets[booklet, order[np.arange(border[booklet], last) % n_items]] = True
    return booklets
