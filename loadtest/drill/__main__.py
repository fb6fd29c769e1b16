"""``python -m loadtest.drill``: the whole drill, on PostgreSQL and on SQLite, with its controls."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console
from rich.markup import escape

from loadtest.drill.controls import (
    POSTGRES_CONTROLS,
    POSTGRES_SETTINGS,
    SQLITE_CONTROLS,
    Bench,
    Outcome,
)
from loadtest.drill.faults.disks import small_disk
from loadtest.drill.moulds import make_mould, remove_database
from loadtest.drill.planning import POSTGRESQL, SQLITE, Size, copies_for, disk_mb, left_out, plan_for
from loadtest.drill.reporting import print_controls, print_result
from loadtest.drill.running import run_drill
from loadtest.errors import LoadtestError
from loadtest.postgres import PostgresServer

USUAL = Size()


def read_arguments(arguments: Sequence[str] | None) -> tuple[Size, Path | None, tuple[str, ...]]:
    """Size of the drill, folder of the sabotaged servers, and the databases."""
    parser = argparse.ArgumentParser(
        prog="make drill", description="Let pupils answer while everything around them fails, and count the answers."
    )
    parser.add_argument("--kills", type=int, default=USUAL.kills, help="of server processes (%(default)s)")
    parser.add_argument("--stops", type=int, default=USUAL.stops, help="of PostgreSQL, immediate (%(default)s)")
    parser.add_argument("--races", type=int, default=USUAL.races, help="of two laptops at least (%(default)s)")
    parser.add_argument("--others", type=int, default=USUAL.others, help="of every other fault (%(default)s)")
    parser.add_argument("--pupils", type=int, default=USUAL.pupils, help="at the same time (%(default)s)")
    parser.add_argument("--seed", type=int, default=USUAL.seed, help="decides what is drawn (%(default)s)")
    parser.add_argument("--controls", type=Path, help="folder with the sabotaged servers; no controls without it")
    parser.add_argument("--only", choices=(POSTGRESQL, SQLITE), help="on one of the two databases")
    chosen = parser.parse_args(arguments)
    if min(chosen.kills, chosen.stops, chosen.races, chosen.others) < 0 or chosen.pupils < 1:
        parser.error("counts cannot be negative, and somebody must answer")
    if chosen.controls is not None and not chosen.controls.is_dir():
        parser.error(f"--controls {chosen.controls}: there is no such folder")
    size = Size(chosen.kills, chosen.stops, chosen.races, chosen.others, chosen.pupils, chosen.seed)
    return size, chosen.controls, (chosen.only,) if chosen.only else (POSTGRESQL, SQLITE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Drill from the command line; 0 when all is clean, every fault took place, and every control showed its fault."""
    size, servers, databases = read_arguments(arguments)
    console = Console()
    signal.signal(signal.SIGTERM, _leave)
    console.print(f"seed {size.seed}; it draws the same faults again, at moments that depend on the machine too")
    try:
        with tempfile.TemporaryDirectory(prefix="peil-drill-") as folder:
            shown = [_drill(database, size, servers, Path(folder) / database, console) for database in databases]
    except KeyboardInterrupt:
        console.print("stopped; everything was taken down, nothing was kept")
        return 130
    except LoadtestError as error:
        console.print(f"[red]Error:[/] {escape(str(error))}", highlight=False)
        return 1
    outcomes = [(database, each) for database, (_, found) in zip(databases, shown, strict=True) for each in found]
    if servers is not None:
        print_controls(outcomes, console)
    is_good = all(is_clean for is_clean, _ in shown) and all(each.is_shown for _, each in outcomes)
    return 0 if is_good else 1


def _drill(
    database: str, size: Size, servers: Path | None, folder: Path, console: Console
) -> tuple[bool, list[Outcome]]:
    """Everything on one database: whether the run was clean, and what the controls showed."""

    def say(words: str) -> None:
        console.print(f"… {database}: {words}", highlight=False)

    plan = plan_for(database, size)
    for fault, reason in left_out(database).items():
        say(f"not made here: {fault}: {reason}")
    with _database(database) as postgres:
        say("rooms are prepared")
        mould = make_mould(folder / "mould", size.seed, postgres, copies_for(plan))
        with small_disk(disk_mb(plan)) if "disk full" in plan.faults and postgres else nullcontext() as disk:
            installation = mould.copy(folder / "data", disk)
            result = run_drill(installation, plan, folder / "logs", say)
            remove_database(installation)
        print_result(database, result, console)
        controls = POSTGRES_CONTROLS if postgres else SQLITE_CONTROLS
        if servers is None:
            return result.is_clean, []
        outcomes = []
        for control in controls:
            say(f"control: {control.__name__.replace('_', ' ')}")
            outcomes.append(control(Bench(mould, servers, folder, size.seed)))
    return result.is_clean, outcomes


@contextmanager
def _database(name: str) -> Iterator[PostgresServer | None]:
    """A PostgreSQL server of our own, or nothing for SQLite."""
    if name == SQLITE:
        yield None
        return
    server = PostgresServer(POSTGRES_SETTINGS)
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Turn SIGTERM into the same clean way out as Ctrl-C."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
