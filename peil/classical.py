"""From responses to the classical statistics that the item bank keeps: the engine computes, names come from here."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from engine import ClassicalStatistics, Marks, MarkStatistics, Responses, classical_statistics, mark_statistics
from itembank import Interaction, ItemStatistics, PartStatistics, ResponseField
from scoring import AnswerDetail

MOST_COMBINATIONS = 12
"""Pairs, whole orders and numbers that are listed of one field, the most frequent first: there are too many to read."""

Fields = Mapping[str, Sequence[ResponseField]]


@dataclass(slots=True)
class _Options:
    """Options that occur or could, each with a number, and which answers hold them; filled detail by detail.

    Attributes
    ----------
    numbers : (item, field, value) → number
    person, item : the answers whose choices are known
    answer, mark : which of them holds which option
    n_blank : by item, answers in which nothing at all was chosen
    """

    numbers: dict[tuple[int, str, str], int] = field(default_factory=dict)
    person: list[int] = field(default_factory=list)
    item: list[int] = field(default_factory=list)
    answer: list[int] = field(default_factory=list)
    mark: list[int] = field(default_factory=list)
    n_blank: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def number(self, item: int, name: str, value: str) -> int:
        """Number of an option."""
        return self.numbers.setdefault((item, name, value), len(self.numbers))

    def add(self, detail: AnswerDetail, orders: frozenset[tuple[int, str]]) -> None:
        """Add one answer."""
        row = len(self.person)
        self.person.append(detail.person)
        self.item.append(detail.item)
        for name, values in detail.chosen:
            whole = (" ".join(values),) if values and (detail.item, name) in orders else values
            for value in dict.fromkeys(whole or ("",)):
                self.answer.append(row)
                self.mark.append(self.number(detail.item, name, value))
        self.n_blank[detail.item] += not any(values for _, values in detail.chosen)

    def marks(self) -> Marks:
        """The same as the engine wants it."""
        columns = (self.person, self.item, self.answer, self.mark, [item for item, _, _ in self.numbers])
        return Marks(*(np.array(column, dtype=np.int64) for column in columns))


def item_statistics(
    item_ids: Sequence[str],
    responses: Responses,
    details: Sequence[AnswerDetail] = (),
    fields: Fields | None = None,
    points: Sequence[int] | None = None,
) -> tuple[ItemStatistics, ...]:
    """Classical statistics of every item that somebody answered.

    Parameters
    ----------
    item_ids
        Item versions in the order of the responses' items.
    responses
        Answers of n_persons persons to n_items items.
    details
        Choices and times of some of these answers; without any only the scores speak.
    fields
        What each item asks for, so that an option that nobody chose is listed too.
    points
        Most points of each item, in the order of the responses' items; the most that anybody earned when not given.

    Raises
    ------
    ResponseError
        If an answer earned more than its item's points.
    """
    asked = dict(fields or {})
    options = _options(item_ids, details, asked)
    found = classical_statistics(responses, points)
    chosen = mark_statistics(responses, options.marks(), points)
    times = _median_times(details)
    n_known = np.bincount(options.item, minlength=len(item_ids))
    by_item = _by_item(options)
    return tuple(
        ItemStatistics(
            item=name,
            n=round(found.n[item]),
            maximum=int(found.highest[item]),
            proportion=float(found.proportion[item]),
            item_rest=_value(found.item_rest[item]),
            n_compared=round(found.n_compared[item]),
            omitted=_omitted(asked.get(name, ()), options.n_blank[item], int(n_known[item])),
            median_ms=times.get(item),
            parts=(
                *_categories(found, item),
                *(part for one in asked.get(name, ()) for part in _of_field(one, by_item[item], chosen)),
            ),
        )
        for item, name in enumerate(item_ids)
        if found.n[item] > 0
    )


def _options(item_ids: Sequence[str], details: Sequence[AnswerDetail], asked: Fields) -> _Options:
    """Options of all items: those that can be chosen, then those that were."""
    options = _Options()
    orders = set()
    for item, name in enumerate(item_ids):
        for one in asked.get(name, ()):
            if one.interaction is Interaction.ORDER:
                orders.add((item, one.identifier))
            elif not one.is_paired:
                for choice in one.choices:
                    options.number(item, one.identifier, choice)
    for detail in details:
        if detail.chosen:
            options.add(detail, frozenset(orders))
    return options


def _by_item(options: _Options) -> dict[int, list[tuple[str, str, int]]]:
    """Field, value and number of the options of each item."""
    found: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    for (item, name, value), number in options.numbers.items():
        found[item].append((name, value, number))
    return found


def _categories(found: ClassicalStatistics, item: int) -> Iterator[PartStatistics]:
    """Categories of the score of one item."""
    first, end = (int(row) for row in found.category_start[item : item + 2])
    for row in range(first, end):
        yield _part("", str(row - first), found.categories, row)


def _of_field(
    asked: ResponseField, known: Sequence[tuple[str, str, int]], chosen: MarkStatistics
) -> Iterator[PartStatistics]:
    """Options of one field, in its order; of pairs, orders and numbers those that were given most."""
    own = [(value, number) for name, value, number in known if name == asked.identifier]
    if not any(chosen.n[number] for _, number in own):
        return
    listed = [(value, number) for value, number in own if value in asked.choices]
    seen = sorted((one for one in own if one not in listed and one[0]), key=lambda one: (-chosen.n[one[1]], one[0]))
    blank = [one for one in own if not one[0]]
    for value, number in (*listed, *seen[:MOST_COMBINATIONS], *blank):
        yield _part(asked.identifier, value, chosen, number)


def _part(name: str, value: str, found: MarkStatistics, row: int) -> PartStatistics:
    """One category or option."""
    return PartStatistics(
        field=name,
        value=value,
        n=round(found.n[row]),
        share=float(found.share[row]),
        correlation=_value(found.correlation[row]),
        mean_rest=_value(found.mean_rest[row]),
    )


def _omitted(asked: Sequence[ResponseField], n_blank: int, n_known: int) -> float | None:
    """Share of answers in which nothing was chosen; None where something is typed, or no choice is known."""
    return None if not n_known or any(one.is_typed for one in asked) else n_blank / n_known


def _median_times(details: Sequence[AnswerDetail]) -> dict[int, float]:
    """Median working time of the items of which times are known, in milliseconds."""
    times: dict[int, list[int]] = defaultdict(list)
    for detail in details:
        if detail.elapsed_ms is not None:
            times[detail.item].append(detail.elapsed_ms)
    return {item: float(median(taken)) for item, taken in times.items()}


def _value(number: float) -> float | None:
    """A number; None where it does not exist."""
    return None if math.isnan(number) else float(number)
