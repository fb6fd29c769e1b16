"""``python -m tests.itembank.hostile.ledger``: every hostile file in a process with limits, and what came of it.

Below the counts stands why files are let in, and why a refusal names no line: one sentence for each family.
"""

from __future__ import annotations

import gc
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.itembank.hostile.corpus import corpus
from tests.itembank.hostile.limits import MOST_MEGABYTES, MOST_SECONDS, Measured, measure
from tests.itembank.hostile.making import Case, Clean, Lure
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


def _row(kind: str, results: Iterable[tuple[Case, Measured]]) -> tuple[str, ...]:
    """One line of the ledger; a refusal that names a line and says that it cannot, or the other way round, is wrong."""
    held = list(results)
    lined = sum(result.is_refused and not case.unlined for case, result in held)
    unlined = sum(result.is_refused and bool(case.unlined) for case, result in held)
    wrong = sum(bool(result.wrong) for _, result in held)
    clean = sum(not result.is_refused and not result.wrong for _, result in held)
    seconds, megabytes = max(result.seconds for _, result in held), max(result.megabytes for _, result in held)
    return (
        kind,
        *map(str, (len(held), lined, unlined, clean, wrong)),
        f"{seconds:.2f}",
        f"{megabytes:.0f}",
    )


def reasons(title: str, told: Iterable[tuple[str, str]]) -> Table:
    """Table of what is said of families: how many files of which kind, and why.

    Parameters
    ----------
    title : of the table
    told : kind and reason of each file
    """
    table = Table("kind", "files", "why", title=title, title_justify="left")
    for (kind, reason), number in Counter(told).items():
        table.add_row(kind, str(number), reason)
    return table


def why_clean(cases: Iterable[Case]) -> Table:
    """Why files are let in, and what is done to them."""
    let_in = ((case.kind, case.outcome.reason) for case in cases if isinstance(case.outcome, Clean))
    return reasons("Let in clean: what was taken out or made harmless", let_in)


def why_unlined(cases: Iterable[Case]) -> Table:
    """Why refusals name no line."""
    return reasons("Refused without a line", ((case.kind, case.unlined) for case in cases if case.unlined))


def main(kinds: Iterable[str]) -> int:
    """Print the ledger; 1 if any file is wrong.

    Parameters
    ----------
    kinds : which ones; none for all
    """
    console = Console(width=WIDTH)
    title = f"Hostile files (at most {MOST_SECONDS} s and {MOST_MEGABYTES} MB each)"
    heads = ("kind", "files", "refused at a line", "without", "let in clean", "wrong", "worst s", "worst MB")
    table = Table(*heads, title=title)
    wrong: list[str] = []
    everything: list[tuple[Case, Measured]] = []
    wanted = set(kinds)
    with tempfile.TemporaryDirectory(prefix="peil-hostile-") as folder, laid(Path(folder)) as lure:
        for kind, cases in corpus().items():
            if wanted and kind not in wanted:
                continue
            gc.collect()
            results = _measured(cases, Path(folder), lure)
            held = [(case, results[case.name]) for case in cases]
            table.add_row(*_row(kind, held))
            everything += held
            wrong += [f"{kind}, {name}: {result.wrong}" for name, result in results.items() if result.wrong]
    table.add_section()
    table.add_row(*_row("all", everything))
    every = [case for case, _ in everything]
    console.print(table, why_clean(every), why_unlined(every))
    for line in wrong:
        console.print(f"wrong: {line!r}"[:600], markup=False, highlight=False)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
