"""``peil research``: pseudonymised data for researchers."""

from __future__ import annotations

import typer

from peil.commands.options import DataFolder, OutputFolder, Wave
from peil.commands.saying import NO_SCORES, count, name_damaged
from peil.errors import CommandError


def research(wave: Wave, out: OutputFolder, data: DataFolder = None) -> None:
    """Write scores and responses of a wave as Parquet and CSV, with codebook, manifest and checksums.

    Pseudonyms are keyed for research only: they cannot be joined with those of other purposes. A sitting whose log is
    damaged is left out and named, and the exit code is then 1.
    """
    from rich.console import Console
    from sqlmodel import Session

    from peil.existing import open_existing
    from peil.pipeline import collect_sittings, write_research
    from peil.settings import load_settings
    from scoring import last_run

    console = Console()
    with open_existing(load_settings(data)) as installation, console.status("writing research data"):
        with Session(installation.database) as db:
            if not last_run(db, wave):
                raise CommandError(NO_SCORES.format(wave))
        collected = collect_sittings(installation)
        is_damaged = name_damaged(collected)
        dataset = write_research(installation, wave, collected.records, out)
    console.print(
        f"{dataset.folder}: {count(dataset.n_scores, 'score')}, {count(dataset.n_responses, 'response')}"
        + (", simulated" if dataset.simulated else ""),
        soft_wrap=True,
        highlight=False,
    )
    if is_damaged:
        raise typer.Exit(1)
