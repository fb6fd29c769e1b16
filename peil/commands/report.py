"""``peil report``: a school report for every school."""

from __future__ import annotations

from peil.commands.options import DataFolder, OutputFolder, Wave


def report(wave: Wave, out: OutputFolder, data: DataFolder = None) -> None:
    """Write the report of every school with scores in a wave, as a page (HTML) and as a tagged PDF."""
    from rich.console import Console

    from peil.errors import CommandError
    from peil.installation import open_installation
    from peil.pipeline import write_reports
    from peil.settings import load_settings

    console = Console()
    with open_installation(load_settings(data)) as installation, console.status("writing reports"):
        files = write_reports(installation, wave, out)
    if not files:
        raise CommandError(f"No school has scores in wave {wave!r}. Score it first: peil score {wave!r}")
    console.print(f"{len(files)} files in {out}", soft_wrap=True, highlight=False)
