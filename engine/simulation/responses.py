"""Simulated responses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, CodeArray, FloatArray, IntArray, own
from engine.errors import DesignError
from engine.models import ItemParameters
from engine.responses import Responses
from engine.table import ResponseTable, response_table

PERSONS_AT_ONCE = 4096


def simulate_responses(
    theta: npt.ArrayLike, items: ItemParameters, presented: BoolArray, rng: np.random.Generator
) -> Responses:
    """Responses drawn from a model.

    Parameters
    ----------
    theta : (n_persons,) abilities in logits
    items : n_items items of any model that generate the responses
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
        table = response_table(items, abilities[part])  # one column a person
        codes[part][person, item] = _draw(table, person, item, rng.random(person.size))
    return Responses.from_dense(codes)


def _draw(table: ResponseTable, person: IntArray, item: IntArray, chance: FloatArray) -> CodeArray:
    """Categories (n_responses,): the highest one that is reached with a probability above the uniform number."""
    category = np.zeros(item.size, dtype=np.int8)
    n_categories = np.diff(table.offset)[item]
    below = np.zeros(item.size)  # probability of a lower category
    for k in range(1, int(n_categories.max(initial=1))):
        has = np.flatnonzero(n_categories > k)
        below[has] += np.exp(table.log_probability[table.offset[item[has]] + k - 1, person[has]])
        category[has] += chance[has] < 1.0 - below[has]
    return category
