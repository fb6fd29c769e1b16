"""Simulated responses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, own
from engine.errors import DesignError
from engine.models import ItemParameters, probability_correct
from engine.responses import Responses

PERSONS_AT_ONCE = 4096


def simulate_responses(
    theta: npt.ArrayLike, items: ItemParameters, presented: BoolArray, rng: np.random.Generator
) -> Responses:
    """Responses drawn from a model.

    Parameters
    ----------
    theta : (n_persons,) abilities in logits
    items : n_items items that generate the responses
    presented : (n_persons, n_items) which items each person is given
    rng
        Source of chance; one uniform number is drawn for each response, in order of person and item.

    Raises
    ------
    DesignError
        If ``presented`` does not have one row a person and one column an item.
    """
    abilities = np.asarray(theta, dtype=np.float64)
    given = own(presented, np.bool_, "presented", 2, DesignError)
    if given.shape != (abilities.size, items.n_items):
        raise DesignError(f"presented must be persons x items, {(abilities.size, items.n_items)}, not {given.shape}")
    codes = np.full(given.shape, -1, dtype=np.int8)
    for first in range(0, abilities.size, PERSONS_AT_ONCE):
        part = slice(first, first + PERSONS_AT_ONCE)
        person, item = np.nonzero(given[part])
        probability = probability_correct(abilities[part], items)[person, item]
        codes[part][person, item] = rng.random(person.size) < probability
    return Responses.from_dense(codes)
