"""The parts of a design file that say how an adaptive test chooses and ends."""

from __future__ import annotations

from itertools import pairwise

from engine.assembly import ALONE_FIRST
from engine.selection.points import STEP
from itembank.designs.sections import Section
from itembank.designs.values import (
    ESTIMATORS,
    EXPOSURES,
    METHODS,
    SELECTION_RULES,
    UNBOUNDED,
    Cuts,
    Exposure,
    Selection,
    Stopping,
    rising,
)
from itembank.errors import DesignFileError

MINUTE_MS = 60_000


def read_selection(section: Section) -> Selection:
    """Return how the next item is chosen.

    Raises
    ------
    DesignFileError
        If a value is wrong, or a key has no part in the method or the estimator that was chosen.
    """
    value = Selection(
        rule=section.choice("rule", SELECTION_RULES, SELECTION_RULES[0]),
        method=section.choice("method", METHODS, METHODS[0]),
        best_k=section.whole("best_k", 1, 1),
        target_success=section.number("target_success", 0.0, 1.0, 0.0, ends=False),
        estimator=section.choice("estimator", ESTIMATORS, ESTIMATORS[0]),
        start_step=section.number("start_step", 0.0, 6.0, STEP, ends=False),
        alone_first=section.whole("alone_first", 0, ALONE_FIRST),
        solve_after=tuple(int(one) for one in section.numbers("solve_after")),
    )
    section.close()
    asked = section.numbers("solve_after")
    if asked != value.solve_after or not rising(asked) or min(asked, default=1) < 1:
        raise section.refuse("solve_after", "a list of rising whole numbers, such as [5, 12]")
    if section.has("start_step") and value.estimator not in UNBOUNDED:
        raise DesignFileError(
            f"{section.at('start_step')}: {value.estimator} has an estimate when all answers are right or all wrong; "
            f"leave it out, or make the estimator one of {', '.join(UNBOUNDED)}"
        )
    for key, planned in (("alone_first", "passages"), ("solve_after", "tests")):
        if section.has(key) and value.method != METHODS[0]:
            raise DesignFileError(
                f"{section.at(key)}: method {value.method} plans no {planned}; leave it out, or make the method "
                f"{METHODS[0]}"
            )
    return value


def read_exposure(section: Section) -> Exposure:
    """Return how over-use is kept in bounds.

    Raises
    ------
    DesignFileError
        If a limit has no method, a method no limit, or intervals do not rise.
    """
    value = Exposure(
        method=section.choice("method", EXPOSURES, EXPOSURES[0]),
        item_limit=_limit(section, "item_limit"),
        overlap_limit=_limit(section, "overlap_limit"),
        intervals=section.numbers("intervals"),
    )
    section.close()
    limited = value.item_limit < 1.0 or value.overlap_limit < 1.0
    if (limited or value.intervals) and value.method == EXPOSURES[0]:
        what = "a limit needs" if limited else "intervals need a limit, and"
        raise DesignFileError(f"exposure.method: {what} one of {', '.join(EXPOSURES[1:])}")
    if value.method != EXPOSURES[0] and value.item_limit == 1.0:
        raise DesignFileError(f"exposure.item_limit: {value.method} needs a limit below 1, such as 0.2")
    if value.method == "sympson_hetter" and value.overlap_limit < 1.0:
        raise DesignFileError("exposure.overlap_limit: sympson_hetter keeps none; make the method eligibility")
    if not rising(value.intervals):
        raise section.refuse("intervals", "a list of rising abilities in logits, such as [-1.0, 0.0, 1.0]")
    return value


def _limit(section: Section, key: str) -> float:
    """Share above 0, at most 1."""
    value = section.number(key, 0.0, 1.0, 1.0)
    if value == 0.0:
        raise section.refuse(key, "a number above 0, at most 1")
    return value


def read_stopping(section: Section) -> Stopping:
    """Return what ends a test early.

    Raises
    ------
    DesignFileError
        If a value is wrong, or two keys contradict each other.
    """
    cuts = _read_cuts(section.table("cuts")) if section.has("cuts") else None
    value = Stopping(
        standard_error=section.number("standard_error", 0.0, 10.0, 0.0, ends=False),
        change_of_information=section.number("change_of_information", 0.0, 1.0, 0.0, ends=False),
        time_ms=read_minutes(section, "minutes"),
        blueprint_complete=section.flag("blueprint_complete", default=False),
        cuts=cuts,
        predicted_reduction=section.number("predicted_reduction", 0.0, 10.0, 0.0, ends=False),
        ends_when_complete=section.flag("ends_when_complete", default=False),
    )
    section.close()
    if value.ends_when_complete and value.blueprint_complete:
        raise DesignFileError(
            f"{section.at('ends_when_complete')}: a test that ends as soon as the blueprint is met never ends later, "
            "as blueprint_complete asks; leave one of them out"
        )
    return value


def _read_cuts(section: Section) -> Cuts:
    """Return the cut scores of sequential classification.

    Raises
    ------
    DesignFileError
        If there are none, they do not rise, or their regions of indifference meet.
    """
    at = section.numbers("at")
    value = Cuts(
        at=at,
        alpha=section.number("alpha", 0.0, 0.5, 0.05, ends=False),
        beta=section.number("beta", 0.0, 0.5, 0.05, ends=False),
        delta=section.number("delta", 0.0, 5.0, 0.2, ends=False),
    )
    section.close()
    if not at or not rising(at):
        raise section.refuse("at", "one cut score or more, rising, in logits")
    if not rising([end for cut in at for end in (cut - value.delta, cut + value.delta)]):
        raise DesignFileError(
            f"{section.at('delta')}: the regions of {value.delta:g} around the cuts overlap; make it less than half "
            f"of {min(other - one for one, other in pairwise(at)):g}"
        )
    return value


def read_minutes(section: Section, key: str) -> int:
    """Minutes as whole milliseconds; 0 where the key is not given."""
    return round(section.number(key, 0.0, 24 * 60.0, 0.0, ends=False) * MINUTE_MS)
