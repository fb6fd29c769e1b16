"""Make the views that a laptop may receive."""

from __future__ import annotations

import hashlib
from dataclasses import asdict

from lxml import etree
from lxml.etree import _Element

from itembank.blanks import Blank
from itembank.qti.materials import Materials
from itembank.qti.sources import Body, ItemSource, StimulusSource
from itembank.rendering import controls as controls
from itembank.rendering import graphics as graphics
from itembank.rendering import placing as placing
from itembank.rendering.body import Page, add_content, recording_names, to_html
from itembank.rendering.cards import EXPLANATION, TRANSCRIPT
from itembank.rendering.marking import Marked, mark_blanks
from itembank.rendering.shuffles import unmarked
from itembank.values import DeliveryView, Shuffle, StimulusView


def _page(body: Body, marked: Marked, media: dict[str, str]) -> Page:
    """Return what rendering knows besides the body."""
    fields = {field.identifier: field for field in body.fields}
    return Page(
        fields,
        body.base_types,
        media,
        parts=marked.parts,
        supports=body.supports,
        recordings=recording_names(marked.root),
    )


def _add_cards(target: _Element, page: Page) -> None:
    """Append what is shown only when a pupil asks for it, hidden; the player loads what shows it."""
    if not any(support.sound or support.is_readable for support in page.supports.values()):
        return
    holder = etree.SubElement(target, "div", {"data-module": "supports", "hidden": ""})
    for number, support in enumerate(page.supports.values(), 1):
        for name, card in ((EXPLANATION, support.card), (TRANSCRIPT, support.transcript)):
            if card is not None:
                held = etree.SubElement(holder, "div", {f"data-{name}-text": str(number)})
                if card.language:
                    held.set("lang", card.language)
                add_content(card.content, held, page)


def _add_tools(target: _Element, materials: Materials) -> None:
    """Append the tools that may be used, each an element that the player gives its working."""
    if materials.calculator:
        calculator = {"data-module": "calculator", "data-kind": materials.calculator}
        etree.SubElement(target, "peil-calculator", calculator)
    if materials.ruler is not None:
        lengths = {f"data-{name}": f"{value:g}" for name, value in asdict(materials.ruler).items()}
        etree.SubElement(target, "peil-ruler", {"data-module": "ruler"} | lengths)


def render_body(body: Body, item: str, media: dict[str, str]) -> tuple[str, tuple[Shuffle, ...], tuple[Blank, ...]]:
    """HTML of an item, which of its choices may be shown in another order, and what its marks stand for when drawn.

    Parameters
    ----------
    body : what is shown; it never held a key
    item : name of the item's version
    media : href as written → stored name

    Raises
    ------
    ReleaseError
        If a picture is not among the media.
    """
    root = etree.Element("div", {"class": "item", "data-item": item})
    if body.language:
        root.set("lang", body.language)
    marked = mark_blanks(body)
    page = _page(body, marked, media)
    add_content(marked.root, etree.SubElement(root, "div", {"class": "item-body"}), page)
    _add_cards(root, page)
    _add_tools(root, body.materials)
    return *unmarked(to_html(root), page), marked.blanks


def render_stimulus(stimulus: StimulusSource) -> StimulusView:
    """View of a passage; its identifier is the name of its version.

    Raises
    ------
    ReleaseError
        If a picture is not among the media.
    """
    root = etree.Element("article", {"class": "stimulus-body", "data-stimulus": stimulus.name})
    if stimulus.body.language:
        root.set("lang", stimulus.body.language)
    marked = mark_blanks(stimulus.body)
    page = _page(stimulus.body, marked, dict(stimulus.media))
    add_content(marked.root, root, page)
    _add_cards(root, page)
    return StimulusView(stimulus.name, stimulus.title, to_html(root))


def rendering_hash(html: str, stimulus_html: str = "") -> str:
    """SHA-256 of what is shown, hexadecimal: the item's HTML, a zero byte, the passage's."""
    return hashlib.sha256(html.encode() + b"\x00" + stimulus_html.encode()).hexdigest()


def render_item(item: ItemSource, stimulus: StimulusView | None = None) -> DeliveryView:
    """View of an item.

    Parameters
    ----------
    item : only its body, name and media are used
    stimulus : the passage shown beside it

    Raises
    ------
    ReleaseError
        If a picture is not among the media.
    """
    html, shuffles, blanks = render_body(item.body, item.name, dict(item.media))
    return DeliveryView(
        item=item.name,
        html=html,
        fields=item.body.fields,
        stimulus=stimulus.identifier if stimulus is not None else "",
        rendering_hash=rendering_hash(html, stimulus.html if stimulus is not None else ""),
        shuffles=shuffles,
        blanks=blanks,
    )
