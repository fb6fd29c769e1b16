"""Groups that a school may hold its results against."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.disclosure import check_schools
from reports.errors import ReportError
from reports.statistics import group_mean
from scoring import ReportingScale, ScoreRecord


@dataclass(frozen=True, slots=True)
class ReferenceGroup:
    """Ability distribution of a group, on the reporting scale, taken for normal.

    Attributes
    ----------
    label : neuter noun phrase that follows "het", such as "Vlaams gemiddelde"
    mean, standard_error : the group's mean and its error
    spread : standard deviation of the abilities, > 0
    n_pupils : how many pupils it rests on
    """

    label: str
    mean: float
    standard_error: float
    spread: float
    n_pupils: int

    def __post_init__(self) -> None:
        if self.spread <= 0.0 or self.standard_error < 0.0 or self.n_pupils < 2:
            raise ReportError(f"reference {self.label!r} needs a positive spread, an error and at least two pupils")


def reference_from_scores(scores: Sequence[ScoreRecord], label: str) -> ReferenceGroup:
    """Reference of all pupils of a wave on one test.

    Raises
    ------
    DisclosureError
        If fewer schools than `disclosure.FEWEST_SCHOOLS` take part.
    ReportError
        If the scores are of several tests.
    """
    check_schools([score.school for score in scores], label)
    tests = sorted({score.test for score in scores})
    if len(tests) != 1:
        raise ReportError(f"reference {label!r} mixes tests {', '.join(tests)}; give the scores of one test")
    mean = group_mean(
        np.array([score.scale_score for score in scores]), np.array([score.scale_error for score in scores])
    )
    return ReferenceGroup(label, mean.value, mean.standard_error, mean.spread, mean.n)


def norm_reference(scale: ReportingScale, label: str, *, mean: float, sd: float, n_pupils: int) -> ReferenceGroup:
    """Reference of the group that a calibration was done on, from its estimated ability distribution.

    Parameters
    ----------
    scale
        Reporting scale of the test.
    label
        Neuter noun phrase that follows "het".
    mean, sd
        Mean and standard deviation of the group's abilities, in logits.
    n_pupils
        How many pupils the group has.
    """
    return ReferenceGroup(label, scale.score(mean), scale.error(sd) / math.sqrt(n_pupils), scale.error(sd), n_pupils)
