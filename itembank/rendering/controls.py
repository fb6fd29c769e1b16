"""Native controls for each interaction, exactly as the player expects them."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element

from itembank.qti.nodes import attribute, name_of
from itembank.rendering.body import CONTROLS, Page, add_content, add_text
from itembank.values import Interaction, ResponseField

LONGEST_ENTRY, LONGEST_TEXT = 1_000, 10_000
"""Characters that a pupil may send in a short and in an open answer."""
_KEYBOARDS = {"integer": "numeric", "float": "decimal"}


def _field(element: _Element, page: Page) -> ResponseField:
    """Return the field that the interaction asks for."""
    return page.fields[attribute(element, "responseIdentifier")]


def _child(element: _Element, name: str) -> _Element | None:
    """First child of that internal name."""
    return next((child for child in element if name_of(child) == name), None)


def _instruction(field: ResponseField) -> str:
    """Tell a pupil how many answers to choose, where the author does not."""
    if field.interaction is not Interaction.MULTIPLE_CHOICE:
        return "Kies het juiste antwoord."
    if field.maximum == 0:
        return "Kies alle juiste antwoorden."
    return f"Kies ten hoogste {field.maximum} antwoorden." if field.maximum > 1 else "Kies ten hoogste 1 antwoord."


def _add_choice(element: _Element, target: _Element, page: Page) -> None:
    """Append a group of radio buttons or checkboxes."""
    field, prompt = _field(element, page), _child(element, "prompt")
    group = etree.SubElement(
        target, "fieldset", {"class": "choice", "data-field": field.identifier, "data-interaction": field.interaction}
    )
    several = field.interaction is Interaction.MULTIPLE_CHOICE
    if several:
        group.set("data-maximum", str(field.maximum))
    legend = etree.SubElement(group, "legend")
    if prompt is None:
        legend.text = _instruction(field)
    else:
        add_content(prompt, legend, page, phrasing=True)
    for choice in element:
        if name_of(choice) == "simpleChoice":
            label = etree.SubElement(group, "label", {"class": "option"})
            kind = "checkbox" if several else "radio"
            value = attribute(choice, "identifier")
            etree.SubElement(label, "input", {"type": kind, "name": field.identifier, "value": value})
            add_content(choice, etree.SubElement(label, "span"), page, phrasing=True)


def _add_inline_choice(element: _Element, target: _Element, page: Page) -> None:
    """Append a list to choose one from, within a sentence."""
    field = _field(element, page)
    select = etree.SubElement(
        target,
        "select",
        {
            "class": "inline-choice",
            "data-field": field.identifier,
            "data-interaction": field.interaction,
            "name": field.identifier,
            "aria-label": f"Keuze{page.place(field.identifier)}",
        },
    )
    etree.SubElement(select, "option", {"value": ""}).text = "…"
    for choice in element:
        if name_of(choice) == "inlineChoice":
            option = etree.SubElement(select, "option", {"value": attribute(choice, "identifier")})
            option.text = " ".join("".join(str(part) for part in choice.itertext()).split())


def _expected_length(element: _Element) -> int:
    """Characters that the author expects, or 0."""
    text = attribute(element, "expectedLength")
    return min(int(text), LONGEST_TEXT) if text.isdecimal() and len(text) < 6 else 0


def _add_text_entry(element: _Element, target: _Element, page: Page) -> None:
    """Append an input for a word or a number."""
    field, expected = _field(element, page), _expected_length(element)
    etree.SubElement(
        target,
        "input",
        {
            "class": "text-entry",
            "data-field": field.identifier,
            "data-interaction": field.interaction,
            "name": field.identifier,
            "type": "text",
            "inputmode": _KEYBOARDS.get(page.base_types[field.identifier], "text"),
            "maxlength": str(min(LONGEST_ENTRY, max(40, 4 * expected)) if expected else 250),
            "size": str(min(40, max(3, expected or 12))),
            "autocomplete": "off",
            "spellcheck": "false",
            "aria-label": f"Antwoord{page.place(field.identifier)}",
        },
    )


def _add_extended_text(element: _Element, target: _Element, page: Page) -> None:
    """Append a box for an open answer, with its prompt."""
    field, prompt = _field(element, page), _child(element, "prompt")
    if prompt is not None:
        add_content(prompt, etree.SubElement(target, "div", {"class": "prompt"}), page)
    lines = attribute(element, "expectedLines")
    box = etree.SubElement(
        target,
        "textarea",
        {
            "class": "extended-text",
            "data-field": field.identifier,
            "data-interaction": field.interaction,
            "name": field.identifier,
            "rows": str(min(20, max(4, int(lines) if lines.isdecimal() and len(lines) < 4 else 6))),
            "maxlength": str(LONGEST_TEXT),
            "autocomplete": "off",
            "spellcheck": "false",
            "aria-label": f"Antwoord{page.place(field.identifier)}",
        },
    )
    add_text(box, "")


CONTROLS.update(
    choiceInteraction=_add_choice,
    inlineChoiceInteraction=_add_inline_choice,
    textEntryInteraction=_add_text_entry,
    extendedTextInteraction=_add_extended_text,
)
