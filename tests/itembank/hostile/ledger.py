"""``python -m tests.itembank.hostile.ledger``: every hostile file in a process with limits, and what came of it."""

from __future__ import annotations

import gc
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.itembank.hostile.corpus import corpus
from tests.itembank.hostile.limits import MOST_MEGABYTES, MOST_SECONDS, Measured, measure
from tests.itembank.hostile.making import Case, Lure
from tests.itembank.hostile.watching import laid

WIDTH = 110


def _measured(cases: Iterable[Case], folder: Path, lure: Lure) -> dict[str, Measured]:
    """Measure all files of one kind, each in an empty folder."""
    results = {}
    for case in cases:
        place = folder / "case"
        place.mkdir()
        results[case.name] = measure(case, place, lure)
        shutil.rmtree(place)
    return results


def _row(kind: str, results: Iterable[Measured]) -> tuple[str, ...]:
    """One line of the ledger."""
    held = list(results)
    refused = sum(result.is_refused for result in held)
    wrong = sum(bool(result.wrong) for result in held)
    clean = sum(not result.is_refused and not result.wrong for result in held)
    seconds, megabytes = max(result.seconds for result in held), max(result.megabytes for result in held)
    return (
        kind,
        *map(str, (len(held), refused, clean, wrong)),
        f"{seconds:.2f}",
        f"{megabytes:.0f}",
    )


def main(kinds: Iterable[str]) -> int:
    """Print the ledger; 1 if any file is wrong.

    Parameters
    ----------
    kinds : which ones; none for all
    """
    console = Console(width=WIDTH)
    title = f"Hostile files (at most {MOST_SECONDS} s and {MOST_MEGABYTES} MB each)"
    table = Table("kind", "files", "refused", "let in clean", "wrong", "worst s", "worst MB", title=title)
    wrong: list[str] = []
    everything: list[Measured] = []
    wanted = set(kinds)
    with tempfile.TemporaryDirectory(prefix="peil-hostile-") as folder, laid(Path(folder)) as lure:
        for kind, cases in corpus().items():
            if wanted and kind not in wanted:
                continue
            gc.collect()
            results = _measured(cases, Path(folder), lure)
            table.add_row(*_row(kind, results.values()))
            everything += results.values()
            wrong += [f"{kind}, {name}: {result.wrong}" for name, result in results.items() if result.wrong]
    table.add_section()
    table.add_row(*_row("all", everything))
    console.print(table)
    for line in wrong:
        console.print(f"wrong: {line!r}"[:600], markup=False, highlight=False)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
