"""Upper bounds of an item's information over an interval of ability, sound for every model."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray
from engine.models import ItemParameters, Kind, item_information

GRADED_BEND = 0.885  # see `largest_bend`
ROUNDING = 1e-12  # relative error of an information, at most: that of exp at an argument of some hundreds
OVERLAP = 1e-9  # share of a bin by which it reaches over its edges, so that no rounding puts an ability outside


def information_bounds(items: ItemParameters, edges: FloatArray) -> FloatArray:
    """Upper bound of every item's information between neighbouring edges.

    A function whose second derivative is nowhere below ``-K`` lies, on an interval of width w, at most
    ``K w² / 8`` above the line through its ends, so at most ``max(I(left), I(right)) + K w² / 8``. That asks
    nothing of the form of the information: it may have several modes.

    Parameters
    ----------
    items : n_items items of any model
    edges : (n_bins + 1,) increasing abilities in logits

    Returns
    -------
    array of shape (n_bins, n_items), 1/logit²
    """
    width = np.diff(edges) * (1.0 + 2.0 * OVERLAP)
    left = item_information(edges[:-1] - OVERLAP * width, items)
    right = item_information(edges[1:] + OVERLAP * width, items)
    bound: FloatArray = np.maximum(left, right) * (1.0 + ROUNDING)
    bound += largest_bend(items) * (width**2 / 8.0)[:, np.newaxis]
    return bound


def largest_bend(items: ItemParameters) -> FloatArray:
    """Return K with ``I'' >= -K`` at every ability, (n_items,) in 1/logit⁴; ``s' = s (1 - s) = v <= 1/4`` throughout.

    - Divide-by-total models (2PL, partial credit, nominal): the information is the variance of the category
      slopes and its second derivative their fourth cumulant ``mu4 - 3 var²``, at least ``-2 var²``, with
      ``var <= range² / 4``: K = range⁴ / 8, range between the extreme slopes of categories.
    - Asymptotes c and d, ``h = d - c``: ``I = a² g`` with ``g = (h v)² / (P Q) <= v``. With ``u = P'/P`` in
      [0, 1 - s] and ``w = P'/Q`` in [0, s], ``(log g)'' = -4 v - u (1 - 2s - u) + w (w + 1 - 2s)``, so that
      ``-g'' <= -g (log g)'' <= v (4 v + (1 - 2s)² / 4) = v (1/4 + 3 v) <= 1/4``: K = a⁴ / 4.
    - Graded: ``I = a² Σ P_k w_k`` with ``w_k = v_k + v_{k+1} <= 1/2``; ``P_k'' = P_k (r² - a² w_k)``, ``P_k' = P_k r``,
      ``|r| <= a``, ``|v'| <= a / (6 √3)``, ``v'' >= -a² / 8``. The sum of ``-(P_k w_k)''`` is at most
      ``a² (1/4 + 2 / (3 √3) + 1/4)``: K = 0.885 a⁴.
    """
    slope = np.abs(items.discrimination)
    bare = (items.guessing == 0.0) & (items.upper == 1.0)
    bend: FloatArray = slope**4 * np.where(bare, 0.125, 0.25)
    for item in np.flatnonzero(items.is_polytomous).tolist():
        if items.kind[item] == Kind.GRADED:
            bend[item] = GRADED_BEND * slope[item] ** 4
        else:
            bend[item] = _range_of_slopes(items, item) ** 4 / 8.0
    return bend


def _range_of_slopes(items: ItemParameters, item: int) -> float:
    """Distance between the extreme slopes of categories of a partial-credit or nominal item."""
    part = slice(int(items.step_start[item]), int(items.step_start[item + 1]))
    if items.kind[item] == Kind.PARTIAL_CREDIT:
        return (part.stop - part.start) * abs(float(items.discrimination[item]))
    slopes = items.category_slope[part]
    return float(max(slopes.max(), 0.0) - min(slopes.min(), 0.0))
