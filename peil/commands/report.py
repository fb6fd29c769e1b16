"""``peil report``: a school report for every school."""

from __future__ import annotations

from peil.commands.options import DataFolder, OutputFolder, Wave
from peil.commands.saying import NO_SCORES


def report(wave: Wave, out: OutputFolder, data: DataFolder = None) -> None:
    """Write the report of every school with scores in a wave, as a page (HTML) and as a tagged PDF."""
    from rich.console import Console
    from sqlmodel import Session

    from peil.errors import CommandError
    from peil.existing import open_existing
    from peil.pipeline import write_reports
    from peil.settings import load_settings
    from scoring import last_run

    console = Console()
    with open_existing(load_settings(data)) as installation, console.status("writing reports"):
        with Session(installation.database) as db:
            if not last_run(db, wave):
                raise CommandError(NO_SCORES.format(wave))
        files = write_reports(installation, wave, out)
    console.print(f"{len(files)} files in {out}", soft_wrap=True, highlight=False)
