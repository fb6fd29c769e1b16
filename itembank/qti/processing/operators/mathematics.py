"""Mathematical functions and constants."""

from __future__ import annotations

import math
from collections.abc import Callable

from itembank.qti.nodes import Node
from itembank.qti.processing.operators.arithmetic import numbers, result
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import LARGEST, Value, real


def _signum(x: float) -> int:
    """Return -1, 0 or 1."""
    return (x > 0) - (x < 0)


_FUNCTIONS: dict[str, Callable[[float], float | int]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sec": lambda x: 1 / math.cos(x),
    "csc": lambda x: 1 / math.sin(x),
    "cot": lambda x: 1 / math.tan(x),
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "asec": lambda x: math.acos(1 / x),
    "acsc": lambda x: math.asin(1 / x),
    "acot": lambda x: math.atan(1 / x) if x else math.pi / 2,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "sech": lambda x: 1 / math.cosh(x),
    "csch": lambda x: 1 / math.sinh(x),
    "coth": lambda x: 1 / math.tanh(x),
    "log": math.log10,
    "ln": math.log,
    "exp": math.exp,
    "abs": abs,
    "signum": _signum,
    "floor": math.floor,
    "ceil": math.ceil,
    "toDegrees": math.degrees,
    "toRadians": math.radians,
}
MATH_FUNCTIONS = frozenset(_FUNCTIONS) | {"atan2"}


@operator("mathOperator")
def math_operator(run: Run, node: Node) -> Value | None:
    """Apply a mathematical function; NULL outside its domain."""
    operands, name = numbers(run, node), node.get("name")
    if operands is None:
        return None
    try:
        if name == "atan2":
            return real(math.atan2(operands[0], operands[1])) if len(operands) == 2 else None
        return result(_FUNCTIONS[name](operands[0])) if len(operands) == 1 else None
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


@operator("mathConstant")
def math_constant(_run: Run, node: Node) -> Value | None:
    """Return pi or e."""
    constants = {"pi": math.pi, "e": math.e}
    return real(constants[node.get("name")]) if node.get("name") in constants else None


@operator("gcd", "lcm")
def common(run: Run, node: Node) -> Value | None:
    """Return the greatest common divisor or least common multiple of whole numbers."""
    operands = numbers(run, node)
    if operands is None or not all(isinstance(x, int) or x.is_integer() for x in operands):
        return None
    total = 0 if node.name == "gcd" else 1
    for x in operands:
        total = (math.gcd if node.name == "gcd" else math.lcm)(total, int(x))
        if total > LARGEST:
            return None
    return result(total)
