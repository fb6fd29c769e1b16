"""``peil audit``: whether the log is still as it was written."""

from __future__ import annotations

import typer

from peil.commands.options import DataFolder


def audit(data: DataFolder = None) -> None:
    """Check every digest of the log, every answer's key, and the signed heads outside the database.

    The exit code is 1 if an event was changed, removed or moved; the first one of each sitting is named.
    """
    from rich.console import Console
    from sqlmodel import Session

    from delivery import audit_log
    from peil.installation import open_installation
    from peil.settings import load_settings

    console = Console()
    settings = load_settings(data)
    with open_installation(settings) as here, Session(here.web) as db, console.status("checking the log"):
        result = audit_log(db, settings.checkpoints_file, here.keys.checkpoint)
    for finding in result.findings:
        typer.secho(str(finding), fg="red", err=True)
    console.print(
        f"{result.n_events} events of {result.n_sittings} sittings against {result.n_heads} signed heads: "
        + (f"{len(result.findings)} sittings are damaged" if result.findings else "all as they were written"),
        soft_wrap=True,
        highlight=False,
    )
    if result.findings:
        raise typer.Exit(1)
