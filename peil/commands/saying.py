"""Words that several commands share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from itembank import Problem
    from peil.pipeline import Collected

NO_SCORES = "No school has scores in wave {0!r}. Score it first: peil score {0!r}"


def count(number: int, thing: str) -> str:
    """Return a number with its noun: "1 sitting", "2 sittings"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def name_damaged(collected: Collected) -> bool:
    """Name the sittings that were left out because their log is damaged; returns whether there are any."""
    from delivery import DAMAGED

    damaged = [sitting for sitting in collected.unsealed if sitting.state == DAMAGED]
    for sitting in damaged:
        typer.secho(
            f"sitting {sitting.sitting} of {sitting.school_class}: left out, its log is damaged. Run `peil audit`.",
            fg="red",
            err=True,
        )
    return bool(damaged)


def grouped(problems: Iterable[Problem]) -> list[str]:
    """Return the problems in words; what is said several times of one thing is said once, with how often."""
    firsts: dict[tuple[str, str, str, str], Problem] = {}
    times: Counter[tuple[str, str, str, str]] = Counter()
    for problem in problems:
        key = (problem.file, problem.what, problem.why, problem.remedy)
        firsts.setdefault(key, problem)
        times[key] += 1
    return [f"{firsts[key]}" + (f" ({times[key]} times)" if times[key] > 1 else "") for key in firsts]
