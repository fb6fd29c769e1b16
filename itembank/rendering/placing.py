"""Controls for putting things in their place: cards and places are buttons, which the player also lets one drag.

The sentences that change while a pupil works are in the player; here is what stands there before.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree
from lxml.etree import _Element

from itembank.qti.nodes import attribute, name_of
from itembank.rendering.body import CONTROLS, Page, add_content, add_text
from itembank.rendering.controls import add_flow, add_group, field_of
from itembank.rendering.shuffles import in_any_order
from itembank.values import ResponseField

HINT = "Klik op een kaartje en dan op een plaats. Slepen mag ook."
HINT_PAIRS = "Klik op twee kaartjes die bij elkaar horen. Slepen mag ook."
EMPTY = "leeg"
PAIRS = "Jouw paren"


def start_placing(element: _Element, target: _Element, page: Page, kind: str, instruction: str, least: int) -> _Element:
    """Append the group, with how much of it makes a whole answer."""
    group = add_group(element, target, page, f"placing {kind}", instruction)
    if group.get("data-minimum") is None and least > 1:
        group.set("data-minimum", str(least))
    return group


def add_cards(element: _Element, choices: Sequence[_Element], target: _Element, page: Page) -> None:
    """Append what can be picked up."""
    field, cards = field_of(element, page), etree.SubElement(target, "ul", {"class": "cards"})
    for choice in in_any_order(element, choices, cards, page):
        identifier = attribute(choice, "identifier")
        card = etree.SubElement(
            etree.SubElement(cards, "li"),
            "button",
            {
                "type": "button",
                "class": "card",
                "data-choice": identifier,
                "data-uses": uses_of(field, identifier),
                "aria-pressed": "false",
            },
        )
        add_content(choice, etree.SubElement(card, "span", {"class": "face"}), page, phrasing=True)


def uses_of(field: ResponseField, identifier: str) -> str:
    """How often a card or a place may be used."""
    return str(dict(zip((*field.choices, *field.places), field.uses, strict=False)).get(identifier, 1))


def add_place(target: _Element, identifier: str, uses: str, kind: str = "") -> _Element:
    """Append a place and return where its name goes; after it comes what it holds."""
    classes = f"place {kind}".strip()
    place = etree.SubElement(
        target, "button", {"type": "button", "class": classes, "data-place": identifier, "data-uses": uses}
    )
    what = etree.SubElement(place, "span", {"class": "what"})
    etree.SubElement(place, "span", {"class": "unseen"}).text = ": "
    held = etree.SubElement(place, "span", {"class": "held"})
    etree.SubElement(held, "span", {"class": "unseen"}).text = EMPTY
    return what


def add_said(group: _Element, hint: str) -> None:
    """Append the line that says what to do, and later what was done."""
    etree.SubElement(group, "p", {"class": "said", "role": "status"}).text = hint


def _add_order(element: _Element, target: _Element, page: Page) -> None:
    """Append cards, and a numbered place for each."""
    field = field_of(element, page)
    group = start_placing(element, target, page, "ordering", "Zet in de juiste volgorde.", field.maximum)
    sides = etree.SubElement(group, "div", {"class": "sides"})
    choices = [choice for choice in element if name_of(choice) == "simpleChoice"]
    add_cards(element, choices, sides, page)
    places = etree.SubElement(sides, "ol", {"class": "places"})
    for number in range(1, field.maximum + 1):
        what = add_place(etree.SubElement(places, "li"), str(number), "1")
        etree.SubElement(what, "span", {"class": "unseen"}).text = "Plaats "
        add_text(what, str(number))
    add_said(group, HINT)


def _add_match(element: _Element, target: _Element, page: Page) -> None:
    """Append the cards of the first set, and those of the second as places."""
    field = field_of(element, page)
    group = start_placing(element, target, page, "matching", "Zet elk kaartje bij wat erbij hoort.", 1)
    sides = etree.SubElement(group, "div", {"class": "sides"})
    sets = [
        [part for part in held if name_of(part) == "simpleAssociableChoice"]
        for held in element
        if name_of(held) == "simpleMatchSet"
    ]
    add_cards(element, sets[0], sides, page)
    places = etree.SubElement(sides, "ul", {"class": "places"})
    for choice in in_any_order(element, sets[1], places, page):
        identifier = attribute(choice, "identifier")
        what = add_place(etree.SubElement(places, "li"), identifier, uses_of(field, identifier))
        add_content(choice, what, page, phrasing=True)
    add_said(group, HINT)


def most_filled(field: ResponseField) -> int:
    """How many places of a gap match, graphic or not, can be filled."""
    uses = field.uses[: len(field.choices)]
    most = len(field.places) if 0 in uses else min(len(field.places), sum(uses))
    return min(most, field.maximum or most)


def _add_gap_match(element: _Element, target: _Element, page: Page) -> None:
    """Append cards, and the text with its gaps."""
    field = field_of(element, page)
    instruction = "Zet de kaartjes op de juiste plaats in de tekst."
    group = start_placing(element, target, page, "filling", instruction, most_filled(field))
    add_cards(element, [part for part in element if name_of(part) == "gapText"], group, page)
    add_flow(element, etree.SubElement(group, "div", {"class": "marked"}), page)
    add_said(group, HINT)


def _add_gap(element: _Element, target: _Element, page: Page) -> None:
    """Append one gap; it belongs to the interaction around it."""
    around = next((one for one in element.iterancestors() if name_of(one) == "gapMatchInteraction"), None)
    if around is None:
        return
    places, identifier = field_of(around, page).places, attribute(element, "identifier")
    what = add_place(target, identifier, "1", "gap")
    what.set("class", "what unseen")
    what.text = f"Open plek {places.index(identifier) + 1} van {len(places)}"


def _add_associate(element: _Element, target: _Element, page: Page) -> None:
    """Append cards, and a list in which their pairs come."""
    group = start_placing(element, target, page, "pairing", "Maak paren van wat bij elkaar hoort.", 1)
    choices = [choice for choice in element if name_of(choice) == "simpleAssociableChoice"]
    add_cards(element, choices, group, page)
    add_said(group, HINT_PAIRS)
    etree.SubElement(group, "ul", {"class": "pairs", "aria-label": PAIRS, "hidden": ""})


CONTROLS.update(
    orderInteraction=_add_order,
    matchInteraction=_add_match,
    gapMatchInteraction=_add_gap_match,
    gap=_add_gap,
    associateInteraction=_add_associate,
)
