"""A rule program: declarations and rules of one item, read from nodes and checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from itembank.errors import RulesError
from itembank.qti.nodes import Node, from_data, to_data
from itembank.qti.processing.declarations import BUILT_IN, KINDS, Declaration, read_area, read_declarations, read_lookup
from itembank.qti.processing.operators import OPERATORS
from itembank.qti.processing.operators.mathematics import MATH_FUNCTIONS
from itembank.qti.processing.operators.statistics import STATISTICS
from itembank.qti.processing.patterns import pattern_fault
from itembank.qti.processing.templates import template_rules

SECTIONS = ("templateProcessing", "responseProcessing", "outcomeProcessing")
BRANCHES = {
    "responseCondition": ("responseIf", "responseElseIf", "responseElse"),
    "outcomeCondition": ("outcomeIf", "outcomeElseIf", "outcomeElse"),
    "templateCondition": ("templateIf", "templateElseIf", "templateElse"),
}
SETTERS = ("setOutcomeValue", "setResponseValue", "setTemplateValue", "setCorrectResponse", "lookupOutcomeValue")
FRAGMENTS = ("responseProcessingFragment", "outcomeProcessingFragment")
STOPS = ("exitResponse", "exitTest", "exitTemplate")
CONSTRAINT = "templateConstraint"
READERS = ("variable", "correct", "default", "mapResponse", "mapResponsePoint")


@dataclass(frozen=True, slots=True)
class Program:
    """Everything that scoring one item needs, and nothing that showing it needs.

    Attributes
    ----------
    nodes : the declarations as written, for storage
    declarations : the same, read
    sections : rules by section: ``templateProcessing``, ``responseProcessing``, ``outcomeProcessing``
    """

    nodes: tuple[Node, ...]
    declarations: Mapping[str, Declaration]
    sections: Mapping[str, tuple[Node, ...]]

    @property
    def has_rules(self) -> bool:
        """Whether any rule says how a response is scored."""
        return bool(self.sections["responseProcessing"] or self.sections["outcomeProcessing"])

    @property
    def has_template_variables(self) -> bool:
        """Whether the item is drawn anew for every pupil."""
        return bool(self.sections["templateProcessing"]) or any(
            declared.kind == "template" for declared in self.declarations.values()
        )

    def to_data(self) -> dict[str, Any]:
        """Return the program as plain data for JSON."""
        return {
            "declarations": [to_data(node) for node in self.nodes],
            "rules": {name: [to_data(rule) for rule in rules] for name, rules in self.sections.items() if rules},
        }

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Program:
        """Return the program that `to_data` described; it was checked when it was first read."""
        nodes = tuple(from_data(entry) for entry in data["declarations"])
        sections = {name: tuple(from_data(rule) for rule in data["rules"].get(name, ())) for name in SECTIONS}
        return Program(nodes, read_declarations(nodes), sections)


def _check_names(node: Node, declarations: Mapping[str, Declaration]) -> None:
    """Refuse a rule that names a variable nobody declared."""
    identifier = node.get("identifier")
    if (node.name in READERS or node.name in SETTERS or node.name == "setDefaultValue") and (
        identifier not in declarations and identifier not in BUILT_IN
    ):
        raise RulesError(f"{node.name} names the variable {identifier!r}, which is not declared", node.line)


def _check_operator(node: Node) -> None:
    """Refuse an operator that is unknown or has a function or pattern that is."""
    if node.name not in OPERATORS:
        raise RulesError(f"the operator {node.name} is not supported", node.line)
    if node.name == "mathOperator" and node.get("name") not in MATH_FUNCTIONS:
        raise RulesError(f"mathOperator has the unknown function {node.get('name')!r}", node.line)
    if node.name == "statsOperator" and node.get("name") not in STATISTICS:
        raise RulesError(f"statsOperator has the unknown statistic {node.get('name')!r}", node.line)
    _check_numbers(node)
    fault = pattern_fault(node.get("pattern")) if node.name == "patternMatch" else ""
    if fault:
        raise RulesError(fault, node.line)


def _check_numbers(node: Node) -> None:
    """Refuse an area or a table whose numbers are none, before a pupil's response finds out."""
    if node.name == "inside":
        read_area(node)
    elif node.name == "lookupTable":
        read_lookup(node)


def _check_expression(node: Node, declarations: Mapping[str, Declaration]) -> None:
    """Refuse an expression with an unknown operator or variable; fields of a record are no operators."""
    _check_operator(node)
    _check_names(node, declarations)
    operands = node.children
    if node.name == "lookupTable":
        operands = tuple(child for child in node.children if child.name not in ("matchTable", "interpolationTable"))
        if len(operands) != 1 or node.children[0] is not operands[0]:
            raise RulesError("lookupTable needs one expression and then a table", node.line)
    for child in operands:
        _check_expression(child, declarations)


def _check_branch(branch: Node, allowed: tuple[str, ...], declarations: Mapping[str, Declaration]) -> None:
    """Check the condition and the rules of an if, else-if or else."""
    if branch.name not in allowed:
        raise RulesError(f"{branch.name} does not belong in {allowed[0].removesuffix('If')}Condition", branch.line)
    rules = branch.children
    if branch.name != allowed[2]:
        if not rules:
            raise RulesError(f"{branch.name} has no condition", branch.line)
        _check_expression(rules[0], declarations)
        rules = rules[1:]
    check_rules(rules, declarations)


def _check_setter(rule: Node, declarations: Mapping[str, Declaration], *, least: int) -> None:
    """Check the variable and the one expression of a rule; where ``least`` is 0 there may be none."""
    _check_names(rule, declarations)
    if not least <= len(rule.children) <= 1:
        raise RulesError(f"{rule.name} needs one expression and has {len(rule.children)}", rule.line)
    for expression in rule.children:
        _check_expression(expression, declarations)


def check_rules(rules: Iterable[Node], declarations: Mapping[str, Declaration], *, is_template: bool = False) -> None:
    """Refuse what the interpreter does not know, before anything is scored with it.

    Parameters
    ----------
    rules, declarations : as read
    is_template : these are the outermost rules of template processing, the one place for a constraint

    Raises
    ------
    RulesError
        If a rule, operator, function or variable is unknown, or an expression is missing; it names the line.
    """
    for rule in rules:
        if rule.name in BRANCHES:
            for branch in rule.children:
                _check_branch(branch, BRANCHES[rule.name], declarations)
        elif rule.name in FRAGMENTS:
            check_rules(rule.children, declarations)
        elif rule.name in SETTERS or (rule.name == CONSTRAINT and is_template):
            _check_setter(rule, declarations, least=1)
        elif rule.name == "setDefaultValue":
            _check_setter(rule, declarations, least=0)  # without an expression it goes back to the declared default
        elif rule.name not in STOPS:
            raise RulesError(f"the rule {rule.name} is not supported", rule.line)


def _rules_of(section: Node | None) -> tuple[Node, ...]:
    """Rules of a section, with a standard template written out."""
    if section is None:
        return ()
    address = section.get("template") or section.get("templateLocation")
    return section.children if section.children or not address else template_rules(address, section.line)


def read_program(nodes: Iterable[Node]) -> Program:
    """Read declarations and rules from the children of an item.

    Parameters
    ----------
    nodes : children of the item's root; those that are neither a declaration nor processing are ignored

    Raises
    ------
    RulesError
        If a declaration or rule cannot be read, or names what does not exist.
    """
    held = tuple(nodes)
    declared = tuple(node for node in held if node.name in KINDS)
    declarations = read_declarations(declared)
    sections = {name: _rules_of(next((node for node in held if node.name == name), None)) for name in SECTIONS}
    for name, rules in sections.items():
        check_rules(rules, declarations, is_template=name == "templateProcessing")
    return Program(declared, declarations, sections)
