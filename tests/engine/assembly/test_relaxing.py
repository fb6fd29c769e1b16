"""The least changes that make a blueprint possible, against every test that a small pool gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, assume, given, settings

from engine.assembly import Blueprint, Pool
from engine.assembly.conflicts import minimal_conflict
from engine.assembly.relaxing import least_relief, single_reliefs
from engine.assembly.statements import Statement, Subject
from tests.engine.assembly.every import impossible, kept_by
from tests.engine.assembly.small import problems


@settings(max_examples=50, deadline=None)
@given(problems())
def test_a_remedy_is_enough_and_no_smaller_one_is(case: tuple[Pool, Blueprint]) -> None:
    found = list(impossible(case))
    assume(found)
    asked, choices = found[0]
    reliefs = single_reliefs(asked, minimal_conflict(asked))
    for relief in reliefs:
        others = [kept_by(one, choices) for one in asked.statements if one is not relief.statement]
        remaining = choices[np.all([np.ones(len(choices), dtype=np.bool_), *others], axis=0)]
        assert remaining.size
        if relief.statement.has_number and relief.statement.subject is not Subject.SIZES:
            sums = (remaining @ relief.statement.rows.toarray().T)[:, 0]
            below = sums[sums < relief.statement.least]
            above = sums[sums > relief.statement.most]
            nearest = {float(below.max())} if below.size else set()
            assert relief.bound in (nearest | ({float(above.min())} if above.size else set()))


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.filter_too_much]
)  # most problems are possible
@given(problems())
def test_where_single_remedies_exist_the_least_joint_change_is_no_larger(case: tuple[Pool, Blueprint]) -> None:
    """The elastic program weighs items alike, so it never needs more of them than the best single change."""
    case = (case[0], replace(case[1], budgets=()))
    found = list(impossible(case))
    assume(found)
    asked = found[0][0]
    numbered = [
        relief
        for relief in single_reliefs(asked, minimal_conflict(asked))
        if relief.statement.has_number and relief.statement.subject is not Subject.SIZES
    ]
    assume(numbered)
    together = least_relief(asked)

    def change(statement: Statement, bound: float) -> float:
        return max(statement.least - bound, bound - statement.most, 0.0)

    least = sum(change(relief.statement, relief.bound) for relief in together)
    assert 0.0 < least <= min(change(relief.statement, relief.bound) for relief in numbered) + 1e-6
