"""Curves of calibrated items: the chance of a right answer and the information, by ability."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine import item_information, response_table
from itembank.calibrations import CalibratedItem
from itembank.parameters import parameters_of
from itembank.rendering.curves import Axis, Frame, decimal, draw_curve

_ABILITY = Axis("vaardigheid (logits)", -4.0, 4.0, (-4.0, -2.0, 0.0, 2.0, 4.0))
_CHANCE = Axis("kans op juist", 0.0, 1.0, (0.0, 0.5, 1.0))
_SHARE = Axis("deel van de punten", 0.0, 1.0, (0.0, 0.5, 1.0))
_NODES = np.linspace(_ABILITY.low, _ABILITY.high, 33)
_TOPS = np.array([0.2, 0.4, 0.6, 1.0])
"""Where the axis of a single item's information may end; a larger one ends at a whole number."""


def characteristic_curve(entry: CalibratedItem, frame: Frame, *, identifier: str) -> str:
    """Draw the characteristic curve of one item.

    Parameters
    ----------
    entry : its parameters
    frame : size
    identifier : unique on the page

    Returns
    -------
    str
        An ``svg`` element that says in words what it shows.
    """
    chances = np.exp(response_table(parameters_of([entry]), _NODES).log_probability)  # (n_categories, n_nodes)
    worth = np.linspace(0.0, 1.0, len(chances)) @ chances
    spots = ", ".join(f"{decimal(float(_NODES[at]), 0)}: {decimal(float(worth[at]))}" for at in (8, 16, 24))
    what = "Verwacht deel van de punten" if entry.steps else "Kans op een juist antwoord"
    return draw_curve(
        f"Karakteristieke curve van {entry.item}",
        f"{what} bij vaardigheid {spots}.",
        (_NODES, worth),
        (_ABILITY, _SHARE if entry.steps else _CHANCE),
        frame,
        identifier=identifier,
    )


def information_curve(entries: Sequence[CalibratedItem], frame: Frame, *, identifier: str) -> str:
    """Draw the information of some items together, of one item where there is one; as `characteristic_curve`."""
    total = item_information(_NODES, parameters_of(entries)).sum(axis=1)
    best, highest = int(np.argmax(total)), float(total.max())
    wider = _TOPS[highest <= _TOPS]
    top = float(wider[0]) if wider.size else float(np.ceil(highest))
    whose = entries[0].item if len(entries) == 1 else "alle opgaven samen"
    return draw_curve(
        f"Informatie van {whose}",
        f"De informatie is het grootst, {decimal(highest, 2 if top <= 1.0 else 1)}, bij vaardigheid "
        f"{decimal(float(_NODES[best]), 1)}.",
        (_NODES, total),
        (_ABILITY, Axis("informatie", 0.0, top, (0.0, top / 2, top))),
        frame,
        identifier=identifier,
    )
