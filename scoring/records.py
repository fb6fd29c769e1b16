"""The frozen records that scoring works on; the pipeline makes them from sealed sittings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

Chosen: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]
"""Response variable → what was chosen there, of one answer."""


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """One accepted answer.

    Attributes
    ----------
    position : 1 … n, place in the sitting
    item : item version, ``identifier@version``
    category : 0 … n_categories - 1; -1 when a person must still rate it
    elapsed_ms : working time in milliseconds, by the laptop's monotonic clock
    late : given after the sitting was closing
    scored : counts for the ability (false for pretest items)
    chosen : response variable → what was chosen there, nothing where it was left open; what is typed is not among it
    """

    position: int
    item: str
    category: int
    elapsed_ms: int
    late: bool = False
    scored: bool = True
    chosen: Chosen = ()


@dataclass(frozen=True, slots=True)
class AccommodationRecord:
    """One accommodation of a sitting.

    Attributes
    ----------
    kind, value : which, and what of it was granted; "" where it is there for everybody
    granted_by : ``school``, ``staff``, or "" where it is there for everybody
    offered, used : whether it was really there, and whether it was used; None where nothing says so
    times : how often it was used, where that is counted
    """

    kind: str
    value: str
    granted_by: str
    offered: bool | None
    used: bool | None
    times: int = 0


@dataclass(frozen=True, slots=True)
class SittingRecord:
    """One sealed sitting, without a name and without a Discimus ID.

    Attributes
    ----------
    sitting : identifier of the sitting
    pupil : pseudonym for the purpose "scoring"
    school, school_class : identifiers in the roster
    test : identifier of the test
    bank : hash of the compiled bank
    calibration : calibration version that chose the items
    started_at, sealed_at : instants in UTC
    simulated : the pupil is a simulee or a virtual pupil
    accommodations : what was granted, really there, and used
    """

    sitting: UUID
    pupil: str
    school: str
    school_class: str
    test: str
    bank: str
    calibration: str
    started_at: datetime
    sealed_at: datetime
    answers: tuple[AnswerRecord, ...]
    simulated: bool = False
    accommodations: tuple[AccommodationRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    """One pupil's result on one test.

    Attributes
    ----------
    theta, standard_error : EAP and posterior standard deviation, in logits
    scale_score, scale_error : the same on the reporting scale
    level : mastery level (*beheersingsniveau*), "" where the scale has no cut scores
    n_answers : how many scored answers it rests on
    calibration, algorithm : versions that produced it
    """

    sitting: UUID
    pupil: str
    school: str
    school_class: str
    test: str
    theta: float
    standard_error: float
    scale_score: float
    scale_error: float
    level: str
    n_answers: int
    calibration: str
    algorithm: str
    simulated: bool = False
