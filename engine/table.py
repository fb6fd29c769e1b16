"""The flat response table: one row per item and category, one column per node."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import FloatArray, IntArray, assign, own
from engine.errors import ParameterError
from engine.models import ItemParameters, log_probabilities


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
    """Table of dichotomous items: two rows an item, incorrect first.

    Parameters
    ----------
    items : n_items items
    nodes : (n_nodes,) abilities in logits
    """
    log_p, log_q = log_probabilities(nodes, items)  # (n_nodes, n_items) each
    rows = np.stack([log_q.T, log_p.T], axis=1)  # (n_items, 2, n_nodes)
    return ResponseTable(2 * np.arange(items.n_items + 1), rows.reshape(2 * items.n_items, len(nodes)))
