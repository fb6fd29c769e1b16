"""The maximisation step: parameters that fit the expected counts better, never worse."""

from __future__ import annotations

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.calibration.blocks import ItemBlock
from engine.models import Kind
from engine.models.asymptotes import FLOOR

STEEPEST_SLOPE = 10.0  # beyond this an item is a step function on the grid
FARTHEST_INTERCEPT = 60.0  # logits: at ability 0 a probability within 1e-26 of 0 or 1
FARTHEST_LOGIT = 12.0  # an asymptote nearer to 0 or 1 than 1e-5 is 0 or 1
SMALLEST_POSITIVE = 1e-3  # a slope with a log-normal prior stays positive
LONGEST_STEP = 2.0  # Newton far from the top may overshoot
MOST_HALVINGS = 12  # to 1/4096 of a step; an item that fits no better then stays where it is
SHORTEST = 1e-12  # in place of a step of 0, by which nothing can be divided
SLACK = 1e-9  # relative; smaller differences of the fit are rounding
TRUST = 1e-10  # of the largest curvature, added where a direction has none


def improve(
    block: ItemBlock, parameters: FloatArray, nodes: FloatArray, log_p: FloatArray, counts: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """One Newton step of all items at once, halved for the items that it would make fit worse.

    Parameters
    ----------
    block
        Items, priors, and what is free.
    parameters : (n, n_parameters) present values
    nodes : (n_nodes,) abilities in logits
    log_p : (n, n_categories, n_nodes) log-probabilities at the present values
    counts : (n, n_categories, n_nodes) expected counts

    Returns
    -------
    parameters (n, n_parameters), and the log-probabilities (n, n_categories, n_nodes) at them
        A generalised expectation-maximisation needs no more: the fit of every item to the counts, prior
        included, does not fall (Lange, 1995, on one Newton step in place of a maximum).
    """
    if not block.free.any():
        return parameters, log_p
    gradient, curvature = block.family.ascend(parameters, nodes, log_p, counts)
    prior, prior_gradient, prior_curvature = block.log_prior(parameters)
    gradient, curvature = _held(block, parameters, gradient + prior_gradient, curvature + prior_curvature)
    step = newton_step(block, gradient, curvature)
    fit = (counts * log_p).sum(axis=(1, 2)) + prior
    return _climb(block, parameters, step, fit, nodes, counts)


def _held(
    block: ItemBlock, parameters: FloatArray, gradient: FloatArray, curvature: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Leave out of an item's step what stands at a bound and would go beyond it, so that the rest can still move."""
    lower, upper = bounds(block)
    held = ((parameters <= lower) & (gradient < 0.0)) | ((parameters >= upper) & (gradient > 0.0))
    held &= block.free & ~block.shared
    if not held.any():
        return gradient, curvature
    apart = curvature * ~(held[:, :, np.newaxis] | held[:, np.newaxis])
    apart += (
        held[:, :, np.newaxis]
        * np.eye(held.shape[1])
        * np.trace(curvature, axis1=1, axis2=2)[:, np.newaxis, np.newaxis]
    )
    return np.where(held, 0.0, gradient), apart


def newton_step(block: ItemBlock, gradient: FloatArray, curvature: FloatArray) -> FloatArray:
    """Solve for the step, (n, n_parameters); what is shared by the block's items takes one step for all.

    The items' own parameters are eliminated first (Schur complement), so that the work stays linear in the
    number of items.

    Parameters
    ----------
    block
        Items, and which of their parameters are free or shared.
    gradient : (n, n_parameters) of the fit to the expected counts, prior included
    curvature : (n, n_parameters, n_parameters) minus its second derivative
    """
    local, shared = block.free & ~block.shared, block.shared
    step = np.zeros_like(gradient)
    own = _safe(curvature[:, local][:, :, local])
    if not shared.any():
        step[:, local] = np.linalg.solve(own, gradient[:, local, np.newaxis])[:, :, 0]
        return _shorten(_around_asymptotes(step, gradient, curvature) if block.has_asymptotes else step)
    cross = curvature[:, local][:, :, shared]
    solved = np.linalg.solve(own, np.concatenate([gradient[:, local, np.newaxis], cross], axis=2))
    alone, moved = solved[:, :, 0], solved[:, :, 1:]  # own step, and how it answers to the shared one
    rest = curvature[:, shared][:, :, shared] - cross.transpose(0, 2, 1) @ moved
    pull = gradient[:, shared] - (cross.transpose(0, 2, 1) @ alone[:, :, np.newaxis])[:, :, 0]
    together = np.linalg.solve(_safe(rest.sum(axis=0)[np.newaxis])[0], pull.sum(axis=0))
    step[:, shared] = together
    step[:, local] = alone - moved @ together
    return _shorten(step) if not shared.any() else step * min(1.0, LONGEST_STEP / max(np.abs(step).max(), SHORTEST))


def _around_asymptotes(step: FloatArray, gradient: FloatArray, curvature: FloatArray) -> FloatArray:
    """Limit the steps of asymptotes first, and let slope and intercept take their best step given those.

    Where an asymptote nears 0 its logit hardly matters and its Newton step grows without bound; scaled down
    together with it, slope and intercept would stand still.
    """
    far = np.abs(step[:, FLOOR:]).max(axis=1) > LONGEST_STEP
    if not far.any():
        return step
    asymptotes = np.clip(step[:, FLOOR:], -LONGEST_STEP, LONGEST_STEP)
    limited = _with_asymptotes(asymptotes, gradient, curvature)
    falls = (gradient * limited).sum(axis=1) <= 0.0  # may be: then the asymptotes wait
    limited[falls] = _with_asymptotes(np.zeros_like(asymptotes), gradient, curvature)[falls]
    return np.where(far[:, np.newaxis], limited, step)


def _with_asymptotes(asymptotes: FloatArray, gradient: FloatArray, curvature: FloatArray) -> FloatArray:
    """Steps of items whose asymptotes take given steps, and slope and intercept the best ones beside them."""
    pull = gradient[:, :FLOOR] - (curvature[:, :FLOOR, FLOOR:] @ asymptotes[:, :, np.newaxis])[:, :, 0]
    beside = np.linalg.solve(_safe(curvature[:, :FLOOR, :FLOOR]), pull[:, :, np.newaxis])[:, :, 0]
    return np.concatenate([beside, asymptotes], axis=1)


def _safe(curvature: FloatArray) -> FloatArray:
    """Curvature with something added where a direction has none, so that it can be solved with."""
    size = curvature.shape[-1]
    scale = np.trace(curvature, axis1=1, axis2=2) / max(size, 1)
    added = TRUST * np.maximum(scale, 0.0) + np.finfo(np.float64).tiny
    lifted: FloatArray = curvature + added[:, np.newaxis, np.newaxis] * np.eye(size)
    try:
        np.linalg.cholesky(lifted)
    except np.linalg.LinAlgError:
        lowest = np.linalg.eigvalsh(lifted)[:, 0]
        lift = np.where(lowest <= 0.0, -1.5 * lowest + np.maximum(added, 1e-8), 0.0)
        return lifted + lift[:, np.newaxis, np.newaxis] * np.eye(size)
    return lifted


def _shorten(step: FloatArray) -> FloatArray:
    """Steps no longer than LONGEST_STEP in any parameter, item by item."""
    longest = np.abs(step).max(axis=1, keepdims=True)
    shortened: FloatArray = step * np.minimum(1.0, LONGEST_STEP / np.maximum(longest, SHORTEST))
    return shortened


def _climb(
    block: ItemBlock, parameters: FloatArray, step: FloatArray, fit: FloatArray, nodes: FloatArray, counts: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Take the step, halved for as long as it makes an item (or, with shared parameters, the block) fit worse."""
    moved = bounded(block, parameters + step)
    log_p = block.family.log_probability(moved, nodes)
    reached = (counts * log_p).sum(axis=(1, 2)) + block.log_prior(moved)[0]
    worse = _worse(block, reached, fit)
    length = 1.0
    for _ in range(MOST_HALVINGS):
        if not worse.size:
            return moved, log_p
        length *= 0.5
        moved[worse] = bounded(block, parameters[worse] + length * step[worse])
        log_p[worse] = block.family.log_probability(moved[worse], nodes)
        reached[worse] = (counts[worse] * log_p[worse]).sum(axis=(1, 2)) + block.log_prior(moved[worse])[0]
        worse = worse[np.isin(worse, _worse(block, reached, fit))]
    moved[worse] = parameters[worse]
    log_p[worse] = block.family.log_probability(moved[worse], nodes)
    return moved, log_p


def _worse(block: ItemBlock, reached: FloatArray, fit: FloatArray) -> IntArray:
    """Items that a step made fit worse; with shared parameters all of them or none."""
    if block.shared.any():
        total = fit.sum()
        return np.arange(0 if reached.sum() >= total - SLACK * (1.0 + abs(total)) else fit.size)
    return np.flatnonzero(~(reached >= fit - SLACK * (1.0 + np.abs(fit))))


def bounded(block: ItemBlock, parameters: FloatArray) -> FloatArray:
    """Parameters brought back to where a probability can be worked out; what is fixed stays."""
    lower, upper = bounds(block)
    inside: FloatArray = np.where(block.free, np.clip(parameters, lower, upper), parameters)
    if block.kind == Kind.GRADED and block.free[1:].any():
        inside[:, 1:] = np.minimum.accumulate(inside[:, 1:], axis=1)
    return inside


def bounds(block: ItemBlock) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest value of each parameter, (n_parameters,) each."""
    n = block.start.shape[1]
    highest = np.full(n, FARTHEST_INTERCEPT)
    n_slopes = (n // 2) if block.kind == Kind.NOMINAL else 1
    highest[:n_slopes] = STEEPEST_SLOPE
    if block.kind == Kind.LOGISTIC:
        highest[2:] = FARTHEST_LOGIT
    lowest = -highest
    if block.priors.discrimination is not None and block.kind != Kind.NOMINAL:
        lowest[0] = SMALLEST_POSITIVE
    return lowest, highest
