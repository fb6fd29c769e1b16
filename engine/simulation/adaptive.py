"""Simulated adaptive tests."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.adaptive import AdaptiveState, Blueprint, Pool
from engine.adaptive.plan import make_plan
from engine.adaptive.selection import choose
from engine.errors import DesignError
from engine.models import ItemParameters


def simulate_adaptive(
    pool: Pool, blueprint: Blueprint, theta: npt.ArrayLike, generating: ItemParameters, rng: np.random.Generator
) -> AdaptiveState:
    """Whole adaptive tests, chosen as `choose_next` chooses for one pupil.

    Parameters
    ----------
    pool, blueprint
        What the tests are drawn from; the pool's parameters are those the choice believes in.
    theta : (n_persons,) true abilities in logits
    generating : n_items items that generate the answers
    rng
        Source of chance: at each position one number a person for the choice, one for the answer.

    Raises
    ------
    DesignError
        If there is not one generating item for each item of the pool.
    """
    abilities = np.asarray(theta, dtype=np.float64)
    if generating.n_items != pool.n_items:
        raise DesignError(f"{generating.n_items} generating items for a pool of {pool.n_items}")
    plan = make_plan(pool, blueprint)
    item = np.full((abilities.size, blueprint.length), -1, dtype=np.int32)
    category = np.full((abilities.size, blueprint.length), -1, dtype=np.int8)
    for position in range(blueprint.length):
        choice = choose(plan, AdaptiveState(item, category), rng.random(abilities.size), explain=False)
        chance = rng.random(abilities.size)
        given = np.flatnonzero(choice.item >= 0)
        item[given, position] = choice.item[given]
        category[given, position] = chance[given] < _probability(abilities[given], generating, choice.item[given])
    return AdaptiveState(item, category)


def _probability(
    theta: npt.NDArray[np.float64], items: ItemParameters, index: npt.NDArray[np.int32]
) -> npt.NDArray[np.float64]:
    """Probability of a correct answer of each person to the own item, (n_persons,)."""
    a, b, c, d = (field[index] for field in (items.discrimination, items.difficulty, items.guessing, items.upper))
    p: npt.NDArray[np.float64] = c + (d - c) / (1.0 + np.exp(-a * (theta - b)))
    return p
