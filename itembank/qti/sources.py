"""What reading gives: items and passages as written, with the part that is shown apart from the part that scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lxml.etree import _Element

from itembank.errors import Problem
from itembank.qti.catalogs import Support
from itembank.qti.materials import NO_MATERIALS, Materials
from itembank.qti.processing import Program
from itembank.values import Interaction, ResponseField


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What a pupil sees of an item or passage; made from body, catalogs and materials, so it never held a key.

    Attributes
    ----------
    root : the body element, without what only raters see and without feedback
    fields : what the pupil is asked for, in reading order; empty for a passage
    base_types : base type of each field, such as ``float``
    pictures : hrefs of its pictures, as written, with the line of each
    language : BCP 47 tag, or ""
    supports : what is offered with its parts to pupils who are granted it, by identifier of the catalog
    sounds : hrefs of recordings of its parts, as written, with the line of each
    materials : tools that may be used with it
    is_drawn : whether what is shown depends on a draw
    math_variables : template variables whose values stand for letters in formulas
    """

    root: _Element
    fields: tuple[ResponseField, ...] = ()
    base_types: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, int] = field(default_factory=dict)
    language: str = ""
    supports: Mapping[str, Support] = field(default_factory=dict)
    sounds: Mapping[str, int] = field(default_factory=dict)
    materials: Materials = NO_MATERIALS
    is_drawn: bool = False
    math_variables: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a package says about an item (LOM).

    Attributes
    ----------
    title, language : "" where it says nothing
    area : content area, from the keyword ``area:…``
    enemy : name of a set of items that must not meet in one test, from the keyword ``enemy:…``
    goals : codes of curriculum goals, from the classification
    keywords : the other keywords
    licence : from the rights, else from a classification by copyright
    difficulty : what the author expects, in LOM's words such as ``difficult``; no parameter
    description : in words
    sources : names of the frameworks that the goals are from, parallel to them; empty where none is named
    goal_lines : where the manifest names the goals, parallel to them; no part of what is known, and not stored
    """

    title: str = ""
    language: str = ""
    area: str = ""
    enemy: str = ""
    goals: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    licence: str = ""
    difficulty: str = ""
    description: str = ""
    sources: tuple[str, ...] = ()
    goal_lines: tuple[int, ...] = field(default=(), compare=False)

    def within(self, package: Metadata) -> Metadata:
        """Take over the licence and language of the whole package where nothing is said."""
        return replace(self, licence=self.licence or package.licence, language=self.language or package.language)


@dataclass(frozen=True, slots=True, eq=False)
class ItemSource:
    """One item as read.

    Attributes
    ----------
    identifier, title : from the item itself
    file : where it was read
    body : what is shown
    program : what scores
    maximum : most points that the item's own rules can give, at least 1
    obstacle : why it cannot be scored by a machine in a test, or ""
    stimulus : identifier of the passage beside it, or ""
    stimulus_href : address of the passage inside the package, or ""
    metadata : what the package says about it
    media : href as written → stored name ``sha256.ext``
    warnings : what was left out, and why
    xml : the source, byte for byte
    version : number of this version in the bank
    stimulus_version : number of the passage's version
    line, stimulus_line : of its root element, and of what names the passage; 0 where nothing does
    """

    identifier: str
    title: str
    file: str
    body: Body
    program: Program
    maximum: int
    obstacle: str
    xml: bytes
    stimulus: str = ""
    stimulus_href: str = ""
    metadata: Metadata = field(default_factory=Metadata)
    media: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    version: int = 1
    stimulus_version: int = 1
    line: int = 0
    stimulus_line: int = 0

    @property
    def name(self) -> str:
        """Name of this version: ``identifier@version``."""
        return f"{self.identifier}@{self.version}"

    @property
    def stimulus_name(self) -> str:
        """Name of the passage's version, or ""."""
        return f"{self.stimulus}@{self.stimulus_version}" if self.stimulus else ""

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """Kinds of its fields, in order, each once."""
        return tuple(dict.fromkeys(field.interaction for field in self.body.fields))

    @property
    def is_human_rated(self) -> bool:
        """Whether a person must rate it."""
        return Interaction.EXTENDED_TEXT in self.interactions


@dataclass(frozen=True, slots=True, eq=False)
class StimulusSource:
    """One passage as read; attributes as those of `ItemSource`."""

    identifier: str
    title: str
    file: str
    body: Body
    xml: bytes
    media: Mapping[str, str] = field(default_factory=dict)
    metadata: Metadata = field(default_factory=Metadata)
    warnings: tuple[Problem, ...] = ()
    version: int = 1
    line: int = 0

    @property
    def name(self) -> str:
        """Name of this version: ``identifier@version``."""
        return f"{self.identifier}@{self.version}"
