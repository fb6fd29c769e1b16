"""From scores to the value that a school report shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from reports.disclosure import enough_pupils, merge_small_groups
from reports.errors import ReportError
from reports.reference import ReferenceGroup
from reports.statistics import (
    NORMAL_QUANTILE,
    FloatArray,
    GroupMean,
    bin_edges,
    friendly_width,
    group_mean,
    interval_probabilities,
    shares,
    whole_percentages,
)
from reports.values import (
    Bin,
    ClassResult,
    Comparison,
    Estimate,
    LevelShare,
    PupilResult,
    Reference,
    SchoolReport,
    SubjectReport,
)
from scoring import ReportingScale, ScoreRecord

AXIS_SPREADS = 2.5
"""How many spreads of the reference group an axis shows on either side of its mean."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One test as a report should show it.

    Attributes
    ----------
    title : what a school reads, such as "Wiskunde"
    scale : the test's reporting scale; names the test
    reference : group to hold results against, or None
    n_expected : pupils of this school who were to take the test, 0 where that is not known
    """

    title: str
    scale: ReportingScale
    reference: ReferenceGroup | None = None
    n_expected: int = 0


@dataclass(frozen=True, slots=True)
class Names:
    """What a school calls its classes and pupils; without names, identifiers and numbers are shown.

    Attributes
    ----------
    classes : name by class identifier
    pupils : label by the pupil's pseudonym for scoring
    """

    classes: Mapping[str, str] = field(default_factory=dict)
    pupils: Mapping[str, str] = field(default_factory=dict)


def build_school_report(
    school: str,
    scores: Sequence[ScoreRecord],
    subjects: Sequence[Subject],
    *,
    wave: str,
    made_on: date,
    names: Names | None = None,
) -> SchoolReport:
    """Make the report of one school.

    Parameters
    ----------
    school
        Name of the school.
    scores
        Its pupils' results on any tests, at most one per pupil and test; no other school's.
    subjects
        The tests to report, in the order shown.
    wave
        Name of the period in which the tests were taken.
    made_on
        Date on the report.
    names
        Names of classes and pupils, for the school's eyes only.

    Raises
    ------
    ReportError
        If scores are of several schools, a pupil has two on a test, a test is no subject, or one test's scores
        come from several calibrations or algorithms.
    """
    _check_scores(scores, subjects)
    labels = _pupil_labels(scores, names or Names())
    parts = tuple(
        _subject_report(subject, [s for s in scores if s.test == subject.scale.test], names or Names(), labels)
        for subject in subjects
    )
    return SchoolReport(school, wave, made_on, any(score.simulated for score in scores), parts)


def _check_scores(scores: Sequence[ScoreRecord], subjects: Sequence[Subject]) -> None:
    """One school, known tests, one score per pupil and test."""
    schools = {score.school for score in scores}
    if len(schools) > 1:
        raise ReportError(f"a report is about one school, these scores are of {len(schools)}; make one report each")
    unknown = {score.test for score in scores} - {subject.scale.test for subject in subjects}
    if unknown:
        raise ReportError(f"scores of tests that are no subject of the report: {', '.join(sorted(unknown))}")
    pairs = {(score.pupil, score.test) for score in scores}
    if len(pairs) != len(scores):
        raise ReportError(f"{len(scores)} scores for {len(pairs)} pupils and tests; keep one score per pupil and test")


def _pupil_labels(scores: Sequence[ScoreRecord], names: Names) -> dict[str, str]:
    """Label of every pupil; without a name a number within the class, the same on every test."""
    members: dict[str, set[str]] = defaultdict(set)
    for score in scores:
        members[score.school_class].add(score.pupil)
    numbered = {
        pupil: f"Leerling {number}"
        for pupils in members.values()
        for number, pupil in enumerate(sorted(pupils), start=1)
    }
    return {pupil: names.pupils.get(pupil, label) for pupil, label in numbered.items()}


def _subject_report(
    subject: Subject, scores: Sequence[ScoreRecord], names: Names, labels: Mapping[str, str]
) -> SubjectReport:
    """Report of one test; only the number of pupils where they are too few."""
    versions = sorted({(score.calibration, score.algorithm) for score in scores})
    if len(versions) > 1:
        raise ReportError(f"scores of {subject.scale.test} come from several versions: {versions}; score them again")
    calibration, algorithm = versions[0] if versions else ("", "")
    decimals, group = subject.scale.decimals, subject.reference
    shown = enough_pupils(len(scores))
    mean = _mean_of(scores) if shown else None
    axis = _axis(subject, scores if shown else [])
    return SubjectReport(
        test=subject.scale.test,
        title=subject.title,
        decimals=decimals,
        n_pupils=len(scores),
        n_expected=subject.n_expected,
        mean=_estimate(mean.value, mean.margin, decimals) if mean else None,
        reference=_reference(group, decimals) if group else None,
        comparison=_compare(mean, group) if mean and group else None,
        distribution=_distribution(subject, scores, axis) if shown else (),
        levels=_levels(subject, scores) if shown else (),
        classes=_classes(scores, names, labels, decimals) if shown else (),
        axis=(float(axis[0]), float(axis[-1])),
        calibration=calibration,
        algorithm=algorithm,
    )


def _arrays(scores: Sequence[ScoreRecord]) -> tuple[FloatArray, FloatArray]:
    """Scores and errors on the reporting scale, (n_persons,) each."""
    return np.array([s.scale_score for s in scores]), np.array([s.scale_error for s in scores])


def _mean_of(scores: Sequence[ScoreRecord]) -> GroupMean:
    """Mean of a group of pupils."""
    return group_mean(*_arrays(scores))


def _estimate(value: float, margin: float, decimals: int) -> Estimate:
    """Figure and bounds, each rounded to what is shown."""
    return Estimate(*(_rounded(number, decimals) for number in (value, value - margin, value + margin)))


def _rounded(value: float, decimals: int) -> float:
    """Round to what is shown, without a negative zero."""
    return round(value, decimals) + 0.0


def _reference(group: ReferenceGroup, decimals: int) -> Reference:
    """Rounded form of the reference group."""
    margin = NORMAL_QUANTILE * group.standard_error
    return Reference(group.name, group.label, _estimate(group.mean, margin, decimals), group.n_pupils)


def _compare(mean: GroupMean, group: ReferenceGroup) -> Comparison:
    """Hold the mean against the reference, with the errors of both."""
    difference = mean.value - group.mean
    margin = mean.margin * np.hypot(mean.standard_error, group.standard_error) / mean.standard_error
    if abs(difference) <= margin:
        return Comparison.SIMILAR
    return Comparison.HIGHER if difference > 0.0 else Comparison.LOWER


def _axis(subject: Subject, scores: Sequence[ScoreRecord]) -> FloatArray:
    """Edges of the bins: wide enough for the reference group and every pupil's margin."""
    scale, group = subject.scale, subject.reference
    centre, spread = (group.mean, group.spread) if group else (scale.origin, scale.unit)
    lows = [score.scale_score - NORMAL_QUANTILE * score.scale_error for score in scores]
    highs = [score.scale_score + NORMAL_QUANTILE * score.scale_error for score in scores]
    low, high = min([centre - AXIS_SPREADS * spread, *lows]), max([centre + AXIS_SPREADS * spread, *highs])
    return bin_edges(low, high, friendly_width(scale.unit / 2.0))


def _percentages(
    scores: Sequence[ScoreRecord], cuts: FloatArray, group: ReferenceGroup | None
) -> list[tuple[Estimate, int | None]]:
    """Share of the pupils, and of the reference group, in each interval between cuts, in whole percentages."""
    share, low, high = shares(interval_probabilities(*_arrays(scores), cuts))
    own = whole_percentages(share)
    theirs: list[int | None] = [None] * len(own)
    if group:
        mean, spread = np.array([group.mean]), np.array([group.spread])
        theirs = [*whole_percentages(interval_probabilities(mean, spread, cuts)[0])]
    bounds = zip(np.round(100.0 * low).tolist(), np.round(100.0 * high).tolist(), strict=True)
    return [
        (Estimate(value, min(value, bottom), max(value, top)), other)
        for value, (bottom, top), other in zip(own, bounds, theirs, strict=True)
    ]


def _distribution(subject: Subject, scores: Sequence[ScoreRecord], edges: FloatArray) -> tuple[Bin, ...]:
    """Shares per stretch of the scale."""
    found = _percentages(scores, edges[1:-1], subject.reference)
    pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return tuple(Bin(low, high, share, other) for (low, high), (share, other) in zip(pairs, found, strict=True))


def _levels(subject: Subject, scores: Sequence[ScoreRecord]) -> tuple[LevelShare, ...]:
    """Shares per mastery level, from low to high."""
    levels = subject.scale.levels
    if not levels:
        return ()
    found = _percentages(scores, np.array([level.cut for level in levels[1:]]), subject.reference)
    cuts = [None, *(_rounded(level.cut, subject.scale.decimals) for level in levels[1:])]
    return tuple(
        LevelShare(level.name, cut, share, other)
        for level, cut, (share, other) in zip(levels, cuts, found, strict=True)
    )


def _classes(
    scores: Sequence[ScoreRecord], names: Names, labels: Mapping[str, str], decimals: int
) -> tuple[ClassResult, ...]:
    """Results per class, small classes together."""
    groups: dict[str, list[ScoreRecord]] = defaultdict(list)
    titles = _class_titles({score.school_class for score in scores}, names)
    for score in scores:
        groups[titles[score.school_class]].append(score)
    return tuple(
        _class_result(merged, members, labels, decimals) for merged, members in merge_small_groups(groups).items()
    )


def _class_titles(classes: Set[str], names: Names) -> dict[str, str]:
    """Name of each class; where two have the same one, with the identifier behind it."""
    titles = {identifier: names.classes.get(identifier, identifier) for identifier in classes}
    n_alike = Counter(titles.values())
    return {
        identifier: title if n_alike[title] == 1 else f"{title} ({identifier})" for identifier, title in titles.items()
    }


def _class_result(
    merged: Sequence[str], members: Sequence[ScoreRecord], labels: Mapping[str, str], decimals: int
) -> ClassResult:
    """Mean of a class and its pupils from high to low."""
    mean = _mean_of(members)
    ordered = sorted(members, key=lambda score: (-score.scale_score, labels[score.pupil], score.pupil))
    pupils = tuple(
        PupilResult(
            labels[score.pupil],
            _estimate(score.scale_score, NORMAL_QUANTILE * score.scale_error, decimals),
            score.level,
        )
        for score in ordered
    )
    margin = _estimate(mean.value, mean.margin, decimals)
    return ClassResult(" en ".join(merged), len(merged) > 1, len(members), margin, pupils)
