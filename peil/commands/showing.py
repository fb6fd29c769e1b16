"""What ``peil bank show`` prints of an item: the facts that its page for staff shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Column, Table

if TYPE_CHECKING:
    from rich.console import Console

    from itembank import ItemStatistics, Measurement, PartStatistics
    from itembank.pages import ItemFacts

NOTHING = "–"


def show_item(console: Console, facts: ItemFacts) -> None:
    """Print an item: what it is, its key, what is known of it, and its life."""
    from itembank.pages.keys import keys_of

    source = facts.item
    console.print(f"[bold]{escape(source.name)}[/]  {escape(source.title)}  ({facts.state.value})", highlight=False)
    _lines(
        console,
        {
            "area": source.metadata.area,
            "goals": "; ".join(f"{code} {words}".strip() for code, words in facts.goals.items()),
            "not with": ", ".join(
                hit.summary.name for hit in facts.enemies.page if hit.summary.identifier != source.identifier
            ),
            "interactions": ", ".join(map(str, source.interactions)),
            "points": str(source.maximum),
            "passage": source.stimulus_name,
            "not in tests": source.obstacle,
            **{
                f"key of {key.field}": "; ".join((*key.correct, *map(": ".join, key.points))) for key in keys_of(source)
            },
            "versions": ", ".join(f"{name} {state.value}" for name, state in facts.versions.items()),
        },
    )
    if facts.measurements:
        _measurements(console, facts.measurements)
        newest = facts.measurements[0].statistics
        if newest is not None:
            _statistics(console, newest)
    else:
        console.print("in no calibration yet")


def _lines(console: Console, lines: dict[str, str]) -> None:
    """A name and its words a line; what is empty is left out."""
    for name, words in lines.items():
        if words:
            console.print(f"  {name}: {words}", markup=False, highlight=False, soft_wrap=True)


def _measurements(console: Console, measurements: Sequence[Measurement]) -> None:
    """What every calibration says, the newest first."""
    table = Table(Column("calibration", overflow="fold"), "pushed", "n", "a (se)", "b (se)", "p", "item-rest")
    for one in measurements:
        entry, numbers = one.parameters, one.statistics
        table.add_row(
            escape(one.calibration),
            f"{one.added_at:%Y-%m-%d}",
            str(entry.n),
            f"{entry.discrimination:.2f} ({entry.discrimination_error:.2f})",
            f"{entry.difficulty:.2f} ({entry.difficulty_error:.2f})",
            _number(entry.p_value),
            _number(None if numbers is None else numbers.item_rest),
        )
    console.print(table)


def _statistics(console: Console, numbers: ItemStatistics) -> None:
    """Categories and options of the newest calibration."""
    table = Table("answer", "n", "share", "point-biserial", "mean rest", title="newest calibration")
    for part in numbers.parts:
        shown = (_name(part), str(part.n), _number(part.share), _number(part.correlation), _number(part.mean_rest))
        table.add_row(*map(escape, shown))
    console.print(table)
    if not numbers.options:
        console.print("only scores are known of the answers, no options")
    omitted, time = _number(numbers.omitted), numbers.median_ms
    seconds = NOTHING if time is None else f"{time / 1000:.1f} s"
    console.print(
        f"left open: {omitted}; median time: {seconds}; correlations rest on {numbers.n_compared} answers of persons "
        "who were given the same items",
        highlight=False,
    )


def _name(part: PartStatistics) -> str:
    """What a row is about."""
    return f"{part.field} {part.value or '(nothing)'}" if part.field else f"score {part.value}"


def _number(value: float | None) -> str:
    """Two decimals, or that there is none."""
    return NOTHING if value is None else f"{value:.2f}"
