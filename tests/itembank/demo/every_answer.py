"""Every answer that may be sent to one field where nothing is typed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations, product

from itembank import Interaction, ResponseField, ResponseValue
from itembank.pairs import pair_obstacle


def every_answer(field: ResponseField) -> Iterator[ResponseValue]:
    """Every choice, selection, order, set of pairs or stop of a slider."""
    if field.scale is not None:
        steps = round((field.scale.upper - field.scale.lower) / field.scale.step)
        yield from (f"{field.scale.lower + number * field.scale.step:.10g}" for number in range(steps + 1))
    elif field.is_paired:
        ends = product(field.choices, field.places) if field.places else combinations(field.choices, 2)
        yield from _sets_of_pairs(field, [], [" ".join(pair) for pair in ends])
    elif field.is_list:
        arranged = permutations if field.interaction is Interaction.ORDER else combinations
        for size in range(field.maximum + 1):
            yield from (list(chosen) for chosen in arranged(field.choices, size))
    else:
        yield from field.choices


def _sets_of_pairs(field: ResponseField, taken: list[str], left: list[str]) -> Iterator[list[str]]:
    """What is taken already, with every part of the rest that goes with it."""
    if not left:
        yield taken
        return
    first, *rest = left
    yield from _sets_of_pairs(field, taken, rest)
    if not pair_obstacle(field, [*taken, first]):
        yield from _sets_of_pairs(field, [*taken, first], rest)


def is_same(field: ResponseField, one: ResponseValue, other: ResponseValue) -> bool:
    """Whether two answers say the same: only of an order does it matter what comes first."""
    if isinstance(one, list) and isinstance(other, list) and field.interaction is not Interaction.ORDER:
        return sorted(one) == sorted(other)
    return one == other
