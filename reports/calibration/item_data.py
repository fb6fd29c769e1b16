"""What the page's script needs to draw the curves of an item, as compact JSON."""

from __future__ import annotations

import json

from reports.calibration.values import CurveKind, ItemResult, Parameter

DECIMALS = 4
"""Decimals of parameters in the page: a curve drawn from them is right to a tenth of a pixel."""
LETTERS = {CurveKind.LOGISTIC: "l", CurveKind.PARTIAL_CREDIT: "p", CurveKind.GRADED: "g", CurveKind.NOMINAL: "n"}


def items_json(items: tuple[ItemResult, ...]) -> str:
    """JSON of all items, one a line; without ``<``, so that it can stand inside a script element."""
    lines = ",\n".join(json.dumps(_item(item), separators=(",", ":"), ensure_ascii=False) for item in items)
    return f"[\n{lines}\n]".replace("<", "\\u003c")


def _item(item: ItemResult) -> dict[str, object]:
    """Form and parameters of the curves, observed answers, and steps with their standard errors."""
    data: dict[str, object] = {"k": LETTERS[item.kind], "a": _round(item.discrimination.value)}
    if item.kind is CurveKind.LOGISTIC:
        data |= {"b": _round(item.difficulty.value)}
        if item.guessing.value > 0.0:
            data |= {"c": _round(item.guessing.value)}
        if item.upper.value < 1.0:
            data |= {"d": _round(item.upper.value)}
    else:
        data |= {
            name: [_round(one.value) for one in values]
            for name, values in (("s", item.steps), ("sl", item.slopes), ("ic", item.intercepts))
            if values
        }
        data |= {
            f"e{name}": [_error(one) for one in values]
            for name, values in (("s", item.steps), ("sl", item.slopes), ("ic", item.intercepts))
            if values
        }
    data["x"] = [round(band.ability, 2) for band in item.bands]
    data["y"] = [[_count(n) for n in band.counts] for band in item.bands]
    return data


def _round(value: float) -> float:
    """Value as the page holds it; never minus zero."""
    return round(value, DECIMALS) + 0.0


def _error(parameter: Parameter) -> float | None:
    """Standard error as the page holds it."""
    return None if parameter.error is None else _round(parameter.error)


def _count(n: float) -> float | int:
    """Weighted count with one decimal at most, a whole one as such."""
    rounded = round(n, 1)
    return int(rounded) if rounded == int(rounded) else rounded
