"""Frozen values that the service of sittings gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Reply:
    """What a laptop gets: an HTTP status and a body ready for JSON; and whether anything was stored."""

    status: int
    body: dict[str, object]
    is_new: bool


class BankFacts(NamedTuple):
    """Questions in a test, working time in ms (0 no limit), the calibration; the plan and field test of a pupil."""

    length: int
    time_limit_ms: int
    calibration: str
    plan_for: Callable[[dict[str, str]], tuple[str, ...]]
    pretest_for: Callable[[str, dict[str, str]], tuple[tuple[int, str], ...]]
