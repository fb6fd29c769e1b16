"""Frozen values of the item bank that other packages receive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # reading and scoring items needs no numerics
    from engine import Blueprint, Pool
    from engine.adaptive import Prepared
    from engine.exposure import Eligibility
    from itembank.blanks import Blank
    from itembank.designs import Selection, Stopping

ResponseValue = str | list[str] | None
"""What a pupil sends for one response field: one value, several in order, or nothing.

A pair is "A B" and a point "30 40", as QTI writes them, and the number of a slider is a text too.
"""

Response = Mapping[str, ResponseValue]
"""A whole response to one item: response identifier → value."""

_ALMOST = 1e-6
"""Of a step: 0.1 has no exact binary form."""


class Interaction(StrEnum):
    """The interactions that can be shown and answered."""

    CHOICE = "choice"
    MULTIPLE_CHOICE = "multiple_choice"
    INLINE_CHOICE = "inline_choice"
    TEXT_ENTRY = "text_entry"
    EXTENDED_TEXT = "extended_text"
    HOTTEXT = "hottext"
    MULTIPLE_HOTTEXT = "multiple_hottext"
    SLIDER = "slider"
    ORDER = "order"
    MATCH = "match"
    GAP_MATCH = "gap_match"
    ASSOCIATE = "associate"
    HOTSPOT = "hotspot"
    MULTIPLE_HOTSPOT = "multiple_hotspot"
    GRAPHIC_GAP_MATCH = "graphic_gap_match"
    SELECT_POINT = "select_point"


@dataclass(frozen=True, slots=True)
class Scale:
    """The numbers that a slider can give: ``lower``, ``lower + step``, … up to ``upper``."""

    lower: float
    upper: float
    step: float

    def holds(self, number: float) -> bool:
        """Whether the slider can stand at a number."""
        steps = (number - self.lower) / self.step
        return self.lower <= number <= self.upper and abs(steps - round(steps)) < _ALMOST


@dataclass(frozen=True, slots=True)
class ResponseField:
    """One response that an item asks for, as the player and the journal see it; it never held a key.

    Attributes
    ----------
    identifier : the response variable, such as ``RESPONSE``
    interaction : how it is answered
    choices : identifiers that may be sent; empty where the pupil types, moves a slider or sets points
    maximum : how many of them, or pairs of them, may be sent; 0 means any number
    scale : the numbers of a slider
    places : second identifiers of the pairs of a match or gap match (graphic or not); an association pairs choices
    uses : in how many pairs each choice and then each place may stand; 0 means any number
    picture : width and height in pixels of the picture on which points are set; () elsewhere
    """

    identifier: str
    interaction: Interaction
    choices: tuple[str, ...] = ()
    maximum: int = 1
    scale: Scale | None = None
    places: tuple[str, ...] = ()
    uses: tuple[int, ...] = ()
    picture: tuple[int, int] | tuple[()] = ()

    @property
    def is_typed(self) -> bool:
        """Whether the answer is free text, which is encrypted wherever it is kept."""
        return self.interaction in (Interaction.TEXT_ENTRY, Interaction.EXTENDED_TEXT)

    @property
    def is_list(self) -> bool:
        """Whether a list is sent, also for one choice or pair."""
        return self.is_paired or self.interaction in _LISTS

    @property
    def is_paired(self) -> bool:
        """Whether each part of the answer is a pair, two identifiers with a space between them."""
        return bool(self.uses)


_LISTS = frozenset(
    [
        Interaction.MULTIPLE_CHOICE,
        Interaction.MULTIPLE_HOTTEXT,
        Interaction.MULTIPLE_HOTSPOT,
        Interaction.ORDER,
        Interaction.SELECT_POINT,
    ]
)


@dataclass(frozen=True, slots=True)
class Shuffle:
    """Choices of an item that every pupil sees in an order of their own; `itembank.shuffling` says in which.

    Attributes
    ----------
    bounds : where each choice begins in the HTML of the item, then where the last one ends
    fixed : numbers of the choices that stay where they are, from 0
    changes : never as written: authors of an order write its key first, and none may find it done already
    """

    bounds: tuple[int, ...]
    fixed: tuple[int, ...] = ()
    changes: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """What a laptop may receive of one item version: built from parts that never held a key.

    Attributes
    ----------
    item : item version, ``identifier@version``
    html : rendered fragment, with the choices as they are written
    fields : what the item asks for
    stimulus : identifier of the passage shown beside it, or ""
    rendering_hash : SHA-256 of ``html`` and of the stimulus' html, hexadecimal
    shuffles : choices that are shown in another order, in the order of the fragment
    blanks : what the marks in ``html`` stand for, where the item is drawn; `itembank.drawn_view` fills them, and only a
        view without them leaves the server
    """

    item: str
    html: str
    fields: tuple[ResponseField, ...]
    stimulus: str
    rendering_hash: str
    shuffles: tuple[Shuffle, ...] = ()
    blanks: tuple[Blank, ...] = ()


@dataclass(frozen=True, slots=True)
class StimulusView:
    """A passage as a laptop receives it."""

    identifier: str
    title: str
    html: str


@dataclass(frozen=True, slots=True)
class ItemScore:
    """The outcome of scoring one response.

    Attributes
    ----------
    category : 0 … n_categories - 1, what the engine sees; -1 when a person must rate it
    score : the item's SCORE outcome, in points
    """

    category: int
    score: float


@dataclass(frozen=True, slots=True)
class CompiledBank:
    """Immutable snapshot that delivery uses; the items of ``pool`` run parallel to ``views``.

    Attributes
    ----------
    hash : SHA-256 of the canonical bytes, hexadecimal
    test : identifier of the test, such as ``wiskunde-4``
    title : what pupils and schools read
    calibration : identifier of the calibration version the parameters come from
    time_limit_ms : working time without accommodations, in milliseconds; 0 means none
    pool, blueprint : what the engine chooses from, and what every test must look like
    selection : how it chooses
    stopping, minimum_length : what ends a test early, and the fewest scored items
    eligibility : who may be given which item; None holds nothing back
    prepared : what was solved when it was released
    views : one delivery view an item
    stimuli : passages by identifier
    scoring : compiled scoring rules, one an item, as canonical JSON; opened by `itembank.score`
    form : of a linear test, names of all its items in the order in which everybody gets them; else empty
    """

    hash: str
    test: str
    title: str
    calibration: str
    time_limit_ms: int
    pool: Pool
    blueprint: Blueprint
    selection: Selection
    stopping: Stopping
    minimum_length: int
    eligibility: Eligibility | None
    prepared: Prepared
    views: tuple[DeliveryView, ...]
    stimuli: Mapping[str, StimulusView]
    scoring: tuple[str, ...]
    form: tuple[str, ...] = ()
