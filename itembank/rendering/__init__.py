"""HTML of items and passages, and pages about the bank."""

from itembank.rendering.views import render_item, render_stimulus

__all__ = ["render_item", "render_stimulus"]
