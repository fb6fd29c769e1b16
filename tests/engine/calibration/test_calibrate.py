"""Marginal maximum likelihood calibration, beside estimates that nobody here made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import (
    Calibration,
    ItemParameters,
    ParameterError,
    ResponseError,
    Responses,
    calibrate,
    linear_booklets,
    simulate_responses,
)
from engine.arrays import FloatArray

if TYPE_CHECKING:
    from tests.engine.conftest import Reference


def intercepts(result: Calibration) -> FloatArray:
    return -result.items.discrimination * result.items.difficulty


@pytest.fixture(scope="module")
def answers() -> Responses:
    rng = np.random.default_rng(5)
    items = ItemParameters.two_parameter(rng.uniform(0.7, 1.6, 12), rng.normal(size=12))
    return simulate_responses(rng.normal(size=600), items, np.ones((600, 12), dtype=np.bool_), rng)


@pytest.mark.parametrize(("name", "published"), [("lsat6_2pl", -2466.653), ("lsat7_2pl", -2658.805)])
def test_two_parameter_estimates_are_those_of_r_mirt(
    name: str, published: float, reference: Callable[[str], Reference]
) -> None:
    known = reference(name)
    result = calibrate(known.responses)
    assert result.converged
    assert result.log_likelihood == pytest.approx(published, abs=0.01)
    assert result.log_likelihood == pytest.approx(known.log_likelihood, abs=1e-6)
    assert result.items.discrimination == pytest.approx(known.of_items("a1"), abs=1e-3)
    assert intercepts(result) == pytest.approx(known.of_items("d"), abs=1e-3)
    assert result.standard_errors.discrimination == pytest.approx(known.standard_errors("a1"), rel=1e-3)


def test_rasch_estimates_are_those_of_r_mirt(reference: Callable[[str], Reference]) -> None:
    known = reference("lsat6_rasch")
    result = calibrate(known.responses, model="rasch")
    assert result.log_likelihood == pytest.approx(known.log_likelihood, abs=1e-5)
    assert result.items.discrimination.tolist() == [1.0] * 5
    assert intercepts(result) == pytest.approx(known.of_items("d"), abs=1e-3)
    assert result.groups[0].sd ** 2 == pytest.approx(known.of_group("COV_11"), abs=1e-3)
    assert result.standard_errors.difficulty == pytest.approx(known.standard_errors("d"), rel=1e-3)
    assert result.standard_errors.discrimination.tolist() == [0.0] * 5


def test_rasch_estimates_are_those_of_tam(shared_data: Path) -> None:
    known: dict[str, Any] = json.loads((shared_data / "calibration" / "tam_rasch.json").read_text())
    result = calibrate(Responses.from_dense(known["responses"]), model="rasch")
    assert result.log_likelihood == pytest.approx(known["logLik"], abs=0.01)
    assert result.items.difficulty == pytest.approx(np.array([row["xsi"] for row in known["xsi"]]), abs=1e-3)


def two_groups(known: Reference) -> Responses:
    patterns = known.raw["group_patterns"]
    rows = [(codes, n, group) for group, name in enumerate(("g1", "g2")) for codes, n in patterns[name].items() if n]
    codes = [[int(code) for code in pattern] for pattern, _, _ in rows]
    return Responses.from_dense(codes, weight=[n for _, n, _ in rows], group=[group for _, _, group in rows])


def test_two_groups_on_the_grid_of_r_mirt_are_those_of_r_mirt(reference: Callable[[str], Reference]) -> None:
    known = reference("lsat67_multigroup_2pl")
    start = Estimates(np.ones(5), np.zeros(5), np.zeros(2), np.zeros(2))
    climb = Climb(lay_out(two_groups(known), 2), np.linspace(-6.0, 6.0, 61), FREEDOM["2pl"], None, 0)
    fit = climb.run(start, 2000, 1e-6)
    assert fit.counts.log_likelihood == pytest.approx(known.log_likelihood, abs=1e-3)  # mirt stopped a little earlier
    assert fit.estimates.slope == pytest.approx(known.of_items("a1", "g1"), abs=2e-3)
    assert fit.estimates.intercept == pytest.approx(known.of_items("d", "g1"), abs=2e-3)
    assert fit.estimates.mean[1] == pytest.approx(known.of_group("MEAN_1", "g2"), abs=2e-3)


def test_a_wide_group_gets_a_grid_that_holds_it(reference: Callable[[str], Reference]) -> None:
    """[-6, 6] cuts off the second group (its variance is 2.5); on a wider grid the likelihood is higher."""
    known = reference("lsat67_multigroup_2pl")
    result = calibrate(two_groups(known))
    assert result.n_nodes > 61
    assert known.log_likelihood < result.log_likelihood < known.log_likelihood + 0.1
    assert (result.groups[0].mean, result.groups[0].sd) == (0.0, 1.0)
    assert result.groups[1].mean == pytest.approx(known.of_group("MEAN_1", "g2"), abs=0.05)
    assert result.groups[1].n == 1000.0


def test_a_weight_of_three_is_three_persons(answers: Responses) -> None:
    codes = np.zeros((600, 12), dtype=np.int8)
    codes[answers.person, answers.item] = answers.category
    weighted = calibrate(Responses.from_dense(codes[:200], weight=np.full(200, 3.0)))
    repeated = calibrate(Responses.from_dense(np.repeat(codes[:200], 3, axis=0)))
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, rel=1e-10)
    assert weighted.items.difficulty == pytest.approx(repeated.items.difficulty, abs=1e-5)
    assert weighted.standard_errors.difficulty == pytest.approx(repeated.standard_errors.difficulty, rel=1e-4)


def test_the_same_responses_give_the_same_bits(answers: Responses) -> None:
    first, second = calibrate(answers), calibrate(answers)
    assert first.items.difficulty.tobytes() == second.items.difficulty.tobytes()
    assert first.standard_errors.difficulty.tobytes() == second.standard_errors.difficulty.tobytes()


def test_every_cycle_is_reported_and_the_last_is_the_best(answers: Responses) -> None:
    seen: list[tuple[int, float]] = []
    result = calibrate(answers, on_cycle=lambda cycle, log_likelihood: seen.append((cycle, log_likelihood)))
    assert [cycle for cycle, _ in seen] == list(range(1, result.n_cycles + 1))
    assert seen[-1][1] == result.log_likelihood == pytest.approx(max(value for _, value in seen), abs=1e-9)


def test_a_calibration_cut_short_says_so(answers: Responses) -> None:
    result = calibrate(answers, max_cycles=3)
    assert not result.converged
    assert result.n_cycles <= 5  # a cycle of acceleration that was begun is finished


def test_a_reversed_key_is_flagged(answers: Responses) -> None:
    category = np.where(answers.item == 7, 1 - answers.category, answers.category)
    persons = np.repeat(np.arange(600), 12)
    result = calibrate(Responses.from_triplets(persons, answers.item, category, n_persons=600, n_items=12))
    assert result.items.discrimination[7] < 0.0
    assert [flag.item for flag in result.flags] == [7]
    assert "reversed" in result.flags[0].reason


def test_a_group_far_away_gets_a_wider_grid() -> None:
    rng = np.random.default_rng(11)
    items = ItemParameters.two_parameter(np.ones(20), np.linspace(-2.0, 6.0, 20))
    theta = np.concatenate([rng.normal(0.0, 1.0, 1500), rng.normal(4.0, 1.0, 1500)])
    codes = simulate_responses(theta, items, np.ones((3000, 20), dtype=np.bool_), rng)
    group = np.repeat([0, 1], 1500)
    responses = Responses.from_triplets(
        codes.person, codes.item, codes.category, n_persons=3000, n_items=20, group=group
    )
    result = calibrate(responses)
    assert result.n_nodes > 61
    assert result.groups[1].mean == pytest.approx(4.0, abs=0.25)
    assert result.groups[1].sd == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ([[1, 1], [1, 0]], "items 0 have only correct"),
        ([[0, 1], [0, 0]], "items 0 have only incorrect"),
        ([[1, -1], [0, -1]], "items 1 have no responses"),
        ([[1, 2], [0, 0]], "items 1 have responses above 1"),
    ],
)
def test_items_that_cannot_be_calibrated_are_named(codes: list[list[int]], reason: str) -> None:
    with pytest.raises(ResponseError, match=reason) as error:
        calibrate(Responses.from_dense(codes), model="rasch")
    assert len(error.value.items) == 1


def test_an_item_and_its_copy_are_flagged_and_the_others_keep_their_errors(answers: Responses) -> None:
    """Two equal columns have no best slope: the steeper, the likelier."""
    codes = np.zeros((600, 12), dtype=np.int8)
    codes[answers.person, answers.item] = answers.category
    result = calibrate(Responses.from_dense(np.column_stack([codes, codes[:, 3]])))
    assert {flag.item for flag in result.flags} == {3, 12}
    others = [item for item in range(12) if item != 3]
    assert np.all(np.isfinite(result.standard_errors.difficulty[others]))


def test_what_the_data_do_not_determine_has_an_infinite_error_and_a_flag() -> None:
    """Three items of which no person answered more than one: any slope fits their proportions."""
    alone = [[1, -1, -1], [0, -1, -1], [-1, 1, -1], [-1, 0, -1], [-1, -1, 1], [-1, -1, 0]]
    result = calibrate(Responses.from_dense(alone * 10))
    assert np.all(np.isinf(result.standard_errors.discrimination))
    assert [flag.item for flag in result.flags] == [0, 1, 2]
    assert all("no standard error" in flag.reason for flag in result.flags)


@pytest.mark.parametrize(("model", "fewest"), [("2pl", 3), ("rasch", 2)])
def test_too_few_items_for_the_model_are_refused(model: Model, fewest: int) -> None:
    codes = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1], [0, 0, 0], [1, 1, 1], [0, 0, 1]] * 20)
    with pytest.raises(ResponseError, match=f"this model needs {fewest} or more"):
        calibrate(Responses.from_dense(codes[:, : fewest - 1]), model=model)
    assert calibrate(Responses.from_dense(codes[:, :fewest]), model=model).converged


def test_an_item_that_says_nothing_of_ability_is_flagged_and_keeps_numbers_one_can_read() -> None:
    """Every pattern of the others was met by as many right as wrong answers to the last item."""
    patterns = [[1, 1, 1], [1, 1, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]
    codes = [[*pattern, last] for pattern in patterns for last in (0, 1)] * 40
    result = calibrate(Responses.from_dense([*codes, [0, 0, 0, 0]]))
    assert abs(result.items.discrimination[3]) < 0.1
    assert abs(result.items.difficulty[3]) < 1000.0
    assert "slope near 0" in next(flag.reason for flag in result.flags if flag.item == 3)


def test_answers_that_determine_nothing_give_flags_and_no_absurd_number() -> None:
    """Two pairs of opposite patterns: the likelihood is flat, and slopes fall to 0 (or 1e-308, once)."""
    result = calibrate(Responses.from_dense([[1, 0, 1], [-1, -1, -1], [0, 1, 0], [1, 1, 1], [0, 0, 0]]))
    assert np.abs(result.items.difficulty).max() < 1e4
    assert {flag.item for flag in result.flags} == {0, 1, 2}


def test_a_huge_standard_error_is_flagged(answers: Responses) -> None:
    """One right answer among 600, of a person in the middle: where such an item lies, nobody can say."""
    codes = np.zeros((600, 12), dtype=np.int8)
    codes[answers.person, answers.item] = answers.category
    middle = np.argsort(codes.sum(axis=1), kind="stable")[300]
    codes[:, 5] = np.arange(600) == middle
    assert calibrate(answers).flags == ()
    rare = calibrate(Responses.from_dense(codes))
    assert rare.standard_errors.difficulty[5] > 2.0
    assert {flag.item for flag in rare.flags} == {5}
    assert any("standard error above 2" in flag.reason for flag in rare.flags)


def test_a_group_of_few_is_flagged(answers: Responses) -> None:
    codes = np.zeros((600, 12), dtype=np.int8)
    codes[answers.person, answers.item] = answers.category
    group = np.repeat([0, 1, 2, 3], [540, 30, 29, 1])
    result = calibrate(Responses.from_dense(codes, group=group), model="rasch")
    assert [(flag.group, flag.reason.partition(",")[0]) for flag in result.group_flags] == [
        (2, "29 persons"),
        (3, "1 person"),
    ]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_small_and_odd_data_give_numbers_or_a_named_refusal(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_persons, n_items = int(rng.integers(2, 40)), int(rng.integers(1, 6))
    slope = rng.choice([0.2, 1.0, 8.0], n_items) * rng.choice([1.0, 1.0, -1.0], n_items)
    theta = rng.normal(size=n_persons) * rng.choice([0.1, 1.0, 3.0])
    codes = (rng.random((n_persons, n_items)) < 1.0 / (1.0 + np.exp(-np.outer(theta, slope)))).astype(np.int8)
    codes[rng.random(codes.shape) < rng.choice([0.0, 0.3])] = -1
    group = np.unique(rng.integers(0, 3, n_persons), return_inverse=True)[1]
    answered, correct = (codes >= 0).sum(axis=0), (codes == 1).sum(axis=0)
    responses = Responses.from_dense(codes, group=group)
    model: Model = rng.choice(["rasch", "2pl"])
    if np.any((correct == 0) | (correct == answered)) or n_items < {"rasch": 2, "2pl": 3}[model]:
        with pytest.raises(ResponseError, match="items"):
            calibrate(responses, model=model)
        return
    result = calibrate(responses, model=model, max_cycles=60)
    assert np.all(np.abs(result.items.difficulty) <= 60_000.0)
    largest = np.maximum(result.standard_errors.discrimination, result.standard_errors.difficulty)
    assert set(np.flatnonzero(largest > 2.0).tolist()) <= {flag.item for flag in result.flags}
    assert not np.any(np.isnan(result.standard_errors.difficulty))
    assert np.isfinite(result.log_likelihood)


def test_an_unknown_model_is_refused(answers: Responses) -> None:
    with pytest.raises(ParameterError, match="'3pl'"):
        calibrate(answers, model="3pl")  # type: ignore[arg-type]  # that is what is tested


def test_an_empty_group_is_refused() -> None:
    with pytest.raises(ResponseError, match="nobody is in 1"):
        calibrate(Responses.from_dense([[1, 0], [0, 1]], group=[0, 2]), model="rasch")


@pytest.mark.slow
def test_booklets_recover_the_items_that_generated_them() -> None:
    """Each difference, in units of its standard error, should be close to standard normal."""
    rng = np.random.default_rng(2)
    n_items, n_persons = 80, 8000
    items = ItemParameters.two_parameter(np.exp(rng.normal(0.0, 0.25, n_items)), rng.normal(size=n_items))
    booklets = linear_booklets(n_items, 8, overlap=10, rng=rng)
    theta = np.concatenate([rng.normal(size=n_persons), rng.normal(0.4, 1.2, n_persons)])
    codes = simulate_responses(theta, items, booklets[np.arange(2 * n_persons) % 8], rng)
    group = np.repeat([0, 1], n_persons)
    result = calibrate(
        Responses.from_triplets(
            codes.person, codes.item, codes.category, n_persons=2 * n_persons, n_items=n_items, group=group
        )
    )
    z_slope = (result.items.discrimination - items.discrimination) / result.standard_errors.discrimination
    z_difficulty = (result.items.difficulty - items.difficulty) / result.standard_errors.difficulty
    for z in (z_slope, z_difficulty):
        assert 0.75 < np.sqrt(np.mean(z**2)) < 1.3
    assert result.groups[1].mean == pytest.approx(0.4, abs=0.08)
    assert result.groups[1].sd == pytest.approx(1.2, abs=0.08)
    assert np.corrcoef(result.items.difficulty, items.difficulty)[0, 1] > 0.995
