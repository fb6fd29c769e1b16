"""``peil calibrate``: item parameters from a file of responses."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peil.commands.options import folder
from peil.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from engine import Calibration
    from scoring.response_files import ResponseFile

NAMED_AT_MOST = 10


class Model(StrEnum):
    """Models that a file can be calibrated with."""

    RASCH = "rasch"
    TWO_PARAMETER = "2pl"


def calibrate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or Parquet of responses.")],
    out: Annotated[
        Path, typer.Option(metavar="DIR", callback=folder, help="Folder for items.csv, groups.csv, summary.json.")
    ],
    model: Annotated[Model, typer.Option(help="Response model.")] = Model.TWO_PARAMETER,
    id_column: Annotated[
        str | None, typer.Option("--id", metavar="COLUMN", help="Column that identifies persons.", show_default=False)
    ] = None,
    group_column: Annotated[
        str | None,
        typer.Option("--group", metavar="COLUMN", help="Column of groups; each has its own mean and sd."),
    ] = None,
) -> None:
    """Calibrate items by marginal maximum likelihood.

    A file with columns person, item and response is long; any other is
    wide, with a row a person and a column an item. Blank or NA means not
    presented. The 2PL needs 3 items or more, Rasch 2.

    Written to DIR, which is made when it is not there:
    items.csv: parameters, standard errors, answers and p-value of every
    item; an error is blank when a parameter was not estimated, or when the
    answers do not determine it.
    groups.csv: size, mean and sd of every group.
    summary.json: model, log-likelihood, convergence, SHA-256 of the data,
    and flags: the items and groups to look at.
    Files of these names that are there already are never overwritten.
    """
    from rich.console import Console

    from scoring.calibration_files import require_no_calibration, write_calibration
    from scoring.response_files import read_responses

    require_no_calibration(out)
    console = Console()
    with console.status(f"reading {file.name}"):
        source = read_responses(file, id_column=id_column, group_column=group_column)
    begun = time.monotonic()
    result = _calibrate(console, file, source, model)
    seconds = time.monotonic() - begun
    paths = write_calibration(out, source, result, model=model.value, seconds=seconds)
    for line in _closing_lines(source, result, seconds):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    console.print(f"written: {', '.join(str(path) for path in paths)}", soft_wrap=True, highlight=False, markup=False)
    if not result.converged:
        raise CommandError(f"{file.name}: not converged after {result.n_cycles} cycles; do not use the estimates")


def _calibrate(console: Console, file: Path, source: ResponseFile, model: Model) -> Calibration:
    """Calibrate, showing the log-likelihood of every cycle; items at fault are named as the file names them."""
    from engine import ResponseError
    from engine import calibrate as estimate

    with console.status("calibrating") as status:

        def show(cycle: int, log_likelihood: float) -> None:
            """Show how far the climb is."""
            status.update(f"cycle {cycle}: log-likelihood {log_likelihood:.3f}")

        try:
            return estimate(source.responses, model=model.value, on_cycle=show)
        except ResponseError as error:
            if not error.items:
                raise CommandError(f"{file.name}: {error}") from error
            names = ", ".join(source.items[item] for item in error.items[:NAMED_AT_MOST])
            more = len(error.items) - NAMED_AT_MOST
            names += f" and {more} more" if more > 0 else ""
            raise CommandError(f"{file.name}: {names}: {error.reason}") from error


def _closing_lines(source: ResponseFile, result: Calibration, seconds: float) -> Iterator[str]:
    """Return what was reached, and what to look at."""
    yield (
        f"{source.responses.n_persons} persons, {source.responses.n_items} items, "
        f"log-likelihood {result.log_likelihood:.3f} after {result.n_cycles} cycles, {seconds:.2f} s"
    )
    for flag in result.flags:
        yield f"look at {source.items[flag.item]}: {flag.reason}"
    for group in result.group_flags:
        yield f"look at group {source.groups[group.group]}: {group.reason}"
