"""The words, figures and charts of a school report in reading order; both renderings lay out this one value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reports.disclosure import FEWEST_PUPILS
from reports.dutch import capital, long_date, number, span
from reports.figures import Figure, class_figure, distribution_figure, level_figure, pupil_figure
from reports.texts import guide, text
from reports.values import Comparison, Estimate, SchoolReport, SubjectReport

_EAP = re.compile(r"eap/(?P<version>\w+) normal\((?P<mean>[-\d.]+), (?P<sd>[\d.]+)\)")


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number that stands out, with what it is and its margin or origin."""

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Part:
    """One test: its key figures, what they mean in a sentence, and its charts."""

    identifier: str
    title: str
    key_figures: tuple[KeyFigure, ...]
    finding: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report, in words."""

    title: str
    school: str
    subtitle: str
    made_on: str
    mark: str
    mark_note: str
    confidential: str
    empty: str
    contents: str
    parts: tuple[Part, ...]
    guide_title: str
    guide: tuple[tuple[str, str], ...]
    colophon_title: str
    colophon: tuple[tuple[str, str], ...]


def present(report: SchoolReport) -> Page:
    """Put a report's figures in words, charts and tables."""
    fewest = number(FEWEST_PUPILS)
    return Page(
        title=text("report.title"),
        school=report.school,
        subtitle=text("report.subtitle", wave=report.wave),
        made_on=text("report.made_on", date=long_date(report.made_on)),
        mark=text("report.simulated_mark") if report.simulated else "",
        mark_note=text("report.simulated_note") if report.simulated else "",
        confidential=text("report.confidential"),
        empty=text("report.empty") if not report.subjects else "",
        contents=text("report.contents"),
        parts=tuple(_part(subject, f"toets-{place}") for place, subject in enumerate(report.subjects, start=1)),
        guide_title=text("report.guide"),
        guide=guide(fewest=fewest),
        colophon_title=text("report.colophon"),
        colophon=_colophon(report, fewest),
    )


def _colophon(report: SchoolReport, fewest: str) -> tuple[tuple[str, str], ...]:
    """What the figures rest on: versions and rules."""
    versions = [
        (f"{text(f'colophon.{key}')} ({subject.title})", words)
        for subject in report.subjects
        for key, words in (("calibration", subject.calibration), ("algorithm", _algorithm(subject.algorithm)))
        if words
    ]
    rules = [(text(f"colophon.{key}"), text(f"colophon.{key}_text", fewest=fewest)) for key in ("marks", "small")]
    return (*versions, *rules)


def _algorithm(identifier: str) -> str:
    """Name of a scoring algorithm in words; one that this package does not know stays as it is."""
    found = _EAP.fullmatch(identifier)
    if found is None:
        return identifier
    figures = {key: figure.replace(".", ",").replace("-", "−") for key, figure in found.groupdict().items()}
    return text("colophon.eap", **figures)


def _part(subject: SubjectReport, identifier: str) -> Part:
    """One test in words."""
    if subject.mean is None:
        return Part(identifier, subject.title, (), _too_few(subject.n_pupils), ())
    figures = [distribution_figure(subject, subject.mean, f"{identifier}-verdeling")]
    if subject.levels:
        figures.append(level_figure(subject, f"{identifier}-niveaus"))
    if len(subject.classes) > 1:
        figures.append(class_figure(subject, subject.mean, f"{identifier}-klassen"))
    figures += [
        pupil_figure(subject, result, f"{identifier}-klas-{place}") for place, result in enumerate(subject.classes, 1)
    ]
    return Part(
        identifier, subject.title, _key_figures(subject, subject.mean), _finding(subject, subject.mean), tuple(figures)
    )


def _too_few(n_pupils: int) -> str:
    """Say why there are no figures."""
    if n_pupils == 0:
        return text("subject.nobody")
    key = "subject.one_pupil" if n_pupils == 1 else "subject.too_few"
    return text(key, n=number(n_pupils), fewest=number(FEWEST_PUPILS))


def _key_figures(subject: SubjectReport, mean: Estimate) -> tuple[KeyFigure, ...]:
    """Pupils, mean and reference."""
    decimals = subject.decimals
    expected = text("subject.pupils_note", expected=number(subject.n_expected)) if subject.n_expected else ""
    note = text("subject.mean_note", span=span(mean, decimals))
    found = [
        KeyFigure(text("subject.pupils"), number(subject.n_pupils), expected),
        KeyFigure(text("subject.mean"), number(mean.value, decimals), note),
    ]
    if subject.reference:
        note = text(
            "subject.reference_note", n=number(subject.reference.n_pupils), span=span(subject.reference.mean, decimals)
        )
        found.append(KeyFigure(capital(subject.reference.label), number(subject.reference.mean.value, decimals), note))
    return tuple(found)


def _finding(subject: SubjectReport, mean: Estimate) -> str:
    """Say what the mean means, in one or two sentences."""
    decimals = subject.decimals
    said = text("subject.finding", mean=number(mean.value, decimals), span=span(mean, decimals))
    if subject.comparison is None or subject.reference is None:
        return said
    key = {Comparison.HIGHER: "higher", Comparison.SIMILAR: "similar", Comparison.LOWER: "lower"}[subject.comparison]
    reference = number(subject.reference.mean.value, decimals)
    return f"{said} {text(f'subject.{key}', label=subject.reference.label, reference=reference)}"
