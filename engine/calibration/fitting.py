"""From a start to a maximum on a grid that holds: climb, look where persons stand, cut parts anew, check the grid."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from engine.arrays import FloatArray
from engine.calibration.acceleration import Fit, climb
from engine.calibration.expectation import NodeTable, log_likelihood, posterior
from engine.calibration.grid import LARGEST_MOVE, grid_for, holds, is_at_its_largest, wider_and_finer
from engine.calibration.parts import Bundle, Part
from engine.calibration.problem import Estimates, Problem
from engine.partition import over_parts

FEWEST_TO_CUT = 1000  # persons; with fewer, all nodes for everybody cost nothing
SMALLEST_KEPT = 1e-10  # posterior density relative to its peak; what is cut off is watched, see LARGEST_EDGE
MARGIN = 1.0  # sds of a posterior added on both sides, for as far as it may move
MOST_GRIDS = 12  # a group 6 logits away takes 6: the grid follows it step by step


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where n_persons persons stand.

    Attributes
    ----------
    mean, sd : (n_persons,) of the posterior
    low, high : (n_persons,) abilities between which the posterior is above nothing; infinite where the nodes end
    """

    mean: FloatArray
    sd: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A fit on a grid that was checked.

    Attributes
    ----------
    problem, fit : what was estimated, and where it ended
    places : where persons stand
    moved : change of the log-likelihood on half the spacing and 1.5 times the range
    n_grids : grids that were needed
    """

    problem: Problem
    fit: Fit
    places: Places
    moved: float
    n_grids: int


def whole_parts(bundles: Sequence[Bundle], n_nodes: int) -> tuple[Part, ...]:
    """Parts in the order of the persons, on all nodes."""
    parts: list[Part] = []
    for each in bundles:
        n = each.persons.size
        parts.extend(each.cut(np.arange(n), np.zeros(n, np.int64), np.full(n, n_nodes)))
    return tuple(parts)


def cut_parts(bundles: Sequence[Bundle], places: Places, nodes: FloatArray) -> tuple[Part, ...]:
    """Parts of persons of like abilities, on the nodes where their posteriors are.

    Parameters
    ----------
    bundles
        Responses.
    places : where each of n_persons persons stands
    nodes : (n_nodes,) abilities in logits
    """
    parts: list[Part] = []
    for each in bundles:
        margin = MARGIN * places.sd[each.persons]
        low = np.searchsorted(nodes, places.low[each.persons] - margin)
        high = np.searchsorted(nodes, places.high[each.persons] + margin, side="right")
        order = np.argsort(places.mean[each.persons], kind="stable")
        parts.extend(each.cut(order, np.minimum(low, nodes.size - 2), np.maximum(high, 2)))
    return tuple(parts)


def locate(parts: Sequence[Part], table: NodeTable, n_persons: int, executor: Executor | None) -> Places:
    """Where every person's posterior lies.

    Parameters
    ----------
    parts
        Responses of n_persons persons.
    table
        Current estimates.
    n_persons
        How many there are in all parts together.
    executor
        Works out the parts.
    """
    found = np.empty((4, n_persons))
    for part, places in zip(parts, over_parts(partial(_locate_part, table=table), parts, executor), strict=True):
        found[:, part.persons] = places
    return Places(*found)


def _locate_part(part: Part, table: NodeTable) -> FloatArray:
    """Mean, sd and extent of the posteriors of one part's persons, (4, n)."""
    density, _, _ = posterior(part, table)
    nodes = table.nodes[part.low : part.high]
    mean = density @ nodes
    variance = density @ nodes**2 - mean**2
    there = density > SMALLEST_KEPT * density.max(axis=1, keepdims=True)
    first, last = there.argmax(axis=1), there.shape[1] - 1 - there[:, ::-1].argmax(axis=1)
    low = np.where(first == 0, -np.inf, nodes[first])
    high = np.where(last == nodes.size - 1, np.inf, nodes[last])
    return np.stack([mean, np.sqrt(np.maximum(variance, 0.0)), low, high])


def fit_on_checked_grid(
    problem: Problem,
    bundles: Sequence[Bundle],
    start: Estimates,
    max_cycles: int,
    tolerance: float,
    *,
    keeps_grid: bool = False,
) -> Outcome:
    """Climb to the maximum, on grids that are made wider and finer until the likelihood no longer depends on it.

    Parameters
    ----------
    problem
        With nodes to start on; its parts are replaced.
    bundles
        Responses.
    start
        Where to begin.
    max_cycles, tolerance
        As in `climb`.
    keeps_grid
        Stay on the problem's nodes, whatever they do to the likelihood.
    """
    n_persons = sum(each.persons.size for each in bundles)
    problem = replace(problem, parts=whole_parts(bundles, problem.nodes.size))
    if n_persons >= FEWEST_TO_CUT:
        problem = _on_grid(problem, bundles, _locate(problem, start, n_persons), problem.nodes)
    fit = climb(problem, start, max_cycles, tolerance)
    n_grids = 1
    while True:
        places = _locate(problem, fit.estimates, n_persons)
        stop = len(problem.history) >= max_cycles or n_grids >= MOST_GRIDS
        wanted = problem.nodes
        if not keeps_grid:
            wanted = grid_for(fit.estimates.population, _shift(bundles, fit), float(places.sd.min()), problem.nodes)
        if stop or (holds(problem.nodes, wanted) and not fit.cut_off):
            finer = wider_and_finer(problem.nodes)
            moved = _moved(problem, bundles, fit, places, finer)
            if stop or keeps_grid or abs(moved) <= LARGEST_MOVE or is_at_its_largest(problem.nodes):
                return Outcome(problem, fit, places, moved, n_grids)
            wanted = finer
        n_grids += not holds(problem.nodes, wanted)
        if fit.cut_off:
            places = _locate_on_all_nodes(problem, bundles, fit.estimates)
        problem = _on_grid(problem, bundles, places, problem.nodes if holds(problem.nodes, wanted) else wanted)
        fit = climb(problem, replace(fit.estimates, log_p=()), max_cycles, tolerance)


def _locate(problem: Problem, estimates: Estimates, n_persons: int) -> Places:
    """Where persons stand at some estimates."""
    return locate(problem.parts, problem.table(estimates), n_persons, problem.executor)


def _locate_on_all_nodes(problem: Problem, bundles: Sequence[Bundle], estimates: Estimates) -> Places:
    """Where persons stand, when the nodes of their parts no longer hold their posteriors."""
    whole = replace(problem, parts=whole_parts(bundles, problem.nodes.size))
    return _locate(whole, estimates, sum(each.persons.size for each in bundles))


def climb_uncut(
    problem: Problem, bundles: Sequence[Bundle], start: Estimates, max_cycles: int, tolerance: float
) -> tuple[Problem, Fit]:
    """Climb on the nodes there are; where a part cuts posteriors off, parts are cut anew, and the climb goes on.

    Parameters
    ----------
    problem, bundles, start, max_cycles, tolerance
        As in `fit_on_checked_grid`.

    Returns
    -------
    the problem with the parts of its last climb, and where that ended
    """
    fit = climb(problem, start, max_cycles, tolerance)
    while fit.cut_off and len(problem.history) < max_cycles:
        places = _locate_on_all_nodes(problem, bundles, fit.estimates)
        problem = _on_grid(problem, bundles, places, problem.nodes)
        fit = climb(problem, fit.estimates, max_cycles, tolerance)
    return problem, fit


def _on_grid(problem: Problem, bundles: Sequence[Bundle], places: Places, nodes: FloatArray) -> Problem:
    """Return the problem on some nodes, its parts cut to where persons stand."""
    cut = places.mean.size >= FEWEST_TO_CUT
    parts = cut_parts(bundles, places, nodes) if cut else whole_parts(bundles, nodes.size)
    return replace(problem, nodes=nodes, parts=parts)


def _shift(bundles: Sequence[Bundle], fit: Fit) -> FloatArray:
    """Regression of every person; empty where there is none."""
    beta = fit.estimates.population.beta
    return np.concatenate([each.covariates @ beta for each in bundles]) if beta.size else np.zeros(0)


def _moved(problem: Problem, bundles: Sequence[Bundle], fit: Fit, places: Places, nodes: FloatArray) -> float:
    """Change of the log-likelihood on other nodes, at the same estimates."""
    finer = _on_grid(problem, bundles, places, nodes)
    table = finer.table(replace(fit.estimates, log_p=()))
    return log_likelihood(finer.parts, table, problem.executor) - fit.counts.log_likelihood
