"""``python -m loadtest.load``: measure what this machine carries, and say what a country would need."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.markup import escape

from loadtest.errors import LoadtestError
from loadtest.load.measuring import measure, throwaway_site
from loadtest.load.planning import MORNING, MORNING_WORKERS, WAVE_PUPILS, WAVE_S, LoadPlan
from loadtest.load.reporting import print_result
from loadtest.load.running import Step

WIDTH = 150  # columns that the widest table needs
USUAL = LoadPlan()


def numbers(text: str) -> tuple[int, ...]:
    """Positive whole numbers between commas."""
    found = tuple(int(each) for each in text.split(","))
    if min(found) < 1:
        raise ValueError(text)
    return found


def amount(text: str) -> int:
    """One positive whole number."""
    (found,) = numbers(text)
    return found


def read_plan(arguments: Sequence[str] | None) -> tuple[LoadPlan, bool]:
    """Plan, and whether it runs on PostgreSQL."""
    parser = argparse.ArgumentParser(prog="make load", description="Let virtual pupils log in and answer, and measure.")
    parser.add_argument("--pupils", type=amount, default=USUAL.pupils, help="pupils of the log-in wave (%(default)s)")
    parser.add_argument(
        "--sizes", type=numbers, default=USUAL.sizes, help="pupils at work, one step each, at least three (25,50,100)"
    )
    parser.add_argument(
        "--think", type=float, default=USUAL.think_s, help="mean seconds between two answers of theirs (%(default)s)"
    )
    parser.add_argument("--seconds", type=amount, default=USUAL.seconds, help="of each measurement (%(default)s)")
    parser.add_argument("--workers", type=numbers, default=USUAL.workers, help="server processes, in turn (1,2)")
    parser.add_argument("--pairs", type=amount, default=USUAL.pairs, help="of pgbench and saturation (%(default)s)")
    parser.add_argument("--seed", type=int, default=USUAL.seed, help="decides banks and names (%(default)s)")
    parser.add_argument(
        "--only",
        choices=("morning", "wave"),
        help=f"nothing but {MORNING.n_pupils:,} pupils at work for {MORNING.seconds // 60} minutes, or {WAVE_PUPILS:,} "
        f"who log in within {WAVE_S} s; two workers",
    )
    parser.add_argument("--sqlite", action="store_true", help="on SQLite, which has one worker and no raw rate")
    chosen = parser.parse_args(arguments)
    if not chosen.think > 0.0:
        parser.error("--think must be positive: pupils who never think are measured anyway")
    if chosen.only:
        step = MORNING if chosen.only == "morning" else Step("Arriving", WAVE_PUPILS, 0.0, WAVE_S)
        return LoadPlan(workers=(MORNING_WORKERS,), pairs=0, seed=chosen.seed, only=(step,)), True
    return LoadPlan(
        pupils=chosen.pupils,
        sizes=chosen.sizes,
        think_s=chosen.think,
        seconds=chosen.seconds,
        workers=(1,) if chosen.sqlite else chosen.workers,
        pairs=chosen.pairs,
        seed=chosen.seed,
    ), not chosen.sqlite


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure from the command line; 0 when nothing failed, was lost or doubled."""
    plan, on_postgresql = read_plan(arguments)
    console = Console()
    console.width = max(console.width, WIDTH)
    signal.signal(signal.SIGTERM, _leave)
    try:
        with throwaway_site(on_postgresql=on_postgresql) as site:
            result = measure(plan, site, lambda words: console.print(f"… {words}", highlight=False))
    except KeyboardInterrupt:
        console.print("stopped; everything was taken down, nothing was kept")
        return 130
    except LoadtestError as error:
        console.print(f"[red]Error:[/] {escape(str(error))}", highlight=False)
        return 1
    print_result(result, console)
    return 0 if result.is_good else 1


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Turn SIGTERM into the same clean way out as Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
