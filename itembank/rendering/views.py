"""Make the views that a laptop may receive."""

from __future__ import annotations

import hashlib

from lxml import etree

from itembank.qti.sources import Body, ItemSource, StimulusSource
from itembank.rendering import controls as controls
from itembank.rendering import placing as placing
from itembank.rendering.body import Page, add_content, to_html
from itembank.rendering.shuffles import unmarked
from itembank.values import DeliveryView, Shuffle, StimulusView


def _page(body: Body, media: dict[str, str]) -> Page:
    """Return what rendering knows besides the body."""
    return Page({field.identifier: field for field in body.fields}, body.base_types, media)


def render_body(body: Body, item: str, media: dict[str, str]) -> tuple[str, tuple[Shuffle, ...]]:
    """HTML of an item, and which of its choices every pupil sees in another order.

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
    page = _page(body, media)
    add_content(body.root, etree.SubElement(root, "div", {"class": "item-body"}), page)
    return unmarked(to_html(root), page)


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
    add_content(stimulus.body.root, root, _page(stimulus.body, dict(stimulus.media)))
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
    html, shuffles = render_body(item.body, item.name, dict(item.media))
    return DeliveryView(
        item=item.name,
        html=html,
        fields=item.body.fields,
        stimulus=stimulus.identifier if stimulus is not None else "",
        rendering_hash=rendering_hash(html, stimulus.html if stimulus is not None else ""),
        shuffles=shuffles,
    )
