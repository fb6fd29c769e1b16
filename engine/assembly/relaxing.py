"""How little more freedom would make an impossible blueprint possible.

One bound at a time where that is enough, else the least change of several (an elastic program: Chinneck, 2008,
Feasibility and infeasibility in optimization, section 6.1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from engine.assembly.conflicts import DECIMALS, NODES_OF_ADVICE, extreme, is_feasible, solve
from engine.assembly.statements import INFINITY, Asked, Statement, Subject

SMALLEST = 1e-6  # a slack below is rounding


@dataclass(frozen=True, slots=True)
class Relief:
    """A statement that asks less, so that a test exists.

    Attributes
    ----------
    statement : as it is
    bound : what it should ask, NaN where it should ask nothing
    """

    statement: Statement
    bound: float


def single_reliefs(asked: Asked, conflict: Sequence[Statement]) -> tuple[Relief, ...]:
    """Return the nearest bound of each statement of a conflict that makes a test possible when all others stay.

    Parameters
    ----------
    asked
        All that is asked.
    conflict
        Statements of it that no test keeps together.
    """
    return tuple(relief for statement in conflict for relief in _reliefs(asked, statement))


def _reliefs(asked: Asked, statement: Statement) -> Iterator[Relief]:
    """Nearest bounds of one statement, below and above."""
    others = [other for other in asked.statements if other is not statement]
    if statement.subject is Subject.SIZES and statement.has_number:
        yield from _sizes(asked, others, statement)
    elif statement.has_number:
        yield from _sums(asked, others, statement)
    elif is_feasible(asked, others, NODES_OF_ADVICE):
        yield Relief(statement, float("nan"))


def _sums(asked: Asked, others: Sequence[Statement], statement: Statement) -> Iterator[Relief]:
    """Nearest sums that a test can have."""
    if statement.least > 0.0:
        bound = extreme(asked, [*others, *_side(statement, -INFINITY, statement.least)], statement.rows, largest=True)
        if bound is not None:
            yield Relief(statement, bound)
    if statement.most < INFINITY:
        bound = extreme(asked, [*others, *_side(statement, statement.most, INFINITY)], statement.rows, largest=False)
        if bound is not None:
            yield Relief(statement, bound)


def _side(statement: Statement, low: float, high: float) -> tuple[Statement, ...]:
    """Keep to one side of a number that is asked exactly; of a bound there is only one."""
    if statement.least < statement.most:
        return ()
    return (replace(statement, low=np.array([low]), high=np.array([high])),)


def _sizes(asked: Asked, others: Sequence[Statement], statement: Statement) -> Iterator[Relief]:
    """Nearest number of items of each passage."""
    n_items, n_passages = asked.rules.n_items, asked.rules.n_passages
    one = sparse.hstack([sparse.csr_array((n_passages, n_items)), sparse.eye_array(n_passages)], format="csr")
    fewer = statement.least > 0.0
    bounds = range(int(statement.least) - 1, 0, -1) if fewer else range(int(statement.most) + 1, asked.rules.length + 1)
    asks = statement.least if fewer else statement.most
    for bound in bounds:
        relaxed = replace(statement, rows=statement.rows + one * (asks - bound))
        if is_feasible(asked, [*others, relaxed], NODES_OF_ADVICE):
            yield Relief(statement, float(bound))
            return


def least_relief(asked: Asked) -> tuple[Relief, ...]:
    """Return the bounds that, changed together and as little as possible, make a test possible; none where none do.

    An item, a passage and a budget's mean amount an item weigh alike.

    Parameters
    ----------
    asked
        What no test keeps.
    """
    kept = asked.statements
    first_row = np.cumsum([0, *(statement.rows.shape[0] for statement in kept)])
    columns = [
        (place, sign)
        for place, statement in enumerate(kept)
        if statement.has_number and statement.subject is not Subject.SIZES
        for sign in ([1.0] * (statement.least > 0.0) + [-1.0] * (statement.most < INFINITY))
    ]
    signs = [sign for _, sign in columns]
    rows = [int(first_row[place]) for place, _ in columns]
    slack = sparse.csr_array((signs, (rows, range(len(columns)))), shape=(int(first_row[-1]), len(columns)))
    weight = [1.0 / _unit(kept[place]) for place, _ in columns]
    found = solve(asked, kept, np.concatenate([np.zeros(asked.given.size), weight]), NODES_OF_ADVICE, slack=slack)
    if found.x is None:
        return ()
    amounts = found.x[asked.given.size :].tolist()
    return tuple(
        Relief(kept[place], round((kept[place].least if sign > 0.0 else kept[place].most) - sign * amount, DECIMALS))
        for (place, sign), amount in zip(columns, amounts, strict=True)
        if amount > SMALLEST
    )


def _unit(statement: Statement) -> float:
    """What one item adds, on average over those that add something."""
    amount = statement.rows.data
    return float(amount.mean()) if amount.size and statement.subject is Subject.BUDGET else 1.0
