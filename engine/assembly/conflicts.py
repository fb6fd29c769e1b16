"""Rules that cannot be kept together: the smallest such set, by a deletion filter over integer programs.

Chinneck (2008), Feasibility and infeasibility in optimization, chapter 6. The search (HiGHS) is bounded by a number of
nodes and not by time, so that it ends alike on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse

from engine.arrays import FloatArray
from engine.assembly.statements import Asked, Statement, Subject

NODES = 20_000  # the reference problem (1,000 items, 60 passages) is decided at its first node
NODES_OF_ADVICE = 2_000  # a rule that is not shown to be needless, or helpful, within these is taken as not so
BLOCKS = (8, 1)  # needless rules are left out so many at a time
NEEDLESS_FIRST = (Subject.ENEMIES, Subject.PRETEST, Subject.FIRST, Subject.BUDGET, Subject.COUNT, Subject.SIZES)
OPTIMAL, INFEASIBLE = 0, 2  # status of scipy.optimize.milp
DECIMALS = 6  # of sums in messages


def solve(
    asked: Asked,
    kept: Sequence[Statement],
    cost: FloatArray,
    nodes: int = NODES,
    *,
    slack: sparse.csr_array | None = None,
    whole: bool = True,
) -> Any:  # an OptimizeResult, whose fields have no types
    """Cheapest test that keeps some statements.

    Parameters
    ----------
    asked
        Items, passages and what links them.
    kept
        Those of its statements that count.
    cost : (n_items + n_passages + n_slack,)
    nodes
        Bound on the search.
    slack : (n_rows of kept, n_slack)
        What columns of 0 and more add to the rows; None for no such columns.
    whole
        False: parts of items will do.
    """
    # Not above: optimisers take 20 MB, and a server that only gives tests needs none.
    from scipy import optimize

    rows = sparse.vstack([asked.linked, *(statement.rows for statement in kept)], format="csr")
    n_tests, n_slack = rows.shape[1], 0
    if slack is not None:
        n_slack = slack.shape[1]
        empty = sparse.csr_array((asked.linked.shape[0], n_slack))
        rows = sparse.hstack([rows, sparse.vstack([empty, slack])], format="csr")
    low = np.concatenate([asked.linked_low, *(statement.low for statement in kept)])
    high = np.concatenate([asked.linked_high, *(statement.high for statement in kept)])
    return optimize.milp(
        cost,
        integrality=np.concatenate([np.full(n_tests, int(whole)), np.zeros(n_slack, dtype=np.int64)]),
        bounds=optimize.Bounds(0.0, np.concatenate([asked.given.astype(np.float64), np.full(n_slack, np.inf)])),
        constraints=optimize.LinearConstraint(rows, low, high) if rows.shape[0] else None,
        options={"node_limit": nodes},
    )


def is_feasible(asked: Asked, kept: Sequence[Statement], nodes: int = NODES, *, whole: bool = True) -> bool | None:
    """Whether some test keeps these statements; None where the nodes were too few to tell.

    Parameters
    ----------
    asked
        Items, passages and what links them.
    kept
        Those of its statements that count.
    nodes
        Bound on the search.
    whole
        False: parts of items will do, which is quick, and proves only that there is no test.
    """
    found = solve(asked, kept, np.zeros(asked.given.size), nodes, whole=whole)
    if found.x is not None:
        return True
    return False if found.status == INFEASIBLE else None


def minimal_conflict(asked: Asked) -> tuple[Statement, ...]:
    """Fewest statements that no test keeps together: of those that are given back, none can be spared.

    Enemies, budgets and starts are left out before counts, and these before passages and the length, so that what
    remains is what people think of first.

    Parameters
    ----------
    asked
        What no test keeps.

    Returns
    -------
    tuple
        In the order of the blueprint.
    """
    kept = sorted(asked.statements, key=lambda statement: _turn(statement.subject))
    for whole in (False, True):
        if is_feasible(asked, kept, NODES_OF_ADVICE, whole=whole) is False:
            kept = _filtered(asked, kept, whole=whole)
    remaining = {id(statement) for statement in kept}
    return tuple(statement for statement in asked.statements if id(statement) in remaining)


def _turn(subject: Subject) -> int:
    """When a statement is tried."""
    return NEEDLESS_FIRST.index(subject) if subject in NEEDLESS_FIRST else len(NEEDLESS_FIRST)


def _filtered(asked: Asked, statements: Sequence[Statement], *, whole: bool) -> list[Statement]:
    """Leave out what is needless, from the front: all enemies, then in blocks, then one by one."""
    kept = list(statements)
    n_enemies = sum(one.subject is Subject.ENEMIES for one in kept)
    blocks = [kept[:n_enemies]]  # they are many, and seldom matter
    for next_size in (*BLOCKS, len(kept)):
        for block in blocks:
            gone = {id(one) for one in block}
            rest = [one for one in kept if id(one) not in gone]
            if gone and is_feasible(asked, rest, NODES_OF_ADVICE, whole=whole) is False:
                kept = rest
        blocks = [kept[start : start + next_size] for start in range(0, len(kept), next_size)]
    return kept


def extreme(asked: Asked, kept: Sequence[Statement], row: sparse.csr_array, *, largest: bool) -> float | None:
    """Largest or smallest sum over a row that a test can have; None where there is none, or none is proved best.

    Parameters
    ----------
    asked
        Items, passages and what links them.
    kept
        Those of its statements that count.
    row : (1, n_items + n_passages)
    largest
        Or smallest.
    """
    amount = row.toarray()[0]
    found = solve(asked, kept, -amount if largest else amount, NODES_OF_ADVICE)
    return None if found.status != OPTIMAL else float(np.round(amount @ np.rint(found.x), DECIMALS))
