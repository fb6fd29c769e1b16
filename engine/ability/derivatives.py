"""Score, information and skewness of the likelihood: on nodes for a table, and exactly at each person's ability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ability.parts import Part
from engine.arrays import FloatArray, IntArray
from engine.models import Block, ItemParameters, blocks_of
from engine.table import row_offset, rows_of, tabulate


@dataclass(frozen=True, slots=True, eq=False)
class Derivatives:
    """What the estimating functions of ability are made of.

    Attributes
    ----------
    score : first derivative of the log-likelihood, 1/logit
    information : ``I``, sum over categories of P'² / P: expected (Fisher) information, 1/logit²
    skewness : ``J``, sum over categories of P' P'' / P (Samejima, 1998, and Penfield & Bergeron, 2005)
    """

    score: FloatArray
    information: FloatArray
    skewness: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Items as derivatives need them: blocks of one form, and where each item stands in which.

    Attributes
    ----------
    offset : (n_items + 1,) first row of each item in a response table
    blocks : items by form, in slope-intercept form
    block, place : (n_items,) block of each item, and its place in the block
    """

    offset: IntArray
    blocks: tuple[Block, ...]
    block: IntArray
    place: IntArray

    @classmethod
    def of(cls, items: ItemParameters) -> Curves:
        """Curves of items of any kind."""
        blocks = blocks_of(items)
        which, place = np.zeros(items.n_items, np.int64), np.zeros(items.n_items, np.int64)
        for number, block in enumerate(blocks):
            which[block.items] = number
            place[block.items] = np.arange(block.items.size)
        return cls(row_offset(items.n_categories), blocks, which, place)

    def table(self, nodes: FloatArray) -> FloatArray:
        """Log-probabilities of all rows, (n_rows, n_nodes)."""
        return tabulate(self.blocks, self.offset, nodes)

    def on_nodes(self, nodes: FloatArray) -> Derivatives:
        """Derivatives of every row of the table, (n_rows, n_nodes) each.

        Information and skewness are the item's and the same in its rows, so that a sum over a person's rows
        is the sum over the items answered.
        """
        shape = (int(self.offset[-1]), nodes.size)
        score, information, skewness = np.empty(shape), np.empty(shape), np.empty(shape)
        for block in self.blocks:
            rows = rows_of(block, self.offset)
            rise, each, skew = _of_block(block, block.parameters, nodes)
            score[rows] = rise
            information[rows], skewness[rows] = each[:, np.newaxis], skew[:, np.newaxis]
        return Derivatives(score, information, skewness)

    def at(self, part: Part, theta: FloatArray) -> Derivatives:
        """Derivatives of each person's log-likelihood at the person's own ability, (n_persons,) each.

        Parameters
        ----------
        part : responses of n_persons persons
        theta : (n_persons,) abilities in logits
        """
        own = theta[part.person]
        score, information, skewness = np.empty(own.size), np.empty(own.size), np.empty(own.size)
        for number, block in enumerate(self.blocks):
            alone = len(self.blocks) == 1
            given = slice(None) if alone else np.flatnonzero(self.block[part.item] == number)
            parameters = block.parameters[self.place[part.item[given]]]
            rise, each, skew = _of_block(block, parameters, own[given][:, np.newaxis])
            chosen = part.category[given].astype(np.int64)[:, np.newaxis]
            score[given] = np.take_along_axis(rise[:, :, 0], chosen, axis=1)[:, 0]
            information[given], skewness[given] = each[:, 0], skew[:, 0]
        return Derivatives(part.sums(score), part.sums(information), part.sums(skewness))


def _of_block(block: Block, parameters: FloatArray, nodes: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Slopes of the log-probabilities (n, n_categories, n_nodes), I and J (n, n_nodes)."""
    log_p = block.family.log_probability(parameters, nodes)
    rise, bend = block.family.by_ability(parameters, nodes, log_p)
    slope = np.exp(log_p) * rise  # P'
    square = rise * rise
    information = np.einsum("ikq,ikq->iq", slope, rise)
    skewness = np.einsum("ikq,ikq->iq", slope, bend + square)  # P' P'' / P, with P'' / P = (log P)'' + (P' / P)²
    return rise, information, skewness
