"""Companion materials: the tools that an author lets a pupil use with an item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml.etree import _Element

from itembank.markup import local_name
from itembank.qti.findings import Findings
from itembank.qti.nodes import attribute, name_of, plain_number

CALCULATORS = ("basic", "standard", "scientific")
"""Kinds of calculator that the player has (QTI 3.0, CalculatorType); it knows no graphing one."""
MILLIMETRES: Final = {"millimeter": 1.0, "centimeter": 10.0, "meter": 1_000.0, "kilometer": 1_000_000.0}
"""Of each unit of length of the SI that QTI names."""
SHORTEST_MM, LONGEST_MM = 20.0, 500.0
"""Of a ruler on a screen."""
FINEST_MM = 0.5
_KEPT = "Nothing to do; it stays in the stored source and is exported"
_OTHERS = {
    "protractor": "a protractor",
    "digitalMaterial": "a digital material",
    "physicalMaterial": "a physical material",
}


@dataclass(frozen=True, slots=True)
class Ruler:
    """A ruler, in millimetres: how long it is at least, and the steps of its small and large marks."""

    length: float
    minor: float
    major: float


@dataclass(frozen=True, slots=True)
class Materials:
    """The tools of an item.

    Attributes
    ----------
    calculator : one of `CALCULATORS`, or ""
    ruler : None without one
    """

    calculator: str = ""
    ruler: Ruler | None = None


NO_MATERIALS = Materials()


def read_materials(root: _Element, findings: Findings) -> Materials:
    """Read the companion materials of an item.

    Parameters
    ----------
    root : of the parsed item
    findings : told what is kept without being shown; the item itself stays usable
    """
    calculator, ruler = "", None
    for info in _below(root, "companionMaterialsInfo"):
        for held in info.iterchildren("*"):
            name = name_of(held)
            if name == "calculator" and not calculator:
                calculator = _calculator(held, findings)
            elif name == "rule" and ruler is None:
                ruler = _ruler(held, findings)
            elif name in ("calculator", "rule"):
                findings.warn(held, local_name(held), "only the first one is shown", _KEPT)
            else:
                why = f"{_OTHERS.get(name, name[:60])} is not shown by the player: kept for export"
                findings.warn(held, local_name(held), why, _KEPT)
    return Materials(calculator, ruler)


def _below(element: _Element, *names: str) -> Iterator[_Element]:
    """Children with one of these internal names, whatever their capitals: ``ruleSystemSI`` is ``ruleSystemSi``."""
    wanted = {name.lower() for name in names}
    return (child for child in element.iterchildren("*") if name_of(child).lower() in wanted)


def _calculator(element: _Element, findings: Findings) -> str:
    """Kind of a calculator, or "" where the player has none such."""
    kind = "".join((held.text or "").strip() for held in _below(element, "calculatorType")).lower()
    if kind in CALCULATORS:
        return kind
    if kind == "graphing":
        findings.warn(element, local_name(element), "the player has no graphing calculator: kept for export", _KEPT)
    else:
        why = f"the type {kind[:40]!r} is none of {', '.join(CALCULATORS)}, graphing: no calculator is shown"
        findings.warn(element, local_name(element), why, "Give it one of these types")
    return ""


def _ruler(element: _Element, findings: Findings) -> Ruler | None:
    """Lengths of a ruler; None where the player cannot show it."""
    system = next(_below(element, "ruleSystemSI"), None)
    if system is None:
        findings.warn(element, local_name(element), "a ruler in inches is not shown: kept for export", _KEPT)
        return None
    major = _increment(system, "majorIncrement", findings)
    minor = _increment(system, "minorIncrement", findings, default=major)
    unit = next((_unit(held) for held in _below(system, "majorIncrement")), 0.0)
    length = _number(next(_below(system, "minimumLength"), None)) * unit
    if not (major and minor and length):
        why = "it has no length, or no large marks, in units that QTI names: no ruler is shown"
        findings.warn(element, local_name(element), why, "Give a minimum length and a major increment above 0")
        return None
    if not (SHORTEST_MM <= length <= LONGEST_MM and FINEST_MM <= minor <= major <= length):
        why = f"a ruler of {length:g} mm with marks at every {minor:g} and {major:g} mm is not shown: kept for export"
        findings.warn(element, local_name(element), why, _KEPT)
        return None
    return Ruler(length, minor, major)


def _increment(system: _Element, name: str, findings: Findings, default: float = 0.0) -> float:
    """Step of the marks in millimetres; 0 where it makes no sense."""
    held = next(_below(system, name), None)
    if held is None:
        return default
    if not _unit(held):
        why = f"the unit {attribute(held, 'unit')[:40]!r} is none of {', '.join(MILLIMETRES)}"
        findings.warn(held, local_name(held), why, "Write Millimeter or Centimeter")
    return _number(held) * _unit(held)


def _unit(element: _Element) -> float:
    """Millimetres of the unit of an increment; 0 for another word."""
    return MILLIMETRES.get(attribute(element, "unit").lower(), 0.0)


def _number(element: _Element | None) -> float:
    """Positive decimal number that an element holds; 0 for anything else."""
    return 0.0 if element is None else plain_number((element.text or "").strip())
