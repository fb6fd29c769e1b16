"""Opening an installation that is there already: a command that only reads makes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from peil.errors import CommandError
from peil.installation import Installation, open_installation
from peil.settings import Settings


@contextmanager
def open_existing(settings: Settings) -> Iterator[Installation]:
    """Open an installation, and make none: a folder that was misspelt must not look like an empty installation.

    Raises
    ------
    CommandError
        If there is none in the data folder.
    PeilError
        As `open_installation`.
    """
    file = settings.secrets_file if settings.is_postgresql else settings.database_file
    if not file.is_file() or file.stat().st_size == 0:
        raise CommandError(
            f"{settings.data}: no installation here. Name its folder with --data or PEIL_DATA; "
            "`peil import` and `peil serve` make a new one."
        )
    with open_installation(settings) as installation:
        yield installation
