"""``peil replay``: what happened in one sitting, and why each item was chosen."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from peil.commands.options import DataFolder


def replay(
    sitting: Annotated[UUID, typer.Argument(help="Identifier of the sitting.")], data: DataFolder = None
) -> None:
    """Tell a sitting from its log alone: every event in words, every choice with its reasons."""
    from sqlmodel import Session

    from delivery import replay as replay_sitting
    from peil.existing import open_existing
    from peil.settings import load_settings

    with open_existing(load_settings(data)) as installation, Session(installation.web) as db:
        for explanation in replay_sitting(db, sitting):
            typer.echo(str(explanation))
