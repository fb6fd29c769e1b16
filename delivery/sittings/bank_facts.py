"""What a sitting pins of a compiled bank when it begins."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from delivery.sittings.banks import IndexedBank
from delivery.sittings.choosing import drawn_pretest, first_plan


class BankFacts(NamedTuple):
    """Questions in a test, working time in ms (0 no limit), the calibration; the plan and field test of a pupil."""

    length: int
    time_limit_ms: int
    calibration: str
    plan_for: Callable[[dict[str, str]], tuple[str, ...]]
    pretest_for: Callable[[str, dict[str, str]], tuple[tuple[int, str], ...]]


def facts_of(indexed: IndexedBank) -> BankFacts:
    """Facts of a bank."""
    return BankFacts(
        length=indexed.adaptive.n_positions,
        time_limit_ms=indexed.bank.time_limit_ms,
        calibration=indexed.bank.calibration,
        plan_for=partial(first_plan, indexed),
        pretest_for=partial(drawn_pretest, indexed),
    )
