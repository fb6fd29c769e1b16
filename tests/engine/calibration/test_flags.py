"""What deserves a look, at the bounds of each rule."""

from __future__ import annotations

import numpy as np
import pytest

from engine.calibration.flags import (
    ALIKE,
    APART,
    DISORDERED,
    FLAT,
    LOOSE,
    REVERSED,
    STEEP,
    WIDE,
    flag_groups,
    flag_items,
)
from engine.calibration.population import Population
from engine.calibration.values import ItemStandardErrors
from engine.models import ItemParameters, Kind


def reasons(slope: float, slope_error: float, difficulty_error: float) -> list[str]:
    """Reasons to look at the second of two items; the first has none."""
    zeros = np.zeros(2)
    none = np.zeros(0)
    errors = ItemStandardErrors(
        np.array([0.1, slope_error]), np.array([0.1, difficulty_error]), zeros, zeros, none, none, none
    )
    flags = flag_items(ItemParameters.two_parameter([1.0, slope], zeros), errors, np.array([True, True]))
    assert all(flag.item == 1 for flag in flags)
    return [flag.reason for flag in flags]


@pytest.mark.parametrize(
    ("slope", "slope_error", "difficulty_error", "expected"),
    [
        (0.1, 2.0, 2.0, []),
        (1.0, 0.0, 0.1, []),  # Rasch: a slope that is not estimated has no error
        (0.0999, 0.1, 0.1, [FLAT]),
        (-0.0999, 0.1, 0.1, [FLAT]),  # its sign says nothing
        (0.001, np.inf, np.inf, [FLAT, LOOSE]),
        (-0.5, 0.1, 0.1, [REVERSED]),
        (10.0, 0.0, 0.5, [STEEP]),
        (10.0, np.inf, np.inf, [STEEP]),  # that it has no error goes without saying
        (-10.0, 0.0, 0.5, [REVERSED, STEEP]),
        (1.0, 2.1, 0.1, [WIDE]),
        (1.0, 0.1, 105.0, [WIDE]),
        (1.0, np.inf, 0.1, [LOOSE]),
    ],
)
def test_items_are_flagged_by_slope_and_standard_errors(
    slope: float, slope_error: float, difficulty_error: float, expected: list[str]
) -> None:
    assert reasons(slope, slope_error, difficulty_error) == expected


def groups(log_sd: list[float], free_sd: list[bool]) -> Population:
    """Groups of mean 0."""
    free = np.ones(len(log_sd), dtype=np.bool_)
    return Population(np.zeros(len(log_sd)), np.array(log_sd), np.zeros(0), free, np.array(free_sd))


def test_groups_are_flagged_by_size() -> None:
    flags = flag_groups(np.array([30.0, 29.5, 1.0]), groups([0.0] * 3, [True] * 3))
    assert [(flag.group, flag.reason.partition(",")[0]) for flag in flags] == [(1, "29.5 persons"), (2, "1 person")]


def test_steps_out_of_order_are_flagged_and_known_items_are_not() -> None:
    items = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.0, 1.0, 1.0], [[-1.0, 1.0], [1.0, -1.0], [1.0, -1.0]])
    zeros, none = np.zeros(3), np.zeros(6)
    errors = ItemStandardErrors(zeros, zeros, zeros, zeros, none, none, none)
    flags = flag_items(items, errors, np.array([True, True, False]))
    assert [(flag.item, flag.reason) for flag in flags] == [(1, DISORDERED)]


def test_a_group_whose_sd_ran_to_a_bound_is_flagged_and_one_whose_sd_is_given_is_not() -> None:
    bounds = np.log([0.05, 0.0501, 20.0, 0.05, 0.05]).tolist()
    n_persons = np.array([99.0, 99.0, 30.0, 99.0, 29.0])
    flags = flag_groups(n_persons, groups(bounds, [True, True, True, False, True]))
    assert [(flag.group, flag.reason) for flag in flags[:2]] == [(0, ALIKE), (2, APART)]
    assert [(flag.group, flag.reason.partition(",")[0]) for flag in flags[2:]] == [(4, "29 persons")]
