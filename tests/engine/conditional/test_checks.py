"""Responses that conditional maximum likelihood cannot take."""

from __future__ import annotations

import numpy as np
import pytest

from engine import ResponseError, Responses, calibrate_conditional
from engine.missing import MissingRules, treat_missing

CODES = np.array([[0, 1, 2, 1], [1, 0, 1, 0], [1, 1, 0, 1], [0, 0, 2, 1], [1, 0, 0, 0]])


def refusal(codes: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> ResponseError:
    with pytest.raises(ResponseError) as caught:
        calibrate_conditional(Responses.from_dense(codes))
    return caught.value


def changed(item: int, categories: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    codes = CODES.copy()
    codes[:, item] = categories
    return codes


@pytest.mark.parametrize("category", [0, 1, 2])
def test_an_item_with_one_category_is_named(category: int) -> None:
    error = refusal(changed(1, [category] * 5))
    assert error.items == (1,)
    assert "one category only" in str(error)


@pytest.mark.parametrize("categories", [[0, 2, 0, 2, 2], [1, 2, 1, 2, 1], [0, 1, 3, 1, 0]])
def test_an_item_with_a_gap_is_named(categories: list[int]) -> None:
    error = refusal(changed(3, categories))
    assert error.items == (3,)
    assert "nobody is in" in str(error)


@pytest.mark.parametrize("code", [-2, -3])
def test_answers_without_a_category_are_to_be_treated_first(code: int) -> None:
    error = refusal(changed(2, [code, 1, 0, 2, 0]))
    assert error.items == (2,)
    assert "engine.missing" in str(error)


def test_shares_of_an_answer_are_refused() -> None:
    omitted = Responses.from_dense(changed(0, [-2, 1, 0, 1, 0]))
    shared = treat_missing(omitted, MissingRules(omitted="fractional"), n_options=[4, 4, 4, 4])
    with pytest.raises(ResponseError, match="items 0 have responses that count for a part"):
        calibrate_conditional(shared)


def test_scores_that_say_nothing_are_said_to_say_nothing() -> None:
    assert "between 0 and the highest" in str(refusal(np.array([[0, 0], [1, 1]])))
    assert "at least two" in str(refusal(np.array([[0], [1]])))
