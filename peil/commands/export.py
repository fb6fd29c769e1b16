"""``peil export``: the item bank as a QTI package, or the sealed sittings."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peil.commands.options import DataFolder
from peil.errors import CommandError

if TYPE_CHECKING:
    from peil.installation import Installation


class What(StrEnum):
    """What can be exported."""

    ITEMS = "items"
    SITTINGS = "sittings"


def export(
    what: Annotated[
        What,
        typer.Argument(help="items: a QTI 3 package (.zip) or a table (.csv); sittings: sealed sittings (.jsonl)."),
    ],
    path: Annotated[Path, typer.Argument(help="File to write; must not exist yet.")],
    item: Annotated[list[str] | None, typer.Option(help="Only this item; may be repeated.", show_default=False)] = None,
    test: Annotated[
        list[str] | None, typer.Option(help="Only this test with its items; may be repeated.", show_default=False)
    ] = None,
    data: DataFolder = None,
) -> None:
    """Export items as a QTI 3 package or as a table, or sealed sittings with pseudonyms as JSON lines.

    A sitting whose log is damaged is left out and named, and the exit code is then 1.
    """
    from rich.console import Console

    from peil.existing import open_existing
    from peil.settings import load_settings

    if path.exists() and not path.is_file():
        raise CommandError(f"{path}: this is {'a folder' if path.is_dir() else 'no ordinary file'}. Name a new file.")
    if path.exists():
        raise CommandError(f"{path}: this file exists. Name another one, so that nothing is overwritten.")
    console = Console()
    with open_existing(load_settings(data)) as installation, console.status(f"exporting {what}"):
        if what is What.ITEMS:
            done, is_whole = _items(installation, path, item or [], test or []), True
        else:
            done, is_whole = _sittings(installation, path)
    console.print(f"{path}: {done}", soft_wrap=True, highlight=False)
    if not is_whole:
        raise typer.Exit(1)


def _items(installation: Installation, path: Path, identifiers: list[str], tests: list[str]) -> str:
    """Write a package, or a table where the file is named so."""
    from sqlmodel import Session

    from itembank import count_items, export_package, items_csv

    if path.suffix.lower() == ".csv" and tests:
        raise CommandError("a test goes into a package: name a .zip, or leave --test out.")
    with Session(installation.database) as db:
        if path.suffix.lower() == ".csv":
            path.write_text(items_csv(db, identifiers), encoding="utf-8-sig")  # spreadsheets ask for the mark
            return f"{len(identifiers) or count_items(db)} items"
        written = export_package(db, path, identifiers, tests)
    return f"{len(written)} items"


def _sittings(installation: Installation, path: Path) -> tuple[str, bool]:
    """Write one sitting a line; those that are not sealed are counted; returns whether no log was damaged."""
    from dataclasses import asdict

    from peil.commands.saying import count, name_damaged
    from peil.pipeline import collect_sittings

    collected = collect_sittings(installation)
    lines = (json.dumps(asdict(record), default=str, ensure_ascii=False) for record in collected.records)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    begun = sum(sitting.is_begun for sitting in collected.unsealed)
    done = f"{count(len(collected.records), 'sealed sitting')}; {begun} begun and not sealed, so not exported"
    return done, not name_damaged(collected)
