"""Marginal maximum likelihood calibration."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

from engine.arrays import FloatArray
from engine.calibration.acceleration import Climb, Fit
from engine.calibration.checks import require_dichotomous
from engine.calibration.flags import flag_groups, flag_items
from engine.calibration.information import standard_errors
from engine.calibration.layout import Layout, lay_out
from engine.calibration.parameters import FREEDOM, Estimates, Freedom, Model
from engine.calibration.values import Calibration, GroupEstimate
from engine.errors import ParameterError
from engine.responses import Responses

MAX_CYCLES = 2000
TOLERANCE = 1e-5
MOST_GRIDS = 4


def calibrate(
    responses: Responses,
    *,
    model: Model = "2pl",
    on_cycle: Callable[[int, float], None] | None = None,
    max_cycles: int = MAX_CYCLES,
    tolerance: float = TOLERANCE,
) -> Calibration:
    """Estimate items and groups by marginal maximum likelihood (Bock & Aitkin, 1981).

    The scale's origin is group 0: mean 0, and sd 1 under the 2PL; under the Rasch model slopes are 1 and
    its sd is estimated. Other groups have their own mean and sd. Abilities are normal within a group. The
    grid starts at 61 nodes on [-6, 6] and is made wider or finer where a group needs it.

    Parameters
    ----------
    responses : n_persons persons to n_items dichotomous items; weight counts a row more than once
    model
        ``"2pl"`` or ``"rasch"``.
    on_cycle
        Called after every expectation step with its number and the log-likelihood.
    max_cycles
        Expectation steps at most; what was reached by then is returned with ``converged`` False.
    tolerance
        Largest change of a parameter by a plain step (slope, intercept, mean, sd) that counts as none.

    Raises
    ------
    ResponseError
        If there are fewer items than the model needs (2PL 3, Rasch 2), or an item cannot be calibrated
        (nobody, or everybody, answered it correctly; categories above 1); the message names the items.
    ParameterError
        If the model is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> codes = np.array([[1, 1], [1, 0], [0, 1], [0, 0], [1, 0]])
    >>> calibrate(Responses.from_dense(codes), model="rasch").items.discrimination.tolist()
    [1.0, 1.0]
    """
    if model not in FREEDOM:
        raise ParameterError(f"model {model!r} is not known; choose one of {', '.join(FREEDOM)}")
    if not (max_cycles >= 1 and tolerance > 0.0):
        raise ParameterError(f"max_cycles must be 1 or more and tolerance positive, not {max_cycles} and {tolerance}")
    freedom = FREEDOM[model]
    require_dichotomous(responses, freedom.fewest_items)
    with threadpool_limits(1, user_api="blas"):  # BLAS threads that wait for each other cost more than they bring
        layout = lay_out(responses, n_groups=int(responses.group.max()) + 1)
        fit, nodes = _climb(layout, _start(responses, layout), freedom, on_cycle, max_cycles, tolerance)
        errors = standard_errors(layout, fit.estimates, fit.counts, nodes, freedom)
    n_persons = np.bincount(responses.group, responses.weight).astype(np.float64)
    return Calibration(
        items=fit.estimates.items(),
        standard_errors=errors,
        groups=_groups(fit, n_persons),
        log_likelihood=fit.counts.log_likelihood,
        n_cycles=fit.n_cycles,
        converged=fit.converged,
        n_nodes=nodes.size,
        flags=flag_items(fit.estimates, errors),
        group_flags=flag_groups(n_persons),
    )


def _climb(
    layout: Layout,
    start: Estimates,
    freedom: Freedom,
    on_cycle: Callable[[int, float], None] | None,
    max_cycles: int,
    tolerance: float,
) -> tuple[Fit, FloatArray]:
    """Climb, and climb on where the groups turn out to need another grid."""
    nodes = start.grid()
    fit = Climb(layout, nodes, freedom, on_cycle, 0).run(start, max_cycles, tolerance)
    for _ in range(MOST_GRIDS - 1):
        wanted = fit.estimates.grid()
        finer = wanted[1] - wanted[0] < (nodes[1] - nodes[0]) * (1.0 - 1e-9)
        if not (finer or wanted[0] < nodes[0] or wanted[-1] > nodes[-1]) or fit.n_cycles >= max_cycles:
            break
        nodes = wanted
        fit = Climb(layout, nodes, freedom, on_cycle, fit.n_cycles).run(fit.estimates, max_cycles, tolerance)
    return fit, nodes


def _start(responses: Responses, layout: Layout) -> Estimates:
    """Slopes 1, intercepts from proportions correct, groups N(0, 1)."""
    answered = responses.n_answered()
    p = (responses.proportion_correct() * answered + 0.5) / (answered + 1.0)
    intercept = np.log(p / (1.0 - p)) * 1.2  # a marginal logit is about 1.2 times flatter than one given ability
    zeros = np.zeros(layout.n_groups)
    return Estimates(np.ones(layout.n_items), intercept, zeros, zeros.copy())


def _groups(fit: Fit, n: FloatArray) -> tuple[GroupEstimate, ...]:
    """Mean, sd and size of every group."""
    rows = zip(fit.estimates.mean.tolist(), np.exp(fit.estimates.log_sd).tolist(), n.tolist(), strict=True)
    return tuple(GroupEstimate(mean, sd, size) for mean, sd, size in rows)
