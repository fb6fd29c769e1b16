"""Declared variables of an item: types, defaults, correct responses, mappings, look-up tables."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from itembank.errors import RulesError
from itembank.qti.nodes import Node
from itembank.qti.processing.values import (
    BASE_TYPES,
    NUMERIC,
    Scalar,
    Value,
    parse_scalar,
    parse_value,
    single,
)

KINDS = {
    "responseDeclaration": "response",
    "outcomeDeclaration": "outcome",
    "templateDeclaration": "template",
    "contextDeclaration": "template",
}
CARDINALITIES = ("single", "multiple", "ordered", "record")
BUILT_IN = {
    "numAttempts": single("integer", 1),
    "duration": single("duration", 0.0),
    "completionStatus": single("identifier", "completed"),
}
"""Variables that every item has without declaring them."""


@dataclass(frozen=True, slots=True)
class MapEntry:
    """What one key of a mapping is worth."""

    key: Scalar
    worth: float
    case_sensitive: bool


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys to points; the sum is kept within the bounds."""

    entries: tuple[MapEntry, ...]
    default: float
    lower: float
    upper: float

    def worth(self, item: Scalar) -> float:
        """Points of one scalar: the first entry that fits, or the default."""
        for entry in self.entries:
            if item == entry.key or (
                not entry.case_sensitive
                and isinstance(item, str)
                and isinstance(entry.key, str)
                and item.casefold() == entry.key.casefold()
            ):
                return entry.worth
        return self.default

    def bounded(self, total: float) -> float:
        """Keep the sum within the bounds."""
        return max(self.lower, min(self.upper, total))


@dataclass(frozen=True, slots=True)
class Area:
    """A shape and, in a mapping, what a point inside it is worth."""

    shape: str
    coords: tuple[float, ...]
    worth: float = 0.0


@dataclass(frozen=True, slots=True)
class AreaMapping:
    """Areas to points."""

    areas: tuple[Area, ...]
    default: float
    lower: float
    upper: float

    def bounded(self, total: float) -> float:
        """Keep the sum within the bounds."""
        return max(self.lower, min(self.upper, total))


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table from a number to a value; ``interpolated`` reads it by thresholds."""

    rows: tuple[tuple[float, str, bool], ...]
    default: str | None
    interpolated: bool

    def target(self, source: float) -> str | None:
        """Text of the target value, or the default."""
        for threshold, text, inclusive in self.rows:
            above = source >= threshold if inclusive else source > threshold
            if above if self.interpolated else source == threshold:
                return text
        return self.default


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declared variable."""

    identifier: str
    kind: str
    cardinality: str
    base_type: str
    default: Value | None
    correct: Value | None
    mapping: Mapping | None
    area_mapping: AreaMapping | None
    lookup: Lookup | None

    def initial(self) -> Value | None:
        """Value before any rule runs; a numeric outcome without default starts at 0 (QTI 2.1, section 5.2)."""
        if (
            self.default is None
            and self.kind == "outcome"
            and self.cardinality == "single"
            and self.base_type in NUMERIC
        ):
            return single(self.base_type, 0.0 if self.base_type == "float" else 0)
        return self.default


def read_number(text: str, default: float, line: int, what: str) -> float:
    """Read a number of the rules themselves.

    Raises
    ------
    RulesError
        If the text is no finite number.
    """
    if not text:
        return default
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise RulesError(f"{what} must be a number, not {text!r}", line)
    return number


def read_area(node: Node) -> Area:
    """Shape and coordinates of an ``areaMapEntry`` or ``inside``."""
    parts = node.get("coords").replace(",", " ").split()
    coords = tuple(read_number(part.rstrip("%"), 0.0, node.line, "a coordinate") for part in parts)
    return Area(
        node.get("shape", "default"), coords, read_number(node.get("mappedValue"), 0.0, node.line, "mappedValue")
    )


def _texts(node: Node | None) -> tuple[str, ...] | None:
    """Texts of the ``value`` children, or None without such an element."""
    return None if node is None else tuple(child.text for child in node.children if child.name == "value")


def _bounds(node: Node) -> tuple[float, float, float]:
    """Return default, lower and upper bound of a mapping."""
    return (
        read_number(node.get("defaultValue"), 0.0, node.line, "defaultValue"),
        read_number(node.get("lowerBound"), -math.inf, node.line, "lowerBound"),
        read_number(node.get("upperBound"), math.inf, node.line, "upperBound"),
    )


def _mapping(node: Node | None, base_type: str) -> Mapping | None:
    """Read a ``mapping``; an entry may override the case sensitivity of the whole."""
    if node is None:
        return None
    case = node.get("caseSensitive", "true")
    entries = []
    for child in node.children:
        key = parse_scalar(base_type, child.get("mapKey"))
        if key is not None:
            worth = read_number(child.get("mappedValue"), 0.0, child.line, "mappedValue")
            entries.append(MapEntry(key, worth, child.get("caseSensitive", case) != "false"))
    return Mapping(tuple(entries), *_bounds(node))


def _area_mapping(node: Node | None) -> AreaMapping | None:
    """Read an ``areaMapping``."""
    return None if node is None else AreaMapping(tuple(read_area(child) for child in node.children), *_bounds(node))


def read_lookup(node: Node) -> Lookup | None:
    """Read a ``matchTable`` or ``interpolationTable`` below the node, if there is one."""
    table = node.child("matchTable") or node.child("interpolationTable")
    if table is None:
        return None
    rows = tuple(
        (
            read_number(entry.get("sourceValue"), 0.0, entry.line, "sourceValue"),
            entry.get("targetValue"),
            entry.get("includeBoundary", "true") != "false",
        )
        for entry in table.children
    )
    default = table.attributes.get("defaultValue")
    return Lookup(rows, default, table.name == "interpolationTable")


def _record(node: Node | None) -> Value | None:
    """Read a record value: each ``value`` names its field and base type."""
    if node is None:
        return None
    fields = {
        child.get("fieldIdentifier"): parse_value("single", child.get("baseType", "string"), [child.text])
        for child in node.children
    }
    return Value("", "record", (), fields) if fields else None


def _value(node: Node | None, cardinality: str, base_type: str) -> Value | None:
    """Read the value below a ``defaultValue`` or ``correctResponse``."""
    if cardinality == "record":
        return _record(node)
    texts = _texts(node)
    return None if texts is None else parse_value(cardinality, base_type, texts)


def read_declaration(node: Node) -> Declaration:
    """Read one declaration.

    Raises
    ------
    RulesError
        If cardinality or base type is unknown, or a number in it is none.
    """
    identifier, cardinality = node.get("identifier"), node.get("cardinality", "single")
    base_type = node.get("baseType")
    if cardinality not in CARDINALITIES:
        raise RulesError(f"variable {identifier} has the unknown cardinality {cardinality!r}", node.line)
    if cardinality != "record" and base_type not in BASE_TYPES:
        raise RulesError(f"variable {identifier} has the unknown base type {base_type!r}", node.line)
    default = _value(node.child("defaultValue"), cardinality, base_type)
    if default is None and "defaultValue" in node.attributes:
        default = parse_value(cardinality, base_type, [node.get("defaultValue")])
    return Declaration(
        identifier=identifier,
        kind=KINDS[node.name],
        cardinality=cardinality,
        base_type=base_type,
        default=default,
        correct=_value(node.child("correctResponse"), cardinality, base_type),
        mapping=_mapping(node.child("mapping"), base_type),
        area_mapping=_area_mapping(node.child("areaMapping")),
        lookup=read_lookup(node),
    )


def read_declarations(nodes: Iterable[Node]) -> dict[str, Declaration]:
    """Read declarations by identifier.

    Raises
    ------
    RulesError
        If an identifier is missing or declared twice.
    """
    declared: dict[str, Declaration] = {}
    for node in nodes:
        declaration = read_declaration(node)
        if not declaration.identifier:
            raise RulesError(f"a {node.name} has no identifier", node.line)
        if declaration.identifier in declared:
            raise RulesError(f"variable {declaration.identifier} is declared twice", node.line)
        declared[declaration.identifier] = declaration
    return declared
