"""What a pupil sees of an item version, as a document of its own: the delivered fragment and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup
from sqlmodel import Session

from itembank.blanks import fill_blanks
from itembank.errors import ReleaseError
from itembank.pages.environment import render
from itembank.pages.pictures import picture_style
from itembank.pages.words import INCOMPLETE
from itembank.qti.processing import draw_template
from itembank.rendering import render_item, render_stimulus
from itembank.store import load_item, load_stimulus
from itembank.values import DeliveryView, StimulusView

THEMES = {"light": "licht", "dark": "donker", "contrast": "hoog contrast"}
"""Themes of the player, with their Dutch names."""
SEED = 1
"""Of the draw that is shown of an item that every pupil gets with other values."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview, as a document.

    Attributes
    ----------
    document : its HTML
    style : what its one style element holds, for the hash that lets a browser use it; "" without one
    """

    document: str
    style: str = ""

    @property
    def style_source(self) -> str:
        """Source for ``style-src`` of a content security policy: the hash of the style; "" without one."""
        digest = hashlib.sha256(self.style.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'" if self.style else ""


def preview_document(db: Session, name: str, theme: str, styles: Sequence[str]) -> Preview:
    """Document that shows an item version as the player does, without script.

    It is made from the delivery view alone, which never held a key.

    Parameters
    ----------
    db : database session
    name : ``identifier@version``
    theme : one of `THEMES`
    styles : addresses of the player's style sheets

    Raises
    ------
    NotInBankError
        If there is no such version.
    """
    try:
        view, stimulus = _views(db, name)
    except ReleaseError:
        nothing = {"html": "", "style": "", "stimulus": None}
        return Preview(render("preview.html.j2", theme=theme, styles=styles, fault=INCOMPLETE, **nothing))
    passage = None if stimulus is None else {"title": stimulus.title, "html": Markup(stimulus.html)}
    style = picture_style(view.html)
    values: dict[str, object] = {"html": Markup(view.html), "style": Markup(style), "stimulus": passage}
    return Preview(render("preview.html.j2", theme=theme, styles=styles, fault="", **values), style)


def _views(db: Session, name: str) -> tuple[DeliveryView, StimulusView | None]:
    """What a laptop gets of the version, and of the passage beside it; of a drawn item one draw."""
    item = load_item(db, name)
    stimulus = render_stimulus(load_stimulus(db, item.stimulus_name)) if item.stimulus else None
    view = render_item(item, stimulus)
    if view.blanks:
        drawn = draw_template(item.program, SEED).values
        view = replace(view, html=fill_blanks(view.html, view.blanks, drawn), blanks=())
    return view, stimulus
