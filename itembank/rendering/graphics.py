"""Controls on a picture: native buttons and boxes over it, which grow and shrink with it.

A page may hold no styles of its own, so where a control stands is in ``data-box`` (x and y of its centre, width and
height, in percent of the picture), and the player puts it there. Outlines are drawn in the picture's own pixels.
"""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element

from itembank.qti.areas import Size, box_of, parse_area
from itembank.qti.graphics import cards_in, label_of, pictures_in, size_of, spoken_picture
from itembank.qti.nodes import attribute, name_of
from itembank.qti.processing.declarations import Area
from itembank.rendering.body import CONTROLS, Page, add_element
from itembank.rendering.controls import add_group, field_of, instruction_for
from itembank.rendering.placing import HINT, add_cards, add_place, add_said, most_filled, start_placing, uses_of
from itembank.values import ResponseField

HINT_POINT = "Klik op de tekening. Of kies “Punt zetten” en verschuif het punt met de schuiven."
ADD_POINT = "Punt zetten"
POINTS = "Jouw punten"


def _add_ground(element: _Element, target: _Element, page: Page) -> tuple[_Element, Size]:
    """Append the picture; return what stands on it goes into, and its size."""
    (picture,) = pictures_in(element)
    ground = etree.SubElement(target, "div", {"class": "ground"})
    add_element(picture, ground, page)
    return ground, size_of(picture)


def _area_of(element: _Element, size: Size) -> Area:
    """Area of a hotspot; reading has checked it."""
    return parse_area(attribute(element, "shape", "default"), attribute(element, "coords"), size)


def _box_text(area: Area, size: Size) -> str:
    """Centre, width and height of an area in percent of its picture."""
    left, top, right, bottom = box_of(area, size)
    shares = ((left + right) / 2 / size[0], (top + bottom) / 2 / size[1], (right - left) / size[0])
    return " ".join(f"{100 * share:.4g}" for share in (*shares, (bottom - top) / size[1]))


def _add_outline(target: _Element, area: Area, size: Size) -> None:
    """Append the drawn outline of an area; a pointer hits exactly what is inside it."""
    view = {"viewBox": f"0 0 {size[0]} {size[1]}", "preserveAspectRatio": "none", "aria-hidden": "true"}
    drawing = etree.SubElement(target, "svg", view)
    numbers = [f"{number:g}" for number in area.coords]
    if area.shape == "circle":
        etree.SubElement(drawing, "circle", dict(zip(("cx", "cy", "r"), numbers, strict=True)))
    elif area.shape == "ellipse":
        etree.SubElement(drawing, "ellipse", dict(zip(("cx", "cy", "rx", "ry"), numbers, strict=True)))
    elif area.shape == "poly":
        etree.SubElement(drawing, "polygon", {"points": " ".join(numbers)})
    else:
        left, top, right, bottom = box_of(area, size)
        sides = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        etree.SubElement(drawing, "rect", {name: f"{side:g}" for name, side in sides.items()})


def _add_hotspots(element: _Element, target: _Element, page: Page) -> None:
    """Append a picture on which areas are radio buttons or checkboxes."""
    field = field_of(element, page)
    group = add_group(element, target, page, "spots", instruction_for(field))
    ground, size = _add_ground(element, group, page)
    for choice in element:
        if name_of(choice) == "hotspotChoice":
            _add_spot(choice, ground, field, size)


def _add_spot(choice: _Element, ground: _Element, field: ResponseField, size: Size) -> None:
    """Append one area: its outline, and the control that it belongs to."""
    identifier, area = attribute(choice, "identifier"), _area_of(choice, size)
    label = etree.SubElement(ground, "label", {"class": "spot"})
    _add_outline(label, area, size)
    attributes = {"type": "checkbox" if field.is_list else "radio", "name": field.identifier, "value": identifier}
    name = label_of(choice) or _numbered(field.choices, identifier)
    etree.SubElement(label, "input", attributes | {"aria-label": name, "data-box": _box_text(area, size)})


def _numbered(all_of_them: tuple[str, ...], identifier: str) -> str:
    """Name of an area that its author gave none."""
    return f"Plaats {all_of_them.index(identifier) + 1} van {len(all_of_them)}"


def _add_graphic_gap_match(element: _Element, target: _Element, page: Page) -> None:
    """Append cards, and a picture with the places for them."""
    field = field_of(element, page)
    instruction = "Zet de kaartjes op de juiste plaats op de tekening."
    group = start_placing(element, target, page, "labelling", instruction, most_filled(field))
    add_cards(element, cards_in(element), group, page)
    _name_cards(element, group, field)
    ground, size = _add_ground(element, group, page)
    for hotspot in element:
        if name_of(hotspot) == "associableHotspot":
            identifier, area = attribute(hotspot, "identifier"), _area_of(hotspot, size)
            what = add_place(ground, identifier, uses_of(field, identifier), f"on-picture {area.shape}")
            what.set("class", "what unseen")
            what.text = label_of(hotspot) or _numbered(field.places, identifier)
            place = what.getparent()
            assert place is not None
            place.set("data-box", _box_text(area, size))
    add_said(group, HINT)


def _name_cards(element: _Element, group: _Element, field: ResponseField) -> None:
    """Give cards with a picture that says nothing the words of their author, or a number."""
    for card, face in zip(cards_in(element), group.iterfind(".//span[@class='face']"), strict=True):
        if name_of(card) == "gapImg" and not spoken_picture(pictures_in(card)[0]):
            number = field.choices.index(attribute(card, "identifier")) + 1
            etree.SubElement(face, "span", {"class": "unseen"}).text = label_of(card) or f"Kaartje {number}"


def _add_select_point(element: _Element, target: _Element, page: Page) -> None:
    """Append a picture to set points on, and the list in which they come."""
    field = field_of(element, page)
    several = field.maximum != 1
    instruction = "Duid de juiste punten aan." if several else "Duid het juiste punt aan."
    group = add_group(element, target, page, "pointing", instruction)
    _add_ground(element, group, page)
    etree.SubElement(group, "ol", {"class": "points", "aria-label": POINTS, "hidden": ""})
    button = etree.SubElement(group, "button", {"type": "button", "class": "button quiet add-point"})
    button.text = ADD_POINT
    add_said(group, HINT_POINT)


CONTROLS.update(
    hotspotInteraction=_add_hotspots,
    graphicGapMatchInteraction=_add_graphic_gap_match,
    selectPointInteraction=_add_select_point,
)
