"""Items that are drawn for every pupil anew: the seed, and the view with the values in it.

What a pupil sees and what scores it follow from one seed, and the seed from the sitting's own random key and the item:
a reload, another laptop, a replay and scoring all see the same values, and no event has to hold them.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from itembank.blanks import fill_blanks
from itembank.rendering.views import rendering_hash
from itembank.scoring import draw, is_drawn
from itembank.values import CompiledBank, DeliveryView


def draw_seed(key: str, item: str, scoring: str) -> int:
    """Seed of an item in one sitting; a pure function, the same on every machine.

    Parameters
    ----------
    key : random text of the sitting, secret to its pupil
    item : name of the item's version
    scoring : its entry of `CompiledBank.scoring`

    Returns
    -------
    int
        Below 2 ** 32; 0 for an item that is the same for everybody.
    """
    if not is_drawn(scoring):
        return 0
    parts = hashlib.sha256(scoring.encode()).hexdigest(), item, key
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:4], "big")


def drawn_view(bank: CompiledBank, row: int, seed: int) -> DeliveryView:
    """View of an item as one pupil sees it: of what was drawn it holds what is printed, and nothing else.

    Parameters
    ----------
    bank, row : the item
    seed : from `draw_seed`
    """
    view = bank.views[row]
    if not view.blanks:
        return view
    html = fill_blanks(view.html, view.blanks, draw(bank.scoring[row], seed).values)
    passage = bank.stimuli[view.stimulus].html if view.stimulus else ""
    return replace(view, html=html, blanks=(), rendering_hash=rendering_hash(html, passage))
