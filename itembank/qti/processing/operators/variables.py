"""Operators that read variables, constants and tables."""

from __future__ import annotations

from itembank.qti.nodes import Node
from itembank.qti.processing.declarations import read_lookup
from itembank.qti.processing.run import Run, operator
from itembank.qti.processing.values import Value, boolean, number, parse_scalar, parse_value, single


@operator("baseValue")
def base_value(_run: Run, node: Node) -> Value | None:
    """Return a constant."""
    base_type = node.get("baseType", "string")
    item = parse_scalar(base_type, node.text)
    return None if item is None else single(base_type, item)


@operator("variable")
def variable(run: Run, node: Node) -> Value | None:
    """Return a variable's present value."""
    return run.values.get(node.get("identifier"))


@operator("correct")
def correct(run: Run, node: Node) -> Value | None:
    """Return the declared (or set) correct response."""
    return run.correct.get(node.get("identifier"))


@operator("default")
def default(run: Run, node: Node) -> Value | None:
    """Return the declared default, whatever the present value."""
    return run.defaults.get(node.get("identifier"))


@operator("null")
def null(_run: Run, _node: Node) -> Value | None:
    """Return NULL."""
    return None


@operator("isNull")
def is_null(run: Run, node: Node) -> Value | None:
    """Say whether the operand is NULL (or empty, which is the same)."""
    return boolean(all(value is None for value in run.operands(node)))


@operator("fieldValue")
def field_value(run: Run, node: Node) -> Value | None:
    """Return a field of a record."""
    record = run.evaluate(node.children[0]) if node.children else None
    return record.fields.get(node.get("fieldIdentifier")) if record is not None else None


@operator("record")
def record(run: Run, node: Node) -> Value | None:
    """Build a record; every child names its field and holds the expression of its value."""
    fields = {
        child.get("fieldIdentifier"): run.evaluate(child.children[0] if child.children else child)
        for child in node.children
        if child.get("fieldIdentifier")
    }
    return Value("", "record", (), fields) if fields else None


@operator("lookupTable")
def lookup_table(run: Run, node: Node) -> Value | None:
    """Look a number up in a table written beside it."""
    run.spend(sum(len(table.children) for table in node.children) // 10)
    source, lookup = number(run.evaluate(node.children[0])), read_lookup(node)
    if lookup is None:
        return None
    text = lookup.default if source is None else lookup.target(float(source))
    return None if text is None else parse_value("single", "float", [text])


@operator("isTypeOf")
def is_type_of(run: Run, node: Node) -> Value | None:
    """Say whether the first operand has the base type that the second names."""
    values = run.operands(node)
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    return boolean(values[0].base_type == values[1].scalar)
