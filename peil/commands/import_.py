"""``peil import``: bring a content package or a roster in."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from itembank.lifecycle import State
from peil.commands.options import (
    MOST_KB,
    MOST_PICTURES,
    MOST_SOUND_KB,
    DataFolder,
    MostKilobytes,
    MostPictures,
    MostSoundKilobytes,
    account,
    weight_budget,
    who,
)
from peil.commands.saying import count, grouped
from peil.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from itembank import Arrival
    from peil.installation import Installation

ROSTER_SIGN = "manifest.csv"  # a OneRoster folder or zip has one, a content package has imsmanifest.xml
LARGEST_ROSTER = 1024**3  # bytes, unpacked


def import_(
    path: Annotated[
        Path,
        typer.Argument(
            help="QTI package (.zip, folder, .xml), OneRoster 1.2 CSV (.zip, folder), or CASE framework (.json)."
        ),
    ],
    partial: Annotated[
        bool, typer.Option("--partial", help="Import what is supported of a package and name the rest.")
    ] = False,
    by: Annotated[
        str, typer.Option(metavar="WHO", help="Who brings items in; your login name when left out.", show_default=False)
    ] = "",
    why: Annotated[str, typer.Option(metavar="REASON", help="Why; kept with every new version.")] = "imported",
    state: Annotated[State, typer.Option(help="State that new versions of items begin in.")] = State.DRAFT,
    most_kb: MostKilobytes = MOST_KB,
    most_pictures: MostPictures = MOST_PICTURES,
    most_sound_kb: MostSoundKilobytes = MOST_SOUND_KB,
    data: DataFolder = None,
) -> None:
    """Import a QTI package into the item bank, a OneRoster 1.2 roster, or curriculum goals (CASE); all or nothing."""
    from rich.console import Console

    from itembank import Arrival
    from peil.installation import open_installation
    from peil.settings import load_settings

    if not path.exists():
        raise CommandError(f"{path}: there is no such file or folder. Check the name.")
    console = Console()
    with open_installation(load_settings(data)) as installation, console.status(f"importing {path.name}"):
        if path.suffix.lower() == ".json":
            _import_framework(installation, path, console)
        elif _is_roster(path):
            _import_roster(installation, path, console)
        else:
            budget = weight_budget(most_kb, most_pictures, most_sound_kb)
            arrival = Arrival(who(by), why.strip(), state, budget, account())
            _import_package(installation, path, console, arrival, partial=partial)


def _is_roster(path: Path) -> bool:
    """Whether it is a roster rather than a content package."""
    if path.is_dir():
        return (path / ROSTER_SIGN).exists() or (path / "users.csv").exists()
    if not zipfile.is_zipfile(path):
        return False
    from itembank import PackageError
    from itembank.qti.archive import open_zip

    try:
        with open_zip(path) as archive:
            return ROSTER_SIGN in archive.namelist()
    except PackageError:
        return False  # importing it as a package says what is wrong


def _import_package(
    installation: Installation, path: Path, console: Console, arrival: Arrival, *, partial: bool
) -> None:
    """Import a content package."""
    from rich.markup import escape
    from sqlmodel import Session

    from itembank import PackageError, PartlyRefusedError, import_package

    try:
        with Session(installation.database) as db, db.begin():
            report = import_package(db, path, partial=partial, arrival=arrival)
    except PartlyRefusedError as error:
        raise CommandError(
            f"{path}: nothing was imported, for this is refused:\n{_lines(grouped(error.problems))}\n"
            "Correct it, or import all the rest with --partial."
        ) from None
    except PackageError as error:
        raise CommandError(f"{path}: nothing was imported.\n{_lines(grouped(error.problems))}") from None
    for title, style, problems in (
        ("warning", "yellow", report.warned),
        ("refused", "red", [problem for refused in report.refused for problem in refused.problems]),
    ):
        for problem in grouped(problems):
            console.print(f"[{style}]{title}[/] {escape(problem)}", soft_wrap=True, highlight=False)
    console.print(
        f"{path.name}: {report.n_items} items and {report.n_stimuli} passages imported "
        f"({len(report.unchanged)} were there already), {len(report.refused)} refused",
        soft_wrap=True,
        highlight=False,
    )
    for name in report.tests:
        identifier = name.rpartition("@")[0]
        told = f"test {name} kept; its design: peil bank design {identifier}"
        console.print(told, soft_wrap=True, highlight=False, markup=False)


def _import_framework(installation: Installation, path: Path, console: Console) -> None:
    """Import curriculum goals."""
    from sqlmodel import Session

    from itembank import read_framework, save_framework

    framework = read_framework(path)
    with Session(installation.database) as db, db.begin():
        edition, is_new = save_framework(db, framework)
    told = f"edition {edition}" if is_new else f"edition {edition}, there already"
    console.print(
        f"{path.name}: {framework.title}, {count(len(framework.goals), 'goal')} ({told})",
        soft_wrap=True,
        highlight=False,
    )


def _import_roster(installation: Installation, path: Path, console: Console) -> None:
    """Import a roster, from a folder or a zip."""
    from sqlmodel import Session

    from delivery import RosterError, import_roster, read_oneroster

    try:
        with tempfile.TemporaryDirectory(prefix="peil-roster-") as unpacked:
            roster = read_oneroster(path if path.is_dir() else _unpack(path, Path(unpacked)))
    except RosterError as error:
        raise CommandError(
            f"{path}: nothing was imported. The roster has {count(len(error.problems), 'fault')}; "
            f"pass these lines, in Dutch, on to the school:\n{_lines(map(str, error.problems))}"
        ) from None
    with Session(installation.database) as db, db.begin():
        counts = import_roster(db, roster)
    console.print(
        f"{path.name}: {counts.schools} schools, {counts.classes} classes, {counts.pupils} pupils, "
        f"{counts.accommodations} accommodations",
        soft_wrap=True,
        highlight=False,
    )


def _lines(sentences: Iterable[str]) -> str:
    """Sentences below each other, indented."""
    return "\n".join(f"  {sentence}" for sentence in sentences)


def _unpack(path: Path, folder: Path) -> Path:
    """CSV files at the top of a zip; nothing else of it is touched.

    Raises
    ------
    CommandError
        If they are larger than any roster.
    """
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if "/" not in member.filename]
        members = [member for member in members if member.filename.endswith(".csv")]
        if sum(member.file_size for member in members) > LARGEST_ROSTER:
            raise CommandError(f"{path}: larger than a gigabyte when unpacked. Split the roster by school.")
        for member in members:
            (folder / Path(member.filename).name).write_bytes(archive.read(member))
    return folder
