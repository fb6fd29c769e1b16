"""``peil audit``: whether the log is still as it was written."""

from __future__ import annotations

import typer

from peil.commands.options import DataFolder
from peil.commands.saying import count


def audit(data: DataFolder = None) -> None:
    """Check every digest of the log, every answer's key, and the signed heads outside the database.

    The exit code is 1 if an event was changed, removed or moved; the first one of each sitting is named.
    """
    from rich.console import Console
    from sqlmodel import Session

    from delivery import audit_log
    from peil.existing import open_existing
    from peil.settings import load_settings

    console = Console()
    settings = load_settings(data)
    with open_existing(settings) as here, Session(here.web) as db, console.status("checking the log"):
        result = audit_log(db, settings.checkpoints_file, here.keys.checkpoint)
    n_damaged = len(result.findings)
    verdict = f"{count(n_damaged, 'sitting')} {'is' if n_damaged == 1 else 'are'} damaged"
    if not n_damaged:
        verdict = "all as they were written"
    for remark in result.remarks:
        typer.secho(remark, fg="yellow", err=True)
    for finding in result.findings:
        typer.secho(str(finding), fg="red", err=True)
    console.print(
        f"{count(result.n_events, 'event')} of {count(result.n_sittings, 'sitting')} "
        f"against {count(result.n_heads, 'signed head')}: {verdict}",
        soft_wrap=True,
        highlight=False,
    )
    if result.findings:
        raise typer.Exit(1)
