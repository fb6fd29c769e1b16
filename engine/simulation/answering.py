"""Answers of simulated persons to the items that they are given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ability.derivatives import Curves
from engine.arrays import CodeArray, FloatArray, IndexArray, IntArray
from engine.models import ItemParameters, Kind
from engine.simulation.behaviour import Happenings

ItemArray = IntArray | IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Items that answers are drawn from.

    Attributes
    ----------
    items : parameters
    curves : the same, by form
    """

    items: ItemParameters
    curves: Curves

    @classmethod
    def of(cls, items: ItemParameters) -> Source:
        """Source of items of any models."""
        return cls(items, Curves.of(items))


@dataclass(frozen=True, slots=True, eq=False)
class Respondents:
    """A block of simulated persons, ready to answer.

    Attributes
    ----------
    source : items that generate the answers
    theta : (n_persons,) true abilities in logits
    number : (n_persons, n_positions) or (n_persons, n_items) numbers in [0, 1) that answers are drawn with
    happenings : what departs from the model; None for nothing
    """

    source: Source
    theta: FloatArray
    number: FloatArray
    happenings: Happenings | None = None

    def answer(self, person: IntArray, position: int, item: ItemArray) -> CodeArray:
        """Categories of answers, (n,).

        Parameters
        ----------
        person : (n,) who answers
        position : where in the test, from 0
        item : (n,) what is answered
        """
        by_item = self.number.shape[1] == self.source.items.n_items
        number = self.number[person, item if by_item else position]
        category = draw_categories(self.source, item, self.theta[person], number)
        if self.happenings is not None:
            here = self.happenings
            highest = (self.source.items.n_categories[item] - 1).astype(np.int8)
            blind = np.where(here.right[person, position], highest, np.int8(0))
            category = np.where(here.at_random[person, position], blind, category)
            category[here.nothing[person, position]] = 0
        return category


def draw_categories(source: Source, item: ItemArray, theta: FloatArray, number: FloatArray) -> CodeArray:
    """Highest category that each person reaches with a probability above the number, (n,).

    Parameters
    ----------
    source : the items
    item, theta, number : (n,) item, ability in logits and number in [0, 1) of each answer
    """
    items, curves = source.items, source.curves
    a, b = items.discrimination.take(item), items.difficulty.take(item)
    c, d = items.guessing.take(item), items.upper.take(item)
    z = np.clip(a * (theta - b), -700.0, 700.0)  # exp stays finite
    category = (number < c + (d - c) / (1.0 + np.exp(-z))).astype(np.int8)
    if not items.kind.any():
        return category
    which = curves.block[item]
    for block in np.unique(which[items.kind[item] != Kind.LOGISTIC]).tolist():
        chosen = np.flatnonzero(which == block)
        family = curves.blocks[block].family
        parameters = curves.blocks[block].parameters[curves.place[item[chosen]]]
        p = np.exp(family.log_probability(parameters, theta[chosen, np.newaxis])[:, :, 0])
        reached = 1.0 - np.cumsum(p[:, :-1], axis=1)  # (n, n_categories - 1)
        category[chosen] = (number[chosen, np.newaxis] < reached).sum(axis=1)
    return category
