"""Elementary symmetric functions of items with any number of categories, and their derivatives, without subtraction.

The summation algorithm (Verhelst, Glas & van der Sluis, 1984; for more than two categories Andersen, 1972) adds one
item at a time. Here the sums are taken of logarithms, so that no number of items overflows. Derivatives never divide
a function by an item (the difference algorithm, which loses all digits): given the total score, the score after the
first j items is a Markov chain, so that expected counts are carried from item to item by probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray

Limits = tuple[int, int] | None
"""Lowest and highest score that is possible at some point; None: every score."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoreMoments:
    """What is expected of n_items items, given how many persons had which total score.

    A row is a category of an item, from category 1 on, in the order of the items: n_rows in all.

    Attributes
    ----------
    with_score : (n_rows, n_scores) expected number of persons who are in the category and have the total score
    joint : (n_rows, n_rows) expected number of persons who are in both categories
    log_functions : (n_scores,) logarithms of the symmetric functions, as `log_symmetric` gives them
    """

    with_score: FloatArray
    joint: FloatArray
    log_functions: FloatArray


def log_symmetric(parts: Sequence[FloatArray], limits: Sequence[Limits] | None = None) -> FloatArray:
    """Logarithm of the elementary symmetric function of every score.

    With ``w[i][k] = exp(parts[i][k])`` the function of score s is the sum, over all patterns x with total score s,
    of the products ``w[0][x[0]] w[1][x[1]] …``: the coefficients of the product of the items' polynomials.

    Parameters
    ----------
    parts : n_items arrays of shape (n_categories,)
        Log weight of every category of every item, category 0 first; -inf where a category is impossible.
    limits : n_items ranges, or None
        After each item, the range in which the score must lie by then.

    Returns
    -------
    array of shape (n_scores,), scores 0 to the highest; -inf where no pattern is possible

    References
    ----------
    Verhelst, N. D., Glas, C. A. W., & van der Sluis, A. (1984). Estimation problems in the Rasch model: the basic
    symmetric functions. Computational Statistics Quarterly, 1, 245-262.

    Examples
    --------
    >>> import numpy as np
    >>> np.exp(log_symmetric([np.log([1.0, 2.0]), np.log([1.0, 3.0])])).round(9).tolist()
    [1.0, 5.0, 6.0]
    """
    return _prefixes(parts, limits)[-1]


def score_moments(
    parts: Sequence[FloatArray], counts: FloatArray, limits: Sequence[Limits] | None = None
) -> ScoreMoments:
    """Expected counts of categories and of pairs of categories, given the total scores.

    For one person with score s, ``with_score`` is the first derivative of ``log_symmetric`` at s with respect to the
    log weights, and ``joint`` less the product of first derivatives the second one.

    Parameters
    ----------
    parts, limits
        As in `log_symmetric`.
    counts : (n_scores,)
        How many persons had each total score; 0 where the score is impossible.
    """
    prefixes = _prefixes(parts, limits)
    with np.errstate(divide="ignore"):
        after = np.where(counts > 0.0, np.log(counts) - np.where(counts > 0.0, prefixes[-1], 0.0), -np.inf)
    suffixes, moves = _suffixes(parts, after, limits)
    first = np.concatenate([[0], np.cumsum([part.size - 1 for part in parts])])
    joint = np.zeros((first[-1], first[-1]))
    here = np.zeros((0, 1))  # (rows so far, scores so far) expected persons
    for j, part in enumerate(parts):
        rows = slice(first[j], first[j + 1])
        joint[: first[j], rows] = here @ moves[j][:, 1:]
        joint[rows, : first[j]] = joint[: first[j], rows].T
        own = _own_rows(prefixes[j], part, suffixes[j + 1])
        joint[rows, rows] = np.diag(own.sum(axis=1))
        here = np.concatenate([_carry(here, moves[j]), own])
    return ScoreMoments(here, joint, prefixes[-1])


def _prefixes(parts: Sequence[FloatArray], limits: Sequence[Limits] | None) -> list[FloatArray]:
    """Log symmetric functions of no item, of the first, of the first two, and so on."""
    prefixes = [np.zeros(1)]
    for j, part in enumerate(parts):
        before = prefixes[-1]
        after = np.full(before.size + part.size - 1, -np.inf)
        for k in range(part.size):
            window = after[k : k + before.size]
            np.logaddexp(window, before + part[k], out=window)
        prefixes.append(_restricted(after, limits[j] if limits else None))
    return prefixes


def _suffixes(
    parts: Sequence[FloatArray], after: FloatArray, limits: Sequence[Limits] | None
) -> tuple[list[FloatArray], list[FloatArray]]:
    """Log weight of all that may follow each score, and the chance of each category of the next item."""
    suffixes, moves = [after], list[FloatArray]()
    for j in range(len(parts) - 1, -1, -1):
        follows = _restricted(suffixes[0], limits[j] if limits else None)
        suffixes[0] = follows
        terms = np.lib.stride_tricks.sliding_window_view(follows, parts[j].size) + parts[j]  # (scores, categories)
        before = np.logaddexp.reduce(terms, axis=1)
        moves.insert(0, np.exp(terms - np.where(np.isfinite(before), before, 0.0)[:, np.newaxis]))
        suffixes.insert(0, before)
    return suffixes, moves


def _own_rows(before: FloatArray, part: FloatArray, after: FloatArray) -> FloatArray:
    """Persons expected in each category of an item from 1 on, by the score after it."""
    own = np.zeros((part.size - 1, after.size))
    for k in range(1, part.size):
        own[k - 1, k : k + before.size] = np.exp(before + part[k] + after[k : k + before.size])
    return own


def _carry(here: FloatArray, move: FloatArray) -> FloatArray:
    """Persons by the score after one item more."""
    n_scores, n_categories = move.shape
    there = np.zeros((len(here), n_scores + n_categories - 1))
    for k in range(n_categories):
        there[:, k : k + n_scores] += here * move[:, k]
    return there


def _restricted(logs: FloatArray, limits: Limits) -> FloatArray:
    """Only the scores inside the limits."""
    if limits is None:
        return logs
    score = np.arange(logs.size)
    inside: FloatArray = np.where((score >= limits[0]) & (score <= limits[1]), logs, -np.inf)
    return inside
