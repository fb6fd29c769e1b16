"""What a school report shows: frozen, and every number already rounded the way it is shown.

HTML and PDF are two renderings of these values and compute nothing, so their figures cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % margin; there is no figure without one.

    Attributes
    ----------
    value, low, high : the figure and the bounds of its margin, rounded alike
    """

    value: float
    low: float
    high: float


class Comparison(StrEnum):
    """How a school's mean compares with the reference; never a place in a list."""

    HIGHER = "higher"
    SIMILAR = "similar"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Reference:
    """The group a school may hold its figures against.

    Attributes
    ----------
    name : what the group is called, such as "Vlaanderen"
    label : its mean as a neuter noun phrase that follows "het", such as "Vlaams gemiddelde"
    mean : the group's mean on the reporting scale
    n_pupils : how many pupils it rests on
    """

    name: str
    label: str
    mean: Estimate
    n_pupils: int


@dataclass(frozen=True, slots=True)
class Bin:
    """Share of pupils whose ability lies between two scores.

    Attributes
    ----------
    low, high : bounds on the reporting scale; the outer bins also hold what lies beyond
    share : percentage of the school's pupils
    reference : percentage of the reference group, None without one
    """

    low: float
    high: float
    share: Estimate
    reference: float | None


@dataclass(frozen=True, slots=True)
class LevelShare:
    """Share of pupils in one mastery level (*beheersingsniveau*).

    Attributes
    ----------
    name : the level
    low : its cut score, None for the lowest level
    share, reference : percentages, as in `Bin`
    """

    name: str
    low: float | None
    share: Estimate
    reference: float | None


@dataclass(frozen=True, slots=True)
class PupilResult:
    """One pupil: a dot with its margin.

    Attributes
    ----------
    label : what the school knows the pupil by
    score : vaardigheidsscore
    level : mastery level of the score, "" without levels
    """

    label: str
    score: Estimate
    level: str


@dataclass(frozen=True, slots=True)
class ClassResult:
    """One class, or several small ones together.

    Attributes
    ----------
    name : name of the class, or names of the classes
    is_merged : several classes are shown together
    n_pupils : how many pupils
    mean : mean score
    pupils : from high to low score
    """

    name: str
    is_merged: bool
    n_pupils: int
    mean: Estimate
    pupils: tuple[PupilResult, ...]


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """A school's results on one test.

    Attributes
    ----------
    test, title : identifier and what a school reads
    decimals : decimals in which scores are shown
    n_pupils : pupils with a score
    n_expected : pupils who were to take the test, 0 where that is not known
    mean, comparison, distribution, levels, classes : None or empty where there are too few pupils
    reference : None where there is no reference group
    axis : lowest and highest score that charts show
    calibration, algorithm : versions that produced the scores
    """

    test: str
    title: str
    decimals: int
    n_pupils: int
    n_expected: int
    mean: Estimate | None
    reference: Reference | None
    comparison: Comparison | None
    distribution: tuple[Bin, ...]
    levels: tuple[LevelShare, ...]
    classes: tuple[ClassResult, ...]
    axis: tuple[float, float]
    calibration: str
    algorithm: str


@dataclass(frozen=True, slots=True)
class SchoolReport:
    """Everything one school's report shows.

    Attributes
    ----------
    school : name of the school
    wave : name of the period in which the tests were taken (*afnameperiode*)
    made_on : date on the report; given, never read from a clock
    simulated : at least one result comes from a simulee or a virtual pupil
    subjects : one part per test
    """

    school: str
    wave: str
    made_on: date
    simulated: bool
    subjects: tuple[SubjectReport, ...]
