"""Logistic models of one dimension, up to four parameters, for items scored 0 or 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray
from engine.models.conversion import Block, blocks_of
from engine.models.items import ItemParameters, require_dichotomous

MOST = 230.0  # -z beyond which an item tells nothing (1e-99 of its best), and the cube of exp(-z) nears overflow


def probability_correct(theta: npt.ArrayLike, items: ItemParameters) -> FloatArray:
    """Probability of a correct response (Birnbaum, 1968; Barton & Lord, 1981).

    Parameters
    ----------
    theta : (n_theta,) abilities in logits
    items : n_items items

    Returns
    -------
    array of shape (n_theta, n_items)
    """
    p: FloatArray = items.guessing + (items.upper - items.guessing) * _expit(_logits(theta, items))
    return p


def log_probabilities(theta: npt.ArrayLike, items: ItemParameters) -> tuple[FloatArray, FloatArray]:
    """Logarithms of the probabilities of a correct and of an incorrect response, finite everywhere.

    Where there is no guessing, ``log P = -log(1 + exp(-z))`` is taken by `numpy.logaddexp`, so that no
    probability is rounded to 0 or 1 first.

    Parameters
    ----------
    theta : (n_theta,) abilities in logits
    items : n_items items

    Returns
    -------
    log_p, log_q : arrays of shape (n_theta, n_items)
    """
    z = _logits(theta, items)
    log_p = -np.logaddexp(0.0, -z)
    log_q = -np.logaddexp(0.0, z)
    c, d = items.guessing, items.upper
    if np.any(c > 0.0) or np.any(d < 1.0):
        with np.errstate(divide="ignore"):  # log(0) = -inf where c = 0 or d = 1, which logaddexp takes
            span = np.log(d - c)
            log_p, log_q = np.logaddexp(np.log(c), span + log_p), np.logaddexp(np.log1p(-d), span + log_q)
    return log_p, log_q


def item_information(theta: npt.ArrayLike, items: ItemParameters) -> FloatArray:
    """Fisher information of each item about ability (Birnbaum, 1968; Magis, 2013, for four parameters).

    ``I = a² (P - c)² (d - P)² / ((d - c)² P (1 - P))``; where there are polytomous items among them, the sum over
    categories of ``P'² / P`` for all (Samejima, 1969).

    Parameters
    ----------
    theta : (n_theta,) abilities in logits
    items : n_items items

    Returns
    -------
    array of shape (n_theta, n_items), in 1/logit²
    """
    strength = strength_of(items)
    if strength is not None:
        return information_by_strength(theta, items, strength, polytomous_blocks(items))
    if items.kind.any():
        return _information_of_categories(np.asarray(theta, dtype=np.float64), items)
    z = _logits(theta, items)
    c, d = items.guessing, items.upper
    e = np.exp(-np.abs(z))
    rising, falling = np.where(z >= 0.0, 1.0, e) / (1.0 + e), np.where(z <= 0.0, 1.0, e) / (1.0 + e)
    # (P - c) = (d - c) rising and (d - P) = (d - c) falling; P >= c + ..., 1 - P written without cancellation
    span = d - c
    numerator = (items.discrimination * span * rising) ** 2 * falling
    p = c + span * rising
    q_over_falling = span + (1.0 - d) / np.maximum(falling, np.finfo(np.float64).tiny)
    information: FloatArray = numerator / np.maximum(p * q_over_falling, np.finfo(np.float64).tiny)
    return information


def strength_of(items: ItemParameters) -> FloatArray | None:
    """``a² (1 - c)`` of each item, (n_items,); None where an upper asymptote is below 1. Of polytomous items no use."""
    if items.upper.min(initial=1.0) < 1.0:
        return None
    strength: FloatArray = items.discrimination**2 * (1.0 - items.guessing)
    return strength


def polytomous_blocks(items: ItemParameters) -> tuple[Block, ...]:
    """Items of the polytomous models by family, for `information_by_strength`.

    Parameters
    ----------
    items : of any models

    Returns
    -------
    One block a form and number of categories, with the indices of its items; none of the dichotomous items, and
    nothing at all where all items are dichotomous.
    """
    if not items.kind.any():
        return ()
    return tuple(block for block in blocks_of(items) if items.kind[block.items[0]])


def information_by_strength(
    theta: npt.ArrayLike, items: ItemParameters, strength: FloatArray, polytomous: Sequence[Block]
) -> FloatArray:
    """`item_information` with what does not depend on ability worked out already.

    Logistic items: ``a² (1 - c) e / ((1 + e)² (1 + c e))``, ``e = exp(-z)``.

    Parameters
    ----------
    theta : (n_theta,) abilities in logits
    items : n_items items
    strength : (n_items,) what `strength_of` says of them
    polytomous : their `polytomous_blocks`

    Returns
    -------
    array of shape (n_theta, n_items), in 1/logit²
    """
    abilities = np.asarray(theta, dtype=np.float64)
    e = items.discrimination * (items.difficulty - abilities[:, np.newaxis])
    np.exp(np.minimum(e, MOST, out=e), out=e)
    beside = 1.0 + e
    beside *= beside
    beside *= 1.0 + items.guessing * e
    e *= strength
    e /= beside
    for block in polytomous:
        e[:, block.items] = _information_of_block(block, abilities)
    return e


def _information_of_block(block: Block, theta: FloatArray) -> FloatArray:
    """Information about ability of one family's items in 1/logit², (n_theta, items of the block).

    The expectation, over the categories, of the squared derivative of their log-probability by ability.
    """
    log_p = block.family.log_probability(block.parameters, theta)
    rise, _ = block.family.by_ability(block.parameters, theta, log_p)
    information: FloatArray = (np.exp(log_p) * rise**2).sum(axis=1).T
    return information


def _information_of_categories(theta: FloatArray, items: ItemParameters) -> FloatArray:
    """Information of items of any model, (n_theta, n_items)."""
    information = np.empty((theta.size, items.n_items))
    for block in blocks_of(items):
        information[:, block.items] = _information_of_block(block, theta)
    return information


def _logits(theta: npt.ArrayLike, items: ItemParameters) -> FloatArray:
    """Return ``a (theta - b)``, shape (n_theta, n_items)."""
    if items.kind.any():  # cheap: this is on the way of an answer
        require_dichotomous(items, "a logistic curve")
    abilities = np.asarray(theta, dtype=np.float64)
    z: FloatArray = items.discrimination * (abilities[:, np.newaxis] - items.difficulty)
    return z


def _expit(z: FloatArray) -> FloatArray:
    """Logistic function that never overflows; 0.5 (1 + tanh(z / 2)) loses its lower tail, this does not."""
    e = np.exp(-np.abs(z))
    p: FloatArray = np.where(z >= 0.0, 1.0, e) / (1.0 + e)
    return p
