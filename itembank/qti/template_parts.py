"""What of a body a draw changes: printed values, letters in formulas, parts and choices that are shown or not."""

from __future__ import annotations

from lxml.etree import _Element

from itembank.blanks import MARKS, Part
from itembank.markup import local_name
from itembank.qti.findings import Findings
from itembank.qti.nodes import attribute, name_of
from itembank.qti.processing import Program
from itembank.qti.processing.printing import PRINTABLE, format_fault

_HIDDEN_CHOICES = {"simpleChoice": "choiceInteraction", "inlineChoice": "inlineChoiceInteraction", "hottext": ""}
"""Choices that a draw may leave out, and what they must stand in; cards and places must all be there."""
_MARKS = frozenset(MARKS)
_UNUSED = ("powerForm", "base", "index", "field", "mappingIndicator")


def _is_marked(element: _Element) -> bool:
    """Whether a character that marks what is filled in stands in an element, its attributes or right after it."""
    written = "".join((element.text or "", element.tail or "", *map(str, element.attrib.values())))
    return not _MARKS.isdisjoint(written)


def check_marks(root: _Element, language: str, findings: Findings) -> None:
    """Refuse the characters that mark what a draw fills in, wherever in an item they are.

    Parameters
    ----------
    root : the item
    language : its language, which may be the package's
    findings : told what is wrong, once
    """
    marked = next((element for element in root.iter() if _is_marked(element)), None)
    where = root if marked is None and not _MARKS.isdisjoint(language) else marked
    if where is not None:
        why, remedy = "it holds a noncharacter of Unicode (U+FDD0 to U+FDD3)", "Remove it"
        findings.refuse(where, "", why, remedy)


def _may_hide(element: _Element) -> bool:
    """Whether a draw may leave an element out."""
    return name_of(element) in ("templateBlock", "templateInline")


class TemplateReader:
    """Checks the template parts of a body beside the declarations.

    Parameters
    ----------
    program : of the item
    findings : told what is wrong
    """

    def __init__(self, program: Program, findings: Findings) -> None:
        self._program = program
        self._findings = findings
        self.printed: dict[str, int] = {}
        """Variables that are printed → line."""
        self.choices: dict[tuple[str, str], Part] = {}
        """Response and choice → when the choice is shown."""
        self.math_variables = frozenset(
            node.get("identifier")
            for node in program.nodes
            if node.name == "templateDeclaration" and node.get("mathVariable") == "true"
        )

    def read(self, element: _Element) -> None:
        """Check one element that a draw fills or shows."""
        if name_of(element) == "printedVariable":
            self._read_printed(element)
        elif name_of(element) in ("templateBlock", "templateInline"):
            self._read_shown(element)
        else:
            self._read_choice(element)

    def check_body(self, body: _Element) -> None:
        """Refuse letters that cannot be printed, and questions that may hide."""
        for variable in sorted(self.math_variables):
            self._check_printable(body, variable)
        self._warn_defaults(body)
        for element in body.iter("*"):
            if name_of(element).endswith("Interaction") and any(map(_may_hide, element.iterancestors("*"))):
                self._refuse(element, "it stands in a part that might not be shown", "Ask outside of that part")

    def _warn_defaults(self, body: _Element) -> None:
        """Say that a response that is filled in by a draw begins empty all the same."""
        rules = self._program.sections["templateProcessing"]
        set_defaults = {
            node.get("identifier") for rule in rules for node in rule.walk() if node.name == "setDefaultValue"
        }
        for name in sorted(set_defaults):
            if name in self._program.declarations and self._program.declarations[name].kind == "response":
                why = "the answer that its template fills in is not shown: every question begins empty"
                self._findings.warn(body, f"response {name}", why, "Nothing to do if it is no part of the question")

    def _refuse(self, where: _Element, why: str, remedy: str) -> None:
        """Refuse the item because of an element."""
        self._findings.refuse(where, local_name(where), why, remedy)

    def _declared(self, where: _Element, variable: str) -> bool:
        """Whether a template variable is declared; refused if not."""
        declared = self._program.declarations.get(variable)
        if declared is None or declared.kind != "template":
            self._refuse(where, f"there is no template variable {variable[:40]!r}", "Add its template declaration")
            return False
        return True

    def _check_printable(self, where: _Element, variable: str) -> None:
        """Refuse a variable of which a pupil could not read the value."""
        declared = self._program.declarations[variable]
        if declared.cardinality != "single" or declared.base_type not in PRINTABLE:
            why = f"a value of type {declared.cardinality} {declared.base_type} is not printed"
            self._refuse(where, f"{variable}: {why}", f"Print a single {', '.join(PRINTABLE)}")

    def _read_printed(self, element: _Element) -> None:
        """Check a printed value."""
        variable = attribute(element, "identifier")
        if not self._declared(element, variable):
            return
        self._check_printable(element, variable)
        self.printed.setdefault(variable, element.sourceline or 0)
        fault = format_fault(attribute(element, "format"))
        if fault:
            self._refuse(element, fault, "Write a format such as %d or %.2f")
        unused = [name for name in _UNUSED if attribute(element, name) not in ("", "false")]
        if unused:
            self._refuse(element, f"{unused[0]} is not supported", "Print the value without it")

    def _read_shown(self, element: _Element) -> Part:
        """Check the condition under which something is shown."""
        variable, value = attribute(element, "templateIdentifier"), attribute(element, "identifier")
        self._declared(element, variable)
        way = attribute(element, "showHide", "show")
        if way not in ("show", "hide"):
            self._refuse(element, f"show-hide is {way[:20]!r}", "Write show or hide")
        return Part(variable, value, way != "hide")

    def _read_choice(self, element: _Element) -> None:
        """Check a choice that is left out of some draws."""
        name = name_of(element)
        around = next((one for one in element.iterancestors("*") if name_of(one).endswith("Interaction")), None)
        if around is None or name not in _HIDDEN_CHOICES or _HIDDEN_CHOICES[name] not in ("", name_of(around)):
            self._refuse(element, "only a choice can be left out of a draw, no card and no gap", "Show it always")
            return
        place = attribute(around, "responseIdentifier"), attribute(element, "identifier")
        self.choices[place] = self._read_shown(element)
