"""Truth with three values: TRUE, FALSE and NULL (unknown)."""

from __future__ import annotations

from itembank.qti.nodes import Node
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import FALSE, TRUE, Value, boolean, truth


def _truths(run: Run, node: Node) -> list[bool | None]:
    """Truth of every operand."""
    return [truth(value) for value in run.operands(node)]


@operator("and")
def all_of(run: Run, node: Node) -> Value | None:
    """FALSE if any is FALSE, else NULL if any is NULL, else TRUE."""
    truths = _truths(run, node)
    if False in truths:
        return FALSE
    return None if None in truths else TRUE


@operator("or")
def any_of(run: Run, node: Node) -> Value | None:
    """TRUE if any is TRUE, else NULL if any is NULL, else FALSE."""
    truths = _truths(run, node)
    if True in truths:
        return TRUE
    return None if None in truths else FALSE


@operator("not")
def negation(run: Run, node: Node) -> Value | None:
    """Turn TRUE and FALSE round; NULL stays."""
    truths = _truths(run, node)
    return boolean(not truths[0]) if len(truths) == 1 and truths[0] is not None else None


def _count(run: Run, text: str, default: int) -> int:
    """Return a whole number, written or held by a variable."""
    value = run.values.get(text)
    if value is not None:
        return int(value.scalar) if isinstance(value.scalar, int | float) else default
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 7 else default


@operator("anyN")
def any_n(run: Run, node: Node) -> Value | None:
    """TRUE if the number of true operands is surely within min and max, FALSE if surely not, else NULL."""
    truths = _truths(run, node)
    least, most = truths.count(True), truths.count(True) + truths.count(None)
    low, high = _count(run, node.get("min"), 0), _count(run, node.get("max"), len(truths))
    if low <= least and most <= high:
        return TRUE
    return FALSE if most < low or least > high else None
