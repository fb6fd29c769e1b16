"""Final abilities on the reporting scale."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from engine import ItemParameters
from scoring import CalibratedItems, Level, RecordError, ReportingScale, SittingRecord, score_sittings

MakeSitting = Callable[..., SittingRecord]
SCALE = ReportingScale("wiskunde", 250.0, 50.0, (Level("onder"), Level("boven", 250.0)))


def posterior_moments(items: CalibratedItems, answers: list[tuple[str, int]]) -> tuple[float, float]:
    """Mean and standard deviation of the posterior under a standard normal prior, by adaptive integration."""

    def density(theta: float) -> float:
        value = math.exp(-0.5 * theta * theta)
        for item, category in answers:
            place = items.item_ids.index(item)
            a, b = items.items.discrimination[place], items.items.difficulty[place]
            p = 1.0 / (1.0 + math.exp(-a * (theta - b)))
            value *= p if category == 1 else 1.0 - p
        return value

    m0, m1, m2 = (quad(lambda t, k=power: density(t) * t**k, -12.0, 12.0)[0] for power in (0, 1, 2))
    return m1 / m0, math.sqrt(m2 / m0 - (m1 / m0) ** 2)


@pytest.mark.parametrize(
    "answers", [[("a@1", 1)], [("a@1", 1), ("b@1", 0)], [("a@1", 0), ("b@1", 0), ("c@1", 0)], [("c@1", 1), ("a@1", 1)]]
)
def test_a_score_is_the_posterior_mean_with_its_deviation(
    make_sitting: MakeSitting, three_items: CalibratedItems, answers: list[tuple[str, int]]
) -> None:
    [score] = score_sittings([make_sitting(1, answers)], {"wiskunde": three_items}, {"wiskunde": SCALE})
    mean, deviation = posterior_moments(three_items, answers)
    assert score.theta == pytest.approx(mean, abs=1e-6)
    assert score.standard_error == pytest.approx(deviation, abs=1e-6)
    assert score.scale_score == pytest.approx(250.0 + 50.0 * mean, abs=1e-4)
    assert score.scale_error == pytest.approx(50.0 * deviation, abs=1e-4)
    assert score.level == ("boven" if mean >= 0.0 else "onder")
    assert score.n_answers == len(answers)
    assert (score.calibration, score.algorithm) == ("k1", "eap/1 normal(0, 1)")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations([("a@1", 1), ("b@1", 0), ("c@1", 1)]))
def test_the_order_of_answers_cannot_change_a_score(
    make_sitting: MakeSitting, three_items: CalibratedItems, order: list[tuple[str, int]]
) -> None:
    pair = [make_sitting(1, order), make_sitting(2, sorted(order))]
    first, second = score_sittings(pair, {"wiskunde": three_items}, {"wiskunde": SCALE})
    assert first.theta == pytest.approx(second.theta, abs=1e-12)


def test_scores_come_in_the_order_of_the_records_whatever_the_tests(
    make_sitting: MakeSitting, three_items: CalibratedItems
) -> None:
    records = [make_sitting(n, [("a@1", n % 2)], test="wiskunde" if n % 3 else "nederlands") for n in range(1, 8)]
    scales = {"wiskunde": SCALE, "nederlands": replace(SCALE, test="nederlands")}
    scores = score_sittings(records, {"wiskunde": three_items, "nederlands": three_items}, scales)
    assert [(s.sitting, s.test, s.pupil) for s in scores] == [(r.sitting, r.test, r.pupil) for r in records]


def test_a_sitting_without_an_answer_that_counts_gets_no_score(
    make_sitting: MakeSitting, three_items: CalibratedItems
) -> None:
    records = [make_sitting(1, []), make_sitting(2, [("a@1", -1)]), make_sitting(3, [("a@1", 1)])]
    scores = score_sittings(records, {"wiskunde": three_items}, {"wiskunde": SCALE})
    assert [score.sitting.int for score in scores] == [3]


def test_another_prior_gives_another_score_and_another_name(
    make_sitting: MakeSitting, three_items: CalibratedItems
) -> None:
    higher = replace(three_items, prior_mean=0.5, prior_sd=0.8)
    record = make_sitting(1, [("b@1", 1)])
    [usual] = score_sittings([record], {"wiskunde": three_items}, {"wiskunde": SCALE})
    [shifted] = score_sittings([record], {"wiskunde": higher}, {"wiskunde": SCALE})
    assert shifted.theta > usual.theta
    assert shifted.algorithm == "eap/1 normal(0.5, 0.8)"


def test_a_test_without_items_or_scale_is_refused(make_sitting: MakeSitting, three_items: CalibratedItems) -> None:
    record = make_sitting(1, [("a@1", 1)])
    with pytest.raises(RecordError, match="no calibrated items given; known are none"):
        score_sittings([record], {}, {"wiskunde": SCALE})
    with pytest.raises(RecordError, match="no reporting scale given; known are nederlands"):
        score_sittings([record], {"wiskunde": three_items}, {"nederlands": SCALE})


def test_items_and_parameters_must_run_parallel() -> None:
    with pytest.raises(RecordError, match="2 item versions but parameters of 1"):
        CalibratedItems("k1", ("a@1", "b@1"), ItemParameters.two_parameter(np.array([1.0]), np.array([0.0])))


def test_lsat6_scores_agree_with_r_mirt(make_sitting: MakeSitting, shared_data: Path) -> None:
    """R mirt 1.47, fscores(method = "EAP") for the first 20 persons in the order of the patterns."""
    published = json.loads((shared_data / "calibration" / "lsat6_2pl.json").read_text())
    found = {(p["item"], p["name"]): p["value"] for p in published["params"]}
    names = published["items"]
    a = np.array([found[name, "a1"] for name in names])
    b = -np.array([found[name, "d"] for name in names]) / a
    persons = [p for p, n in zip(published["patterns"], published["freq"], strict=True) for _ in range(n)][:20]
    records = [
        make_sitting(number, [(f"{name}@1", code) for name, code in zip(names, pattern, strict=True)])
        for number, pattern in enumerate(persons)
    ]
    items = CalibratedItems("mirt", tuple(f"{name}@1" for name in names), ItemParameters.two_parameter(a, b))
    scores = score_sittings(records, {"wiskunde": items}, {"wiskunde": SCALE})
    ours = np.array([(score.theta, score.standard_error) for score in scores])
    assert np.abs(ours - np.array(published["EAP_first20"])).max() < 1e-6
