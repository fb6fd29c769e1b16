"""The one place that calls HiGHS; limits are counts of iterations and nodes, never seconds (docs/adr/0011).

Its module is loaded at the first call: it takes 15 MB, and a server that keeps plans by swaps may never need it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import vstack

from engine.arrays import FloatArray
from engine.assembly.shadow.program import Program

MOST_ITERATIONS = 20_000  # the reference problem takes 115 to 182
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """Best solution when items may be taken in parts.

    Attributes
    ----------
    x : (n_columns,) share of each column
    value : worth of the solution: no whole plan is worth more
    reduced : (n_columns,) what one more of a column would add beyond the prices of the rows that bind
    price_upper, price_equal : worth of one more unit of a right-hand side
    """

    x: FloatArray
    value: float
    reduced: FloatArray
    price_upper: FloatArray
    price_equal: FloatArray


def solve_relaxed(program: Program, score: FloatArray) -> Relaxed | None:
    """Solve with columns between 0 and 1; None when no solution keeps the rows.

    Parameters
    ----------
    program : rules over n_columns items and passages
    score : (n_columns,) worth of each column
    """
    if not score.size:  # all columns are fixed, which linprog refuses
        kept = np.all(program.upper_bound >= -ROUNDING) and np.all(np.abs(program.equal_bound) <= ROUNDING)
        prices = np.zeros_like(program.upper_bound), np.zeros_like(program.equal_bound)
        return Relaxed(score, 0.0, score, *prices) if kept else None
    from scipy.optimize import linprog

    done = linprog(  # type: ignore[call-overload] # its stubs do not know that it takes sparse matrices
        -score,
        A_ub=program.upper,
        b_ub=program.upper_bound,
        A_eq=program.equal,
        b_eq=program.equal_bound,
        bounds=(0.0, 1.0),
        method="highs-ds",
        options={"presolve": False, "maxiter": MOST_ITERATIONS},
    )
    if done.x is None or done.status != 0:
        return None
    price_upper, price_equal = -done.ineqlin.marginals, -done.eqlin.marginals
    reduced = score - program.upper.T @ price_upper - program.equal.T @ price_equal
    return Relaxed(np.asarray(done.x), float(-done.fun), reduced, price_upper, price_equal)


def solve_whole(program: Program, score: FloatArray, *, gap: float, nodes: int) -> FloatArray | None:
    """Solve with columns 0 or 1; None when none was found within so many nodes.

    Parameters
    ----------
    program : rules over n_columns items and passages
    score : (n_columns,) worth of each column
    gap : how far from the best the solution may be, as a share
    nodes : most branch-and-bound nodes
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    matrix = vstack([program.upper, program.equal]).tocsc()
    high = np.concatenate([program.upper_bound, program.equal_bound])
    low = np.concatenate([np.full(program.upper_bound.size, -np.inf), program.equal_bound])
    if not matrix.shape[0]:
        return (score > 0.0).astype(np.float64)
    done = milp(
        -score,
        constraints=LinearConstraint(matrix, low, high),
        bounds=Bounds(0.0, 1.0),
        integrality=np.ones(score.size, dtype=np.int64),
        options={"mip_rel_gap": gap, "node_limit": nodes},
    )
    return None if done.x is None else np.rint(done.x)
