from __future__ import annotations

import numpy as np
import pytest

from engine.errors import DesignError
from engine.stopping import (
    BlueprintComplete,
    MaximumLength,
    PredictedReduction,
    Progress,
    StandardError,
    StoppingRule,
    StopReason,
    TimeLimit,
    VarianceReduction,
    reasons_to_stop,
)


def three_persons() -> Progress:
    return Progress(
        n_answered=np.array([5, 10, 20]),
        standard_error=np.array([0.5, 0.3, 0.25]),
        standard_error_before=np.array([0.6, 0.301, 0.2]),
        information_ahead=np.array([1.0, 1.0, 0.0]),
        elapsed_ms=np.array([1000, 2000, 3000]),
        is_complete=np.array([False, True, True]),
    )


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (MaximumLength(10), [False, True, True]),
        (StandardError(0.3), [False, True, True]),
        # .5 to .5 / √1.25 = .447, .3 to .3 / √1.09 = .287, and nothing to gain
        (PredictedReduction(0.014), [False, True, True]),
        (PredictedReduction(0.012), [False, False, True]),
        # shares of the variance: .306, .0066 and a rise of .5625
        (VarianceReduction(0.01), [False, True, False]),
        (TimeLimit(2000), [False, True, True]),
        (BlueprintComplete(), [False, True, True]),
    ],
)
def test_each_rule_stops_whom_it_should(rule: StoppingRule, expected: list[bool]) -> None:
    assert rule.stops(three_persons()).tolist() == expected


def test_the_first_rule_that_stops_is_the_reason() -> None:
    rules: list[StoppingRule] = [StandardError(0.26), BlueprintComplete(), MaximumLength(20)]
    reason = reasons_to_stop(rules, three_persons())
    assert reason.tolist() == [StopReason.GOING_ON, StopReason.COMPLETE, StopReason.PRECISE]
    assert StopReason(reason[2]).words == "the ability is precise enough"
    assert all(reason.words for reason in StopReason)


def test_below_the_minimum_length_only_length_and_time_stop() -> None:
    rules: list[StoppingRule] = [StandardError(0.5), TimeLimit(1000), MaximumLength(20)]
    assert reasons_to_stop(rules, three_persons(), minimum=10).tolist() == [
        StopReason.TIME_UP,
        StopReason.PRECISE,
        StopReason.PRECISE,
    ]


def test_a_precise_test_goes_on_until_its_blueprint_is_complete() -> None:
    rules: list[StoppingRule] = [StandardError(0.5), MaximumLength(20)]
    reason = reasons_to_stop(rules, three_persons(), until_complete=True)
    assert reason.tolist() == [StopReason.GOING_ON, StopReason.PRECISE, StopReason.PRECISE]


def test_persons_do_not_influence_one_another() -> None:
    rules: list[StoppingRule] = [StandardError(0.26), VarianceReduction(0.01), MaximumLength(20)]
    one = Progress(np.array([10]), np.array([0.3]), np.array([0.301]))
    assert reasons_to_stop(rules, one).tolist() == [reasons_to_stop(rules, three_persons())[1]]


def test_rules_that_mean_nothing_are_refused() -> None:
    for make in (
        lambda: MaximumLength(0),
        lambda: StandardError(0.0),
        lambda: StandardError(np.nan),
        lambda: PredictedReduction(-0.1),
        lambda: VarianceReduction(1.0),
        lambda: TimeLimit(0),
    ):
        with pytest.raises(DesignError):
            make()
    with pytest.raises(DesignError, match="needs a rule"):
        reasons_to_stop([], three_persons())
    with pytest.raises(DesignError, match="the minimum length 21 is above the maximum length 20"):
        reasons_to_stop([MaximumLength(20)], three_persons(), minimum=21)
    with pytest.raises(DesignError, match="needs standard_error, which was not given"):
        reasons_to_stop([StandardError(0.3)], Progress(np.array([1])))
    with pytest.raises(DesignError, match="one value a person, 2, not 1"):
        reasons_to_stop([StandardError(0.3)], Progress(np.array([1, 2]), np.array([0.3])))
