"""Whether a pool can meet a blueprint, and if not, in words, why and what would do."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine.assembly.blueprint import Blueprint
from engine.assembly.causes import single_causes
from engine.assembly.conflicts import extreme, is_feasible, minimal_conflict
from engine.assembly.pool import Pool
from engine.assembly.relaxing import Relief, least_relief, single_reliefs
from engine.assembly.statements import Asked, Statement, Subject, all_asked, counted, sentence
from engine.errors import BlueprintError

SHOWN_AT_MOST = 5
TOLD_FIRST = (Subject.COUNT, Subject.PASSAGES, Subject.BUDGET, Subject.LENGTH)
WITHOUT = {
    Subject.SIZES: "passages of which a test may give a part",
    Subject.FIRST: "another rule for the first item",
    Subject.ENEMIES: "{} no longer enemies",
}


def check_blueprint(pool: Pool, blueprint: Blueprint, accommodation: str | None = None) -> None:
    """Make sure that a test from the pool can meet the blueprint.

    Parameters
    ----------
    pool
        Items that may be drawn.
    blueprint
        What a test must look like.
    accommodation
        Check only the items for pupils with this one, "" for pupils without one; None checks all of them.

    Raises
    ------
    BlueprintError
        If there is no such test. The message gives every rule that the pool cannot keep by itself, with numbers;
        where each could be kept alone, the fewest that cannot be kept together, why, and the least that would do.
    """
    every = ["", *blueprint.pools] if accommodation is None else [accommodation]
    problems = [problem for name in every if (problem := _problem(pool, blueprint, name))]
    if problems:
        raise BlueprintError("\n".join(problems))


def _problem(pool: Pool, blueprint: Blueprint, accommodation: str) -> str:
    """What is wrong for pupils with an accommodation; empty when nothing is."""
    whose = f"accommodation {accommodation!r}: " if accommodation else ""
    asked = all_asked(pool, blueprint, accommodation)
    feasible = is_feasible(asked, asked.statements)
    if feasible:
        return ""
    causes = single_causes(pool, blueprint, asked)
    if causes:
        return whose + "; ".join(causes)
    if feasible is None:
        return f"{whose}whether a test meets all rules could not be found out; leave the tightest budget more room"
    return whose + _conflict_in_words(asked, minimal_conflict(asked))


def _conflict_in_words(asked: Asked, conflict: Sequence[Statement]) -> str:
    """Say which rules contradict each other, why, and what would do.

    Parameters
    ----------
    asked
        All that is asked.
    conflict
        Statements of it that no test keeps together.
    """
    parts = [f"these cannot be kept together: {_rules(conflict)}", _because(asked, conflict), _remedy(asked, conflict)]
    return ". ".join(part for part in parts if part)


def _remedy(asked: Asked, conflict: Sequence[Statement]) -> str:
    """What would make a test possible."""
    reliefs = single_reliefs(asked, conflict)
    if reliefs:
        return ("One of these would do: " if len(reliefs) > 1 else "This would do: ") + _list(reliefs, "; or ")
    together = least_relief(asked)
    if together:
        return "No single change is enough; these together would do: " + _list(together, "; ")
    return "Add items, or relax two or more of them"


def _rules(conflict: Sequence[Statement]) -> str:
    """All statements, two bounds of one number in one."""
    told: dict[str, tuple[str, float, float]] = {}
    for statement in conflict:
        key = statement.many
        one, least, most = told.get(key, (statement.one, 0.0, math.inf))
        told[key] = (one, max(least, statement.least), min(most, statement.most))
    return "; ".join(sentence(one, many, least, most) for many, (one, least, most) in told.items())


def _because(asked: Asked, conflict: Sequence[Statement]) -> str:
    """What the others leave of the rule that people think of first."""
    numbered = [statement for statement in conflict if statement.subject in TOLD_FIRST and statement.has_number]
    for statement in sorted(numbered, key=lambda one: TOLD_FIRST.index(one.subject)):
        others = [other for other in conflict if other is not statement]
        at_least = statement.most < math.inf and statement.least <= 0.0
        bound = extreme(asked, others, statement.rows, largest=not at_least)
        if bound is not None and others:
            words = counted(bound, statement.one, statement.many)
            return f"With the others a test has at {'least' if at_least else 'most'} {words}"
    return ""


def _list(reliefs: Sequence[Relief], separator: str) -> str:
    """Words of what could be changed."""
    words = [_relief(relief.statement, relief.bound) for relief in reliefs]
    more = [f"{len(words) - SHOWN_AT_MOST} more"] if len(words) > SHOWN_AT_MOST else []
    return separator.join(words[:SHOWN_AT_MOST] + more)


def _relief(statement: Statement, bound: float) -> str:
    """Words of one change."""
    if math.isnan(bound):
        return WITHOUT[statement.subject].format(statement.one)
    fewer = bound < statement.least
    by = statement.least - bound if fewer else bound - statement.most
    less = "less" if statement.subject is Subject.BUDGET else "fewer"
    if 0.0 < statement.least == statement.most:
        words = counted(bound, statement.one, statement.many)
    elif bound > 0.0:
        low, high = (bound, math.inf) if fewer else (0.0, bound)
        words = sentence(statement.one, statement.many, low, high)
    else:
        words = f"to ask no {statement.many}"
    return f"{words} ({by:g} {less if fewer else 'more'})"
