"""Arithmetic: an operand that is NULL or no number makes the result NULL; so does a division by zero."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from itembank.qti.nodes import Node
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import LARGEST, Value, is_number, number, real, single


def numbers(run: Run, node: Node) -> list[float | int] | None:
    """Numbers of all operands, containers flattened; None if one is NULL or no number."""
    found: list[float | int] = []
    for value in run.operands(node):
        if value is None:
            return None
        for item in value.items:
            if not is_number(item) or not isinstance(item, int | float):
                return None
            found.append(item)
    return found or None


def result(total: float | int) -> Value | None:
    """Integer if it is an int, else float; NULL for what is not finite or absurdly large."""
    if isinstance(total, int):
        return single("integer", total) if abs(total) <= LARGEST else None
    return real(total)


def two_numbers(run: Run, node: Node) -> tuple[float | int, float | int] | None:
    """Return the two operands, or None."""
    values = [number(value) for value in run.operands(node)]
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    return values[0], values[1]


def _product(factors: list[float | int]) -> float | int:
    """Multiply, stopping before the number grows absurdly."""
    total: float | int = 1
    for factor in factors:
        total *= factor
        if abs(total) > LARGEST:
            return math.inf
    return total


_FOLDS: dict[str, Callable[[list[float | int]], float | int]] = {
    "sum": sum,
    "product": _product,
    "min": min,
    "max": max,
}


@operator(*_FOLDS)
def fold(run: Run, node: Node) -> Value | None:
    """Sum, product, least or largest of all operands."""
    operands = numbers(run, node)
    return None if operands is None else result(_FOLDS[node.name](operands))


@operator("subtract")
def subtract(run: Run, node: Node) -> Value | None:
    """Take the second from the first."""
    pair = two_numbers(run, node)
    return None if pair is None else result(pair[0] - pair[1])


@operator("divide")
def divide(run: Run, node: Node) -> Value | None:
    """Divide the first by the second."""
    pair = two_numbers(run, node)
    return None if pair is None or pair[1] == 0 else real(pair[0] / pair[1])


@operator("power")
def power(run: Run, node: Node) -> Value | None:
    """Raise the first to the second; NULL where there is no real result."""
    pair = two_numbers(run, node)
    try:
        return None if pair is None else real(math.pow(*pair))
    except (ValueError, OverflowError):
        return None


@operator("integerDivide")
def integer_divide(run: Run, node: Node) -> Value | None:
    """Divide and round down."""
    pair = two_numbers(run, node)
    return None if pair is None or pair[1] == 0 else single("integer", math.floor(pair[0] / pair[1]))


@operator("integerModulus", "mod")
def integer_modulus(run: Run, node: Node) -> Value | None:
    """Return what is left after `integerDivide`."""
    pair = two_numbers(run, node)
    return None if pair is None or pair[1] == 0 else result(pair[0] - pair[1] * math.floor(pair[0] / pair[1]))


_WHOLE: dict[str, Callable[[float], int]] = {
    "round": lambda x: math.floor(x + 0.5),
    "truncate": math.trunc,
}


@operator(*_WHOLE)
def whole(run: Run, node: Node) -> Value | None:
    """Round to the nearest whole number (halves up), or cut the decimals off."""
    operands = numbers(run, node)
    return None if operands is None else result(_WHOLE[node.name](operands[0]))


@operator("integerToFloat")
def integer_to_float(run: Run, node: Node) -> Value | None:
    """Return the same number as a float."""
    operands = numbers(run, node)
    return None if operands is None else real(float(operands[0]))


def rounded(x: float, mode: str, figures: int) -> Decimal | None:
    """Round to decimal places or significant figures, halves away from zero; None if the mode is impossible.

    Parameters
    ----------
    x : the number
    mode : ``decimalPlaces`` or ``significantFigures``
    figures : how many; at least 1 for significant figures
    """
    exact = Decimal(repr(float(x)))
    if mode.startswith("significantFigure"):
        if figures < 1:
            return None
        places = figures - 1 - (exact.adjusted() if exact else 0)
    else:
        places = figures
    try:
        return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) if -60 < places < 60 else None
    except InvalidOperation:
        return exact


def figures_of(run: Run, node: Node) -> int | None:
    """Return the attribute ``figures``, written or held by a variable."""
    text = node.get("figures", "3")
    held = number(run.values.get(text))
    if held is not None:
        return int(held)
    return int(text) if text.isdecimal() and len(text) < 4 else None


@operator("roundTo")
def round_to(run: Run, node: Node) -> Value | None:
    """Round to decimal places or significant figures."""
    operands, figures = numbers(run, node), figures_of(run, node)
    if operands is None or figures is None:
        return None
    near = rounded(operands[0], node.get("roundingMode", "significantFigures"), figures)
    return None if near is None else real(float(near))
