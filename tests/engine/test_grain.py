"""Values as whole multiples of 1e-9."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.grain import quantise, round_to_grain


@given(value=st.floats(-1e5, 1e5))
def test_a_value_is_at_most_half_a_grain_from_its_multiple(value: float) -> None:
    whole = quantise(np.array([value]))
    assert whole.dtype == np.int64
    assert abs(float(whole[0]) - value * 1e9) <= 0.5 + abs(value) * 1e-6  # a float64 of 1e14 is known to 1/64
    assert round_to_grain(np.array([value]))[0] == whole[0] / 1e9


def test_values_that_differ_in_the_last_bits_are_one() -> None:
    close = np.array([0.3, 0.1 + 0.2])
    assert close[0] != close[1]
    assert quantise(close)[0] == quantise(close)[1]
    assert round_to_grain(close)[0] == round_to_grain(close)[1] == 0.3


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert not np.signbit(round_to_grain(np.array([-1e-12, -0.0]))).any()
