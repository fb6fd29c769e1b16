"""Score files of cases: a response and the outcomes expected for it, beside an item."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from itembank.errors import ItemBankError, PackageError, Problem, RulesError
from itembank.qti.nodes import Node, node_of
from itembank.qti.processing import Outcome, Program, Value, read_program, run_program
from itembank.qti.processing.printing import format_fault, printed
from itembank.qti.safe_xml import parse

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case of one item.

    Attributes
    ----------
    item, case : names as the folder and the file of cases give them
    expected, got : what was to come out and what did, as text
    passed : whether they agree
    """

    item: str
    case: str
    expected: str
    got: str
    passed: bool


def plain(value: Value | None) -> Any:
    """Return a value as JSON writes it: pairs and points as text, containers as lists."""
    if value is None:
        return None
    if value.cardinality == "record":
        return {name: plain(held) for name, held in value.fields.items()}
    items = [
        " ".join(f"{part:g}" if isinstance(part, float) else part for part in item) if isinstance(item, tuple) else item
        for item in value.items
    ]
    return items[0] if value.cardinality == "single" else items


def _agrees(expected: Any, got: Any) -> bool:
    """Compare leniently in type, exactly in value (floats to 1e-9)."""
    if isinstance(expected, bool) or isinstance(got, bool) or expected is None or got is None:
        return expected is got
    if isinstance(expected, int | float) and isinstance(got, int | float):
        return math.isclose(expected, got, rel_tol=_TOLERANCE, abs_tol=_TOLERANCE)
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(map(_agrees, expected, got))
    return bool(expected == got)


def _feedback(nodes: Iterable[Node], outcome: Outcome) -> list[str]:
    """Identifiers of the modal feedback that would be shown."""
    shown = []
    for node in nodes:
        if node.name == "modalFeedback":
            value = outcome.values.get(node.get("outcomeIdentifier"))
            hit = value is not None and node.get("identifier") in value.items
            if hit == (node.get("showHide", "show") == "show"):
                shown.append(node.get("identifier"))
    return shown


def _printed(node: Node, outcome: Outcome) -> str:
    """Text of the item body with its printed variables."""
    if node.name == "printedVariable":
        pattern = node.get("format")
        return printed(outcome.values.get(node.get("identifier")), "" if format_fault(pattern) else pattern)
    return node.text + "".join(_printed(child, outcome) + child.tail for child in node.children)


def _compared(expect: Mapping[str, Any], nodes: tuple[Node, ...], outcome: Outcome) -> list[tuple[str, Any, Any, bool]]:
    """Return everything that a case expects: its name, what was wanted, what came, whether they agree."""
    pairs: list[tuple[str, Any, Any]] = [
        (name, value, plain(outcome.values.get(name))) for name, value in expect.get("outcomes", {}).items()
    ]
    if "score" in expect:
        pairs.append(("score", expect["score"], outcome.score))
    if "modalFeedbackIdentifiers" in expect:
        pairs.append(("feedback", expect["modalFeedbackIdentifiers"], _feedback(nodes, outcome)))
    body = " ".join(" ".join(_printed(node, outcome) for node in nodes if node.name == "itemBody").split())
    compared = [(name, want, got, _agrees(want, got)) for name, want, got in pairs]
    return compared + [("body", wanted, body, wanted in body) for wanted in expect.get("itemBodyContains", ())]


def _result(item: str, case: Mapping[str, Any], seed: int, nodes: tuple[Node, ...], program: Program) -> CaseResult:
    """Score one case."""
    outcome = run_program(program, case.get("responses", {}), seed=case.get("seed", seed))
    compared = _compared(case.get("expect", {}), nodes, outcome)
    agreed = all(agrees for *_, agrees in compared)
    return CaseResult(
        item=item,
        case=str(case.get("name", "")),
        expected=", ".join(f"{name}={want!r}" for name, want, _, _ in compared),
        got=", ".join(f"{name}={got!r}" for name, _, got, _ in compared),
        passed=agreed != bool(case.get("xfail")),
    )


def _read_cases(path: Path) -> Mapping[str, Any]:
    """Read a file of cases."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        cases = data["cases"]
        if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
            raise TypeError
    except (ValueError, KeyError, TypeError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        why = 'it is no file of cases: {"cases": [{"name", "responses", "expect"}, …]}'
        raise PackageError([Problem(str(path), line, "cases", why, "Repair it")]) from None
    return dict(data)


def _check_item(path: Path) -> list[CaseResult]:
    """Score every case beside one item; an item whose rules cannot be read passes where that was expected."""
    cases, name = _read_cases(path), path.parent.name
    item = path.with_name("item.xml")
    if not item.is_file():
        raise PackageError([Problem(str(path), 0, "cases", "there is no item.xml beside it", "Add the item")])
    try:
        nodes = node_of(parse(item.read_bytes(), str(item))).children
        program = read_program(nodes)
    except (PackageError, RulesError) as error:
        return [
            CaseResult(
                name,
                str(case.get("name", "")),
                "refused" if case.get("xfail") else "scored",
                str(error),
                bool(case.get("xfail")),
            )
            for case in cases["cases"]
        ]
    return [_result(name, case, cases.get("seed", 0), nodes, program) for case in cases["cases"]]


def check_cases(folder: Path) -> list[CaseResult]:
    """Score every ``cases.json`` in a folder and below, each with the ``item.xml`` beside it.

    Parameters
    ----------
    folder : searched at any depth

    Raises
    ------
    PackageError
        If a file of cases cannot be read or has no item.
    ItemBankError
        If there are no cases at all.
    """
    found = sorted(folder.rglob("cases.json"))
    if not found:
        raise ItemBankError(f"{folder} holds no cases.json: give the folder that holds items with their cases")
    return [result for path in found for result in _check_item(path)]
