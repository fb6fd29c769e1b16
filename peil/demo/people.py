"""The people of the demo: accounts of staff, and how able each virtual pupil is."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SUBJECT_CORRELATION = 0.7  # mathematics and Dutch: able pupils tend to be able in both
CLASS_SPREAD = 0.3  # standard deviation of class means, in logits
WITHIN_SPREAD = 0.95  # standard deviation within a class: about 1 in all


@dataclass(frozen=True, slots=True)
class Account:
    """Someone of the staff, with a password that exists in this demo only.

    Attributes
    ----------
    role : role in delivery
    title : what the start page calls it
    school : number of the school in order of its name, or None
    sees : what one sees with it, in words
    """

    role: str
    title: str
    name: str
    email: str
    password: str
    school: int | None
    sees: str


def make_accounts(schools: Sequence[str]) -> tuple[Account, ...]:
    """Two proctors and two coordinators, one of each a school, and a psychometrician; fresh passwords.

    Parameters
    ----------
    schools
        Names of the two schools, in order.
    """
    staff = (
        ("proctor", "toetsassistent", "Tine Toets", "toetsassistent1@demo.test", 0, "toetsmomenten van {school}"),
        ("proctor", "toetsassistent", "Timo Toets", "toetsassistent2@demo.test", 1, "toetsmomenten van {school}"),
        (
            "coordinator",
            "toetscoördinator",
            "Cara Coör",
            "coordinator1@demo.test",
            0,
            "ook de schoolfeedback van {school}",
        ),
        (
            "coordinator",
            "toetscoördinator",
            "Cas Coör",
            "coordinator2@demo.test",
            1,
            "ook de schoolfeedback van {school}",
        ),
        (
            "psychometrician",
            "psychometricus",
            "Psy Metrie",
            "psychometricus@demo.test",
            None,
            "de itembank: opgaven met sleutel en cijfers",
        ),
    )
    return tuple(
        Account(
            role,
            title,
            name,
            email,
            f"demo-{secrets.token_hex(4)}",
            school,
            sees if school is None else sees.format(school=schools[school]),
        )
        for role, title, name, email, school, sees in staff
    )


def draw_abilities(classes: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Abilities in logits, (n_persons, 2): mathematics and Dutch, correlated, classes somewhat different.

    Parameters
    ----------
    classes
        (n_persons,) number of each pupil's class.
    rng
        Source of chance.
    """
    covariance = np.array([[1.0, SUBJECT_CORRELATION], [SUBJECT_CORRELATION, 1.0]])
    means = rng.normal(0.0, CLASS_SPREAD, size=(int(classes.max()) + 1, 2))
    own = rng.multivariate_normal(np.zeros(2), covariance * WITHIN_SPREAD**2, size=classes.size)
    abilities: npt.NDArray[np.float64] = means[classes] + own
    return abilities
