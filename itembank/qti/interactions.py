"""Interactions: what each asks for, and whether its declaration fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml.etree import _Element

from itembank.markup import INTERACTIONS, local_name
from itembank.qti.asking import Asked
from itembank.qti.findings import Findings
from itembank.qti.graphics import read_graphic_gap_match, read_hotspot, read_select_point
from itembank.qti.nodes import attribute, name_of
from itembank.qti.pairing import read_associate, read_gap_match, read_match, read_order
from itembank.qti.places import hiding
from itembank.qti.processing.declarations import Declaration
from itembank.qti.scales import read_scale
from itembank.values import Interaction, ResponseField

MOST_FIELDS = 200
_IDENTIFIERS, _TEXTS = ("identifier",), ("string",)
_TYPES = {
    "choiceInteraction": (("single", "multiple"), _IDENTIFIERS),
    "inlineChoiceInteraction": (("single",), _IDENTIFIERS),
    "textEntryInteraction": (("single",), ("string", "integer", "float")),
    "extendedTextInteraction": (("single",), _TEXTS),
    "hottextInteraction": (("single", "multiple"), _IDENTIFIERS),
    "sliderInteraction": (("single",), ("integer", "float")),
    "orderInteraction": (("ordered",), _IDENTIFIERS),
    "matchInteraction": (("single", "multiple"), ("directedPair",)),
    "gapMatchInteraction": (("single", "multiple"), ("directedPair",)),
    "associateInteraction": (("single", "multiple"), ("pair",)),
    "hotspotInteraction": (("single", "multiple"), _IDENTIFIERS),
    "graphicGapMatchInteraction": (("single", "multiple"), ("directedPair",)),
    "selectPointInteraction": (("single", "multiple"), ("point",)),
}
"""Cardinalities and base types that each can give (QTI 3.0, section 5)."""


def _read_choice(asked: Asked) -> ResponseField:
    """One choice or several."""
    choices = asked.offered(asked.parts("simpleChoice"))
    if asked.declared.cardinality != "multiple":
        return ResponseField(asked.identifier, Interaction.CHOICE, choices)
    maximum = asked.count("maxChoices", 1)
    asked.warn_minimum("Choices", min(maximum or len(choices), len(choices)))
    return ResponseField(asked.identifier, Interaction.MULTIPLE_CHOICE, choices, maximum)


def _read_inline_choice(asked: Asked) -> ResponseField:
    """One choice from a list."""
    return ResponseField(asked.identifier, Interaction.INLINE_CHOICE, asked.offered(asked.parts("inlineChoice")))


def _read_hottext(asked: Asked) -> ResponseField:
    """One word of a text or several."""
    choices = asked.offered(asked.parts_of_text("hottext"))
    if asked.declared.cardinality != "multiple":
        return ResponseField(asked.identifier, Interaction.HOTTEXT, choices)
    maximum = asked.count("maxChoices", 1)
    asked.check_bounds("Choices", maximum, len(choices))
    return ResponseField(asked.identifier, Interaction.MULTIPLE_HOTTEXT, choices, maximum)


_READERS: dict[str, Callable[[Asked], ResponseField]] = {
    "choiceInteraction": _read_choice,
    "inlineChoiceInteraction": _read_inline_choice,
    "textEntryInteraction": lambda asked: ResponseField(asked.identifier, Interaction.TEXT_ENTRY),
    "extendedTextInteraction": lambda asked: ResponseField(asked.identifier, Interaction.EXTENDED_TEXT),
    "hottextInteraction": _read_hottext,
    "sliderInteraction": read_scale,
    "orderInteraction": read_order,
    "matchInteraction": read_match,
    "gapMatchInteraction": read_gap_match,
    "associateInteraction": read_associate,
    "hotspotInteraction": read_hotspot,
    "graphicGapMatchInteraction": read_graphic_gap_match,
    "selectPointInteraction": read_select_point,
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
        if name not in INTERACTIONS:
            *others, last = INTERACTIONS.values()
            self._refuse(element, "this interaction is not supported", f"Use {', '.join(others)} or {last}")
            return
        if any(name_of(parent) in INTERACTIONS for parent in element.iterancestors()):
            self._refuse(element, "it stands inside another interaction", "Put one after the other")
            return
        if (hidden := hiding(element)) is not None:
            self._refuse(element, f"a question inside {local_name(hidden)} is not shown", "Put it outside")
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
            self.fields.append(_READERS[name](Asked(element, declared, self._findings)))

    def _refuse(self, element: _Element, why: str, remedy: str) -> None:
        """Refuse the item because of this interaction."""
        self._findings.refuse(element, local_name(element), why, remedy)

    def _fits(self, element: _Element, declared: Declaration) -> bool:
        """Whether base type and cardinality suit the interaction."""
        cardinalities, base_types = _TYPES[name_of(element)]
        if declared.base_type in base_types and declared.cardinality in cardinalities:
            return True
        kind = f"{declared.cardinality} {declared.base_type}"
        self._refuse(
            element,
            f"its response is declared as {kind}, which this interaction cannot give",
            f"Declare it as {' or '.join(cardinalities)}, {' or '.join(base_types)}",
        )
        return False
