"""Options that several commands share."""

from __future__ import annotations

import getpass
import os
import pwd
from pathlib import Path
from typing import Annotated

import typer

from itembank.weighing import DEFAULT_BUDGET, KILOBYTE, WeightBudget
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


def account() -> str:
    """Account of the operating system that runs the command: what nobody types, and ``--by`` does not change.

    Returns
    -------
    ``login:`` and its name, or its number where the system has no name for it. The environment, which anybody can set
    for themselves, is not asked.
    """
    number = os.getuid()
    try:
        return f"login:{pwd.getpwuid(number).pw_name}"
    except KeyError:
        return f"login:{number}"


def design_file(test: str) -> str | None:
    """Text of the file of a design; None where it is the name of a test: without a folder and without .toml.

    Raises
    ------
    DesignFileError
        If the file cannot be read, or holds no design.
    """
    path = Path(test)
    if path.suffix.lower() != ".toml" and path.name == test:  # a file that happens to be called like a test is none
        return None
    from itembank import read_design

    read_design(path)  # says which file a fault is in
    return path.read_text(encoding="utf-8-sig")


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
MostKilobytes = Annotated[
    int,
    typer.Option("--most-kb", min=1, metavar="KB", help="Most that one item may weigh with its passage and pictures."),
]
MostPictures = Annotated[
    int, typer.Option("--most-pictures", min=0, metavar="NUMBER", help="Most pictures that an item may ask for.")
]
MostSoundKilobytes = Annotated[
    int,
    typer.Option("--most-sound-kb", min=0, metavar="KB", help="Most that all recordings of an item may weigh."),
]
MOST_KB, MOST_PICTURES = DEFAULT_BUDGET.total // KILOBYTE, DEFAULT_BUDGET.requests
MOST_SOUND_KB = DEFAULT_BUDGET.recordings // KILOBYTE


def weight_budget(most_kb: int, most_pictures: int, most_sound_kb: int) -> WeightBudget:
    """Budget that the options ask for; an item's own text and number of recordings have the same limits always."""
    return WeightBudget(total=most_kb * KILOBYTE, requests=most_pictures, recordings=most_sound_kb * KILOBYTE)
