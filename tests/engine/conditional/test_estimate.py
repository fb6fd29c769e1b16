"""Estimates against closed forms, other optimisers and other methods."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from engine import (
    ConditionalCalibration,
    MultistageDesign,
    ParameterError,
    ResponseError,
    Responses,
    calibrate_conditional,
)
from engine.arrays import FloatArray
from engine.conditional.checks import step_layout
from engine.conditional.layout import lay_out
from engine.conditional.likelihood import conditional_likelihood
from tests.engine.conditional.brute_force import Enumeration
from tests.engine.conditional.designs import allows, booklet
from tests.engine.conftest import Reference

PARTIAL = [[2, 0], [1, 1], [1, 0], [0, 1]]  # a three-category item and a two-category one, scores 2 and 1


def estimate(
    codes: list[list[int]], weight: list[float], reference: int | None = 0, design: MultistageDesign | None = None
) -> ConditionalCalibration:
    return calibrate_conditional(Responses.from_dense(codes, weight=weight), reference=reference, design=design)


def random_codes(seed: int, n_persons: int, n_categories: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Categories of persons who differ, so that no item is out of reach."""
    rng = np.random.default_rng(seed)
    chance = rng.beta(2.0, 2.0, (n_persons, 1))
    return rng.binomial(np.array(n_categories) - 1, np.repeat(chance, len(n_categories), axis=1))


def test_two_rasch_items_differ_by_the_log_ratio_of_discordant_persons() -> None:
    """With score 1 it is item 0 or item 1: a binomial of 37 and 12 (Rasch, 1960)."""
    result = estimate([[1, 0], [0, 1], [1, 1], [0, 0]], [37.0, 12.0, 5.0, 8.0])
    assert result.step == pytest.approx([0.0, np.log(37.0 / 12.0)], abs=1e-9)
    assert result.standard_error == pytest.approx([0.0, np.sqrt(1.0 / 37.0 + 1.0 / 12.0)], abs=1e-9)
    assert result.log_likelihood == pytest.approx(37.0 * np.log(37.0 / 49.0) + 12.0 * np.log(12.0 / 49.0), rel=1e-12)
    assert result.n_persons == 49.0
    centred = estimate([[1, 0], [0, 1]], [37.0, 12.0], reference=None)
    assert centred.step == pytest.approx(np.array([-0.5, 0.5]) * np.log(37.0 / 12.0), abs=1e-9)
    assert centred.standard_error == pytest.approx(np.full(2, 0.5 * np.sqrt(1.0 / 37.0 + 1.0 / 12.0)), abs=1e-9)


def test_each_score_of_a_partial_credit_pair_fixes_one_step() -> None:
    """Score 1 compares step 1 with the other item, score 2 step 2: two binomials, one parameter each."""
    result = estimate(PARTIAL, [10.0, 25.0, 30.0, 8.0], reference=1)
    assert result.step == pytest.approx([np.log(8.0 / 30.0), np.log(25.0 / 10.0), 0.0], abs=1e-9)
    errors = [np.sqrt(1.0 / 8.0 + 1.0 / 30.0), np.sqrt(1.0 / 25.0 + 1.0 / 10.0), 0.0]
    assert result.standard_error == pytest.approx(errors, abs=1e-9)
    assert result.covariance[0, 1] == pytest.approx(0.0, abs=1e-12)


def test_differences_add_up_along_a_chain_of_booklets() -> None:
    codes = [[1, 0, -1], [0, 1, -1], [-1, 1, 0], [-1, 0, 1]]
    result = estimate(codes, [20.0, 10.0, 9.0, 27.0])
    assert result.step == pytest.approx([0.0, np.log(2.0), np.log(2.0) - np.log(3.0)], abs=1e-9)
    assert result.standard_error[2] == pytest.approx(np.sqrt(1 / 20 + 1 / 10 + 1 / 9 + 1 / 27), abs=1e-9)


def test_lsat6_is_where_an_optimiser_without_derivatives_finds_it(reference: Callable[[str], Reference]) -> None:
    known = reference("lsat6_rasch")
    brute = Enumeration(known.raw["patterns"], [2] * 5, known.raw["freq"])
    result = calibrate_conditional(known.responses, reference=0)
    assert result.converged
    assert result.step == pytest.approx(brute.maximum(), abs=1e-4)
    assert result.log_likelihood == pytest.approx(brute.log_likelihood(result.step), rel=1e-12)
    assert result.log_likelihood >= brute.log_likelihood(brute.maximum())


@pytest.mark.parametrize("design", [None, "cumulative", "last"])
def test_mixed_items_are_where_an_optimiser_without_derivatives_finds_them(design: str | None) -> None:
    n_categories = [2, 3, 2, 3, 2]
    paths = [booklet([[0, 1], [2, 3]], (0, 1)), booklet([[0, 1], [3, 4]], (2, 3))]
    staged = MultistageDesign(paths, routing="last" if design == "last" else "cumulative")
    codes = random_codes(4, 300, n_categories)
    if design:
        codes[codes[:, :2].sum(axis=1) <= 1, 4] = -1
        codes[codes[:, :2].sum(axis=1) > 1, 2] = -1
    rows, times = np.unique(codes, axis=0, return_counts=True)
    brute = Enumeration(rows.tolist(), n_categories, times.tolist(), lambda row: design is None or allows(staged, row))
    result = calibrate_conditional(Responses.from_dense(codes), reference=0, design=staged if design else None)
    assert result.step == pytest.approx(brute.maximum(), abs=1e-4)
    assert result.log_likelihood == pytest.approx(brute.log_likelihood(result.step), rel=1e-12)


def test_marginal_and_conditional_estimates_agree_where_abilities_are_normal(
    reference: Callable[[str], Reference], shared_data: Path
) -> None:
    """TAM simulated its data with normal abilities, and LSAT6 does not contradict them: both methods are consistent.

    Marginal estimates (TAM 4.4, R mirt 1.47) with the mean taken out; the difference is small against its error.
    """
    tam = json.loads((shared_data / "calibration" / "tam_rasch.json").read_text())
    lsat = reference("lsat6_rasch")
    cases: list[tuple[Responses, FloatArray]] = [
        (Responses.from_dense(tam["responses"]), np.array([row["xsi"] for row in tam["xsi"]])),
        (lsat.responses, -lsat.of_items("d")),
    ]
    for responses, marginal in cases:
        result = calibrate_conditional(responses)
        away = (result.step - (marginal - marginal.mean())) / result.standard_error
        assert np.abs(away).max() < 0.05


def test_doubled_weights_divide_standard_errors_by_the_root_of_two() -> None:
    codes = random_codes(7, 200, [2, 3, 4, 2, 2])
    once = calibrate_conditional(Responses.from_dense(codes))
    twice = calibrate_conditional(Responses.from_dense(codes, weight=np.full(200, 2.0)))
    again = calibrate_conditional(Responses.from_dense(np.concatenate([codes, codes])))
    assert twice.step == pytest.approx(once.step, abs=1e-9)
    assert twice.standard_error == pytest.approx(once.standard_error / np.sqrt(2.0), rel=1e-9)
    assert again.standard_error == pytest.approx(twice.standard_error, rel=1e-9)
    assert again.log_likelihood == pytest.approx(2.0 * once.log_likelihood, rel=1e-12)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_the_unit_of_weights_does_not_decide_whether_an_estimate_is_finite(factor: float) -> None:
    codes = random_codes(7, 200, [2, 3, 2, 2])
    result = calibrate_conditional(Responses.from_dense(codes, weight=np.full(200, factor)))
    assert result.converged
    assert result.step == pytest.approx(calibrate_conditional(Responses.from_dense(codes)).step, abs=1e-7)


def test_persons_whose_score_says_nothing_change_nothing() -> None:
    codes = random_codes(8, 150, [2, 2, 3, 2])
    inside = codes[(codes.sum(axis=1) > 0) & (codes.sum(axis=1) < 5)]
    more = np.concatenate([inside, [[0, 0, 0, 0]] * 40, [[1, 1, 2, 1]] * 70, [[-1, -1, -1, -1]] * 5])
    plain, padded = (calibrate_conditional(Responses.from_dense(rows)) for rows in (inside, more))
    assert padded.step == pytest.approx(plain.step, abs=1e-9)
    assert padded.covariance == pytest.approx(plain.covariance, abs=1e-9)
    assert padded.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    assert padded.n_persons == len(inside)


@given(st.randoms(use_true_random=False))
def test_the_order_of_persons_items_and_answers_does_not_matter(random: object) -> None:
    rng = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined]  # Hypothesis' Random
    codes = random_codes(9, 120, [2, 3, 2, 4, 2])
    codes[:40, 0], codes[40:80, 3] = -1, -1
    persons, items = rng.permutation(120), rng.permutation(5)
    plain = calibrate_conditional(Responses.from_dense(codes))
    moved = calibrate_conditional(Responses.from_dense(codes[persons][:, items]))
    steps = [
        moved.step[moved.step_start[np.argsort(items)[i]] :][: plain.step_start[i + 1] - plain.step_start[i]]
        for i in range(5)
    ]
    assert np.concatenate(steps) == pytest.approx(plain.step, abs=1e-8)
    assert moved.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)


def test_the_origin_moves_estimates_but_no_differences() -> None:
    responses = Responses.from_dense(random_codes(10, 200, [2, 4, 2, 3]))
    mean, third = calibrate_conditional(responses), calibrate_conditional(responses, reference=1)
    assert mean.location.mean() == pytest.approx(0.0, abs=1e-12)
    assert third.location[1] == pytest.approx(0.0, abs=1e-12)
    assert third.location_standard_error[1] == pytest.approx(0.0, abs=1e-7)
    assert np.ptp(third.step - mean.step) < 1e-8
    contrast = np.array([1.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0])
    assert contrast @ third.covariance @ contrast == pytest.approx(contrast @ mean.covariance @ contrast, rel=1e-8)
    weights = np.array([1.0, 1 / 3, 1 / 3, 1 / 3, 1.0, 0.5, 0.5])
    assert np.abs(mean.covariance @ weights).max() < 1e-10


@given(st.integers(0, 2**32 - 1))
def test_the_likelihood_never_falls_and_is_flat_at_the_end(seed: int) -> None:
    responses = Responses.from_dense(random_codes(seed, 100, [3, 2, 4, 2]))
    path: list[float] = []
    try:
        result = calibrate_conditional(responses, on_iteration=lambda _, value: path.append(value))
    except ResponseError:
        reject()  # a category that nobody is in
    assert result.converged
    assert np.all(np.diff(path) >= -1e-12 * abs(path[0]))
    assert len(path) == result.n_iterations
    there = conditional_likelihood(lay_out(responses, step_layout(responses)), result.step)
    assert np.abs(there.gradient).max() < 1e-8


@given(
    st.integers(0, 2**32 - 1), st.integers(7, 25), st.sampled_from(["linear", "cumulative", "last"]), st.integers(2, 3)
)
def test_an_estimate_is_given_just_where_it_is_finite(seed: int, n_persons: int, kind: str, most: int) -> None:
    """A linear programme over all patterns says where: the islands and Fischer's condition, and more."""
    paths = [booklet([[0, 1], [2, 3], [4]], (0, 2), (1, 3)), booklet([[0, 1], [4]], (3, 4))]
    design = None if kind == "linear" else MultistageDesign(paths, routing="last" if kind == "last" else "cumulative")
    rows = random_codes(seed, n_persons, [most] * 5)
    if design is not None:
        rows[rows[:, :2].sum(axis=1) > 2, 2:4] = -1
        rows = rows[[allows(design, row) for row in rows]]
    assume(all(set(column[column >= 0]) == set(range(most)) for column in rows.T))
    brute = Enumeration(rows.tolist(), [most] * 5, None, lambda row: design is None or allows(design, row))
    try:
        result = calibrate_conditional(Responses.from_dense(rows), design=design)
    except ResponseError as error:
        finite, named = False, bool(error.items)
    else:
        finite, named = result.converged, True
    assert finite == brute.has_finite_maximum()
    assert named


def test_what_was_reached_is_returned_when_there_is_no_time_to_converge() -> None:
    result = calibrate_conditional(Responses.from_dense(random_codes(1, 100, [2, 3, 2])), max_iterations=1)
    assert not result.converged
    assert result.n_iterations == 1


def test_options_out_of_range_are_refused() -> None:
    responses = Responses.from_dense([[1, 0, -1], [0, 1, -1]])
    with pytest.raises(ParameterError, match="item 2 is none"):
        calibrate_conditional(responses, reference=2)
    with pytest.raises(ParameterError, match="max_iterations"):
        calibrate_conditional(responses, max_iterations=0)
    with pytest.raises(ParameterError, match="tolerance"):
        calibrate_conditional(responses, tolerance=0.0)
