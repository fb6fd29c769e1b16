"""Interactions in which something is put in its place: order, match, gap match, associate."""

from __future__ import annotations

from lxml.etree import _Element

from itembank.markup import local_name
from itembank.pairs import pair_obstacle
from itembank.qti.asking import MOST_CHOICES, Asked
from itembank.qti.nodes import attribute, name_of
from itembank.values import Interaction, ResponseField


def read_order(asked: Asked) -> ResponseField:
    """Read an order: choices that are put one after the other.

    Parameters
    ----------
    asked : the interaction and its declaration
    """
    choices = asked.offered(asked.parts("simpleChoice"))
    maximum = min(asked.count("maxChoices", 0) or len(choices), len(choices))
    asked.check_bounds("Choices", maximum, len(choices))
    if len(set(asked.key)) != len(asked.key):
        asked.refuse("the key names a choice twice", "Correct the key")
    if attribute(asked.element, "shuffle") != "true" and asked.key == choices:
        asked.warn("the choices stand in the right order already", 'Write shuffle="true", or another order')
    return ResponseField(asked.identifier, Interaction.ORDER, choices, maximum)


def read_match(asked: Asked) -> ResponseField:
    """Read a match: choices of a first set go with those of a second.

    Parameters
    ----------
    asked : the interaction and its declaration
    """
    held = asked.parts("simpleMatchSet")
    sets = [[part for part in one.iterchildren("*") if name_of(part) == "simpleAssociableChoice"] for one in held]
    if len(sets) != 2:
        asked.refuse(f"it has {len(sets)} sets of choices", "Give it two")
        sets = [[], []]
    return read_pairs(asked, Interaction.MATCH, sets[0], sets[1])


def read_gap_match(asked: Asked) -> ResponseField:
    """Read a gap match: texts go into gaps, one in each.

    Parameters
    ----------
    asked : the interaction and its declaration
    """
    for picture in asked.parts("gapImg"):
        asked.refuse("this element is not supported here", "Use gap-text, or a graphic gap match", picture)
    return read_pairs(asked, Interaction.GAP_MATCH, asked.parts("gapText"), asked.parts_of_text("gap"))


def read_associate(asked: Asked) -> ResponseField:
    """Read an association: choices go with each other.

    Parameters
    ----------
    asked : the interaction and its declaration
    """
    return read_pairs(asked, Interaction.ASSOCIATE, asked.parts("simpleAssociableChoice"), [])


def read_pairs(
    asked: Asked, interaction: Interaction, choices: list[_Element], places: list[_Element]
) -> ResponseField:
    """Read what is paired with what, and hold the key to it.

    Parameters
    ----------
    asked : the interaction and its declaration
    interaction : which it is
    choices, places : what is put somewhere, and where; no places when choices are paired with each other
    """
    found = asked.identifiers([*choices, *places])
    _check_numbers(asked, interaction, len(choices), len(places))
    uses = tuple(1 if name_of(part) == "gap" else asked.count("matchMax", 1, part) for part in (*choices, *places))
    maximum = 1 if asked.declared.cardinality == "single" else _most_pairs(asked)
    asked.check_bounds("Associations", maximum, len(choices) * (len(places) or len(choices)))
    field = ResponseField(
        asked.identifier, interaction, found[: len(choices)], maximum, places=found[len(choices) :], uses=uses
    )
    if obstacle := pair_obstacle(field, [_text(pair) for pair in asked.key]):
        asked.refuse(f"the key cannot be given: {obstacle}", "Correct the key, or the limits of the interaction")
    _warn_mapped(asked, field)
    return field


def _most_pairs(asked: Asked) -> int:
    """How many pairs may be given, 0 for any number.

    Left out it stands for 1 (XSD of items of QTI 3.0; of QTI 2, where gap matches have no such limit, for the others).
    Authors forget it, and their keys have more pairs; what is shown may not depend on the key, so left out it is no
    limit here, and the author hears of it.
    """
    is_new = local_name(asked.element).startswith("qti-")
    stands_for_one = is_new or name_of(asked.element) in ("matchInteraction", "associateInteraction")
    if stands_for_one and not attribute(asked.element, "maxAssociations"):
        written = "max-associations" if is_new else "maxAssociations"
        asked.warn(
            f"{written} is left out, which stands for 1: here any number of pairs may be given",
            f'Write {written}="1", or the number that is meant, 0 for any',
        )
    return asked.count("maxAssociations", 0)


def _text(pair: object) -> str:
    """Write a pair as QTI does."""
    return " ".join(map(str, pair)) if isinstance(pair, tuple) else str(pair)


def _check_numbers(asked: Asked, interaction: Interaction, n_choices: int, n_places: int) -> None:
    """Refuse too little to think about, and more than a page holds."""
    if interaction is Interaction.ASSOCIATE:
        enough, what, fewest = n_choices >= 2, f"{n_choices} choices", "2"
    else:
        enough = min(n_choices, n_places) >= 1 and n_choices + n_places >= 3
        what, fewest = f"{n_choices} choices and {n_places} places for them", "one of each and 3 together"
    if not enough or max(n_choices, n_places) > MOST_CHOICES:
        asked.refuse(f"it has {what}", f"Give it at least {fewest}, and at most {MOST_CHOICES} of each")


def _warn_mapped(asked: Asked, field: ResponseField) -> None:
    """Say which pair gets points and can never be given."""
    entries = asked.declared.mapping.entries if asked.declared.mapping else ()
    for entry in entries:
        if pair_obstacle(field, [_text(entry.key)]):
            asked.warn(
                f"the mapping names {_text(entry.key)!r}, which is no pair of its choices", "Correct the mapping"
            )
