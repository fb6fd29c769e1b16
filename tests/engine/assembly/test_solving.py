"""Solved plans: feasible, near the best there is, and honest about the gap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from engine.arrays import FloatArray
from engine.assembly import solve_plan
from tests.engine.assembly.worlds import World, make_world


def best_value(world: World) -> float:
    """Worth of the best test by SciPy's milp, on rows written here."""
    rules = world.rules
    n, m = rules.n_items, rules.n_passages
    none, each = np.zeros(m), np.eye(m)
    counted, passages = range(rules.n_counts + rules.n_enemies), range(len(rules.name))[rules.passage_rows]
    rows: list[tuple[FloatArray, float, float]] = [
        (np.append(np.ones(n), none), rules.length, rules.length),
        (np.append(np.zeros(n), np.ones(m)), rules.passages_minimum, rules.passages_maximum),
    ]
    rows += [(np.append(rules.member[row], none), rules.minimum[row], rules.maximum[row]) for row in counted]
    rows += [
        (np.append(rules.member[row], -rules.minimum[row] * e), 0, np.inf)
        for row, e in zip(passages, each, strict=True)
    ]
    rows += [
        (np.append(rules.member[row], -rules.maximum[row] * e), -np.inf, 0)
        for row, e in zip(passages, each, strict=True)
    ]
    rows += [
        (np.append(rules.amount[budget], none), rules.amount_minimum[budget], rules.amount_maximum[budget])
        for budget in range(rules.amount.shape[0])
    ]
    done = milp(
        -np.append(world.score, np.zeros(m)),
        constraints=LinearConstraint(
            np.array([row for row, _, _ in rows]), [low for _, low, _ in rows], [high for _, _, high in rows]
        ),
        bounds=Bounds(0, 1),
        integrality=np.ones(n + m, dtype=np.int64),
        options={"mip_rel_gap": 0.0},
    )
    assert done.fun is not None
    return -float(done.fun)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_a_solved_plan_is_as_good_as_the_best_within_its_gap(seed: int) -> None:
    world = make_world(seed)
    solved = solve_plan(world.tables, world.score, gap=0.0)
    assert not world.rules.broken(solved.plan.items)
    assert solved.value == pytest.approx(world.score[solved.plan.items].sum())
    best = best_value(world)
    assert solved.value <= best + 1e-6
    assert solved.value >= 0.97 * best
