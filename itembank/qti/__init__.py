"""Read QTI 2.1, 2.2 and 3.0: items, passages and packages from anybody, without trusting them."""

from itembank.qti.items import read_item
from itembank.qti.sources import Body, ItemSource, Metadata, StimulusSource
from itembank.qti.stimuli import read_stimulus

__all__ = ["Body", "ItemSource", "Metadata", "StimulusSource", "read_item", "read_stimulus"]
