"""How values take arrays in."""

from __future__ import annotations

import numpy as np
import pytest

from engine.arrays import own
from engine.errors import DesignError


def test_a_copy_cannot_be_changed_from_outside() -> None:
    given = np.array([1.0, 2.0])
    kept = own(given, np.float64, "given", 1, DesignError)
    given[0] = 9.0
    assert kept[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 9.0


def test_whole_floats_are_whole_numbers() -> None:
    assert own([1.0, 2.0], np.int32, "codes", 1, DesignError).dtype == np.int32


@pytest.mark.parametrize("values", [[0.5], [float("nan")], ["a"], [300]])
def test_what_does_not_fit_is_refused_by_name(values: list[object]) -> None:
    with pytest.raises(DesignError, match="codes"):
        own(np.array(values), np.int8, "codes", 1, DesignError)


def test_the_number_of_axes_is_checked() -> None:
    with pytest.raises(DesignError, match=r"2 axes.*\(3,\)"):
        own([1, 2, 3], np.int32, "codes", 2, DesignError)
