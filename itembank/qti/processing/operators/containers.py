"""Operators on containers."""

from __future__ import annotations

from collections import Counter

from itembank.qti.nodes import Node
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import Scalar, Value, boolean, container, number, single

LONGEST = 10_000
"""No response has more members; a rule that makes more gets NULL."""


def _key(item: Scalar) -> Scalar:
    """Return what members are compared by: 1 and 1.0 are the same."""
    return float(item) if isinstance(item, int) and not isinstance(item, bool) else item


@operator("multiple", "ordered")
def collect(run: Run, node: Node) -> Value | None:
    """Make a container of the operands; NULL ones are left out, but a NULL among members is remembered by its type."""
    values = [value for value in run.operands(node) if value is not None]
    items = [item for value in values for item in value.items]
    types = {value.base_type for value in values}
    missing = len(values) < len(node.children)
    base_type = types.pop() if len(types) == 1 and not missing else "mixed"
    return container(node.name, base_type, items) if len(items) <= LONGEST else None


@operator("containerSize")
def container_size(run: Run, node: Node) -> Value | None:
    """Count the members; NULL has none."""
    values = run.operands(node)
    return single("integer", len(values[0].items) if values and values[0] is not None else 0)


@operator("index")
def index(run: Run, node: Node) -> Value | None:
    """Return the n-th member, counted from 1; n is an attribute, a variable or a second operand."""
    values = run.operands(node)
    if not values or values[0] is None:
        return None
    text = node.get("n")
    n = number(values[1]) if len(values) > 1 else number(run.values.get(text))
    place = int(n) if n is not None else int(text) if text.isdecimal() and len(text) < 6 else 0
    held = values[0]
    return single(held.base_type, held.items[place - 1]) if 1 <= place <= len(held.items) else None


@operator("member")
def member(run: Run, node: Node) -> Value | None:
    """Say whether the first operand is among the members of the second."""
    values = run.operands(node)
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    keys = {_key(item) for item in values[1].items}
    return boolean(all(_key(item) in keys for item in values[0].items))


def _stretch(inner: list[Scalar], outer: list[Scalar]) -> bool:
    """Say whether the inner sequence occurs, unbroken, in the outer one."""
    width = len(inner)
    return any(outer[start : start + width] == inner for start in range(len(outer) - width + 1))


@operator("contains")
def contains(run: Run, node: Node) -> Value | None:
    """Say whether the first container holds the second: as a bag, or when ordered as an unbroken stretch."""
    values = run.operands(node)
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    outer, inner = ([_key(item) for item in value.items] for value in (values[0], values[1]))
    if values[0].cardinality == "ordered":
        return boolean(_stretch(inner, outer))
    return boolean(not Counter(inner) - Counter(outer))


@operator("delete")
def delete(run: Run, node: Node) -> Value | None:
    """Return the second operand without the members equal to the first."""
    values = run.operands(node)
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    gone = {_key(item) for item in values[0].items}
    held = values[1]
    return container(held.cardinality, held.base_type, [item for item in held.items if _key(item) not in gone])


@operator("repeat")
def repeat(run: Run, node: Node) -> Value | None:
    """Evaluate the operands again and again, in order; the budget of steps bounds it."""
    text = node.get("numberRepeats")
    held = number(run.values.get(text))
    times = int(held) if held is not None else int(text) if text.isdecimal() and len(text) < 6 else 0
    values: list[Value] = []
    for _ in range(times):
        run.spend()  # also where there is nothing to evaluate
        values += [value for value in run.operands(node) if value is not None]
    items = [item for value in values for item in value.items]
    return container("ordered", values[0].base_type, items) if values and len(items) <= LONGEST else None
