"""Pages for staff who work on items, as parts to put in a frame: a list, an item, a difference, a preview.

They know the bank and no people: whoever serves them says who may see them, and checks the token that forms carry.
Every item's key is on its page; none is in its preview, which is what a pupil's laptop gets.
"""

from pathlib import Path

from itembank.pages.difference import difference_part
from itembank.pages.facts import ItemFacts, item_facts
from itembank.pages.item import Attempt, item_part, refusal
from itembank.pages.listing import list_part
from itembank.pages.preview import THEMES, Preview, preview_document
from itembank.pages.words import TAKEN

__all__ = [
    "STATIC",
    "TAKEN",
    "THEMES",
    "Attempt",
    "ItemFacts",
    "Preview",
    "difference_part",
    "item_facts",
    "item_part",
    "list_part",
    "preview_document",
    "refusal",
]

STATIC = Path(__file__).parent / "static"
"""Folder of the style sheet that these parts want, to be served at ``/static/itembank``."""
