"""What a calibration says of items, as the engine's parameters."""

from __future__ import annotations

from collections.abc import Sequence

from engine import ItemParameters, Kind
from itembank.calibrations import CalibratedItem


def parameters_of(entries: Sequence[CalibratedItem]) -> ItemParameters:
    """Parameters of n_items calibrated items.

    Parameters
    ----------
    entries : one an item, in order
    """
    return item_parameters(
        [entry.discrimination for entry in entries], [entry.steps or (entry.difficulty,) for entry in entries]
    )


def item_parameters(slopes: Sequence[float], steps: Sequence[Sequence[float]]) -> ItemParameters:
    """Parameters of n_items items: logistic where there is one step, else generalised partial credit (Muraki, 1992).

    Parameters
    ----------
    slopes : of each item, in 1/logit
    steps : of each item, in logits
    """
    each = (
        ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [slope], [held])
        if len(held) > 1
        else ItemParameters.two_parameter([slope], held)
        for slope, held in zip(slopes, steps, strict=True)
    )
    return ItemParameters.join([ItemParameters.two_parameter([], []), *each])
