"""What cannot be calibrated is refused by name before anything is estimated."""

from __future__ import annotations

import numpy as np
import pytest

from engine import DesignError, ItemParameters, Model, ParameterError, ResponseError, Responses, calibrate
from engine.arrays import FloatArray

RNG = np.random.default_rng(7)
CODES = RNG.integers(0, 2, (60, 6)).astype(np.int8)


def islands() -> Responses:
    codes = CODES.copy()
    codes[:30, 3:] = -1
    codes[30:, :3] = -1
    return Responses.from_dense(codes, group=np.repeat([0, 1], 30))


def test_groups_that_share_no_item_are_named_as_islands() -> None:
    with pytest.raises(DesignError, match=r"2 islands.*groups 0 with items 0, 1, 2; groups 1 with items 3, 4, 5"):
        calibrate(islands(), model="rasch")


def test_items_that_are_known_tie_islands_together() -> None:
    known = ItemParameters.two_parameter([1.0], [0.2])
    result = calibrate(islands(), model="rasch", fixed={1: known, 4: known})
    assert result.models == ("rasch", "fixed", "rasch", "rasch", "fixed", "rasch")
    assert result.items.difficulty[1] == 0.2
    assert np.all(np.isfinite(result.items.difficulty))


def test_items_that_are_known_but_not_answered_give_no_scale() -> None:
    codes = CODES.copy()
    codes[:, 5] = -1
    known = {5: ItemParameters.two_parameter([1.0], [0.2])}
    for group in (np.zeros(60, dtype=np.int32), np.arange(60) % 2):
        with pytest.raises(DesignError, match="items 5 are fixed to give the scale its origin, but have no responses"):
            calibrate(Responses.from_dense(codes, group=group), model="2pl", fixed=known)


def test_equivalent_persons_of_one_group_tie_booklets_together() -> None:
    codes = CODES.copy()
    codes[::2, 3:] = -1
    codes[1::2, :3] = -1
    assert calibrate(Responses.from_dense(codes), model="rasch").converged


@pytest.mark.parametrize("model", ["rasch", "2pl", "pcm"])
@pytest.mark.parametrize("is_known", [True, False])
def test_one_person_is_refused_as_such(model: Model, is_known: bool) -> None:
    """Whatever the items: also with all of them known, where one person would be a group with a mean."""
    known = {item: ItemParameters.two_parameter([1.0], [0.0]) for item in range(6)} if is_known else None
    with pytest.raises(ResponseError, match="there is only one person"):
        calibrate(Responses.from_dense(CODES[:1]), model=model, fixed=known)
    two = calibrate(Responses.from_dense([[1, 0, 1, 0], [0, 1, 0, 1]]), model="rasch")
    assert "2 persons, fewer than 30" in two.group_flags[0].reason


@pytest.mark.parametrize(
    ("codes", "model", "message"),
    [
        ([[0, 2], [2, 0], [0, 0]] * 5, "pcm", "items 0, 1 have a category without responses below one"),
        ([[1, 1], [1, 0], [1, 1]] * 5, "pcm", "items 0 have responses in one category only"),
        ([[0, 2], [1, 0], [1, 1]] * 5, "2pl", "items 1 have responses above 1"),
        ([[25, 2], [1, 0], [0, 1]] * 5, "pcm", "items 0 have a category without responses"),
    ],
)
def test_odd_categories_are_named(codes: list[list[int]], model: str, message: str) -> None:
    with pytest.raises((ResponseError, ParameterError), match=message):
        calibrate(Responses.from_dense(codes), model=model)  # type: ignore[arg-type]  # a model, as text


def test_a_sum_score_is_no_item() -> None:
    codes = np.column_stack([np.arange(60) % 25, CODES]).astype(np.int8)
    with pytest.raises(ResponseError, match="items 0 have more than 20 categories: is that a sum score"):
        calibrate(Responses.from_dense(codes), model="gpcm")


def test_a_fixed_item_must_be_in_the_data_and_know_its_categories() -> None:
    known = ItemParameters.two_parameter([1.0], [0.0])
    with pytest.raises(ParameterError, match="item 9 is fixed, but the data have items 0 … 5"):
        calibrate(Responses.from_dense(CODES), fixed={9: known})
    codes = CODES.copy()
    codes[0, 2] = 2
    with pytest.raises(ParameterError, match="item 2 is fixed with 2 categories, but has answers in 2"):
        calibrate(Responses.from_dense(codes), model="gpcm", fixed={2: known})


@pytest.mark.parametrize(
    ("covariates", "message"),
    [
        (np.ones((60, 1)), r"covariates \[0\] are constant"),
        (np.full((60, 1), 2015.3), r"covariates \[0\] are constant"),  # a number that sums of squares round
        (np.outer(2015.3 + np.arange(60) % 5, np.array([1.0, 3.0])) + np.array([0.0, 0.7]), "covariates are collinear"),
        (np.column_stack([np.arange(60.0), 2.0 * np.arange(60.0)]), "collinear"),
        (np.full((60, 1), np.nan), "covariates must be finite; those of person 0"),
    ],
)
def test_covariates_that_determine_nothing_are_refused(covariates: FloatArray, message: str) -> None:
    with pytest.raises(ResponseError, match=message):
        calibrate(Responses.from_dense(CODES, covariates=covariates), model="rasch")


@pytest.mark.parametrize(
    "options", [{"density": "round"}, {"errors": "few"}, {"tolerance": 0.0}, {"max_cycles": 0}, {"nodes": [0.0, 1.0]}]
)
def test_options_that_are_none_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        calibrate(Responses.from_dense(CODES), model="rasch", **options)  # type: ignore[arg-type]  # what is tested


def test_a_histogram_takes_no_covariates() -> None:
    responses = Responses.from_dense(CODES, covariates=np.arange(60.0)[:, np.newaxis])
    with pytest.raises(ParameterError, match="a histogram has no regression on covariates"):
        calibrate(responses, model="rasch", density="histogram")


def test_as_many_models_as_items_are_needed() -> None:
    with pytest.raises(ParameterError, match="2 models for 6 items"):
        calibrate(Responses.from_dense(CODES), model=["2pl", "rasch"])
