"""Items that are drawn for every pupil anew: the seed, and the view with the values in it.

What a pupil sees and what scores it follow from one seed, and the seed from the sitting's own random key and the item:
a reload, another laptop, a replay and scoring all see the same values, and no event has to hold them.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from itembank.blanks import fill_blanks
from itembank.draws import draw_seed
from itembank.rendering.views import rendering_hash
from itembank.scoring import draw, is_drawn
from itembank.shuffling import arranged
from itembank.values import CompiledBank, DeliveryView


def template_seed(key: str, item: str, scoring: str) -> int:
    """Seed of an item's template in one sitting; a pure function, the same on every machine.

    Parameters
    ----------
    key : the random key that the sitting pinned when it began
    item : name of the item's version
    scoring : its entry of `CompiledBank.scoring`

    Returns
    -------
    int
        Below 2 ** 64; 0 for an item that is the same for everybody.
    """
    if not is_drawn(scoring):
        return 0
    return draw_seed(key, item, f"template {hashlib.sha256(scoring.encode()).hexdigest()}")


def pupil_view(bank: CompiledBank, row: int, key: str) -> DeliveryView:
    """View of an item as the pupil of one sitting sees it: its choices in the order, its values as drawn for them.

    The rendering hash is that of the author's order, with the values that were drawn.

    Parameters
    ----------
    bank, row : the item
    key : the random key that the sitting pinned when it began
    """
    view = bank.views[row]
    seed = template_seed(key, view.item, bank.scoring[row]) if view.blanks else 0
    drawn = drawn_view(bank, row, seed)
    if not view.shuffles:
        return drawn
    html = arranged(view, key)
    if view.blanks:
        html = fill_blanks(html, view.blanks, draw(bank.scoring[row], seed).values)
    return replace(drawn, html=html, shuffles=())


def drawn_view(bank: CompiledBank, row: int, seed: int) -> DeliveryView:
    """View of an item with a draw in it: of what was drawn it holds what is printed, and nothing else.

    Parameters
    ----------
    bank, row : the item
    seed : from `template_seed`
    """
    view = bank.views[row]
    if not view.blanks:
        return view
    html = fill_blanks(view.html, view.blanks, draw(bank.scoring[row], seed).values)
    passage = bank.stimuli[view.stimulus].html if view.stimulus else ""
    return replace(view, html=html, shuffles=(), blanks=(), rendering_hash=rendering_hash(html, passage))
