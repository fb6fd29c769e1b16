"""Curves of calibrated items: the chance of a right answer and the information, by ability."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine import ItemParameters, item_information, probability_correct
from itembank.calibrations import CalibratedItem
from itembank.rendering.curves import Axis, Frame, decimal, draw_curve

_ABILITY = Axis("vaardigheid (logits)", -4.0, 4.0, (-4.0, -2.0, 0.0, 2.0, 4.0))
_CHANCE = Axis("kans op juist", 0.0, 1.0, (0.0, 0.5, 1.0))
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
    chances = probability_correct(_NODES, _parameters([entry]))[:, 0]
    spots = ", ".join(f"{decimal(float(_NODES[at]), 0)}: {decimal(float(chances[at]))}" for at in (8, 16, 24))
    return draw_curve(
        f"Karakteristieke curve van {entry.item}",
        f"Kans op een juist antwoord bij vaardigheid {spots}.",
        (_NODES, chances),
        (_ABILITY, _CHANCE),
        frame,
        identifier=identifier,
    )


def information_curve(entries: Sequence[CalibratedItem], frame: Frame, *, identifier: str) -> str:
    """Draw the information of some items together, of one item where there is one; as `characteristic_curve`."""
    total = item_information(_NODES, _parameters(entries)).sum(axis=1)
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


def _parameters(entries: Sequence[CalibratedItem]) -> ItemParameters:
    """Parameters as the engine wants them."""
    return ItemParameters.two_parameter(
        [entry.discrimination for entry in entries], [entry.difficulty for entry in entries]
    )
