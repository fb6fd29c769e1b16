"""Conditional log-likelihood, its gradient and its information, summed over booklets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, IntArray
from engine.conditional.layout import ScoredBooklet, ScoreLayout
from engine.conditional.symmetric import ScoreMoments, log_symmetric, score_moments


@dataclass(frozen=True, slots=True, eq=False)
class ConditionalLikelihood:
    """The conditional likelihood at one point.

    Attributes
    ----------
    log_likelihood : of all responses given the total scores, and the path in a multistage design
    gradient : (n_steps,) derivatives with respect to the steps
    information : (n_steps, n_steps) minus the second derivatives; positive semi-definite, and the same for steps that
        are all moved by one amount
    """

    log_likelihood: float
    gradient: FloatArray
    information: FloatArray


def conditional_likelihood(layout: ScoreLayout, step: FloatArray) -> ConditionalLikelihood:
    """Likelihood of the responses given the scores, and given the path where there is routing.

    The family is exponential: the gradient comes from observed less expected numbers of persons in each category,
    the information from the covariance of category indicators given the score.

    Parameters
    ----------
    layout
        Sufficient statistics.
    step : (n_steps,) locations in logits

    References
    ----------
    Andersen, E. B. (1972). The numerical solution of a set of conditional estimation equations. Journal of the Royal
    Statistical Society B, 34, 42-54. Zwitser, R. J., & Maris, G. (2015). Conditional statistical inference with
    multistage testing designs. Psychometrika, 80, 65-84.
    """
    weights = layout.steps.log_weights(step)
    sums = layout.steps.category_sums()
    expected = np.zeros(layout.steps.n_steps)
    covariance = np.zeros((layout.steps.n_steps, layout.steps.n_steps))
    log_likelihood = -float(layout.taken @ (sums @ step))
    for booklet in layout.booklets:
        parts = [[weights[i] for i in module.tolist()] for module in booklet.modules]
        place = layout.steps.places(booklet.items)
        moments = _booklet_moments(booklet, parts)
        seen = booklet.counts > 0.0
        log_likelihood -= float(booklet.counts[seen] @ moments.log_functions[seen])
        expected[place] += moments.with_score.sum(axis=1)
        covariance[np.ix_(place, place)] += _covariance(moments, booklet.counts)
    gradient: FloatArray = -(sums.T @ (layout.taken - expected))
    return ConditionalLikelihood(log_likelihood, gradient, sums.T @ (sums.T @ covariance).T)


def _covariance(moments: ScoreMoments, counts: FloatArray) -> FloatArray:
    """Covariance of category indicators given the score, summed over persons."""
    seen = counts > 0.0
    given = moments.with_score[:, seen]
    covariance: FloatArray = moments.joint - (given / counts[seen]) @ given.T
    return covariance


def _booklet_moments(booklet: ScoredBooklet, parts: Sequence[Sequence[FloatArray]]) -> ScoreMoments:
    """Normalising constants and expected counts by total score.

    A module is to its booklet what an item is to its module: its "categories" are its scores, weighted by the
    module's symmetric functions, so that a booklet's is their convolution over the scores that routing allows.
    """
    if len(parts) == 1:
        return score_moments(parts[0], booklet.counts)
    modules = [
        log_symmetric(part, (*(None,) * (len(part) - 1), limits))
        for part, limits in zip(parts, booklet.last, strict=True)
    ]
    between = score_moments(modules, booklet.counts, booklet.cumulative)
    return _joined(parts, modules, between)


def _joined(
    parts: Sequence[Sequence[FloatArray]], modules: Sequence[FloatArray], between: ScoreMoments
) -> ScoreMoments:
    """Expected counts of items from those of module scores: given these, modules are independent."""
    rows = _slices([module.size - 1 for module in modules])
    places = _slices([sum(part.size - 1 for part in module) for module in parts])
    chances, joint = [], np.zeros((places[-1].stop, places[-1].stop))
    for m, module in enumerate(parts):
        persons = np.concatenate([[0.0], np.diag(between.joint)[rows[m]]])  # by module score; score 0 says nothing
        inside = score_moments(module, persons)
        joint[places[m], places[m]] = inside.joint
        chances.append(inside.with_score[:, 1:] / np.where(persons[1:] > 0.0, persons[1:], 1.0))
        for other in range(m):
            pairs = chances[m] @ between.joint[rows[m], rows[other]] @ chances[other].T
            joint[places[m], places[other]] = pairs
            joint[places[other], places[m]] = pairs.T
    with_score = [chance @ between.with_score[row] for chance, row in zip(chances, rows, strict=True)]
    return ScoreMoments(np.concatenate(with_score), joint, between.log_functions)


def _slices(sizes: Sequence[int]) -> list[slice]:
    """Where parts of these sizes stand one after another."""
    ends: IntArray = np.cumsum(np.asarray(sizes, dtype=np.int64))
    return [slice(int(end) - size, int(end)) for end, size in zip(ends, sizes, strict=True)]
