"""Marginal maximum likelihood calibration, beside estimates that nobody here made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import (
    ItemParameters,
    Model,
    ParameterError,
    ResponseError,
    Responses,
    calibrate,
    linear_booklets,
    simulate_responses,
)


@pytest.fixture(scope="module")
def answers() -> Responses:
    rng = np.random.default_rng(5)
    items = ItemParameters.two_parameter(rng.uniform(0.7, 1.6, 12), rng.normal(size=12))
    return simulate_responses(rng.normal(size=600), items, np.ones((600, 12), dtype=np.bool_), rng)


def test_every_cycle_is_reported_and_the_last_is_the_best(answers: Responses) -> None:
    seen: list[tuple[int, float]] = []
    result = calibrate(answers, on_cycle=lambda cycle, log_likelihood: seen.append((cycle, log_likelihood)))
    assert [cycle for cycle, _ in seen] == list(range(1, result.n_cycles + 1))
    values = np.array([value for _, value in seen])
    assert values.tolist() == list(result.convergence.history)
    assert values[-1] == result.log_likelihood
    assert result.convergence.n_grids == 1
    assert np.all(np.diff(values) >= -1e-12 * np.abs(values[:-1]))  # a leap that goes down is not reported
    assert result.convergence.n_steps >= result.n_cycles


def test_a_calibration_cut_short_says_so(answers: Responses) -> None:
    result = calibrate(answers, max_cycles=3)
    assert not result.converged
    assert result.n_cycles == 3


def test_a_reversed_key_is_flagged(answers: Responses) -> None:
    category = np.where(answers.item == 7, 1 - answers.category, answers.category)
    persons = np.repeat(np.arange(600), 12)
    result = calibrate(Responses.from_triplets(persons, answers.item, category, n_persons=600, n_items=12))
    assert result.items.discrimination[7] < 0.0
    assert [flag.item for flag in result.flags] == [7]
    assert "reversed" in result.flags[0].reason


@pytest.mark.parametrize(
    ("codes", "reason"),
    [
        ([[1, 1], [1, 0]], "items 0 have only correct"),
        ([[0, 1], [0, 0]], "items 0 have only incorrect"),
        ([[1, -1], [0, -1]], "items 1 have no responses"),
    ],
)
def test_items_that_cannot_be_calibrated_are_named(codes: list[list[int]], reason: str) -> None:
    with pytest.raises(ResponseError, match=reason) as error:
        calibrate(Responses.from_dense(codes), model="rasch")
    assert len(error.value.items) == 1


def test_categories_that_a_model_does_not_know_are_named() -> None:
    with pytest.raises(ParameterError, match="items 1 have responses above 1, 3 categories in all; rasch knows 0"):
        calibrate(Responses.from_dense([[1, 2], [0, 0]]), model="rasch")


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
    with pytest.raises(ParameterError, match="'5pl'"):
        calibrate(answers, model="5pl")  # type: ignore[arg-type]  # that is what is tested


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
