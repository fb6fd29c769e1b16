"""Estimates that deserve a look before anybody uses them."""

from __future__ import annotations

import numpy as np

from engine.arrays import BoolArray, FloatArray
from engine.calibration.maximisation import STEEPEST_SLOPE
from engine.calibration.population import LARGEST_SD, SMALLEST_SD, Population
from engine.calibration.values import GroupFlag, ItemFlag, ItemStandardErrors
from engine.models import ItemParameters, Kind

FLAT_SLOPE = 0.1  # a whole logit of ability moves the probability by at most 0.025
LARGEST_ERROR = 2.0  # 95 % of the estimates lie within 4 logits on either side: wider than a population
FEWEST_PERSONS = 30  # below this the standard error of a group's mean is about 0.2 sd or more

REVERSED = "negative slope: the abler answer it worse; is the key reversed?"
STEEP = f"slope ran to its bound of {STEEPEST_SLOPE:g}: too few responses, or a copy of another item"
FLAT = "slope near 0: the answers hardly depend on ability, and the difficulty means little"
LOOSE = "the responses do not determine it: no standard error; too few responses, or too few items beside it"
NEAR_BOUND = 1e-4  # one right guess in 10,000
NO_GUESSING = "guessing ran to 0: a model without it would do"
DISORDERED = "steps out of order: a category that is nowhere the likeliest; is it needed?"
ALIKE = (
    f"sd ran to its bound of {SMALLEST_SD:g}: the answers show no differences in ability; do the items belong together?"
)
APART = f"sd ran to its bound of {LARGEST_SD:g}: nearly everybody answers all right or all wrong"
WIDE = f"standard error above {LARGEST_ERROR:g}: the responses hardly determine it"


def flag_items(items: ItemParameters, errors: ItemStandardErrors, free: BoolArray) -> tuple[ItemFlag, ...]:
    """Items whose slope or standard errors say that something is wrong with them, in order of item.

    Parameters
    ----------
    items : n_items items
    errors
        Their standard errors; 0 where there are none.
    free : (n_items,) whose parameters were estimated
    """
    slope = items.discrimination
    steepness = np.abs(slope)
    steep = steepness >= STEEPEST_SLOPE
    largest = np.maximum(errors.discrimination, errors.difficulty)
    low = (items.guessing > 0.0) & (items.guessing < NEAR_BOUND)
    seen: tuple[tuple[BoolArray, str], ...] = (
        (slope <= -FLAT_SLOPE, REVERSED),
        (steep, STEEP),
        (steepness < FLAT_SLOPE, FLAT),
        (np.isinf(largest) & ~steep, LOOSE),
        (np.isfinite(largest) & (largest > LARGEST_ERROR), WIDE),
        (low, NO_GUESSING),
        (disordered(items), DISORDERED),
    )
    flags = [ItemFlag(item, reason) for marked, reason in seen for item in np.flatnonzero(marked & free).tolist()]
    return tuple(sorted(flags, key=lambda flag: flag.item))


def disordered(items: ItemParameters) -> BoolArray:
    """Partial-credit items whose steps do not rise, (n_items,): a category that is nowhere the likeliest."""
    found = np.zeros(items.n_items, dtype=np.bool_)
    for item in np.flatnonzero(items.kind == Kind.PARTIAL_CREDIT).tolist():
        found[item] = bool(np.any(np.diff(items.steps(item)) < 0.0))
    return found


def flag_groups(n_persons: FloatArray, population: Population) -> tuple[GroupFlag, ...]:
    """Groups whose mean and sd say little, in order of group.

    Parameters
    ----------
    n_persons : (n_groups,) by weight
    population
        Their abilities.
    """
    small = n_persons < FEWEST_PERSONS
    bound = population.is_at_bound & ~small  # of a few persons that goes without saying
    return tuple(
        GroupFlag(
            group,
            _few(float(n_persons[group])) if small[group] else (ALIKE if population.sd[group] < 1.0 else APART),
        )
        for group in np.flatnonzero(small | bound).tolist()
    )


def _few(n: float) -> str:
    """How few persons, and what that means."""
    count = "1 person" if n == 1.0 else f"{n:g} persons"
    return f"{count}, fewer than {FEWEST_PERSONS}: mean and sd say little"
