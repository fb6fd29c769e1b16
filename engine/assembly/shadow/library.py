"""What is solved once, when a bank is released: start plans per ability, and what the rules cost there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.arrays import BoolArray, FloatArray, IntArray, assign, own
from engine.assembly.shadow.highs import solve_relaxed
from engine.assembly.shadow.plan import Plan
from engine.assembly.shadow.solving import solve_plan
from engine.assembly.shadow.tables import PlanTables
from engine.errors import DesignError

NODES = np.linspace(-3.0, 3.0, 21)
DECIMALS = 6  # of charges: they are kept with a released bank


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Start plans at n_nodes abilities, and prices: what taking an item costs in rules that bind.

    An item's score less its charge is what it adds beyond the next best that fits; that says which items and
    passages are worth looking at, without a solve.

    Attributes
    ----------
    nodes : (n_nodes,) abilities, increasing, in logits
    plans : (n_nodes, length) best items at each
    charge : (n_nodes, n_items) price of each item there, in scores

    Raises
    ------
    DesignError
        If the nodes do not increase, or shapes differ.
    """

    nodes: FloatArray
    plans: IntArray
    charge: FloatArray

    def __post_init__(self) -> None:
        assign(
            self,
            nodes=own(self.nodes, np.float64, "nodes", 1, DesignError),
            plans=own(self.plans, np.int64, "plans", 2, DesignError),
            charge=own(self.charge, np.float64, "charge", 2, DesignError),
        )
        if not self.nodes.size == self.plans.shape[0] == self.charge.shape[0] or self.nodes.size < 2:
            raise DesignError("a library needs two or more nodes, and one plan and one row of charges for each")
        if np.any(np.diff(self.nodes) <= 0.0):
            raise DesignError("the nodes of a library must increase")

    def start(self, ability: float) -> Plan:
        """Plan of the nearest node, of which nothing has been given."""
        return Plan(self.plans[int(np.argmin(np.abs(self.nodes - ability)))])

    def charge_at(self, ability: float) -> FloatArray:
        """Price of each item at an ability, (n_items,), between the nearest nodes."""
        nodes = self.nodes
        right = min(max(int(nodes.searchsorted(ability)), 1), nodes.size - 1)
        low, high = float(nodes[right - 1]), float(nodes[right])
        share = min(max((ability - low) / (high - low), 0.0), 1.0)
        charge: FloatArray = self.charge[right - 1] * (1.0 - share) + self.charge[right] * share
        return charge


def make_library(
    tables: PlanTables, score: FloatArray, *, nodes: FloatArray = NODES, excluded: BoolArray | None = None
) -> Library:
    """Solve a plan and its prices at every node.

    Parameters
    ----------
    score : (n_nodes, n_items) what each item is worth at each node, by the same rule as in a sitting
    nodes : (n_nodes,) abilities in logits, increasing
    excluded : (n_items,) items that no test may hold

    Raises
    ------
    BlueprintError
        If no test meets the blueprint.
    DesignError
        If shapes differ, or nodes do not increase.
    """
    if score.shape != (nodes.size, tables.n_items):
        raise DesignError(f"scores must be {nodes.size} nodes by {tables.n_items} items, not {score.shape}")
    plans = [solve_plan(tables, row, excluded=excluded).plan.items for row in score]
    return Library(nodes, np.array(plans), np.round([_charges(tables, row) for row in score], DECIMALS))


def _charges(tables: PlanTables, score: FloatArray) -> FloatArray:
    """Prices of the rows on single items, summed per item; the rows that tie passages are left out, (n_items,)."""
    program, n = tables.program, tables.n_items
    relaxed = solve_relaxed(program, np.concatenate([score, np.zeros(tables.rules.n_passages)]))
    charge = np.zeros(n)
    if relaxed is not None:
        for rows, price in ((program.upper, relaxed.price_upper), (program.equal, relaxed.price_equal)):
            alone = abs(rows[:, n:]).sum(axis=1) == 0.0
            charge += rows[alone][:, :n].T @ price[alone]
    return charge
