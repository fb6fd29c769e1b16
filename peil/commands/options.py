"""Options that several commands share."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from peil.errors import CommandError


def who(by: str) -> str:
    """Who asks: as they say, or the login name.

    Raises
    ------
    CommandError
        If they do not say, and the system has no name for them.
    """
    if by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        raise CommandError("the system has no name for you: say who asks for it, with --by") from None


def folder(path: Path | None) -> Path | None:
    """Refuse a file at once, before any work is done for it."""
    if path is not None and path.exists() and not path.is_dir():
        raise CommandError(f"{path}: this is a file, not a folder. Name a folder.")
    return path


DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        callback=folder,
        help="Data folder; PEIL_DATA or ./peil-data when left out.",
        show_default=False,
    ),
]
OutputFolder = Annotated[
    Path, typer.Option("--out", metavar="DIR", callback=folder, help="Folder to write to; made when missing.")
]
Wave = Annotated[str, typer.Argument(help="Name of the period in which the tests were taken (afnameperiode).")]
