"""Groups that a school may hold its results against."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from reports import DisclosureError, ReferenceGroup, ReportError, norm_reference, reference_from_scores
from scoring import ReportingScale, ScoreRecord

MakeScores = Callable[..., list[ScoreRecord]]


def test_a_norm_group_is_put_on_the_scale(scale: ReportingScale) -> None:
    group = norm_reference(scale, mean=0.1, sd=1.2, n_pupils=400)
    assert group.mean == pytest.approx(255.0)
    assert group.spread == pytest.approx(60.0)
    assert group.standard_error == pytest.approx(60.0 / math.sqrt(400))
    assert (group.name, group.label) == ("normgroep", "gemiddelde van de normgroep")


def test_a_wave_of_several_schools_is_a_reference(make_scores: MakeScores) -> None:
    scores = [replace(s, school=f"s{number % 3}") for number, s in enumerate(make_scores({"4A": 30}))]
    group = reference_from_scores(scores)
    assert group.mean == pytest.approx(sum(s.scale_score for s in scores) / 30)
    assert group.n_pupils == 30
    assert group.name == "Vlaanderen"


def test_two_schools_are_no_reference(make_scores: MakeScores) -> None:
    scores = [replace(s, school=f"s{number % 2}") for number, s in enumerate(make_scores({"4A": 30}))]
    with pytest.raises(DisclosureError, match="norm_reference"):
        reference_from_scores(scores)


def test_tests_are_not_mixed(make_scores: MakeScores) -> None:
    scores = [replace(s, school=f"s{n}", test=f"t{n % 2}") for n, s in enumerate(make_scores({"4A": 6}))]
    with pytest.raises(ReportError, match="mixes tests t0, t1"):
        reference_from_scores(scores)


def test_a_reference_without_spread_is_refused() -> None:
    with pytest.raises(ReportError, match="positive spread"):
        ReferenceGroup("normgroep", "gemiddelde", 250.0, 1.0, 0.0, 100)
