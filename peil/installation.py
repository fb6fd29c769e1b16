"""One installation: its settings, keys and database, opened together."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer
from sqlalchemy import Engine

from delivery import Secrets
from peil.database import migrate, open_owner, open_web
from peil.fingerprints import check_keys
from peil.secrets import Keys, load_keys
from peil.settings import Settings


@dataclass(frozen=True, slots=True)
class Installation:
    """What every command needs.

    Attributes
    ----------
    settings : where things are
    keys : the installation's keys, from a file outside the database
    database : as the owner of the tables: item bank and scores
    web : as the role that serves requests, for all of delivery; the same as ``database`` on SQLite
    """

    settings: Settings
    keys: Keys
    database: Engine
    web: Engine


@contextmanager
def open_installation(settings: Settings) -> Iterator[Installation]:
    """Open an installation, making the data folder, keys and tables that are not there yet.

    Raises
    ------
    PeilError
        If the keys cannot be used or are not those of the database, or the database cannot be reached.
    """
    _make_private(settings)
    keys = load_keys(settings.secrets_file)
    migrate(settings)
    with _disposing(open_owner(settings)) as database:
        check_keys(database, keys, settings.secrets_file)
        if not settings.is_postgresql:
            yield Installation(settings, keys, database, database)
        else:
            with _disposing(open_web(settings)) as web:
                yield Installation(settings, keys, database, web)


@contextmanager
def _disposing(database: Engine) -> Iterator[Engine]:
    """Let go of every connection at the end."""
    try:
        yield database
    finally:
        database.dispose()


def _make_private(settings: Settings) -> None:
    """Make the data folder and the database file for their owner only; say so where a folder is open to others."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = stat.S_IMODE(settings.data.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        typer.secho("Warning: ", fg="yellow", bold=True, nl=False, err=True)
        typer.echo(
            f"{settings.data}: other users can look into this folder, which holds data of pupils (mode {mode:04o}). "
            f"Type: chmod 700 '{settings.data}'",
            err=True,
        )
    if not settings.is_postgresql:
        settings.database_file.touch(mode=0o600)  # SQLite gives its other files the same mode


def delivery_secrets(keys: Keys) -> Secrets:
    """The keys that delivery needs, by delivery's names; it never gets those of the pseudonyms."""
    return Secrets(
        receipt_key=keys.receipt,
        code_key=keys.code,
        token_key=keys.token,
        text_key=keys.text,
        cookie_key=keys.cookie,
        checkpoint_key=keys.checkpoint,
        row_key=keys.rows,
    )
