"""The figures of one test: each a chart, the words around it, and a table that says the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.charts import NARROW, WIDE, distribution_chart, dot_chart, level_chart
from reports.disclosure import FEWEST_PUPILS
from reports.drawing import Picture
from reports.dutch import capital, number, percentage, span
from reports.texts import text
from reports.values import Bin, ClassResult, Estimate, LevelShare, SubjectReport


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row is its heading, the others are figures or short words."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its words and its table.

    Attributes
    ----------
    identifier : unique on the page
    title, lead : heading, and one or two sentences on how to look at it
    description : what the chart shows, for those who cannot see it
    wide, narrow : the same chart for a page and for a phone, SVG
    table : the same figures
    """

    identifier: str
    title: str
    lead: str
    description: str
    wide: str
    narrow: str
    table: Table


@dataclass(frozen=True, slots=True)
class _Words:
    """Identifier, title, lead and description of a figure."""

    identifier: str
    title: str
    lead: str
    description: str


def distribution_figure(subject: SubjectReport, mean: Estimate, identifier: str) -> Figure:
    """Share of the pupils per stretch of the scale."""
    decimals, bins = subject.decimals, subject.distribution
    fullest = max(bins, key=lambda bin_: bin_.share.value)
    description = text(
        "distribution.description",
        share=percentage(fullest.share.value),
        low=number(fullest.low, decimals),
        high=number(fullest.high, decimals),
        mean=number(mean.value, decimals),
    )
    lead = text("distribution.lead")
    if subject.reference:
        label, value = subject.reference.label, number(subject.reference.mean.value, decimals)
        description += " " + text("distribution.description_reference", label=label, reference=value)
        name = subject.reference.name  # a group of pupils takes an article, the name of a region does not
        named = name if name[:1].isupper() else text("distribution.the_group", name=name)
        lead += " " + text("distribution.lead_reference", name=named)
    words = _Words(identifier, text("distribution.title"), lead, description)
    edges = [None, *(number(bin_.low, decimals) for bin_ in bins[1:]), None]
    stretches = [_stretch(low, high) for low, high in pairwise(edges)]
    rows = [_share_row(stretch, bin_) for stretch, bin_ in zip(stretches, bins, strict=True)]
    table = _table(subject, "distribution.caption", _share_columns(subject, "stretch"), rows)
    return _figure(words, lambda picture: distribution_chart(subject, picture), table)


def level_figure(subject: SubjectReport, identifier: str) -> Figure:
    """Share of the pupils per mastery level, the highest first."""
    levels = subject.levels[::-1]
    said = "; ".join(f"{capital(level.name)} {percentage(level.share.value)}" for level in levels)
    description = text("levels.description", list=said)
    words = _Words(identifier, text("levels.title"), text("levels.lead"), description)
    lowest_cut = subject.levels[1].low if len(subject.levels) > 1 else None
    rows = [_share_row(_level_name(level, lowest_cut, subject.decimals), level) for level in levels]
    table = _table(subject, "levels.caption", _share_columns(subject, "level"), rows)
    return _figure(words, lambda picture: level_chart(subject, picture), table)


def class_figure(subject: SubjectReport, mean: Estimate, identifier: str) -> Figure:
    """Mean of each class, in the order of their names."""
    decimals = subject.decimals
    dots = [(result.name, result.mean) for result in subject.classes]
    said = "; ".join(f"{name} {number(dot.value, decimals)} ({span(dot, decimals)})" for name, dot in dots)
    lead = text("classes.lead")
    if any(result.is_merged for result in subject.classes):
        lead += " " + text("classes.merged", fewest=number(FEWEST_PUPILS))
    words = _Words(identifier, text("classes.title"), lead, text("classes.description", list=said))
    columns = tuple(text(f"terms.{term}") for term in ("class", "pupils", "mean", "margin"))
    rows = [
        (result.name, number(result.n_pupils), number(result.mean.value, decimals), span(result.mean, decimals))
        for result in subject.classes
    ]
    meaning = (text("terms.class_symbol"), text("terms.school_mean"))
    table = _table(subject, "classes.caption", columns, rows)
    return _figure(words, lambda picture: dot_chart(subject, dots, mean, meaning, picture), table)


def pupil_figure(subject: SubjectReport, result: ClassResult, identifier: str) -> Figure:
    """Pupils of a class as dots with their margins, from high to low."""
    decimals = subject.decimals
    description = text(
        "pupils.description",
        lowest=number(result.pupils[-1].score.value, decimals),
        highest=number(result.pupils[0].score.value, decimals),
        mean=number(result.mean.value, decimals),
    )
    title = text("pupils.title_merged" if result.is_merged else "pupils.title", name=result.name)
    words = _Words(identifier, title, text("pupils.lead"), description)
    terms = ["pupil", "score", "margin", *(["level"] if subject.levels else [])]
    rows = [
        (
            pupil.label,
            number(pupil.score.value, decimals),
            span(pupil.score, decimals),
            *((capital(pupil.level),) if subject.levels else ()),
        )
        for pupil in result.pupils
    ]
    dots = [(pupil.label, pupil.score) for pupil in result.pupils]
    meaning = (text("terms.pupil_symbol"), text("terms.class_mean"))
    columns = tuple(text(f"terms.{term}") for term in terms)
    table = _table(subject, "pupils.caption", columns, rows, name=result.name)
    return _figure(words, lambda picture: dot_chart(subject, dots, result.mean, meaning, picture), table)


def _figure(words: _Words, draw: Callable[[Picture], str], table: Table) -> Figure:
    """Draw a figure for a page and for a phone."""
    wide = Picture(words.identifier, words.title, words.description, WIDE)
    narrow = Picture(f"{words.identifier}-smal", words.title, words.description, NARROW)
    return Figure(words.identifier, words.title, words.lead, words.description, draw(wide), draw(narrow), table)


def _table(
    subject: SubjectReport, caption: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], **figures: str
) -> Table:
    """Make a table whose caption names the test."""
    return Table(text(caption, subject=subject.title, **figures), columns, tuple(rows))


def _share_columns(subject: SubjectReport, first: str) -> tuple[str, ...]:
    """Headings of a table of shares."""
    reference = (capital(subject.reference.name),) if subject.reference else ()
    return (text(f"terms.{first}"), text("terms.share"), text("terms.margin"), *reference)


def _share_row(heading: str, row: Bin | LevelShare) -> tuple[str, ...]:
    """One row of a table of shares."""
    reference = (percentage(row.reference),) if row.reference is not None else ()
    return (heading, percentage(row.share.value), f"{span(row.share)}%", *reference)


def _stretch(low: str | None, high: str | None) -> str:
    """Write a stretch of the scale, open at the ends."""
    if low is None:
        return text("terms.below", high=high or "")
    return text("terms.between", low=low, high=high) if high else text("terms.above", low=low)


def _level_name(level: LevelShare, lowest_cut: float | None, decimals: int) -> str:
    """Name of a level with the scores it covers."""
    if level.low is not None:
        return f"{capital(level.name)} ({text('levels.from_score', low=number(level.low, decimals))})"
    if lowest_cut is None:
        return capital(level.name)
    return f"{capital(level.name)} ({text('levels.lowest', high=number(lowest_cut, decimals))})"
