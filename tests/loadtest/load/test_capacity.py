from __future__ import annotations

import math

import pytest

from loadtest.load.capacity import (
    answers_a_second,
    cores,
    cost_in_words,
    fit_power_law,
    percentiles,
    throughput_in_words,
)


@pytest.mark.parametrize(
    ("x", "y", "factor", "exponent"),
    [
        ([1, 10, 100], [2, 20, 200], 2.0, 1.0),
        ([1, 4, 16], [3, 6, 12], 3.0, 0.5),  # four times the pupils, twice the answers
        ([1, 10, 100], [5, 5, 5], 5.0, 0.0),  # full
        # Logarithms (base 2) 0, 1, 2 → 0, 1, 1: slope ½, mean ⅔, so 2^(⅔ - ½) at x = 1.
        ([1, 2, 4], [1, 2, 2], 2 ** (1 / 6), 0.5),
    ],
)
def test_a_scaling_law_is_the_line_through_the_logarithms(
    x: list[float], y: list[float], factor: float, exponent: float
) -> None:
    law = fit_power_law(x, y)
    assert law.factor == pytest.approx(factor)
    assert law.exponent == pytest.approx(exponent, abs=1e-12)


@pytest.mark.parametrize(("x", "y"), [([5, 5, 5], [1, 2, 3]), ([1, 2, 3], [0, 1, 2]), ([0, 1, 2], [1, 1, 1])])
def test_no_law_goes_through_one_size_or_through_nothing(x: list[float], y: list[float]) -> None:
    with pytest.raises(ValueError, match="two sizes and positive numbers"):
        fit_power_law(x, y)


def test_percentiles_are_times_that_a_pupil_really_waited() -> None:
    hundred = [float(n) for n in range(100, 0, -1)]
    assert percentiles(hundred) == (50.0, 95.0, 99.0)
    assert percentiles([1.0, 2.0, 3.0, 40.0]) == (2.0, 40.0, 40.0)
    assert all(math.isnan(each) for each in percentiles([]))


@pytest.mark.parametrize(
    ("n_pupils", "rate", "needed"),
    [(30_000, 666.67, 2.0), (75_000, 1_666.67, 5.0), (1_000_000, 22_222.22, 66.67)],  # at 3 ms and one in 45 s
)
def test_cores_are_pupils_over_their_pace_times_the_cost_of_an_answer(
    n_pupils: int, rate: float, needed: float
) -> None:
    assert answers_a_second(n_pupils) == pytest.approx(rate, abs=0.005)
    assert cores(n_pupils, 0.003) == pytest.approx(needed, abs=0.005)


def test_words_say_on_which_side_the_needs_are_wrong() -> None:
    assert "nothing is full" in throughput_in_words(0.99)
    assert "filling up" in throughput_in_words(0.8)
    assert "too low" in cost_in_words(1.2)
    assert "safe side" in cost_in_words(0.8)
    assert "proportional" in cost_in_words(1.02)
