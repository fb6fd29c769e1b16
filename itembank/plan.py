"""The description of a test: which items it may draw on, how many of each area, how long."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from itembank.errors import PlanError


@dataclass(frozen=True, slots=True)
class AreaPlan:
    """What a test wants of one content area.

    Attributes
    ----------
    minimum, maximum : how many items, both included
    goals : an item belongs only if one of its curriculum-goal codes starts with one of these; empty takes all
    """

    minimum: int
    maximum: int
    goals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssessmentPlan:
    """A test as its makers describe it; data, so that a new subject needs no code.

    Attributes
    ----------
    identifier, title, subject : names
    length : how many items a pupil gets
    areas : content area → what is wanted of it
    best_k : the next item is drawn among the best k (exposure)
    time_limit_ms : working time in milliseconds; 0 means none

    Raises
    ------
    PlanError
        If the numbers cannot be met by any bank.
    """

    identifier: str
    title: str
    subject: str
    length: int
    areas: Mapping[str, AreaPlan] = field(default_factory=dict)
    best_k: int = 1
    time_limit_ms: int = 0

    def __post_init__(self) -> None:
        if not self.identifier or self.length < 1 or self.best_k < 1 or self.time_limit_ms < 0 or not self.areas:
            raise PlanError(
                f"test {self.identifier!r}: needs an identifier, length and best_k of at least 1, a time limit of at "
                "least 0, and one area or more"
            )
        wrong = [name for name, area in self.areas.items() if not 0 <= area.minimum <= area.maximum]
        if wrong:
            raise PlanError(
                f"test {self.identifier!r}: in area {wrong[0]!r} minimum and maximum are the wrong way round"
            )
        least = sum(area.minimum for area in self.areas.values())
        most = sum(area.maximum for area in self.areas.values())
        if not least <= self.length <= most:
            why = f"the areas allow {least} to {most} items and the length is {self.length}"
            raise PlanError(f"test {self.identifier!r}: {why}; change the areas or the length")

    def takes(self, area: str, goals: tuple[str, ...]) -> bool:
        """Whether an item of that area and those goals may be in the test."""
        wanted = self.areas.get(area)
        return wanted is not None and (not wanted.goals or any(goal.startswith(wanted.goals) for goal in goals))


def _area(data: Any) -> AreaPlan:
    """Read one area."""
    return AreaPlan(int(data["minimum"]), int(data["maximum"]), tuple(str(goal) for goal in data.get("goals", ())))


def read_plan(path: Path) -> AssessmentPlan:
    """Read a plan from TOML: ``identifier, title, subject, length, best_k, time_limit_ms`` and ``[areas.<name>]``.

    Parameters
    ----------
    path : the file; each area has ``minimum``, ``maximum`` and optionally ``goals`` (prefixes of codes)

    Raises
    ------
    PlanError
        If the file cannot be read or the plan is impossible; it names the file.
    """
    try:
        return plan_from_data(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError(f"{path}: cannot be read as TOML ({error})") from None
    except PlanError as error:
        raise PlanError(f"{path}: {error}") from None


def plan_from_data(data: Mapping[str, Any]) -> AssessmentPlan:
    """Return the plan that a table of TOML describes.

    Raises
    ------
    PlanError
        If something is missing or of the wrong kind.
    """
    try:
        return AssessmentPlan(
            identifier=str(data["identifier"]),
            title=str(data["title"]),
            subject=str(data["subject"]),
            length=int(data["length"]),
            areas={str(name): _area(area) for name, area in data["areas"].items()},
            best_k=int(data.get("best_k", 1)),
            time_limit_ms=int(data.get("time_limit_ms", 0)),
        )
    except KeyError as error:
        raise PlanError(f"a test needs {error}; add it") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise PlanError(f"a value is of the wrong kind: {error}") from None
