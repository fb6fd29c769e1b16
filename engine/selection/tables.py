"""All that selection needs to know of a bank, made once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.ability.derivatives import Curves
from engine.arrays import FloatArray, IntArray, assign
from engine.errors import ParameterError
from engine.models import Block, ItemParameters, item_information, polytomous_blocks, strength_of
from engine.quadrature import Quadrature, normal_quadrature
from engine.selection.ranklists import RankLists, make_rank_lists
from engine.table import response_table

SDS_COVERED = 6.0


def normal_prior(mean: float = 0.0, sd: float = 1.0) -> Quadrature:
    """Normal prior on 61 nodes from 6 sd below to 6 sd above the mean.

    Parameters
    ----------
    mean, sd
        Of the ability distribution before the first answer, in logits.

    Raises
    ------
    ParameterError
        If the mean is not finite or sd not positive.
    """
    return normal_quadrature(mean, sd, lower=mean - SDS_COVERED * sd, upper=mean + SDS_COVERED * sd)


@dataclass(frozen=True, slots=True, eq=False)
class SelectionTables:
    """Tables of a bank of n_items items, dichotomous and polytomous mixed.

    Made from ``items`` and ``prior``; the rest follows. About 8 MB for 1,000 items.

    Attributes
    ----------
    items : parameters
    prior : distribution before the first answer; its n_nodes nodes are those of every posterior
    offset : (n_items + 1,) first row of each item, and the number of rows; category k of item i is row
        ``offset[i] + k``
    row : (n_rows + 1, n_nodes) log-probability of each row at the nodes; the last row is 0: no answer
    probability : (n_rows, n_nodes) probability of each row
    log_prior : (n_nodes,)
    information : (n_nodes, n_items) at the nodes, 1/logit²
    power : (n_nodes, 3) powers 0, 1 and 2 of the nodes' distance from ``centre``
    centre : middle of the nodes, in logits
    curves : items by form, for exact values at any ability
    lists : candidates by ability
    strength : (n_items,) what `engine.models.strength_of` says, for information at one ability; None where it does not
    polytomous : blocks of the polytomous items
    """

    items: ItemParameters
    prior: Quadrature
    offset: IntArray
    row: FloatArray
    probability: FloatArray
    log_prior: FloatArray
    information: FloatArray
    power: FloatArray
    centre: float
    curves: Curves
    lists: RankLists
    strength: FloatArray | None
    polytomous: tuple[Block, ...]

    def __init__(self, items: ItemParameters, prior: Quadrature | None = None) -> None:
        """Make the tables.

        Parameters
        ----------
        items : n_items items of any models
        prior : nodes and weights; without it N(0, 1) on 61 nodes of [-6, 6]

        Raises
        ------
        ParameterError
            If there are no items, or fewer than two nodes.
        """
        start = normal_prior() if prior is None else prior
        if items.n_items == 0:
            raise ParameterError("tables for selection need items")
        if start.n_nodes < 2:
            raise ParameterError("tables for selection need two nodes or more")
        nodes = start.nodes
        table = response_table(items, nodes)
        centre = 0.5 * float(nodes[0] + nodes[-1])
        arrays = {
            "row": np.concatenate([table.log_probability, np.zeros((1, nodes.size))]),
            "probability": np.exp(table.log_probability),
            "log_prior": np.log(start.weights),
            "information": item_information(nodes, items),
            "power": np.stack([np.ones(nodes.size), nodes - centre, (nodes - centre) ** 2], axis=1),
        }
        for array in arrays.values():
            array.flags.writeable = False
        assign(self, items=items, prior=start, offset=table.offset, centre=centre, **arrays)
        strength = strength_of(items)
        if strength is not None:
            strength.flags.writeable = False
        lists = make_rank_lists(items, float(nodes[0]), float(nodes[-1]))
        assign(self, curves=Curves.of(items), lists=lists, strength=strength, polytomous=polytomous_blocks(items))

    @property
    def n_items(self) -> int:
        """Number of items."""
        return self.items.n_items

    @property
    def nodes(self) -> FloatArray:
        """Nodes of every posterior, (n_nodes,) in logits."""
        return self.prior.nodes

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return self.prior.n_nodes

    @property
    def no_answer(self) -> int:
        """Row that leaves a posterior as it is."""
        return len(self.row) - 1
