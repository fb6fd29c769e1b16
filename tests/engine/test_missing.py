"""What omitted and not-reached answers count as."""

from __future__ import annotations

import numpy as np
import pytest

from engine import MissingRules, ResponseError, Responses, calibrate, treat_missing

CODES = [[1, -2, 0, -3], [0, 1, -1, -3], [1, 0, 1, 1]]


def as_dense(responses: Responses) -> list[list[int]]:
    codes = np.full((responses.n_persons, responses.n_items), -1)
    codes[responses.person, responses.item] = responses.category
    return codes.tolist()


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (MissingRules(), [[1, 0, 0, -1], [0, 1, -1, -1], [1, 0, 1, 1]]),
        (MissingRules("not_presented", "wrong"), [[1, -1, 0, 0], [0, 1, -1, 0], [1, 0, 1, 1]]),
        (MissingRules("not_presented", "not_presented"), [[1, -1, 0, -1], [0, 1, -1, -1], [1, 0, 1, 1]]),
    ],
)
def test_each_kind_has_a_rule_of_its_own(rules: MissingRules, expected: list[list[int]]) -> None:
    assert as_dense(treat_missing(Responses.from_dense(CODES), rules)) == expected


def test_a_fractional_answer_is_part_right_part_wrong() -> None:
    rules = MissingRules(omitted="fractional")
    treated = treat_missing(Responses.from_dense(CODES), rules, n_options=[4, 4, 4, 0])
    assert treated.share is not None
    of_omitted = treated.share[(treated.person == 0) & (treated.item == 1)]
    assert of_omitted.tolist() == [0.75, 0.25]
    assert treated.n_answered().tolist() == [3.0, 3.0, 2.0, 1.0]
    assert treated.proportion_correct()[1] == pytest.approx((0.25 + 1.0) / 3.0)


def test_nothing_is_calibrated_before_missing_answers_count_as_something() -> None:
    with pytest.raises(ResponseError, match="1 answers are omitted; say first what that counts as"):
        calibrate(Responses.from_dense(CODES), model="rasch")


def test_the_fractional_rule_needs_options_and_two_categories() -> None:
    rules = MissingRules(omitted="fractional")
    with pytest.raises(ResponseError, match="number of options"):
        treat_missing(Responses.from_dense(CODES), rules)
    with pytest.raises(ResponseError, match="items 1 have more"):
        treat_missing(Responses.from_dense([[0, -2], [1, 2]]), rules, n_options=[4, 4])
    with pytest.raises(ResponseError, match="'sometimes' is no rule"):
        MissingRules(omitted="sometimes")  # type: ignore[arg-type]  # that is what is tested


def test_a_fractional_answer_is_worth_its_share_of_the_likelihood() -> None:
    """An answer that is half right half wrong, twice, says as much as one right and one wrong answer."""
    rng = np.random.default_rng(2)
    codes = (rng.random((300, 6)) < 0.5).astype(np.int8)
    codes[:, 5] = (rng.random(300) < 0.6).astype(np.int8)
    halves, wholes = codes.copy(), codes.copy()
    halves[0::2] = halves[1::2]  # pairs of persons who agree on everything …
    wholes[0::2] = wholes[1::2]
    halves[:, 5] = -2
    treated = treat_missing(Responses.from_dense(halves), MissingRules(omitted="fractional"), n_options=[2] * 6)
    result = calibrate(treated, model="rasch")
    assert result.items.difficulty[5] == pytest.approx(0.0, abs=1e-3)  # … and on the last guess blindly
    assert np.isfinite(result.log_likelihood)
