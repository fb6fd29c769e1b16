"""``peil erase``: take a pupil out of everything but the digests of the log."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from peil.commands.options import DataFolder
from peil.errors import CommandError

if TYPE_CHECKING:
    from peil.installation import Installation


def erase(
    discimus_id: Annotated[str, typer.Argument(help="Discimus ID of the pupil.", metavar="DISCIMUS_ID")],
    reason: Annotated[str, typer.Option(help="Why, for the log; never a name or a Discimus ID.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    data: DataFolder = None,
) -> None:
    """Erase a pupil in every school, for good: name, codes, typed text and its keys. What was chosen stays, nameless.

    With SQLite the server must be stopped first; with PostgreSQL it may run on.
    """
    from peil.existing import open_existing
    from peil.settings import load_settings

    reason = reason.strip()
    if not reason or discimus_id in reason:
        raise CommandError("--reason: say in a few words why, without the Discimus ID; it stays in the log for ever.")
    if not yes:
        typer.confirm("This erases the pupil in every school, for good. Nobody can undo it. Erase?", abort=True)
    with open_existing(load_settings(data)) as installation:
        n_sittings = asyncio.run(_erase(installation, discimus_id, reason))
    typer.echo(f"erased, with {n_sittings} sittings; whoever asks for them gets 410")


async def _erase(installation: Installation, discimus_id: str, reason: str) -> int:
    """Erase as the role that may delete what is personal, and nothing else."""
    from delivery import DeliveryConfig, erase_pupil
    from peil.database import open_role
    from peil.installation import delivery_secrets
    from peil.web import open_journal

    settings = installation.settings
    config = DeliveryConfig(delivery_secrets(installation.keys), checkpoints=settings.checkpoints_file)
    archive = open_role(settings, "peil_archive") if settings.is_postgresql else installation.database
    try:
        journal = open_journal(installation)
        try:
            return await erase_pupil(config, archive, journal, discimus_id, reason)
        finally:
            await journal.close()
    finally:
        if archive is not installation.database:
            archive.dispose()
