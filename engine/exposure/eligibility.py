"""Who may be given which item: drawn once a sitting, so that a replay needs no shared counter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray, assign, own
from engine.assembly import Pool
from engine.errors import DesignError, name_indices
from engine.selection.spread import spread


@dataclass(frozen=True, slots=True, eq=False)
class Eligibility:
    """Probabilities that items may be given, by interval of ability.

    Van der Linden & Veldkamp (2004), Journal of Educational and Behavioral Statistics 29, 273-291, and conditional on
    ability (2007), 32, 398-418.

    At the start a sitting draws one number for every unit: an item that stands alone, or a passage with all its
    items, which so is eligible or not as a whole. While the estimate is in interval k, the items of unit u are
    eligible when the number is below ``probability[k, u]``. The probabilities are part of the compiled bank and
    the numbers follow from the sitting's key, so that the same sitting has the same items eligible anywhere. One
    number serves all intervals: an item can be met by no more than its highest probability, however far the
    estimate wanders.

    Attributes
    ----------
    edges : (n_intervals - 1,) increasing abilities in logits; interval k is ``edges[k - 1] < theta <= edges[k]``
    unit : (n_items,) unit of each item, 0, 1, … without gaps
    probability : (n_intervals, n_units) in (0, 1]

    Raises
    ------
    DesignError
        If edges do not increase, units have gaps, or a probability is not in (0, 1].
    """

    edges: FloatArray
    unit: IntArray
    probability: FloatArray

    def __post_init__(self) -> None:
        edges = own(self.edges, np.float64, "edges", 1, DesignError)
        unit = own(self.unit, np.int64, "unit", 1, DesignError)
        probability = own(self.probability, np.float64, "probability", 2, DesignError)
        if not (np.all(np.isfinite(edges)) and np.all(np.diff(edges) > 0.0)):
            raise DesignError("edges of ability intervals must be finite and increase")
        if unit.size == 0 or unit.min() != 0 or np.any(np.bincount(unit) == 0):
            raise DesignError("units must be 0, 1, … without gaps, one for each item")
        if probability.shape != (edges.size + 1, unit.max() + 1):
            raise DesignError(
                f"probability must have shape {(edges.size + 1, int(unit.max()) + 1)} for {edges.size + 1} intervals "
                f"and {int(unit.max()) + 1} units, not {probability.shape}"
            )
        wrong = np.flatnonzero(~np.all((probability > 0.0) & (probability <= 1.0), axis=0))
        if wrong.size:
            raise DesignError(f"probabilities must be in (0, 1]; of units {name_indices(wrong)} they are not")
        assign(self, edges=edges, unit=unit, probability=probability)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.unit.size

    @property
    def n_units(self) -> int:
        """Number of units: what one number is drawn for."""
        return int(self.probability.shape[1])

    @property
    def n_intervals(self) -> int:
        """Number of ability intervals."""
        return self.edges.size + 1

    def interval(self, theta: FloatArray) -> IntArray:
        """Interval of each ability, of the same shape."""
        return np.searchsorted(self.edges, theta)

    def with_probability(self, probability: FloatArray) -> Eligibility:
        """Return the same units and intervals with other probabilities, (n_intervals, n_units)."""
        return Eligibility(self.edges, self.unit, probability)


def item_units(n_items: int) -> IntArray:
    """Every item a unit of its own, (n_items,)."""
    return np.arange(n_items)


def passage_units(pool: Pool) -> IntArray:
    """Unit of each item where passages are eligible as a whole, (n_items,): they come first, then single items.

    Parameters
    ----------
    pool : n_items items
    """
    unit = pool.passage.astype(np.int64)
    alone = np.flatnonzero(unit < 0)
    unit[alone] = pool.n_passages + np.arange(alone.size)
    return unit


def all_eligible(unit: IntArray, edges: FloatArray | None = None) -> Eligibility:
    """Return the eligibility that holds nothing back, from which calibration starts.

    Parameters
    ----------
    unit : (n_items,) from `item_units` or `passage_units`
    edges : (n_intervals - 1,) abilities in logits; none make one interval
    """
    cuts = np.empty(0) if edges is None else np.asarray(edges, dtype=np.float64)
    return Eligibility(cuts, unit, np.ones((cuts.size + 1, int(np.max(unit, initial=-1)) + 1)))


def unit_draws(eligibility: Eligibility, key: FloatArray) -> FloatArray:
    """Return the numbers that eligibility is drawn with, (n_persons, n_units), in [0, 1).

    They follow from the key alone, the same on every processor, so that only the key is in the `started` event.

    Parameters
    ----------
    eligibility : pinned in the compiled bank
    key : (n_persons,) numbers in [0, 1), one a sitting, of no other use
    """
    return spread(key, eligibility.n_units)


def eligible_items(eligibility: Eligibility, draws: FloatArray, interval: IntArray) -> BoolArray:
    """Whether each person may be given each item, (n_persons, n_items).

    Parameters
    ----------
    eligibility : pinned in the compiled bank
    draws : (n_persons, n_units) numbers in [0, 1), the same all through a sitting: `unit_draws` of its key
    interval : (n_persons,) where the estimates are now

    Raises
    ------
    DesignError
        If the shapes do not fit or an interval does not exist.
    """
    if draws.shape != (interval.size, eligibility.n_units):
        raise DesignError(
            f"draws must hold {eligibility.n_units} numbers for each of {interval.size} persons, not {draws.shape}"
        )
    if interval.size and not (interval.min() >= 0 and interval.max() < eligibility.n_intervals):
        raise DesignError(f"intervals go from 0 to {eligibility.n_intervals - 1}, these to {interval.max()}")
    drawn = draws < eligibility.probability[interval]
    return drawn[:, eligibility.unit]


def lift_where_short(eligible: BoolArray, usable: BoolArray, needed: IntArray | int = 1) -> tuple[BoolArray, BoolArray]:
    """Items that may be given, (n_persons, n_items), and for whom eligibility was lifted, (n_persons,).

    A sitting never stops for want of eligible items: where fewer than needed are left, all usable ones are.

    Parameters
    ----------
    eligible : (n_persons, n_items) from `eligible_items`
    usable : (n_persons, n_items) what the test itself allows: not given before, no enemy, of the right pool
    needed : (n_persons,) or one number, how many items must be left to choose from
    """
    both = eligible & usable
    lifted: BoolArray = both.sum(axis=1) < needed
    both[lifted] = usable[lifted]
    return both, lifted
