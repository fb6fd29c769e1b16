"""The simulated cases of the calibration bench (`../shared/TARGETS.md`): the same data for every program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import ItemParameters, Kind, LogNormalPrior, Model, NormalPrior, Priors, Responses
from engine.arrays import FloatArray

SEED = 20261125
GUESSING = 0.2


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes
    ----------
    name, title : for the table
    model : what is fitted
    responses : simulated
    codes : (n_persons, n_items) the same as a matrix, -1 where not presented
    priors : of the fit
    generating : items that made the responses
    """

    name: str
    title: str
    model: Model
    responses: Responses
    codes: Any
    priors: Priors | None
    generating: ItemParameters


def make_case(name: str) -> Case:
    """Make a case by its letter."""
    return {"a": _linear, "b": _adaptive, "c": _guessing, "d": _graded_credit, "e": _groups}[name]()


def _items(rng: np.random.Generator, n_items: int) -> tuple[FloatArray, FloatArray]:
    """Slopes and difficulties."""
    return np.exp(rng.normal(0.0, 0.3, n_items)), rng.normal(size=n_items)


def _draw(rng: np.random.Generator, theta: FloatArray, a: FloatArray, b: FloatArray, c: float = 0.0) -> Any:
    """Dichotomous codes of everybody on everything."""
    p = c + (1.0 - c) / (1.0 + np.exp(-a * (theta[:, np.newaxis] - b)))
    return (rng.random(p.shape) < p).astype(np.int8)


def _linear() -> Case:
    """2PL, 5,000 persons x 60 items."""
    rng = np.random.default_rng(SEED)
    a, b = _items(rng, 60)
    codes = _draw(rng, rng.normal(size=5000), a, b)
    items = ItemParameters.two_parameter(a, b)
    return Case("a", "2PL, 5,000 x 60", "2pl", Responses.from_dense(codes), codes, None, items)


def _adaptive(n_persons: int = 60_000, n_items: int = 1000, n_given: int = 40) -> Case:
    """2PL, 40 adaptively routed answers each."""
    rng = np.random.default_rng(SEED + 1)
    a, b = _items(rng, n_items)
    responses = route(rng, a, b, n_persons, n_given)
    codes = np.full((n_persons, n_items), -1, dtype=np.int8)
    codes[responses.person, responses.item] = responses.category
    title = f"2PL, {n_persons:,} x {n_items:,}, {n_given} adaptive answers each"
    return Case("b", title, "2pl", responses, codes, None, ItemParameters.two_parameter(a, b))


def route(rng: np.random.Generator, a: FloatArray, b: FloatArray, n_persons: int, n_given: int) -> Responses:
    """Adaptive answers: each next item is near a running estimate of ability that only the answers have moved.

    So routing depends on nothing but what was observed, and calibration may ignore it (Mislevy & Wu, 1996). The
    estimate takes Robbins-Monro steps; the item is drawn from those nearest to it that the person has not seen.
    """
    theta, at = rng.normal(size=n_persons), np.zeros(n_persons)
    order = np.argsort(b)
    item, category = np.empty((n_persons, n_given), np.int32), np.empty((n_persons, n_given), np.int8)
    for position in range(n_given):
        nearest = np.searchsorted(b[order], at)
        item[:, position] = _unseen(rng, order, nearest, item[:, :position])
        slope, location = a[item[:, position]], b[item[:, position]]
        category[:, position] = rng.random(n_persons) < 1.0 / (1.0 + np.exp(-slope * (theta - location)))
        expected = 1.0 / (1.0 + np.exp(-slope * (at - location)))
        at = np.clip(at + 4.0 / (position + 3.0) * (category[:, position] - expected), -4.0, 4.0)
    order = np.argsort(item, axis=1)
    start = np.arange(n_persons + 1) * n_given
    return Responses(
        start,
        np.take_along_axis(item, order, axis=1).ravel(),
        np.take_along_axis(category, order, axis=1).ravel(),
        np.ones(n_persons),
        np.zeros(n_persons, np.int32),
        n_items=b.size,
    )


def _unseen(rng: np.random.Generator, order: Any, nearest: Any, seen: Any) -> Any:
    """An item near a place in the order of difficulty that the person has not seen; farther where those are used."""
    chosen = np.full(nearest.size, -1, dtype=np.int32)
    reach = 10 + 2 * seen.shape[1]
    open_ = np.arange(nearest.size)
    while open_.size:
        place = nearest[open_] + rng.integers(-reach, reach + 1, open_.size)
        place %= 2 * order.size - 1  # beyond either end the items are counted back
        drawn = order[np.where(place >= order.size, 2 * order.size - 2 - place, np.abs(place))]
        fresh = ~(seen[open_] == drawn[:, np.newaxis]).any(axis=1)
        chosen[open_[fresh]] = drawn[fresh]
        open_ = open_[~fresh]
        reach += 5
    return chosen


def _guessing() -> Case:
    """3PL, 10,000 persons x 60 items, priors."""
    rng = np.random.default_rng(SEED + 2)
    a, b = _items(rng, 60)
    codes = _draw(rng, rng.normal(size=10_000), a, b, GUESSING)
    items = ItemParameters(a, b, np.full(60, GUESSING), np.ones(60))
    priors = Priors(discrimination=LogNormalPrior(0.2, 0.5), guessing=NormalPrior(-1.386, 0.5))
    return Case("c", "3PL with priors, 10,000 x 60", "3pl", Responses.from_dense(codes), codes, priors, items)


def _graded_credit() -> Case:
    """GPCM, 5,000 persons x 40 items, 4 categories."""
    rng = np.random.default_rng(SEED + 3)
    a, b = _items(rng, 40)
    steps = b[:, np.newaxis] + np.array([-0.8, 0.0, 0.8])
    theta = rng.normal(size=5000)
    rise = np.cumsum(a[:, np.newaxis] * (theta[:, np.newaxis, np.newaxis] - steps), axis=2)
    p = np.exp(np.concatenate([np.zeros((5000, 40, 1)), rise], axis=2))
    edge = np.cumsum(p / p.sum(axis=2, keepdims=True), axis=2)
    codes = (rng.random((5000, 40, 1)) > edge).sum(axis=2).astype(np.int8)
    items = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, a, list(steps))
    return Case("d", "GPCM, 5,000 x 40, 4 categories", "gpcm", Responses.from_dense(codes), codes, None, items)


def _groups() -> Case:
    """2PL, 3 groups, 10,000 persons x 60 items."""
    rng = np.random.default_rng(SEED + 4)
    a, b = _items(rng, 60)
    group = np.arange(10_000) % 3
    theta = rng.normal(size=10_000) * np.array([1.0, 1.2, 0.9])[group] + np.array([0.0, 0.5, -0.4])[group]
    codes = _draw(rng, theta, a, b)
    items = ItemParameters.two_parameter(a, b)
    return Case("e", "2PL, 3 groups, 10,000 x 60", "2pl", Responses.from_dense(codes, group=group), codes, None, items)
