"""The flat response table: one row per item and category, one column per node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, IntArray, assign, own
from engine.errors import ParameterError
from engine.models import Block, ItemParameters, blocks_of


@dataclass(frozen=True, slots=True, eq=False)
class ResponseTable:
    """Log-probability of every category of every item at every node.

    A response of category k to item i is row ``offset[i] + k``: whatever the model, estimation sees rows.

    Attributes
    ----------
    offset : (n_items + 1,) first row of each item, and the number of rows
    log_probability : (n_rows, n_nodes), at most 0, finite
    """

    offset: IntArray
    log_probability: FloatArray

    def __post_init__(self) -> None:
        offset = own(self.offset, np.int64, "offset", 1, ParameterError)
        rows = own(self.log_probability, np.float64, "log_probability", 2, ParameterError)
        if offset.size == 0 or offset[0] != 0 or np.any(np.diff(offset) < 2) or offset[-1] != rows.shape[0]:
            raise ParameterError("offset must start at 0, give every item two rows or more, and end at n_rows")
        if not np.all(np.isfinite(rows)):
            raise ParameterError("log_probability must be finite everywhere")
        assign(self, offset=offset, log_probability=rows)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.offset.size - 1


def response_table(items: ItemParameters, nodes: FloatArray) -> ResponseTable:
    """Table of items of any model.

    Parameters
    ----------
    items : n_items items
    nodes : (n_nodes,) abilities in logits
    """
    offset = row_offset(items.n_categories)
    return ResponseTable(offset, tabulate(blocks_of(items), offset, np.asarray(nodes, dtype=np.float64)))


def row_offset(n_categories: IntArray) -> IntArray:
    """First row of each item in a flat table, and the number of rows, (n_items + 1,)."""
    return np.concatenate([[0], np.cumsum(n_categories)]).astype(np.int64)


def rows_of(block: Block, offset: IntArray) -> IntArray:
    """Rows of a block's items, (n, n_categories)."""
    rows: IntArray = offset[block.items][:, np.newaxis] + np.arange(block.family.n_categories)
    return rows


def tabulate(blocks: Iterable[Block], offset: IntArray, nodes: FloatArray) -> FloatArray:
    """Log-probabilities of all rows, (n_rows, n_nodes)."""
    table = np.empty((offset[-1], nodes.size))
    for block in blocks:
        table[rows_of(block, offset)] = block.family.log_probability(block.parameters, nodes)
    return table


def expected_share(probability: FloatArray, offset: IntArray) -> FloatArray:
    """Expected score of every item as a share of its highest category, (n_nodes, n_items), from 0 to 1.

    Parameters
    ----------
    probability : (n_rows, n_nodes) of every category
    offset : (n_items + 1,) first row of each item, and the number of rows

    Examples
    --------
    >>> table = response_table(ItemParameters.two_parameter([1.0, 2.0], [0.0, 0.0]), np.zeros(1))
    >>> expected_share(np.exp(table.log_probability), table.offset).tolist()
    [[0.5, 0.5]]
    """
    n_categories = np.diff(offset)
    category = np.arange(offset[-1]) - np.repeat(offset[:-1], n_categories)
    share = category / np.repeat(n_categories - 1, n_categories)
    expected: FloatArray = np.add.reduceat(probability * share[:, np.newaxis], offset[:-1], axis=0)
    return expected.T
