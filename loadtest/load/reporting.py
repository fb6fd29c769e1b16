"""Prints what was measured: tables beside each other, a scaling law, and what more pupils would need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from rich.console import Console
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
from loadtest.load.running import DATABASE, GENERATOR, WEB
from loadtest.load.traffic import ANSWER, LOG_IN

POPULATIONS = (30_000, 75_000, 1_000_000)
RANKS = ("p50 ms", "p95 ms", "p99 ms")
NOT_SHOWN = 3  # failures beyond so many are counted, not quoted

Column = tuple[str, Callable[[Measured], str]]


def print_result(result: LoadResult, console: Console) -> None:
    """Print everything; what was not measured stays empty."""
    waves = [each for each in result.measured if each.run.step.is_wave]
    working = [each for each in result.measured if not each.run.step.is_wave]
    console.print(_table("Answers, beside the raw rate of PostgreSQL in the same run", ANSWERS, working))
    console.print(_table("Log-in waves, from the codes to the first item", LOG_INS, waves))
    console.print(
        "CPU: processor time of the server for one answer (or log-in), with its share of log-ins and hand-ins; p: that "
        "of PostgreSQL for one pgbench transaction. Times are those of pupils on this machine, Locust's own waiting "
        "for a processor included. Elsewhere: cores that others kept busy meanwhile. Pupils stay with one worker."
    )
    if all(each.raw is None for each in working):
        console.print("[yellow]No raw rate: this run has no PostgreSQL, or one without pgbench.[/]")
    for workers, group in groupby(working, lambda each: each.run.workers):
        _print_law(workers, [each for each in group if each.run.step.think_s], console)
    console.print(_needs(working))
    console.print(f"Busy cores, for one answer in {PACE_S:.0f} s, each as dear as at the size shown; none left free.")
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
    ("workers", lambda each: str(each.run.workers)),
    ("pupils", lambda each: str(each.run.step.n_pupils)),
]
COSTS: list[Column] = [
    ("web ms", _cpu(WEB)),
    ("PostgreSQL ms", lambda each: _cpu(DATABASE)(each) if each.raw or DATABASE in each.run.cpu_s else ""),
    ("CPU ms", _cpu(WEB, DATABASE)),
    ("generator ms", _cpu(GENERATOR)),
]
STATE: list[Column] = [
    ("failures", lambda each: str(len(each.run.failures))),
    ("elsewhere", lambda each: f"{each.run.cpu_s['others'] / (each.run.end - each.run.begin):.2f}"),
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


def _table(title: str, columns: Sequence[Column], rows: Sequence[Measured]) -> Table:
    """One table, a row a step."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for name, _cell in columns:
        table.add_column(name, justify="right")
    for each in rows:
        table.add_row(*(cell(each) for _name, cell in columns))
    return table


def _print_law(workers: int, sizes: Sequence[Measured], console: Console) -> None:
    """How answers and their cost grow with the number of pupils."""
    title = f"[bold]Scaling with {workers} {'worker' if workers == 1 else 'workers'}[/]"
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
    table = Table(title="What it would take", title_justify="left", title_style="bold")
    for name in ("pupils", "answers/s", "÷ pgbench/s", "as with workers", "web cores", "PostgreSQL cores", "cores"):
        table.add_column(name, justify="right")
    for n_pupils in POPULATIONS:
        rate = answers_a_second(n_pupils)
        for workers, group in groupby(working, lambda each: each.run.workers):
            dearest = max(group, key=lambda each: (each.run.step.think_s > 0.0, each.run.step.n_pupils))
            web, database = (_number(cores(n_pupils, dearest.cpu_s(part)), ".1f") for part in (WEB, DATABASE))
            both = _number(cores(n_pupils, dearest.cpu_s(WEB, DATABASE)), ".1f")
            raw = f"{rate / dearest.raw.rate:.2f}" if dearest.raw else ""
            has_database = DATABASE in dearest.run.cpu_s
            table.add_row(
                f"{n_pupils:,}", f"{rate:,.0f}", raw, str(workers), web, database if has_database else "", both
            )
    return table


def _print_verdict(result: LoadResult, console: Console) -> None:
    """What failed, and whether every promise was kept."""
    failures = [failure for each in result.measured for failure in each.run.failures]
    for failure in failures[:NOT_SHOWN]:
        console.print(f"[red]failed:[/] {failure}", markup=True, highlight=False)
    verdict = result.verdict
    console.print(f"audit: {result.audit}", highlight=False)
    console.print(
        f"failures {len(failures)}; acknowledged {verdict.acknowledged}, in the log {verdict.stored}, "
        f"lost {verdict.lost}, doubled {verdict.doubled}"
    )
