"""Interactions: what each asks for, and whether its declaration fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lxml.etree import _Element

from itembank.markup import local_name
from itembank.qti.findings import Findings
from itembank.qti.nodes import attribute, name_of
from itembank.qti.processing.declarations import Declaration
from itembank.values import Interaction, ResponseField

MOST_CHOICES, MOST_FIELDS = 100, 200
_CHOICE_ELEMENTS = {"choiceInteraction": "simpleChoice", "inlineChoiceInteraction": "inlineChoice"}
_SUPPORTED = ("choiceInteraction", "inlineChoiceInteraction", "textEntryInteraction", "extendedTextInteraction")
_TYPES = {
    "choiceInteraction": ("identifier",),
    "inlineChoiceInteraction": ("identifier",),
    "textEntryInteraction": ("string", "integer", "float"),
    "extendedTextInteraction": ("string",),
}


class FieldReader:
    """Makes a response field of each interaction, and refuses what does not fit.

    Parameters
    ----------
    declarations : variables of the item; only their type and cardinality go into a field
    findings : told what is wrong
    """

    def __init__(self, declarations: Mapping[str, Declaration], findings: Findings) -> None:
        self._declarations = declarations
        self._findings = findings
        self.fields: list[ResponseField] = []
        self.needs_rules = False

    def read(self, element: _Element) -> None:
        """Read one interaction."""
        name, identifier = name_of(element), attribute(element, "responseIdentifier")
        self.needs_rules |= name != "extendedTextInteraction"
        if name not in _SUPPORTED:
            self._refuse(
                element, "this interaction is not supported", "Use choice, inline choice, text entry or extended text"
            )
            return
        declared = self._declarations.get(identifier)
        if declared is None or declared.kind != "response":
            self._refuse(element, f"the response {identifier!r} is not declared", "Add its response declaration")
            return
        if len(self.fields) == MOST_FIELDS:
            self._findings.give_up(element, f"the item has more than {MOST_FIELDS} interactions", "Split the item")
        if any(field.identifier == identifier for field in self.fields):
            self._refuse(element, f"two interactions share the response {identifier!r}", "Give each its own response")
            return
        if self._fits(element, declared):
            choices = self._choices(element, declared)
            self.fields.append(self._field(element, declared, choices))

    def _refuse(self, element: _Element, why: str, remedy: str) -> None:
        """Refuse the item because of this interaction."""
        self._findings.refuse(element, local_name(element), why, remedy)

    def _fits(self, element: _Element, declared: Declaration) -> bool:
        """Whether base type and cardinality suit the interaction."""
        name = name_of(element)
        cardinalities = ("single", "multiple") if name == "choiceInteraction" else ("single",)
        if declared.base_type in _TYPES[name] and declared.cardinality in cardinalities:
            return True
        kind = f"{declared.cardinality} {declared.base_type}"
        self._refuse(
            element,
            f"its response is declared as {kind}, which this interaction cannot give",
            f"Declare it as {' or '.join(cardinalities)}, {' or '.join(_TYPES[name])}",
        )
        return False

    def _choices(self, element: _Element, declared: Declaration) -> tuple[str, ...]:
        """Identifiers of the choices, checked against each other and against the key."""
        wanted = _CHOICE_ELEMENTS.get(name_of(element))
        if wanted is None:
            return ()
        choices = tuple(attribute(child, "identifier") for child in element.iter("*") if name_of(child) == wanted)
        if not 2 <= len(choices) <= MOST_CHOICES:
            self._refuse(element, f"it has {len(choices)} choices", f"Give it 2 to {MOST_CHOICES} choices")
            return choices
        counts = Counter(choices)
        doubled = sorted(choice for choice in counts if counts[choice] > 1 or not choice)
        if doubled:
            self._refuse(
                element, f"choices share the identifier {', '.join(doubled)!r}", "Give each its own identifier"
            )
        known = set(choices)
        missing = [item for item in (declared.correct.items if declared.correct else ()) if item not in known]
        if missing:
            self._refuse(element, f"the key names the choice {missing[0]!r}, which is not there", "Correct the key")
        return choices

    def _field(self, element: _Element, declared: Declaration, choices: tuple[str, ...]) -> ResponseField:
        """Return what the player and the journal know of it."""
        name = name_of(element)
        if name == "choiceInteraction" and declared.cardinality == "multiple":
            text = attribute(element, "maxChoices", "1")
            maximum = int(text) if text.isdecimal() and len(text) < 4 else 1
            return ResponseField(declared.identifier, Interaction.MULTIPLE_CHOICE, choices, maximum)
        kinds = {
            "choiceInteraction": Interaction.CHOICE,
            "inlineChoiceInteraction": Interaction.INLINE_CHOICE,
            "textEntryInteraction": Interaction.TEXT_ENTRY,
            "extendedTextInteraction": Interaction.EXTENDED_TEXT,
        }
        return ResponseField(declared.identifier, kinds[name], choices)
