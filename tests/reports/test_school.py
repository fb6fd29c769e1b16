"""The figures of a school report, recomputed by other means."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from statistics import NormalDist

import pytest

from reports import (
    Comparison,
    Estimate,
    Names,
    ReferenceGroup,
    ReportError,
    SchoolReport,
    Subject,
    build_school_report,
)
from scoring import ReportingScale, ScoreRecord

MakeScores = Callable[..., list[ScoreRecord]]
MakeReport = Callable[..., SchoolReport]


def report_of(scores: list[ScoreRecord], scale: ReportingScale, **subject: object) -> SchoolReport:
    """Report of one test."""
    one = Subject("Wiskunde", scale, **subject)  # type: ignore[arg-type]  # optional fields of several types
    return build_school_report("School", scores, [one], wave="mei", made_on=date(2027, 6, 1))


def test_the_mean_and_its_margin_are_those_of_the_pupils(make_scores: MakeScores, scale: ReportingScale) -> None:
    scores = make_scores({"4A": 13, "4B": 12})
    [subject] = report_of(scores, scale).subjects
    values = [score.scale_score for score in scores]
    measurement = statistics.fmean(score.scale_error**2 for score in scores)
    error = math.sqrt((statistics.variance(values) + 2.0 * measurement) / 25)
    margin = 2.0639 * error  # t distribution, 24 degrees of freedom, 97.5 %, from the usual printed table
    mean = statistics.fmean(values)
    assert subject.mean is not None
    assert subject.mean.value == round(mean)
    assert subject.mean.low == pytest.approx(mean - margin, abs=0.51)
    assert subject.mean.high == pytest.approx(mean + margin, abs=0.51)


def test_shares_are_mean_probabilities_and_sum_to_a_hundred(make_scores: MakeScores, scale: ReportingScale) -> None:
    scores = make_scores({"4A": 24})
    [subject] = report_of(scores, scale).subjects
    below = statistics.fmean(NormalDist(s.scale_score, s.scale_error).cdf(215.0) for s in scores)
    assert [level.name for level in subject.levels] == ["onder", "basis", "ruim"]
    assert subject.levels[0].share.value == pytest.approx(100.0 * below, abs=1.0)
    assert sum(level.share.value for level in subject.levels) == 100
    assert sum(bin_.share.value for bin_ in subject.distribution) == 100


def test_pupils_stand_from_high_to_low_with_their_own_margin(make_scores: MakeScores, scale: ReportingScale) -> None:
    scores = make_scores({"4A": 9})
    [subject] = report_of(scores, scale).subjects
    [only] = subject.classes
    ordered = sorted(scores, key=lambda score: -score.scale_score)
    margins = [1.959964 * s.scale_error for s in ordered]
    expected = [
        Estimate(round(s.scale_score), round(s.scale_score - margin), round(s.scale_score + margin))
        for s, margin in zip(ordered, margins, strict=True)
    ]
    assert [pupil.score for pupil in only.pupils] == expected
    assert [pupil.level for pupil in only.pupils] == [score.level for score in ordered]


@pytest.mark.parametrize(
    ("mean", "comparison"), [(180.0, Comparison.HIGHER), (330.0, Comparison.LOWER), (None, Comparison.SIMILAR)]
)
def test_a_mean_is_higher_or_lower_only_beyond_the_margin(
    make_scores: MakeScores, scale: ReportingScale, mean: float | None, comparison: Comparison
) -> None:
    scores = make_scores({"4A": 25})
    own = statistics.fmean(score.scale_score for score in scores)
    group = ReferenceGroup("g", "gemiddelde", own + 3.0 if mean is None else mean, 2.0, 50.0, 1000)
    assert report_of(scores, scale, reference=group).subjects[0].comparison is comparison


def test_without_a_reference_nothing_is_compared(make_scores: MakeScores, scale: ReportingScale) -> None:
    [subject] = report_of(make_scores({"4A": 10}), scale).subjects
    assert subject.reference is None
    assert subject.comparison is None
    assert all(bin_.reference is None for bin_ in subject.distribution)


def test_the_reference_shares_are_those_of_a_normal_distribution(make_report: MakeReport) -> None:
    [subject] = make_report({"4A": 10}).subjects
    norm = NormalDist(250.0, 50.0)
    assert subject.levels[0].reference == pytest.approx(100.0 * norm.cdf(215.0), abs=1.0)
    assert sum(level.reference or 0.0 for level in subject.levels) == 100


@pytest.mark.parametrize("n_pupils", [0, 1, 4])
def test_fewer_than_five_pupils_give_a_number_and_nothing_else(
    make_scores: MakeScores, scale: ReportingScale, n_pupils: int
) -> None:
    [subject] = report_of(make_scores({"4A": n_pupils}), scale).subjects
    assert subject.n_pupils == n_pupils
    assert (subject.mean, subject.comparison) == (None, None)
    assert (subject.distribution, subject.levels, subject.classes) == ((), (), ())


def test_the_axis_of_a_suppressed_test_tells_nothing(make_scores: MakeScores, scale: ReportingScale) -> None:
    few = [replace(score, scale_score=score.scale_score + 400.0) for score in make_scores({"4A": 4})]
    assert report_of(few, scale).subjects[0].axis == report_of([], scale).subjects[0].axis


def test_a_small_class_is_shown_with_another_so_that_it_cannot_be_subtracted(
    make_scores: MakeScores, scale: ReportingScale
) -> None:
    [subject] = report_of(make_scores({"4A": 20, "4B": 2, "4C": 9}), scale).subjects
    assert [(result.name, result.n_pupils, result.is_merged) for result in subject.classes] == [
        ("4A", 20, False),
        ("4B en 4C", 11, True),
    ]


def test_classes_with_the_same_name_stay_two_classes(make_scores: MakeScores, scale: ReportingScale) -> None:
    subjects = [Subject("Wiskunde", scale)]
    names = Names(classes={"k1": "4A", "k2": "4A"})
    report = build_school_report(
        "S", make_scores({"k1": 6, "k2": 7}), subjects, wave="mei", made_on=date(2027, 6, 1), names=names
    )
    assert [result.name for result in report.subjects[0].classes] == ["4A (k1)", "4A (k2)"]


def test_a_pupil_without_a_name_has_one_number_for_every_test(make_scores: MakeScores, scale: ReportingScale) -> None:
    first = make_scores({"4A": 6})
    second = [
        replace(score, test="nederlands", sitting=other.sitting, scale_score=500.0 - score.scale_score)
        for score, other in zip(first, make_scores({"4A": 6}, seed=2), strict=True)
    ]
    other_scale = ReportingScale("nederlands", 250.0, 50.0)
    report = build_school_report(
        "S", [*first, *second], [Subject("W", scale), Subject("N", other_scale)], wave="mei", made_on=date(2027, 6, 1)
    )
    labels = [[pupil.label for pupil in subject.classes[0].pupils] for subject in report.subjects]
    assert labels[0] == labels[1][::-1]  # the second test turns everybody's score around
    assert sorted(labels[0]) == [f"Leerling {number}" for number in range(1, 7)]


def test_one_simulated_score_marks_the_whole_report(make_scores: MakeScores, scale: ReportingScale) -> None:
    scores = make_scores({"4A": 6})
    assert not report_of(scores, scale).simulated
    assert report_of([replace(scores[0], simulated=True), *scores[1:]], scale).simulated


def test_what_does_not_belong_in_one_report_is_refused(make_scores: MakeScores, scale: ReportingScale) -> None:
    scores = make_scores({"4A": 6})
    with pytest.raises(ReportError, match="these scores are of 2"):
        report_of([replace(scores[0], school="s2"), *scores[1:]], scale)
    with pytest.raises(ReportError, match="no subject of the report: muziek"):
        report_of([replace(scores[0], test="muziek"), *scores[1:]], scale)
    with pytest.raises(ReportError, match="7 scores for 6 pupils"):
        report_of([scores[0], *scores], scale)
    with pytest.raises(ReportError, match="several versions"):
        report_of([replace(scores[0], calibration="other"), *scores[1:]], scale)
