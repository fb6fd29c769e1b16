"""Whether pairs of choices are an answer that the item can have; keys are held to the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from itembank.values import ResponseField


def _ends(field: ResponseField, pair: str) -> tuple[str, ...]:
    """Return both identifiers of a pair, in one order where it has no direction; () when the item has no such pair."""
    one, _, other = pair.partition(" ")
    if one not in field.choices or other not in (field.places or field.choices) or one == other:
        return ()
    return (one, other) if field.places else tuple(sorted((one, other)))


def pair_obstacle(field: ResponseField, pairs: Sequence[str]) -> str:
    """Why these pairs cannot be the answer, or "".

    Parameters
    ----------
    field : a match, gap match or association
    pairs : each two identifiers with one space between them
    """
    ends = [_ends(field, pair) for pair in pairs]
    if () in ends:
        return f"{pairs[ends.index(())][:80]!r} is no pair of its choices"
    if len(set(ends)) != len(ends):
        return "a pair is named twice"
    if field.maximum and len(pairs) > field.maximum:
        return f"{len(pairs)} pairs are given; at most {field.maximum} are allowed"
    used = Counter(end for pair in ends for end in pair)
    for end, most in zip((*field.choices, *field.places), field.uses, strict=True):
        if most and used[end] > most:
            return f"{end[:40]!r} stands in {used[end]} pairs; at most {most} are allowed"
    return ""
