"""Group figures against simulation, closed forms and published tables."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reports.statistics import (
    FloatArray,
    GroupMean,
    bin_edges,
    friendly_width,
    group_mean,
    interval_probabilities,
    shares,
    whole_percentages,
)

RNG = np.random.default_rng(20270505)
SCORES, ERRORS = RNG.normal(250.0, 45.0, 60), RNG.uniform(12.0, 22.0, 60)
CUTS = np.array([215.0, 280.0])
N_DRAWS = 20_000


def test_the_mean_agrees_with_rubins_rules_on_drawn_plausible_values() -> None:
    """Rubin (1987), equations 3.1.2 to 3.1.5: total = within + (1 + 1/M) between."""
    draws = RNG.normal(SCORES, ERRORS, (N_DRAWS, SCORES.size))
    within = float(np.mean(np.var(draws, axis=1, ddof=1) / SCORES.size))
    between = float(np.var(draws.mean(axis=1), ddof=1))
    drawn = math.sqrt(within + (1.0 + 1.0 / N_DRAWS) * between)
    ours = group_mean(SCORES, ERRORS)
    assert ours.value == pytest.approx(float(draws.mean()), abs=0.1)
    assert ours.standard_error == pytest.approx(drawn, rel=0.01)
    assert ours.spread == pytest.approx(float(np.mean(np.std(draws, axis=1, ddof=1))), rel=0.01)


def test_without_measurement_error_the_mean_has_the_textbook_error() -> None:
    ours = group_mean(np.array([1.0, 2.0, 3.0, 4.0]), np.full(4, 1e-12))
    assert ours.value == 2.5
    assert ours.standard_error == pytest.approx(math.sqrt((5.0 / 3.0) / 4.0))


@pytest.mark.parametrize(("n", "quantile"), [(2, 12.706), (5, 2.776), (11, 2.228), (31, 2.042), (121, 1.980)])
def test_a_small_group_has_a_wider_margin(n: int, quantile: float) -> None:
    """Quantiles of the t distribution, 97.5 %, n - 1 degrees of freedom, from the usual printed table."""
    assert GroupMean(0.0, 1.0, 1.0, n).margin == pytest.approx(quantile, abs=6e-4)


def test_shares_agree_with_rubins_rules_on_drawn_plausible_values() -> None:
    draws = RNG.normal(SCORES, ERRORS, (N_DRAWS, SCORES.size))
    levels = np.digitize(draws, CUTS)
    found = np.stack([(levels == level).mean(axis=1) for level in range(3)])  # (n_levels, n_draws)
    share, low, high = shares(interval_probabilities(SCORES, ERRORS, CUTS))
    assert share == pytest.approx(found.mean(axis=1), abs=0.003)
    total = share * (1.0 - share) / SCORES.size + found.var(axis=1)
    # Wilson's interval is nearly symmetric for a share in the middle: half its width is about 1.96 errors
    middle = 1
    assert (high - low)[middle] / 2.0 == pytest.approx(1.96 * math.sqrt(total[middle]), rel=0.05)


@pytest.mark.parametrize(
    ("r", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_certain_levels_give_wilsons_interval(r: int, n: int, low: float, high: float) -> None:
    """Newcombe (1998), Statistics in Medicine 17, Table I, method 3."""
    certain = np.zeros((n, 2))
    certain[:r, 0] = 1.0
    certain[r:, 1] = 1.0
    share, bottom, top = shares(certain)
    assert share[0] == pytest.approx(r / n)
    assert (bottom[0], top[0]) == (pytest.approx(low, abs=6e-5), pytest.approx(high, abs=6e-5))


@given(score=st.floats(100.0, 400.0), error=st.floats(1.0, 60.0))
def test_the_probability_of_a_level_is_the_normal_area_between_its_cuts(score: float, error: float) -> None:
    [row] = interval_probabilities(np.array([score]), np.array([error]), CUTS)
    normal = NormalDist(score, error)
    assert row == pytest.approx(
        [normal.cdf(215.0), normal.cdf(280.0) - normal.cdf(215.0), 1.0 - normal.cdf(280.0)], abs=1e-9
    )
    assert row.sum() == pytest.approx(1.0)


@given(probabilities=arrays(float, st.tuples(st.integers(1, 30), st.integers(2, 6)), elements=st.floats(0.01, 1.0)))
def test_a_share_lies_inside_its_margin_and_the_margin_inside_the_possible(probabilities: FloatArray) -> None:
    share, low, high = shares(probabilities / probabilities.sum(axis=1, keepdims=True))
    assert np.all((low >= 0.0) & (low <= share) & (share <= high) & (high <= 1.0))


@given(weights=st.lists(st.floats(0.001, 1.0), min_size=1, max_size=15))
def test_whole_percentages_sum_to_a_hundred_and_are_off_by_less_than_one(weights: list[float]) -> None:
    share = np.array(weights) / sum(weights)
    whole = whole_percentages(share)
    assert sum(whole) == 100
    assert np.all(np.abs(np.array(whole) - 100.0 * share) < 1.0)


def test_the_largest_remainders_are_rounded_up() -> None:
    assert whole_percentages(np.array([1.0, 1.0, 1.0]) / 3.0) == [34, 33, 33]
    assert whole_percentages(np.array([0.126, 0.126, 0.748])) == [13, 12, 75]


ANY_SCORE = st.floats(-500.0, 500.0, allow_subnormal=False)  # a subnormal divided by a width is zero; no score is one
ANY_LENGTH = st.floats(0.0, 400.0, allow_subnormal=False)


@given(low=ANY_SCORE, length=ANY_LENGTH, width=st.sampled_from([1.0, 2.5, 25.0, 100.0]))
def test_bins_cover_what_they_must_with_round_edges(low: float, length: float, width: float) -> None:
    edges = bin_edges(low, low + length, width)
    assert edges[0] <= low
    assert edges[-1] >= low + length
    assert edges.size >= 2
    assert np.allclose(np.diff(edges), width)
    assert np.allclose(edges / width, np.round(edges / width))


@pytest.mark.parametrize(
    ("wanted", "width"), [(25.0, 25.0), (24.9, 20.0), (50.0, 50.0), (0.7, 0.5), (1.0, 1.0), (99.0, 50.0)]
)
def test_a_width_is_a_number_people_count_in(wanted: float, width: float) -> None:
    assert friendly_width(wanted) == pytest.approx(width)
