"""Native controls for each interaction, exactly as the player expects them."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element

from itembank.qti.nodes import attribute, name_of
from itembank.rendering.body import CONTROLS, Page, add_content, add_element, add_text, mark_supports
from itembank.rendering.marking import mark_part
from itembank.rendering.shuffles import in_any_order
from itembank.values import Interaction, ResponseField

LONGEST_ENTRY, LONGEST_TEXT = 1_000, 10_000
"""Characters that a pupil may send in a short and in an open answer."""
NOT_CHOSEN = "Nog niet gekozen"
_KEYBOARDS = {"integer": "numeric", "float": "decimal"}
_MARKED = (
    Interaction.HOTTEXT,
    Interaction.MULTIPLE_HOTTEXT,
    Interaction.HOTSPOT,
    Interaction.MULTIPLE_HOTSPOT,
)


def field_of(element: _Element, page: Page) -> ResponseField:
    """Return the field that the interaction asks for."""
    return page.fields[attribute(element, "responseIdentifier")]


def _child(element: _Element, name: str) -> _Element | None:
    """First child of that internal name."""
    return next((child for child in element if name_of(child) == name), None)


def instruction_for(field: ResponseField) -> str:
    """Tell a pupil how many answers to choose, where the author does not."""
    verb, end = ("Duid", " aan") if field.interaction in _MARKED else ("Kies", "")
    if not field.is_list:
        return f"{verb} het juiste antwoord{end}."
    if field.maximum == 0:
        return f"{verb} alle juiste antwoorden{end}."
    return f"{verb} ten hoogste {field.maximum} antwoord{'en' if field.maximum > 1 else ''}{end}."


def add_group(element: _Element, target: _Element, page: Page, kind: str, instruction: str) -> _Element:
    """Append the group of a field, named by its prompt or else by an instruction.

    Parameters
    ----------
    element : the interaction
    target, page : where it goes, and what rendering knows besides
    kind : class of the group
    instruction : for a pupil, where the author wrote no prompt
    """
    field, prompt = field_of(element, page), _child(element, "prompt")
    group = etree.SubElement(
        target, "fieldset", {"class": kind, "data-field": field.identifier, "data-interaction": field.interaction}
    )
    if field.is_list:
        group.set("data-maximum", str(field.maximum))
        minimum = attribute(element, "minChoices") or attribute(element, "minAssociations") or "0"
        if minimum.isdigit() and int(minimum) > 1:
            group.set("data-minimum", minimum)
    legend = etree.SubElement(group, "legend")
    if prompt is None:
        legend.text = instruction
    else:
        add_content(prompt, legend, page, phrasing=True)
    return group


def _add_option(choice: _Element, target: _Element, page: Page, field: ResponseField, kind: str) -> None:
    """Append a radio button or a checkbox with what it stands for."""
    label = etree.SubElement(target, "label", {"class": kind})
    box = "checkbox" if field.is_list else "radio"
    value = attribute(choice, "identifier")
    etree.SubElement(label, "input", {"type": box, "name": field.identifier, "value": value})
    add_content(choice, etree.SubElement(label, "span"), page, phrasing=True)
    mark_part(label, page.parts.get(choice))


def _add_choice(element: _Element, target: _Element, page: Page) -> None:
    """Append a group of radio buttons or checkboxes."""
    field = field_of(element, page)
    group = add_group(element, target, page, "choice", instruction_for(field))
    choices = [choice for choice in element if name_of(choice) == "simpleChoice"]
    for choice in in_any_order(element, choices, group, page):
        _add_option(choice, group, page, field, "option")


def _add_hottext(element: _Element, target: _Element, page: Page) -> None:
    """Append a text in which some words are radio buttons or checkboxes."""
    group = add_group(element, target, page, "marking", instruction_for(field_of(element, page)))
    add_flow(element, etree.SubElement(group, "div", {"class": "marked"}), page)


def _add_hottext_word(element: _Element, target: _Element, page: Page) -> None:
    """Append one of those words; it belongs to the interaction around it."""
    around = next((one for one in element.iterancestors() if name_of(one) == "hottextInteraction"), None)
    if around is not None:
        _add_option(element, target, page, field_of(around, page), "hottext")


def add_flow(element: _Element, target: _Element, page: Page) -> None:
    """Append the content of an interaction that surrounds a text, without its prompt."""
    add_text(target, element.text)
    for child in element:
        if name_of(child) not in ("prompt", "gapText"):
            add_element(child, target, page)
        add_text(target, child.tail)


def _plain(number: float) -> str:
    """Write a bound or a step: 2, 0.5."""
    return f"{number:.12g}"


def _add_slider(element: _Element, target: _Element, page: Page) -> None:
    """Append a slider that says it has no answer until it is moved or pressed."""
    field = field_of(element, page)
    assert field.scale is not None
    group = add_group(element, target, page, "slider", "Zet de schuif op het juiste getal.")
    lower, upper = _plain(field.scale.lower), _plain(field.scale.upper)
    attributes = {"type": "range", "min": lower, "max": upper, "step": _plain(field.scale.step), "value": lower}
    stand = f"stand-{list(page.fields).index(field.identifier) + 1}"  # identifiers may hold what an id may not
    attributes |= {"name": field.identifier, "aria-label": f"Schuif{page.place(field.identifier)}"}
    attributes |= {"aria-describedby": stand, "aria-valuetext": NOT_CHOSEN}
    range_input = etree.SubElement(group, "input")
    for name, value in attributes.items():
        range_input.set(name, value)
    ends = etree.SubElement(group, "div", {"class": "ends", "aria-hidden": "true"})
    for end in (lower, upper):
        etree.SubElement(ends, "span").text = end.replace(".", ",").replace("-", "\u2212")
    output = etree.SubElement(group, "output", {"id": stand, "aria-live": "off"})  # the slider itself is read out
    output.text = NOT_CHOSEN


def _add_inline_choice(element: _Element, target: _Element, page: Page) -> None:
    """Append a list to choose one from, within a sentence."""
    field = field_of(element, page)
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
    choices = [choice for choice in element if name_of(choice) == "inlineChoice"]
    for choice in in_any_order(element, choices, select, page):
        option = etree.SubElement(select, "option", {"value": attribute(choice, "identifier")})
        option.text = " ".join("".join(str(part) for part in choice.itertext()).split())
        mark_supports(choice, option, page)
        mark_part(option, page.parts.get(choice))


def _expected_length(element: _Element) -> int:
    """Characters that the author expects, or 0."""
    text = attribute(element, "expectedLength")
    return min(int(text), LONGEST_TEXT) if text.isdecimal() and len(text) < 6 else 0


def _keyboard(element: _Element, base_type: str) -> str:
    """Keys that a tablet shows: those of numbers have no slash, so an entry whose pattern has one gets all keys."""
    return "text" if "/" in attribute(element, "patternMask") else _KEYBOARDS.get(base_type, "text")


def _add_text_entry(element: _Element, target: _Element, page: Page) -> None:
    """Append an input for a word or a number."""
    field, expected = field_of(element, page), _expected_length(element)
    etree.SubElement(
        target,
        "input",
        {
            "class": "text-entry",
            "data-field": field.identifier,
            "data-interaction": field.interaction,
            "name": field.identifier,
            "type": "text",
            "inputmode": _keyboard(element, page.base_types[field.identifier]),
            "maxlength": str(min(LONGEST_ENTRY, max(40, 4 * expected)) if expected else 250),
            "size": str(min(40, max(3, expected or 12))),
            "autocomplete": "off",
            "spellcheck": "false",
            "aria-label": f"Antwoord{page.place(field.identifier)}",
        },
    )


def _add_extended_text(element: _Element, target: _Element, page: Page) -> None:
    """Append a box for an open answer, with its prompt."""
    field, prompt = field_of(element, page), _child(element, "prompt")
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
    hottext=_add_hottext_word,
    hottextInteraction=_add_hottext,
    sliderInteraction=_add_slider,
)
