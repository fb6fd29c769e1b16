"""Marginal maximum likelihood calibration."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # it ships no types

from engine.arrays import FloatArray, IntArray
from engine.calibration.blocks import FIXED_SLOPE, ItemBlock, Model, make_blocks
from engine.calibration.checks import count_categories, require_answers, require_connected, require_estimable
from engine.calibration.errors import ERRORS, Errors
from engine.calibration.fitting import fit_on_checked_grid
from engine.calibration.grid import grid_for
from engine.calibration.histogram import DENSITIES, Density, fit_histogram
from engine.calibration.outcome import Wanted, conclude
from engine.calibration.parts import Bundle, bundle, collapse
from engine.calibration.population import Design
from engine.calibration.priors import Priors
from engine.calibration.problem import Estimates, Problem
from engine.calibration.start import category_counts, link_start, starting_parameters, starting_population
from engine.calibration.values import Calibration
from engine.clusters import require_clusters
from engine.errors import ParameterError, ResponseError
from engine.models import ItemParameters
from engine.responses import Responses
from engine.table import row_offset

MAX_CYCLES = 2000  # an end to what never converges; it is reported as such
TOLERANCE = 1e-4  # a tenth of what estimates may differ by from a reference, 1e-3
LEAST_FILL = 0.5  # of the matrix of persons and items; below it proportions correct depend on who was given what
DEPENDENT = 1e-10  # share of a covariate's spread, or of its variance beside others, that may be rounding
FEWEST_FOR_THREADS = 2000  # persons; with fewer, threads wait for each other longer than they work


def calibrate(
    responses: Responses,
    *,
    model: Model | Sequence[Model] = "2pl",
    priors: Priors | None = None,
    fixed: Mapping[int, ItemParameters] | None = None,
    density: Density = "normal",
    errors: Errors = "information",
    on_cycle: Callable[[int, float], None] | None = None,
    max_cycles: int = MAX_CYCLES,
    tolerance: float = TOLERANCE,
    executor: Executor | None = None,
    nodes: FloatArray | None = None,
) -> Calibration:
    """Estimate items and groups by marginal maximum likelihood (Bock & Aitkin, 1981).

    The scale's origin is group 0: mean 0, and sd 1 unless slopes are fixed (Rasch, PCM, RSM), whose unit is
    the slope's. Where items are fixed they give origin and unit, and group 0 has a mean and an sd of its own
    that are estimated anew in every cycle (Kim, 2006). Other groups always have their own.

    Parameters
    ----------
    responses : n_persons persons to n_items items; weights, groups, covariates (abilities are regressed on
        them) and clusters (for ``errors="sandwich"``) count
    model
        One for all items, or one for each: ``rasch`` (slope 1), ``1pl`` (common slope), ``2pl``, ``3pl``,
        ``4pl``, ``pcm`` (slope 1), ``gpcm``, ``grm``, ``rsm`` (slope 1, common thresholds), ``nominal``.
    priors
        Prior densities of item parameters; none when not given.
    fixed
        Item index to known parameters, one item each: these are not estimated.
    density
        ``normal`` within a group, or ``histogram``: free weights at the nodes.
    errors
        ``information`` (Louis, 1982), ``sandwich`` by cluster, or by person where there are none; or ``none``. A
        histogram is taken as known in them. Fewer than 20 clusters are warned of.
    on_cycle
        Called after every cycle with its number and the log-posterior, which does not fall from one cycle to the
        next, unless a grid was refined between them: leaps that went down are given up, and not reported.
    max_cycles
        Cycles at most; what was reached by then is returned with ``converged`` False.
    tolerance
        Largest distance of a parameter (slope, intercept, mean, log of an sd) from the maximum, as the last
        steps make one expect it, that counts as none.
    executor
        Works out sums over persons: threads, processes, or a cluster's. Not given: as many threads as BLAS would
        have taken.
    nodes : (n_nodes,) equally spaced abilities to stay on, in place of a grid of the calibration's own: to
        compare with programs that know no better

    Returns
    -------
    Calibration
        The same to the bit for the same data, however many workers there are.

    Raises
    ------
    ResponseError
        If an item cannot be calibrated (no answers, one category, a gap, too few items beside it); names the items.
    DesignError
        If groups share no items; names the islands. If a sandwich is asked of a single cluster.
    ParameterError
        If a model, a prior or a fixed item does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> codes = np.array([[1, 1], [1, 0], [0, 1], [0, 0], [1, 0]])
    >>> calibrate(Responses.from_dense(codes), model="rasch").items.discrimination.tolist()
    [1.0, 1.0]
    """
    known = dict(fixed or {})
    _check_options(density, errors, max_cycles, tolerance)
    require_answers(responses)
    if errors == "sandwich":
        require_clusters(responses)
    if density == "histogram" and responses.covariates is not None:
        raise ParameterError("a histogram has no regression on covariates: choose the normal density, or groups")
    models = _models(model, responses.n_items)
    n_categories = count_categories(responses, known)
    blocks = make_blocks(models, n_categories, priors or Priors(), known)
    offset = row_offset(n_categories)
    counts = category_counts(responses, offset)
    require_estimable(responses, models, counts, offset, known)
    require_connected(responses, known)
    with ExitStack() as stack:
        controller = ThreadpoolController()
        n_threads = max((library["num_threads"] for library in controller.info()), default=1)
        stack.enter_context(controller.limit(limits=1, user_api="blas"))  # ours take the place of BLAS's, which wait
        if executor is None and n_threads > 1 and responses.n_persons >= FEWEST_FOR_THREADS:
            executor = stack.enter_context(ThreadPoolExecutor(n_threads))
        kept = responses if errors == "sandwich" else collapse(responses, n_categories)  # a sandwich asks who is who
        task = make_task(kept, blocks, counts, offset, executor, on_cycle)
        problem = task.problem if nodes is None else replace(task.problem, nodes=_equally_spaced(nodes))
        outcome = fit_on_checked_grid(
            problem, task.bundles, task.start, max_cycles, tolerance, keeps_grid=nodes is not None
        )
        if density == "histogram":
            outcome = fit_histogram(outcome, task.bundles, max_cycles, tolerance)
        wanted = Wanted(errors, tolerance, tuple("fixed" if i in known else models[i] for i in range(len(models))))
        return conclude(outcome, task.responses, wanted)


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Everything that estimation starts from.

    Attributes
    ----------
    responses, bundles : the data, and the same laid out
    problem : what is estimated, on the first grid; without parts yet
    start : where the climb begins
    """

    responses: Responses
    problem: Problem
    bundles: tuple[Bundle, ...]
    start: Estimates


def make_task(
    responses: Responses,
    blocks: tuple[ItemBlock, ...],
    counts: FloatArray,
    offset: IntArray,
    executor: Executor | None,
    on_cycle: Callable[[int, float], None] | None,
) -> Task:
    """Lay responses out, and find a start from the answers in each row of the flat table.

    Parameters
    ----------
    responses : n_persons persons to n_items items, checked
    blocks
        All items.
    counts : (n_rows,) answers by weight in each row of the flat table
    offset : (n_items + 1,) first row of each item
    executor, on_cycle
        As in `calibrate`.

    Raises
    ------
    ResponseError
        If covariates are constant within every group, or sums of one another.
    """
    rows = [offset[block.items][:, np.newaxis] + np.arange(block.family.n_categories) for block in blocks]
    parameters = tuple(starting_parameters(block, counts[row]) for block, row in zip(blocks, rows, strict=True))
    has_fixed = any(block.model == "fixed" for block in blocks)
    has_unit = has_fixed or any(block.model in FIXED_SLOPE for block in blocks)
    n_covariates = 0 if responses.covariates is None else responses.covariates.shape[1]
    population = starting_population(
        responses.n_groups, n_covariates, free_first_mean=has_fixed, free_first_sd=has_unit
    )
    if responses.n_responses < LEAST_FILL * responses.n_persons * responses.n_items and not has_fixed:
        parameters, population = link_start(blocks, parameters, population, responses, np.diff(offset) - 1)
    nodes = grid_for(population, np.zeros(0), np.inf, None)
    problem = Problem(blocks, offset, _design(responses), (), nodes, executor, on_cycle)
    return Task(responses, problem, bundle(responses, offset), Estimates(parameters, population))


def _design(responses: Responses) -> Design:
    """Sums over persons, by group."""
    n = np.bincount(responses.group, responses.weight).astype(np.float64)
    x = np.zeros((responses.n_persons, 0)) if responses.covariates is None else responses.covariates
    sums, squares = np.zeros((n.size, x.shape[1])), np.zeros((n.size, x.shape[1], x.shape[1]))
    within = np.zeros(squares.shape[1:])
    for group in range(n.size if x.shape[1] else 0):
        inside = responses.group == group
        weighted = x[inside] * responses.weight[inside, np.newaxis]
        sums[group], squares[group] = weighted.sum(axis=0), weighted.T @ x[inside]
        centred = x[inside] - sums[group] / n[group]
        within += (centred * responses.weight[inside, np.newaxis]).T @ centred
    if x.shape[1]:
        _require_independent(within, squares)
    return Design(n, sums, squares)


def _require_independent(within: FloatArray, squares: FloatArray) -> None:
    """Refuse covariates that are constant within groups, or sums of one another.

    ``within`` is summed about the groups' means: a difference of ``squares``, that of a year, is rounding alone.
    """
    scale = np.sqrt(np.maximum(np.diag(within), np.finfo(np.float64).tiny))
    spread = np.sqrt(np.diag(squares.sum(axis=0)))
    flat = np.flatnonzero(scale <= DEPENDENT * np.maximum(spread, 1.0))
    if flat.size:
        raise ResponseError(f"covariates {flat.tolist()} are constant within every group: leave them out")
    smallest = float(np.linalg.eigvalsh(within / np.outer(scale, scale))[0])
    if smallest < DEPENDENT:
        raise ResponseError("covariates are collinear: one is a sum of others; leave one of them out")


def _equally_spaced(nodes: FloatArray) -> FloatArray:
    """Nodes, refused where they are no grid."""
    grid = np.asarray(nodes, dtype=np.float64)
    steps = np.diff(grid)
    if grid.ndim != 1 or grid.size < 3 or not np.allclose(steps, steps[0], rtol=1e-9) or not steps[0] > 0.0:
        raise ParameterError("nodes must be three abilities or more, rising by equal steps")
    return grid


def _models(model: Model | Sequence[Model], n_items: int) -> tuple[str, ...]:
    """One model for each item."""
    each = (model,) * n_items if isinstance(model, str) else tuple(model)
    if len(each) != n_items:
        raise ParameterError(f"{len(each)} models for {n_items} items: give one for all, or one for each")
    return each


def _check_options(density: str, errors: str, max_cycles: int, tolerance: float) -> None:
    """Refuse options that are none."""
    for value, known in ((density, DENSITIES), (errors, ERRORS)):
        if value not in known:
            raise ParameterError(f"{value!r} is not known; choose one of {', '.join(known)}")
    if not (max_cycles >= 1 and tolerance > 0.0):
        raise ParameterError(f"max_cycles must be 1 or more and tolerance positive, not {max_cycles} and {tolerance}")
