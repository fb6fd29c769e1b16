"""Different ways to say the same thing give the same result."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from engine import DesignError, ItemParameters, Model, Responses, calibrate, simulate_responses
from tests.engine.calibration.conftest import wide_groups


@pytest.fixture(scope="module")
def answers() -> Responses:
    rng = np.random.default_rng(5)
    items = ItemParameters.two_parameter(rng.uniform(0.7, 1.6, 12), rng.normal(size=12))
    return simulate_responses(rng.normal(size=600), items, np.ones((600, 12), dtype=np.bool_), rng)


def dense(responses: Responses) -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    codes = np.full((responses.n_persons, responses.n_items), -1, dtype=np.int8)
    codes[responses.person, responses.item] = responses.category
    return codes


@pytest.mark.parametrize("model", ["gpcm", "grm", "nominal"])
def test_with_two_categories_every_model_is_the_two_parameter_model(model: Model, answers: Responses) -> None:
    expected = calibrate(answers, tolerance=1e-7)
    result = calibrate(answers, model=model, tolerance=1e-7)
    assert result.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-6)
    assert result.items.discrimination == pytest.approx(expected.items.discrimination, abs=1e-4)
    assert result.standard_errors.difficulty == pytest.approx(expected.standard_errors.difficulty, rel=1e-3)


def test_with_two_categories_partial_credit_and_rating_scale_are_rasch(answers: Responses) -> None:
    expected = calibrate(answers, model="rasch", tolerance=1e-7)
    models: tuple[Model, ...] = ("pcm", "rsm")
    for model in models:
        result = calibrate(answers, model=model, tolerance=1e-7)
        assert result.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-6)


def test_a_common_slope_is_the_rasch_model_on_another_scale(answers: Responses) -> None:
    """Slope 1 and sd s is slope s and sd 1."""
    rasch = calibrate(answers, model="rasch", tolerance=1e-7)
    common = calibrate(answers, model="1pl", tolerance=1e-7)
    assert common.log_likelihood == pytest.approx(rasch.log_likelihood, abs=1e-6)
    assert common.items.discrimination == pytest.approx(np.full(12, rasch.groups[0].sd), abs=1e-4)
    assert common.items.difficulty * rasch.groups[0].sd == pytest.approx(rasch.items.difficulty, abs=1e-4)
    assert common.groups[0].sd == 1.0


def test_a_model_for_each_item_may_be_mixed(answers: Responses) -> None:
    """All items 2PL but said in four ways: the likelihood is that of the 2PL."""
    mixed: list[Model] = ["2pl", "gpcm", "grm", "nominal"] * 3
    expected = calibrate(answers, tolerance=1e-7)
    result = calibrate(answers, model=mixed, tolerance=1e-7)
    assert result.log_likelihood == pytest.approx(expected.log_likelihood, abs=1e-6)
    assert result.items.difficulty == pytest.approx(expected.items.difficulty, abs=1e-4)
    assert result.models == tuple(mixed)


@pytest.mark.parametrize("model", ["2pl", "rasch"])
def test_every_row_twice_is_a_weight_of_two(model: Model, answers: Responses) -> None:
    """To 1e-7, where both climbs end within 1e-8 of the maximum."""
    codes = dense(answers)
    doubled = calibrate(Responses.from_dense(np.repeat(codes, 2, axis=0)), model=model, tolerance=1e-8)
    weighted = calibrate(Responses.from_dense(codes, weight=np.full(600, 2.0)), model=model, tolerance=1e-8)
    assert weighted.log_likelihood == pytest.approx(doubled.log_likelihood, rel=1e-12)
    for name in ("discrimination", "difficulty"):
        assert getattr(weighted.items, name) == pytest.approx(getattr(doubled.items, name), abs=1e-7)
        found, expected = getattr(weighted.standard_errors, name), getattr(doubled.standard_errors, name)
        assert found == pytest.approx(expected, rel=1e-6)
    assert weighted.groups[0].sd == pytest.approx(doubled.groups[0].sd, abs=1e-7)
    assert weighted.groups[0].n == doubled.groups[0].n == 1200.0


def test_doubled_rows_shrink_information_errors_but_not_those_clustered_by_person(answers: Responses) -> None:
    codes = dense(answers)
    rows = Responses.from_dense(np.repeat(codes, 2, axis=0), cluster=np.repeat(np.arange(600), 2))
    once, twice = calibrate(answers, tolerance=1e-7), calibrate(rows, tolerance=1e-7)
    ratio = once.standard_errors.difficulty / twice.standard_errors.difficulty
    assert ratio == pytest.approx(np.full(12, np.sqrt(2.0)), rel=1e-3)
    robust_once = calibrate(answers, errors="sandwich", tolerance=1e-7)
    robust_twice = calibrate(rows, errors="sandwich", tolerance=1e-7)
    assert robust_twice.standard_errors.difficulty == pytest.approx(robust_once.standard_errors.difficulty, rel=1e-3)


def test_a_sandwich_of_a_short_test_counts_persons_and_not_patterns(answers: Responses) -> None:
    """Equal patterns are one row in the likelihood; in a sandwich every person is still one."""
    short = Responses.from_dense(dense(answers)[:, :4])
    named = Responses.from_dense(dense(answers)[:, :4], cluster=np.arange(600))
    found, expected = calibrate(short, errors="sandwich"), calibrate(named, errors="sandwich")
    assert found.standard_errors.difficulty == pytest.approx(expected.standard_errors.difficulty, rel=1e-6)
    usual = calibrate(short)
    assert found.standard_errors.difficulty == pytest.approx(usual.standard_errors.difficulty, rel=0.3)


def test_few_clusters_are_warned_of_and_one_is_refused(answers: Responses) -> None:
    """Scores sum to 0 at the maximum, so that one cluster of all would give standard errors of 0."""
    for n, warned in ((6, True), (19, True), (20, False)):
        schools = replace(answers, cluster=(np.arange(600) % n).astype(np.int32))
        told = calibrate(schools, errors="sandwich").warnings
        assert any(f"{n} clusters, fewer than 20" in one for one in told) == warned
        assert calibrate(schools).warnings == ()
    with pytest.raises(DesignError, match="takes 2 or more, and there is 1"):
        calibrate(replace(answers, cluster=np.zeros(600, np.int32)), errors="sandwich")


def test_the_order_of_persons_and_the_number_of_threads_do_not_matter() -> None:
    rng = np.random.default_rng(8)
    items = ItemParameters.two_parameter(rng.uniform(0.7, 1.6, 30), rng.normal(size=30))
    presented = rng.random((4000, 30)) < np.where(np.arange(4000) % 2, 0.15, 0.9)[:, np.newaxis]
    answers = simulate_responses(rng.normal(size=4000), items, presented, rng)
    one = calibrate(answers, executor=ThreadPoolExecutor(1))
    many = calibrate(answers, executor=ThreadPoolExecutor(5))
    assert one.items.difficulty.tobytes() == many.items.difficulty.tobytes()
    assert one.standard_errors.difficulty.tobytes() == many.standard_errors.difficulty.tobytes()
    shuffled = calibrate(answers.select(rng.permutation(4000)))
    assert shuffled.log_likelihood == pytest.approx(one.log_likelihood, abs=1e-5)
    assert shuffled.items.difficulty == pytest.approx(one.items.difficulty, abs=1e-4)


@pytest.mark.parametrize("shares", ["dense", "booklets", "sparse"])
def test_however_responses_are_laid_out_the_likelihood_is_the_same(shares: str) -> None:
    """Dense with gaps, whole booklets, and sparse: each beside the likelihood worked out from its definition."""
    rng = np.random.default_rng(9)
    n_items = {"dense": 10, "booklets": 30, "sparse": 60}[shares]
    items = ItemParameters.two_parameter(rng.uniform(0.7, 1.6, n_items), rng.normal(size=n_items))
    presented = {
        "dense": rng.random((1200, n_items)) < 0.8,
        "booklets": np.repeat(np.arange(3), n_items // 3) != np.arange(1200)[:, np.newaxis] % 3,
        "sparse": rng.random((1200, n_items)) < 0.12,
    }[shares]
    answers = simulate_responses(rng.normal(size=1200), items, presented, rng)
    result = calibrate(answers)
    nodes = result.densities[0].nodes
    z = result.items.discrimination * (nodes[:, np.newaxis] - result.items.difficulty)
    codes = dense(answers)
    right, wrong = (codes == 1).astype(np.float64), (codes == 0).astype(np.float64)
    joint = -right @ np.logaddexp(0.0, -z).T - wrong @ np.logaddexp(0.0, z).T
    likelihood = np.exp(joint) @ result.densities[0].weights
    assert result.log_likelihood == pytest.approx(float(np.log(likelihood).sum()), abs=1e-5)


def test_far_and_wide_groups_are_recovered() -> None:
    """N(0, 1) and N(3, 1.6²) on 60 items: the grid must hold both."""
    result = calibrate(wide_groups(4000))
    far = result.groups[1]
    assert abs(far.mean - 3.0) < 3.0 * far.se_mean
    assert abs(far.sd - 1.6) < 3.0 * far.se_sd
    assert far.se_mean < 0.1


def test_other_processes_work_out_the_same_bits(answers: Responses) -> None:
    """Standard errors too: nothing is looked up by where it stands in one process's memory."""
    group = (np.arange(600) % 3).astype(np.int32)
    responses = Responses(answers.start, answers.item, answers.category, answers.weight, group, n_items=12)
    alone = calibrate(responses)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        together = calibrate(responses, executor=executor)
    assert np.array_equal(alone.items.difficulty, together.items.difficulty)
    assert np.array_equal(alone.covariance.matrix, together.covariance.matrix)
