"""Scores and reports that the tests of this package share; every figure comes from a seed, none is a real pupil's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

import numpy as np
import pytest

from reports import Names, SchoolReport, Subject, build_school_report, norm_reference
from scoring import Level, ReportingScale, ScoreRecord

SCALE = ReportingScale("wiskunde", 250.0, 50.0, (Level("onder"), Level("basis", 215.0), Level("ruim", 280.0)))
MakeScores = Callable[..., list[ScoreRecord]]
MakeReport = Callable[..., SchoolReport]


@pytest.fixture
def scale() -> ReportingScale:
    """Return a scale with origin 250, unit 50 and three levels."""
    return SCALE


@pytest.fixture
def make_scores() -> MakeScores:
    """Return a maker of one school's scores from class sizes."""

    def make(sizes: Mapping[str, int], seed: int = 1, simulated: bool = False) -> list[ScoreRecord]:
        rng = np.random.default_rng(seed)
        scores: list[ScoreRecord] = []
        for name, size in sizes.items():
            for theta, error in zip(rng.normal(0.2, 0.9, size), rng.uniform(0.25, 0.4, size), strict=True):
                number = len(scores) + 1
                score = SCALE.score(float(theta))
                scores.append(
                    ScoreRecord(
                        sitting=UUID(int=number),
                        pupil=f"p{number:03d}",
                        school="s1",
                        school_class=name,
                        test="wiskunde",
                        theta=float(theta),
                        standard_error=float(error),
                        scale_score=score,
                        scale_error=SCALE.error(float(error)),
                        level=SCALE.level(score),
                        n_answers=30,
                        calibration="kalibratie-1",
                        algorithm="eap/1 normal(0, 1)",
                        simulated=simulated,
                    )
                )
        return scores

    return make


@pytest.fixture
def make_report(make_scores: MakeScores) -> MakeReport:
    """Return a maker of reports on one test with a norm group."""

    def make(sizes: Mapping[str, int], seed: int = 1, simulated: bool = False, named: bool = True) -> SchoolReport:
        scores = make_scores(sizes, seed, simulated)
        subject = Subject("Wiskunde", SCALE, norm_reference(SCALE, mean=0.0, sd=1.0, n_pupils=1500), len(scores))
        pupils = {score.pupil: f"Kind {number}" for number, score in enumerate(scores, start=1)} if named else {}
        return build_school_report(
            "Basisschool <Het & Nest>",
            scores,
            [subject],
            wave="afname van mei 2027",
            made_on=date(2027, 6, 1),
            names=Names(pupils=pupils),
        )

    return make
