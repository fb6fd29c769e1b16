"""Groups that a school may hold its results against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.disclosure import check_schools
from reports.errors import ReportError
from reports.statistics import group_mean
from reports.texts import text
from scoring import ReportingScale, ScoreRecord


@dataclass(frozen=True, slots=True)
class ReferenceGroup:
    """Ability distribution of a group, on the reporting scale, taken for normal.

    Attributes
    ----------
    name : what the group is called, such as "Vlaanderen"
    label : its mean as a neuter noun phrase that follows "het", such as "Vlaams gemiddelde"
    mean, standard_error : the group's mean and its error
    spread : standard deviation of the abilities, > 0
    n_pupils : how many pupils it rests on
    """

    name: str
    label: str
    mean: float
    standard_error: float
    spread: float
    n_pupils: int

    def __post_init__(self) -> None:
        if self.spread <= 0.0 or self.standard_error < 0.0 or self.n_pupils < 2:
            raise ReportError(f"reference {self.name!r} needs a positive spread, an error and at least two pupils")


def reference_from_scores(scores: Sequence[ScoreRecord], *, name: str = "", label: str = "") -> ReferenceGroup:
    """Reference of all pupils of a wave on one test.

    Parameters
    ----------
    scores
        Every school's results on the test.
    name, label
        As in `ReferenceGroup`; "Vlaanderen" and "Vlaams gemiddelde" in the report's language unless given.

    Raises
    ------
    DisclosureError
        If fewer schools than `disclosure.FEWEST_SCHOOLS` take part.
    ReportError
        If the scores are of several tests.
    """
    name, label = name or text("reference.wave_name"), label or text("reference.wave_label")
    check_schools([score.school for score in scores], name)
    tests = sorted({score.test for score in scores})
    if len(tests) != 1:
        raise ReportError(f"reference {name!r} mixes tests {', '.join(tests)}; give the scores of one test")
    mean = group_mean(
        np.array([score.scale_score for score in scores]), np.array([score.scale_error for score in scores])
    )
    return ReferenceGroup(name, label, mean.value, mean.standard_error, mean.spread, mean.n)


def norm_reference(
    scale: ReportingScale, *, mean: float, sd: float, n_pupils: int, name: str = "", label: str = ""
) -> ReferenceGroup:
    """Reference of the group that a calibration was done on, from its estimated ability distribution.

    Parameters
    ----------
    scale
        Reporting scale of the test.
    mean, sd
        Mean and standard deviation of the group's abilities, in logits.
    n_pupils
        How many pupils the group has.
    name, label
        As in `ReferenceGroup`; "normgroep" and "gemiddelde van de normgroep" unless given.
    """
    name, label = name or text("reference.norm_name"), label or text("reference.norm_label")
    error = scale.error(sd)
    return ReferenceGroup(name, label, scale.score(mean), error / math.sqrt(n_pupils), error, n_pupils)
