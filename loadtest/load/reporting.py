"""Prints what was measured: tables beside each other, a scaling law, and what more pupils would need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from statistics import median

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from loadtest.load.capacity import (
    PACE_S,
    answers_a_second,
    cores,
    cost_in_words,
    fit_power_law,
    percentiles,
    throughput_in_words,
)
from loadtest.load.measuring import LoadResult, Measured
from loadtest.load.running import DATABASE, GENERATOR, WEB, in_words
from loadtest.load.traffic import ANSWER, LOG_IN

POPULATIONS = (30_000, 75_000, 1_000_000)
RANKS = ("p50 ms", "p95 ms", "p99 ms")
NOT_SHOWN = 3  # failures beyond so many are counted, not quoted

LEGEND = """w: server processes; a pupil stays with one. think: mean time between two answers; 0: no idle server.
web, PG, CPU: processor time of the server processes, of PostgreSQL, and of both, for one answer with its share of
log-ins and hand-ins (in the second table: for one log-in); gen: of Locust, on the same cores. p: processor time of
PostgreSQL for one pgbench transaction (4 statements: BEGIN, event, answer, COMMIT; 8 clients, commits on disk).
p50 to p99: what pupils waited, Locust's own waiting for a processor included. else: cores that others on this
machine kept busy meanwhile.
"""

Column = tuple[str, Callable[[Measured], str]]


def print_result(result: LoadResult, console: Console) -> None:
    """Print everything; what was not measured stays empty."""
    waves = [each for each in result.measured if each.run.step.is_wave]
    working = [each for each in result.measured if not each.run.step.is_wave]
    console.print(_table("Answers, beside the raw rate of PostgreSQL in the same run", ANSWERS, working))
    console.print(_table("Log-in waves, from the codes to the first item", LOG_INS, waves))
    console.print(LEGEND, highlight=False)
    if working and all(each.raw is None for each in working):
        console.print("[yellow]No raw rate: this run has no PostgreSQL, or one without pgbench.[/]")
    for workers, group in groupby(working, lambda each: each.run.workers):
        steps = list(group)
        _print_ratio(workers, [each for each in steps if not each.run.step.think_s], console)
        _print_law(workers, [each for each in steps if each.run.step.think_s], console)
    console.print(_needs(working))
    console.print(
        f"Busy cores, for one answer a pupil in {PACE_S:.0f} s, each as dear as at the size named; none left free."
    )
    _print_verdict(result, console)


def _number(value: float, form: str) -> str:
    """A number, or nothing where there is none."""
    return "" if value != value else format(value, form)


def _cpu(*parts: str) -> Callable[[Measured], str]:
    """Milliseconds of processor time for one answer or log-in."""
    return lambda each: _number(1000 * each.cpu_s(*parts), ".2f")


def _percentile(kind: str, place: int) -> Callable[[Measured], str]:
    """Milliseconds that so many of a hundred pupils did not wait longer than."""
    return lambda each: _number(1000 * percentiles(each.run.waited(kind))[place], ".0f")


def _raw(each: Measured, form: str, value: Callable[[float, float], float]) -> str:
    """Something about the raw rate and its cost, for the step that directly followed it."""
    if each.raw is None or each.run.step.think_s:
        return ""
    return _number(value(each.raw.rate, each.raw.cpu_s), form)


def _in_p(each: Measured) -> str:
    """Server's processor time for an answer, in pgbench transactions."""
    return _number(each.cpu_s(WEB, DATABASE) / each.raw.cpu_s, ".1f") if each.raw else ""


WHO: list[Column] = [
    ("w", lambda each: str(each.run.workers)),
    ("pupils", lambda each: str(each.run.step.n_pupils)),
]
COSTS: list[Column] = [
    ("web ms", _cpu(WEB)),
    ("PG ms", lambda each: _cpu(DATABASE)(each) if each.raw or DATABASE in each.run.cpu_s else ""),
    ("CPU ms", _cpu(WEB, DATABASE)),
    ("gen ms", _cpu(GENERATOR)),
]
STATE: list[Column] = [
    ("fail", lambda each: str(len(each.run.failures))),
    ("else", lambda each: f"{each.run.cpu_s['others'] / (each.run.end - each.run.begin):.2f}"),
    ("load", lambda each: f"{each.run.load_average:.1f}"),
]
ANSWERS: list[Column] = [
    *WHO,
    ("think s", lambda each: f"{each.run.step.think_s:g}"),
    ("pgbench/s", lambda each: _raw(each, ".0f", lambda rate, _cpu_s: rate)),
    ("p ms", lambda each: _raw(each, ".2f", lambda _rate, cpu_s: 1000 * cpu_s)),
    ("answers/s", lambda each: f"{each.rate:.0f}"),
    ("ratio", lambda each: _raw(each, ".2f", lambda rate, _cpu_s: each.rate / rate)),
    *COSTS,
    ("in p", _in_p),
    *((name, _percentile(ANSWER, place)) for place, name in enumerate(RANKS)),
    *STATE,
]
LOG_INS: list[Column] = [
    *WHO,
    ("log-ins/s", lambda each: f"{each.events / (each.run.end - each.run.begin):.0f}"),
    *COSTS,
    *((name, _percentile(LOG_IN, place)) for place, name in enumerate(RANKS)),
    *STATE,
]


def _empty_table(title: str) -> Table:
    """A table without columns yet."""
    return Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))


def _table(title: str, columns: Sequence[Column], rows: Sequence[Measured]) -> Table:
    """One table, a row a step."""
    table = _empty_table(title)
    for name, _cell in columns:
        table.add_column(name, justify="right")
    for each in rows:
        table.add_row(*(cell(each) for _name, cell in columns))
    return table


def _print_ratio(workers: int, saturated: Sequence[Measured], console: Console) -> None:
    """Median of the paired runs."""
    ratios = [each.rate / each.raw.rate for each in saturated if each.raw]
    if ratios:
        pairs = "1 paired run" if len(ratios) == 1 else f"{len(ratios)} paired runs"
        console.print(f"[bold]Answers ÷ pgbench with {in_words(workers)}[/]: {median(ratios):.2f}, median of {pairs}")


def _print_law(workers: int, sizes: Sequence[Measured], console: Console) -> None:
    """How answers and their cost grow with the number of pupils."""
    title = f"[bold]Scaling with {in_words(workers)}[/]"
    counted = [each for each in sizes if each.answers]
    if len({each.run.step.n_pupils for each in counted}) < 3:
        console.print(f"{title}: none shown, it takes three sizes")
        return
    pupils, rates = [each.run.step.n_pupils for each in counted], [each.rate for each in counted]
    busy = [each.rate * each.cpu_s(WEB, DATABASE) for each in counted]
    throughput, cost = fit_power_law(pupils, rates).exponent, fit_power_law(rates, busy).exponent
    console.print(f"{title}: answers/s ~ pupils^{throughput:.2f}: {throughput_in_words(throughput)};")
    console.print(f"  busy cores ~ (answers/s)^{cost:.2f}: {cost_in_words(cost)}.")


def _needs(working: Sequence[Measured]) -> Table:
    """What more pupils would need, by the cost of an answer at the largest size of each number of workers."""
    table = _empty_table("What it would take")
    for name in ("pupils", "answers/s", "÷ pgbench/s", "as measured with", "web cores", "PG cores", "cores"):
        table.add_column(name, justify="right")
    for n_pupils in POPULATIONS:
        rate = answers_a_second(n_pupils)
        for workers, group in groupby(working, lambda each: each.run.workers):
            dearest = max(group, key=lambda each: (each.run.step.think_s > 0.0, each.run.step.n_pupils))
            web, database = (_number(cores(n_pupils, dearest.cpu_s(part)), ".1f") for part in (WEB, DATABASE))
            both = _number(cores(n_pupils, dearest.cpu_s(WEB, DATABASE)), ".1f")
            raw = f"{rate / dearest.raw.rate:.2f}" if dearest.raw else ""
            measured = f"{dearest.run.step.n_pupils} pupils, {in_words(workers)}"
            table.add_row(
                f"{n_pupils:,}",
                f"{rate:,.0f}",
                raw,
                measured,
                web,
                database if DATABASE in dearest.run.cpu_s else "",
                both,
            )
    return table


def _print_verdict(result: LoadResult, console: Console) -> None:
    """What failed, and whether every promise was kept."""
    failures = [failure for each in result.measured for failure in each.run.failures]
    for failure in failures[:NOT_SHOWN]:
        console.print(f"[red]failed:[/] {escape(failure)}", highlight=False)
    for complaint in result.complaints[:NOT_SHOWN]:
        console.print(f"[red]server:[/] {escape(complaint)}", highlight=False)
    verdict = result.verdict
    console.print(f"audit: {result.audit}", markup=False, highlight=False)
    console.print(
        f"failures {len(failures)}; acknowledged {verdict.acknowledged}, in the log {verdict.stored}, "
        f"lost {verdict.lost}, doubled {verdict.doubled}"
    )
