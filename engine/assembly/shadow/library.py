"""What is solved once, when a bank is released: what the rules cost at each ability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, assign, own
from engine.assembly.shadow.highs import solve_relaxed
from engine.assembly.shadow.tables import PlanTables
from engine.errors import DesignError

NODES = np.linspace(-3.0, 3.0, 21)
DECIMALS = 6  # of charges: they are kept with a released bank


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Prices at n_nodes abilities: what taking an item costs in rules that bind.

    An item's score less its charge is what it adds beyond the next best that fits; that says which items and
    passages are worth looking at, without a solve.

    Attributes
    ----------
    nodes : (n_nodes,) abilities, increasing, in logits
    charge : (n_nodes, n_items) price of each item there, in scores

    Raises
    ------
    DesignError
        If the nodes do not increase, or shapes differ.
    """

    nodes: FloatArray
    charge: FloatArray

    def __post_init__(self) -> None:
        assign(
            self,
            nodes=own(self.nodes, np.float64, "nodes", 1, DesignError),
            charge=own(self.charge, np.float64, "charge", 2, DesignError),
        )
        if self.nodes.size != len(self.charge) or self.nodes.size < 2:
            raise DesignError("a library needs two or more nodes, and a row of charges for each")
        if np.any(np.diff(self.nodes) <= 0.0):
            raise DesignError("the nodes of a library must increase")

    def charge_at(self, ability: float) -> FloatArray:
        """Price of each item at an ability, (n_items,), between the nearest nodes."""
        nodes = self.nodes
        right = min(max(int(nodes.searchsorted(ability)), 1), nodes.size - 1)
        low, high = float(nodes[right - 1]), float(nodes[right])
        share = min(max((ability - low) / (high - low), 0.0), 1.0)
        charge: FloatArray = self.charge[right - 1] * (1.0 - share)
        charge += self.charge[right] * share
        return charge


def make_library(
    tables: PlanTables, score: FloatArray, *, nodes: FloatArray = NODES, excluded: BoolArray | None = None
) -> Library:
    """Find the prices at every node.

    Parameters
    ----------
    tables : rules of the pool
    score : (n_nodes, n_items) what each item is worth at each node, by the same rule as in a sitting
    nodes : (n_nodes,) abilities in logits, increasing
    excluded : (n_items,) items that no test may hold: they bring no rule to bind

    Raises
    ------
    DesignError
        If shapes differ, or nodes do not increase.
    """
    if score.shape != (nodes.size, tables.n_items):
        raise DesignError(f"scores must be {nodes.size} nodes by {tables.n_items} items, not {score.shape}")
    return Library(nodes, np.round([_charges(tables, row, tables.allowed(excluded)) for row in score], DECIMALS))


def _charges(tables: PlanTables, score: FloatArray, allowed: BoolArray) -> FloatArray:
    """Prices of the rows on single items, summed per item; the rows that tie passages are left out, (n_items,)."""
    upper = np.concatenate([allowed.astype(np.float64), np.ones(tables.rules.n_passages)])
    program, columns = tables.program.narrowed(np.zeros_like(upper), upper)
    relaxed = solve_relaxed(program, np.concatenate([score, np.zeros(tables.rules.n_passages)])[columns])
    item, charge = columns[columns < tables.n_items], np.zeros(tables.n_items)
    if relaxed is not None:
        for rows, price in ((program.upper, relaxed.price_upper), (program.equal, relaxed.price_equal)):
            alone = abs(rows[:, item.size :]).sum(axis=1) == 0.0
            charge[item] += rows[alone][:, : item.size].T @ price[alone]
    return charge
