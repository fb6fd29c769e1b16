"""The standard response-processing templates, written out as rules."""

from __future__ import annotations

import re
from dataclasses import replace

from itembank.errors import RulesError
from itembank.qti.nodes import Node

_ADDRESS = re.compile(
    r"(?:https?://(?:www\.|purl\.)?(?:imsglobal|imsproject|1edtech)\.org/(?:[\w.-]+/)*|(?:[\w.-]+/)*)?"
    r"(?P<name>[A-Za-z0-9_]+?)(?:\.xml)?"
)


def _node(name: str, *children: Node, **attributes: str) -> Node:
    """Shorthand for a rule."""
    return Node(name, attributes, children)


def _constant(value: str) -> Node:
    """Return a float constant."""
    return Node("baseValue", {"baseType": "float"}, (), value)


def _score(expression: Node) -> Node:
    """Set SCORE."""
    return _node("setOutcomeValue", expression, identifier="SCORE")


_RESPONSE = _node("variable", identifier="RESPONSE")
_IS_NULL = _node("isNull", _RESPONSE)


def _either(condition: Node, then: Node, otherwise: Node) -> tuple[Node, ...]:
    """Set SCORE to one or the other."""
    return (
        _node(
            "responseCondition",
            _node("responseIf", condition, _score(then)),
            _node("responseElse", _score(otherwise)),
        ),
    )


_MATCH_CORRECT = _either(
    _node("match", _RESPONSE, _node("correct", identifier="RESPONSE")), _constant("1"), _constant("0")
)
_MAP_RESPONSE = _either(_IS_NULL, _constant("0"), _node("mapResponse", identifier="RESPONSE"))
_MAP_RESPONSE_POINT = _either(_IS_NULL, _constant("0"), _node("mapResponsePoint", identifier="RESPONSE"))

TEMPLATES: dict[str, tuple[Node, ...]] = {
    "match_correct": _MATCH_CORRECT,
    "map_response": _MAP_RESPONSE,
    "map_response_point": _MAP_RESPONSE_POINT,
    "match_nothing": _either(_IS_NULL, _constant("1"), _constant("0")),
    "CC2_match_basic": _MATCH_CORRECT,
    "CC2_map_response": _MAP_RESPONSE,
}


def _placed(node: Node, line: int) -> Node:
    """Give a rule of a template the line that names the template, so that a fault in it has a place."""
    return replace(node, line=line, children=tuple(_placed(child, line) for child in node.children))


def template_rules(address: str, line: int) -> tuple[Node, ...]:
    """Rules of a standard template, by any spelling of its address: 2.0 to 3.0, with or without ``.xml``.

    Parameters
    ----------
    address : the attribute ``template`` or ``templateLocation``
    line : where it stands

    Raises
    ------
    RulesError
        If it is none of the standard templates.
    """
    match = _ADDRESS.fullmatch(address.strip())
    rules = TEMPLATES.get(match.group("name")) if match else None
    if rules is None:
        raise RulesError(f"the response-processing template {address!r} is none of the standard ones", line)
    return tuple(_placed(rule, line) for rule in rules)
