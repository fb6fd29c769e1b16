"""The parts of a design file that say what a test holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from engine import BlueprintError
from engine.assembly import Blueprint, Budget, Count, FirstItem, Passages, Pretest
from itembank.designs.sections import Section
from itembank.designs.values import ItemFilter
from itembank.errors import DesignFileError

Value = TypeVar("Value")


def read_lengths(top: Section) -> tuple[int, int]:
    """Fewest and most scored items: ``length = 20``, or a table with ``minimum`` and ``maximum``."""
    if not top.has("length") or not top.is_table("length"):
        length = top.whole("length", 1)
        return length, length
    section = top.table("length")
    lengths = section.whole("minimum", 1), section.whole("maximum", 1)
    section.close()
    return lengths


def read_blueprint(top: Section, length: int) -> Blueprint:
    """Everything that every test must hold.

    Raises
    ------
    DesignFileError
        If a value is missing or wrong; names its key.
    """
    counts = (*_counts(top.table("counts"), length), *_combinations(top, length))
    prior = top.table("prior")
    mean, sd = prior.number("mean", -10.0, 10.0, 0.0), prior.number("sd", 0.0, 10.0, 1.0, ends=False)
    prior.close()
    return _made(
        "the rules together",
        lambda: Blueprint(
            length=length,
            counts=counts,
            budgets=tuple(_budgets(top.table("budgets"))),
            passages=_passages(top, length),
            first=_first(top),
            pretest=_pretest(top, length),
            pools=dict(_accommodations(top.table("accommodations"))),
            prior_mean=mean,
            prior_sd=sd,
        ),
    )


def read_filter(top: Section) -> ItemFilter:
    """Which items of a bank belong to the test; read after the counts, which name labels."""
    section, counts = top.table("items"), top.table("counts")
    attributes = section.texts("only_counted")
    known: dict[str, frozenset[str]] = {}
    for name in attributes:
        if name not in counts.keys():  # noqa: SIM118 - a Section is no mapping
            raise DesignFileError(f"{section.at('only_counted')}: names {name!r}, of which [counts] holds nothing")
        known[name] = frozenset(counts.table(name).keys())
    goals = section.texts("goals")
    section.close()
    goals_of = {
        (attribute, label): starts
        for attribute, labels in counts.named_tables()
        for label, count in labels.named_tables()
        if (starts := count.texts("goals"))
    }
    return ItemFilter(known, goals, goals_of)


def read_enemies(top: Section) -> tuple[tuple[str, ...], ...]:
    """Sets of items of which a test holds one at most, by name."""
    sets = top.lists("enemies")
    for number, members in enumerate(sets, 1):
        if len(members) < 2 or len(set(members)) < len(members):
            raise DesignFileError(f"enemies[{number}]: must name two or more different items, not {list(members)}")
    return sets


def _made(place: str, make: Callable[[], Value]) -> Value:
    """Return the engine's value; its error gets the place in the file."""
    try:
        return make()
    except BlueprintError as error:
        raise DesignFileError(f"{place}: {error}") from error


def _count(section: Section, where: dict[str, str], length: int, place: str) -> Count:
    """Bounds on items with some labels; the table is closed after."""
    if not (section.has("minimum") or section.has("maximum")):
        raise DesignFileError(f"{place}: asks nothing; give it a minimum, a maximum or both")
    low, high = section.whole("minimum", 0, 0), section.whole("maximum", 0, length)
    high = high if section.has("maximum") else max(high, low)
    name = section.text("name", "")
    section.close()
    return _made(place, lambda: Count(where, low, high, name))


def _counts(section: Section, length: int) -> Iterator[Count]:
    """``[counts.<attribute>]`` with a table for each label."""
    for attribute, labels in section.named_tables():
        for label, bounds in labels.named_tables():
            bounds.texts("goals")  # known here; used by the filter
            yield _count(bounds, {attribute: label}, length, labels.at(label))


def _combinations(top: Section, length: int) -> Iterator[Count]:
    """``[[combinations]]`` of two labels or more."""
    for number, section in enumerate(top.tables("combinations"), 1):
        where = section.pairs("where")
        if len(where) < 2:
            raise DesignFileError(
                f"combinations[{number}].where: must name two attributes or more, such as "
                '{ area = "lezen", level = "toepassen" }'
            )
        yield _count(section, where, length, f"combinations[{number}]")


def _budgets(section: Section) -> Iterator[Budget]:
    """``[budgets]`` with a table for each quantity."""
    for quantity, bounds in section.named_tables():
        if not (bounds.has("minimum") or bounds.has("maximum")):
            raise DesignFileError(f"{section.at(quantity)}: asks nothing; give it a minimum, a maximum or both")
        low, high = bounds.number("minimum", 0.0, default=0.0), bounds.number("maximum", 0.0, default=float("inf"))
        bounds.close()
        yield _made(section.at(quantity), lambda: Budget(quantity, low, high))  # noqa: B023 - called at once


def _passages(top: Section, length: int) -> Passages | None:
    """``[passages]``: how many, and how many items of each."""
    if not top.has("passages"):
        return None
    section = top.table("passages")
    low, high = section.whole("minimum", 0, 0), section.whole("maximum", 0, length)
    fewest = most = 0
    if not section.is_text("items", "all"):
        items = section.table("items")
        fewest, most = items.whole("minimum", 1), items.whole("maximum", 1)
        items.close()
    section.close()
    return _made("passages", lambda: Passages(low, high, fewest, most))


def _first(top: Section) -> FirstItem | None:
    """``[first_item]``: what a test may begin with."""
    if not top.has("first_item"):
        return None
    section = top.table("first_item")
    score = section.table("expected_score")
    hardest, easiest = score.number("minimum", 0.0, 1.0, 0.0), score.number("maximum", 0.0, 1.0, 1.0)
    score.close()
    alone, where = section.flag("alone", default=False), section.pairs("where")
    section.close()
    return _made("first_item", lambda: FirstItem(hardest, easiest, alone, where))


def _pretest(top: Section, length: int) -> Pretest | None:
    """``[pretest]``: unscored items, and where they may stand."""
    if not top.has("pretest"):
        return None
    section = top.table("pretest")
    n_items = section.whole("items", 1)
    first, last = section.whole("first", 1, 1), section.whole("last", 1, length + n_items)
    section.close()
    return _made("pretest", lambda: Pretest(n_items, first, last))


def _accommodations(section: Section) -> Iterator[tuple[str, tuple[str, str]]]:
    """``[accommodations.<name>]`` with the label that items need."""
    for name, one in section.named_tables():
        where = one.pairs("where")
        one.close()
        if len(where) != 1:
            raise DesignFileError(
                f'{section.at(name)}.where: must name one attribute and its label, such as {{ speech = "yes" }}'
            )
        yield name, next(iter(where.items()))
