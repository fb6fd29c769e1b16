"""Multistage designs in plain lists, and what they allow, said once more in the plainest way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine import MultistageBooklet, MultistageDesign
from engine.arrays import IntArray


def booklet(modules: Sequence[Sequence[int]], *routes: tuple[int, int]) -> MultistageBooklet:
    """Booklet of modules and the ranges between them."""
    return MultistageBooklet(tuple(np.array(module, dtype=np.int64) for module in modules), routes)


def allows(design: MultistageDesign, pattern: IntArray) -> bool:
    """Whether a person with these answers would have been sent along the booklet that they took."""
    return any(_took(booklet, design.routing, pattern) for booklet in design.booklets)


def _took(path: MultistageBooklet, routing: str, pattern: IntArray) -> bool:
    """Follow one path from module to module."""
    if set(np.flatnonzero(pattern >= 0).tolist()) != set(path.items.tolist()):
        return False
    score = 0
    for module, (lowest, highest) in zip(path.modules, (*path.routes, (0, 10**6)), strict=True):
        on_module = int(pattern[module].sum())
        score = score + on_module if routing == "cumulative" else on_module
        if not lowest <= score <= highest:
            return False
    return True
