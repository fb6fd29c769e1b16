"""The key of an item in words, for staff: right answers, points, rules; and its options by what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml.etree import _Element

from itembank.differences import scoring_words
from itembank.qti.nodes import attribute, name_of
from itembank.qti.processing.declarations import Declaration
from itembank.qti.processing.values import Value
from itembank.qti.recordings import recordings
from itembank.qti.sources import ItemSource
from itembank.rendering.body import recording_names
from itembank.rendering.curves import decimal

LONGEST = 80
Texts = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Key:
    """The right answer of one field.

    Attributes
    ----------
    field : response variable
    correct : right answers in words; none where only rules or points say what is right
    points : answers with the points that each gives
    """

    field: str
    correct: tuple[str, ...]
    points: tuple[tuple[str, str], ...]


def keys_of(item: ItemSource) -> tuple[Key, ...]:
    """Right answers, field by field."""
    texts = option_texts(item)
    declared = item.program.declarations
    return tuple(_key(declared[field.identifier], texts) for field in item.body.fields)


def rules_of(item: ItemSource) -> tuple[str, ...]:
    """Everything that scores the item, a part a line, as it would be written."""
    return tuple(f"{name}: {words}" for name, words in scoring_words(item).items() if words)


def option_texts(item: ItemSource) -> Texts:
    """(response variable, identifier of an option) → what the pupil reads there."""
    found: dict[tuple[str, str], str] = {}
    names = recording_names(item.body.root)
    for interaction in item.body.root.iter():
        field = attribute(interaction, "responseIdentifier") if isinstance(interaction.tag, str) else ""
        if not field:
            continue
        for option in interaction.iter():
            identifier = attribute(option, "identifier") if isinstance(option.tag, str) else ""
            if identifier:
                found[field, identifier] = _said(option, names)
    return found


def described(texts: Texts, field: str, value: str) -> str:
    """An option, a pair or a whole order by what the pupil reads; "" where that says no more than its name."""
    parts = [texts.get((field, name), "") for name in value.split()]
    return " – ".join(parts) if all(parts) else ""


def _said(option: _Element, names: Mapping[_Element, str]) -> str:
    """Text of an option; of a picture what stands for it, of a recording its name, of an area its label."""
    parts = [str(part) for part in option.itertext()]
    parts += [
        f"[{attribute(one, 'alt')}]" for one in option.iter() if isinstance(one.tag, str) and name_of(one) == "img"
    ]
    parts += [f"[{names[one]}]" for one in recordings(option)]
    parts += [attribute(option, "hotspotLabel") or attribute(option, "objectLabel")]
    text = " ".join("".join(parts).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _key(declaration: Declaration, texts: Texts) -> Key:
    """Key of one field."""
    field, mapping = declaration.identifier, declaration.mapping
    points = [(_written(entry.key), decimal(entry.worth, 2)) for entry in mapping.entries] if mapping else []
    areas = declaration.area_mapping.areas if declaration.area_mapping else ()
    points += [(" ".join((area.shape, *(f"{one:g}" for one in area.coords))), decimal(area.worth, 2)) for area in areas]
    return Key(
        field=field,
        correct=tuple(_with_text(texts, field, one) for one in _values(declaration.correct)),
        points=tuple((_with_text(texts, field, answer), worth) for answer, worth in points),
    )


def _with_text(texts: Texts, field: str, answer: str) -> str:
    """An answer and, where it names an option, what that says."""
    said = described(texts, field, answer)
    return f"{answer}: {said}" if said else answer


def _values(value: Value | None) -> tuple[str, ...]:
    """Values of a right answer."""
    return () if value is None else tuple(_written(one) for one in value.items)


def _written(value: object) -> str:
    """One value; a pair or a point as its parts with a space between them."""
    return " ".join(str(part) for part in value) if isinstance(value, tuple) else str(value)
