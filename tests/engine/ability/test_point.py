"""Maximum likelihood, weighted likelihood and maximum a posteriori abilities."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq, minimize_scalar

from engine import (
    AbilityNote,
    AbilityPrior,
    ItemParameters,
    ParameterError,
    Quadrature,
    ResponseError,
    Responses,
    estimate_eap,
    estimate_map,
    estimate_ml,
    estimate_wle,
    item_information,
    normal_quadrature,
)
from engine.ability import BOUNDS
from engine.arrays import FloatArray
from engine.table import response_table
from tests.engine.ability.known_items import KINDS, items_of_tam, log_likelihood, responses_of_tam

if TYPE_CHECKING:
    from tests.engine.conftest import Reference

LOCATIONS = st.lists(st.floats(-2.5, 2.5), min_size=4, max_size=30)
STEP = 1e-4


def numeric_derivatives(items: ItemParameters, theta: float) -> tuple[float, float]:
    """I = sum P'^2 / P and J = sum P' P'' / P, by differences of the probabilities."""
    low, p, high = np.exp(response_table(items, np.array([theta - STEP, theta, theta + STEP])).log_probability.T)
    first, second = (high - low) / (2.0 * STEP), (high - 2.0 * p + low) / STEP**2
    return float((first**2 / p).sum()), float((first * second / p).sum())


@pytest.mark.parametrize("name", ["tam_rasch", "tam_timss_pcm_latreg"])
def test_weighted_likelihood_estimates_are_those_of_tam(name: str, reference: Callable[[str], Reference]) -> None:
    raw = reference(name).raw
    abilities = estimate_wle(responses_of_tam(raw), items_of_tam(raw))
    expected = np.array([[row["theta"], row["error"]] for row in raw["WLE_first20"]])
    assert abilities.theta[:20] == pytest.approx(expected[:, 0], abs=1e-4)
    assert abilities.standard_error[:20] == pytest.approx(expected[:, 1], abs=1e-4)


def test_2000_weighted_likelihood_estimates_are_those_of_tam(shared_data: Path) -> None:
    folder = shared_data / "reports"
    with gzip.open(folder / "tam_rasch_y.csv.gz", "rt") as file:
        codes = [[int(code) for code in row] for row in list(csv.reader(file))[1:]]
    with gzip.open(folder / "tam_rasch_person.csv.gz", "rt") as file:
        persons = list(csv.DictReader(file))
    with (folder / "tam_rasch_xsi.csv").open() as file:
        difficulty = [float(row["xsi"]) for row in csv.DictReader(file)]
    items = ItemParameters.two_parameter(np.ones(len(difficulty)), difficulty)
    abilities = estimate_wle(Responses.from_dense(codes), items)
    assert abilities.theta == pytest.approx(np.array([float(row["WLE"]) for row in persons]), abs=1e-4)
    assert abilities.standard_error == pytest.approx(np.array([float(row["WLEse"]) for row in persons]), abs=1e-4)


@settings(max_examples=60)
@given(b=LOCATIONS)
def test_likelihood_estimates_rise_with_a_rasch_score(b: list[float]) -> None:
    items = ItemParameters.two_parameter(np.ones(len(b)), b)
    every_score = Responses.from_dense(np.tri(len(b) + 1, len(b), -1, dtype=np.int8))
    for abilities in (estimate_wle(every_score, items), estimate_ml(every_score, items)):
        assert np.all(np.diff(abilities.theta) > 0.0)


@settings(max_examples=60)
@given(b=LOCATIONS, data=st.data())
def test_a_rasch_estimate_depends_on_the_score_alone(b: list[float], data: st.DataObject) -> None:
    codes = np.array(data.draw(st.lists(st.integers(0, 1), min_size=len(b), max_size=len(b))))
    items = ItemParameters.two_parameter(np.ones(len(b)), b)
    both = Responses.from_dense([codes, np.sort(codes)])
    for abilities in (
        estimate_wle(both, items),
        estimate_ml(both, items),
        estimate_map(both, items, normal_quadrature()),
    ):
        assert abilities.theta[0] == pytest.approx(abilities.theta[1], abs=1e-7)


@settings(max_examples=60)
@given(b=LOCATIONS, data=st.data())
def test_a_rasch_maximum_is_where_the_expected_score_is_the_score(b: list[float], data: st.DataObject) -> None:
    score = data.draw(st.integers(1, len(b) - 1))
    items = ItemParameters.two_parameter(np.ones(len(b)), b)
    codes = (np.arange(len(b)) < score).astype(np.int8)
    abilities = estimate_ml(Responses.from_dense([codes]), items)
    root = brentq(lambda t: score - (1.0 / (1.0 + np.exp(np.array(b) - t))).sum(), -8.0, 8.0, xtol=1e-13)
    assert abilities.theta[0] == pytest.approx(root, abs=1e-7)
    information = item_information(np.array([root]), items).sum()
    assert abilities.standard_error[0] == pytest.approx(information**-0.5, rel=1e-6)


@settings(max_examples=60)
@given(data=st.data())
def test_estimates_of_any_kinds_of_items_are_the_roots_of_their_equations(data: st.DataObject) -> None:
    items = data.draw(st.sampled_from([KINDS, KINDS.take([7, 8, 9, 10, 11]), KINDS.take([0, 1, 2, 3, 7, 9])]))
    codes = [data.draw(st.integers(-1, int(k) - 1)) for k in items.n_categories]
    responses = Responses.from_dense([codes])
    given_items = items.take(np.flatnonzero(np.array(codes) >= 0))

    def score(theta: float) -> float:
        low, high = log_likelihood(codes, items, np.array([theta - STEP, theta + STEP]))
        return float(high - low) / (2.0 * STEP)

    ml, wle = estimate_ml(responses, items), estimate_wle(responses, items)
    if np.isfinite(ml.standard_error[0]):
        assert score(ml.theta[0]) == pytest.approx(0.0, abs=1e-5)
    if np.isfinite(wle.standard_error[0]):
        information, skewness = numeric_derivatives(given_items, float(wle.theta[0]))
        assert score(wle.theta[0]) + skewness / (2.0 * information) == pytest.approx(0.0, abs=1e-4)
        assert wle.standard_error[0] == pytest.approx(information**-0.5, rel=1e-4)


@settings(max_examples=40)
@given(data=st.data())
def test_a_maximum_is_the_highest_point_between_the_bounds(data: st.DataObject) -> None:
    codes = [data.draw(st.integers(0, int(k) - 1)) for k in KINDS.n_categories]
    theta = estimate_ml(Responses.from_dense([codes]), KINDS).theta
    scouts = log_likelihood(codes, KINDS, np.linspace(*BOUNDS, 1601))
    assert log_likelihood(codes, KINDS, theta)[0] >= scouts.max() - 1e-9


@settings(max_examples=40)
@given(data=st.data())
def test_the_mode_is_the_highest_point_of_the_posterior(data: st.DataObject) -> None:
    codes = [data.draw(st.integers(-1, int(k) - 1)) for k in KINDS.n_categories]
    mean, sd = data.draw(st.floats(-2.0, 2.0)), data.draw(st.floats(0.3, 3.0))
    abilities = estimate_map(Responses.from_dense([codes]), KINDS, AbilityPrior(np.array([mean]), np.array([sd])))

    def heights(theta: FloatArray) -> FloatArray:
        return log_likelihood(codes, KINDS, theta) - 0.5 * ((theta - mean) / sd) ** 2

    found = heights(abilities.theta)[0]
    bounds = abilities.theta[0] + np.array([-0.3, 0.3])
    around = minimize_scalar(lambda t: -heights(np.array([t]))[0], bounds=bounds, method="bounded")
    assert found >= -around.fun - 1e-9
    assert found >= heights(np.linspace(-8.0, 8.0, 401)).max() - 1e-9


def test_a_flat_prior_leaves_the_likelihood_its_maximum(all_kinds: ItemParameters) -> None:
    responses = Responses.from_dense([[1, 0, 1, 0, 1, 1, 0, 2, 1, 1, 0, 2]])
    flat = Quadrature(np.linspace(*BOUNDS, 33), np.full(33, 1.0 / 33.0))
    wide = AbilityPrior(np.zeros(1), np.array([1e6]))
    expected = estimate_ml(responses, all_kinds)
    for prior in (flat, wide):
        abilities = estimate_map(responses, all_kinds, prior)
        assert abilities.theta == pytest.approx(expected.theta, abs=1e-7)
        assert abilities.standard_error == pytest.approx(expected.standard_error, rel=1e-6)


def test_a_normal_quadrature_is_a_normal_prior(all_kinds: ItemParameters) -> None:
    responses = Responses.from_dense([[1, 0, 1, 0, 1, 1, 0, 2, 1, 1, 0, 2], [-1] * 12])
    nodes = estimate_map(responses, all_kinds, normal_quadrature(0.4, 0.9))
    normal = estimate_map(responses, all_kinds, AbilityPrior(np.full(2, 0.4), np.full(2, 0.9)))
    assert nodes.theta == pytest.approx(normal.theta, abs=1e-6)
    assert nodes.standard_error == pytest.approx(normal.standard_error, abs=1e-6)
    assert nodes.theta[1] == pytest.approx(0.4, abs=1e-9)
    assert nodes.standard_error[1] == pytest.approx(0.9, abs=1e-9)


@settings(max_examples=40)
@given(b=LOCATIONS, data=st.data())
def test_a_prior_pulls_towards_its_mean(b: list[float], data: st.DataObject) -> None:
    score = data.draw(st.integers(1, len(b) - 1))
    items = ItemParameters.two_parameter(np.ones(len(b)), b)
    responses = Responses.from_dense([(np.arange(len(b)) < score).astype(np.int8)])
    ml = float(estimate_ml(responses, items).theta[0])
    mode = float(estimate_map(responses, items, normal_quadrature()).theta[0])
    assert min(ml, 0.0) - 1e-7 <= mode <= max(ml, 0.0) + 1e-7


def test_perfect_and_zero_scores_get_the_bound_an_infinite_error_and_a_note() -> None:
    items = ItemParameters.two_parameter([4.0, 5.0, 0.7], [-5.0, -2.0, 1.0])
    abilities = estimate_ml(Responses.from_dense([[0, 0, 0], [1, 1, 1], [0, -1, 0]]), items, bounds=(-7.0, 8.0))
    assert abilities.theta.tolist() == [-7.0, 8.0, -7.0]
    assert np.all(np.isinf(abilities.standard_error))
    low, high = (
        AbilityNote.LOWEST_SCORE | AbilityNote.AT_LOWER_BOUND,
        AbilityNote.HIGHEST_SCORE | AbilityNote.AT_UPPER_BOUND,
    )
    assert abilities.note.tolist() == [low, high, low]


def test_perfect_and_zero_scores_are_finite_when_weighted() -> None:
    items = ItemParameters.two_parameter(np.ones(20), np.linspace(-2.0, 2.0, 20))
    abilities = estimate_wle(Responses.from_dense([[0] * 20, [1] * 20]), items)
    assert abilities.theta[0] == pytest.approx(-abilities.theta[1], abs=1e-7)  # the items lie symmetrically
    assert np.all(np.abs(abilities.theta) < BOUNDS[1])
    assert np.all(np.isfinite(abilities.standard_error))
    assert abilities.has(AbilityNote.HIGHEST_SCORE).tolist() == [False, True]


def test_without_answers_the_estimate_is_the_middle_and_says_so() -> None:
    items = ItemParameters.two_parameter([1.0], [0.0])
    nobody = Responses.from_dense([[-1]])
    flat = Quadrature(np.array([-3.0, 3.0]), np.array([0.5, 0.5]))
    for abilities in (
        estimate_ml(nobody, items, bounds=(-4.0, 6.0)),
        estimate_wle(nobody, items, bounds=(-4.0, 6.0)),
        estimate_map(nobody, items, flat),
    ):
        assert abilities.theta[0] in {1.0, 0.0}
        assert np.isinf(abilities.standard_error[0])
        assert abilities.note[0] == AbilityNote.NO_ANSWERS


@pytest.mark.parametrize("mean", [-9.0, -8.0, 9.0])
def test_without_answers_the_mode_is_the_priors_however_far_out(mean: float) -> None:
    nobody, prior = Responses.from_dense([[-1], [-1]]), AbilityPrior(np.array([mean, 0.0]), np.array([0.7, 1.0]))
    modes = estimate_map(nobody, ItemParameters.two_parameter([1.0], [0.0]), prior)
    assert modes.theta == pytest.approx([mean, 0.0], abs=1e-6)
    assert modes.standard_error == pytest.approx([0.7, 1.0], abs=1e-6)
    assert modes.note.tolist() == [AbilityNote.NO_ANSWERS] * 2


@pytest.mark.parametrize(("mean", "bound"), [(-9.0, AbilityNote.AT_LOWER_BOUND), (9.0, AbilityNote.AT_UPPER_BOUND)])
def test_a_prior_that_is_highest_at_an_end_has_its_mode_there(mean: float, bound: AbilityNote) -> None:
    one = ItemParameters.two_parameter([1.0], [0.0])
    mode = estimate_map(Responses.from_dense([[-1]]), one, normal_quadrature(mean, 1.0))
    assert (mode.theta[0], mode.standard_error[0]) == (np.copysign(6.0, mean), np.inf)
    assert mode.note[0] == AbilityNote.NO_ANSWERS | bound


@pytest.mark.parametrize("n_nodes", [2, 7, 61])
def test_a_flat_prior_and_no_answers_say_nothing(n_nodes: int) -> None:
    flat = Quadrature(np.linspace(-6.0, 6.0, n_nodes), np.full(n_nodes, 1.0 / n_nodes))
    nothing = estimate_map(Responses.from_dense([[-1]]), ItemParameters.two_parameter([1.0], [0.0]), flat)
    assert (nothing.theta[0], nothing.standard_error[0]) == (0.0, np.inf)
    assert nothing.note[0] == AbilityNote.NO_ANSWERS


def test_of_several_maxima_the_highest_is_taken_and_noted() -> None:
    """Steep items with guessing: easy ones wrong and hard ones right may come from far below or from above."""
    a, b = np.array([3.0, 1.0, 3.0, 3.0, 3.0, 3.0]), np.array([-5.0, -3.0, 1.0, 1.2, 1.4, 1.6])
    items = ItemParameters(a, b, np.full(6, 0.25), np.ones(6))
    codes = [1, 0, 1, 1, 1, 1]
    abilities = estimate_ml(Responses.from_dense([codes]), items)
    scouts = np.linspace(*BOUNDS, 16_001)
    level = log_likelihood(codes, items, scouts)
    assert np.count_nonzero((level[1:-1] > level[:-2]) & (level[1:-1] > level[2:])) > 1
    assert abilities.theta[0] == pytest.approx(scouts[level.argmax()], abs=1e-3)
    assert abilities.has(AbilityNote.SEVERAL_MAXIMA)[0]


def test_a_reversed_item_counts_against() -> None:
    straight = ItemParameters.two_parameter([1.0, 1.5, 0.8], [-0.5, 0.2, 0.9])
    turned = ItemParameters.two_parameter([1.0, -1.5, 0.8], [-0.5, 0.2, 0.9])
    for estimate in (estimate_ml, estimate_wle):
        one = estimate(Responses.from_dense([[1, 0, 0], [1, 1, 0]]), straight)
        other = estimate(Responses.from_dense([[1, 1, 0], [1, 0, 0]]), turned)
        assert one.theta == pytest.approx(other.theta, abs=1e-7)


def test_a_response_of_half_a_share_weighs_half() -> None:
    items = ItemParameters.two_parameter([1.0, 1.0], [0.0, 1.0])
    person, item, category = [0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 0, 1]
    shared = Responses.from_triplets(
        person, item, category, n_persons=1, n_items=2, share=np.array([0.5, 0.5, 0.5, 0.5])
    )
    for abilities in (estimate_ml(shared, items), estimate_eap(shared, items, normal_quadrature(0.5, 1.0))):
        assert abilities.theta[0] == pytest.approx(0.5, abs=1e-7)  # half right on items around one half
    information = item_information(np.array([0.5]), items).sum()
    assert estimate_ml(shared, items).standard_error[0] == pytest.approx(information**-0.5, rel=1e-9)


def test_any_number_of_threads_gives_the_same_bits(all_kinds: ItemParameters) -> None:
    rng = np.random.default_rng(11)
    codes = np.minimum(rng.integers(-1, 4, (12_000, 12)), all_kinds.n_categories - 1)
    responses, items = Responses.from_dense(codes), all_kinds
    prior = AbilityPrior(rng.normal(size=12_000), np.ones(12_000))
    with ThreadPoolExecutor(3) as threads:
        for alone, together in (
            (estimate_ml(responses, items), estimate_ml(responses, items, executor=threads)),
            (estimate_wle(responses, items), estimate_wle(responses, items, executor=threads)),
            (estimate_map(responses, items, prior), estimate_map(responses, items, prior, executor=threads)),
            (estimate_eap(responses, items, prior), estimate_eap(responses, items, prior, executor=threads)),
        ):
            assert np.array_equal(alone.theta, together.theta)
            assert np.array_equal(alone.standard_error, together.standard_error)
            assert np.array_equal(alone.note, together.note)


def test_omitted_answers_need_a_meaning_first() -> None:
    with pytest.raises(ResponseError, match=r"treat_missing.*items 1"):
        estimate_wle(Responses.from_dense([[1, -2]]), ItemParameters.two_parameter([1, 1], [0, 0]))


@pytest.mark.parametrize("bounds", [(1.0, 1.0), (2.0, -2.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_bounds_that_hold_nothing_are_refused(bounds: tuple[float, float]) -> None:
    with pytest.raises(ParameterError, match="bounds"):
        estimate_ml(Responses.from_dense([[1]]), ItemParameters.two_parameter([1], [0]), bounds=bounds)


def test_a_prior_of_other_persons_is_refused() -> None:
    with pytest.raises(ParameterError, match="2 persons, the responses of 1"):
        estimate_map(
            Responses.from_dense([[1]]), ItemParameters.two_parameter([1], [0]), AbilityPrior(np.zeros(2), np.ones(2))
        )


def test_nobody_is_estimated_as_nobody() -> None:
    nobody = Responses.from_dense(np.zeros((0, 1), dtype=np.int8))
    items = ItemParameters.two_parameter([1], [0])
    assert estimate_ml(nobody, items).theta.size == 0
    assert estimate_eap(nobody, items, normal_quadrature()).theta.size == 0
