"""One installation: its settings, keys and database, opened together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from delivery import Secrets
from peil.database import migrate, open_owner, open_web
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
        If the keys cannot be used or the database cannot be reached.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    keys = load_keys(settings.secrets_file)
    migrate(settings)
    database = open_owner(settings)
    web = open_web(settings) if settings.is_postgresql else database
    try:
        yield Installation(settings, keys, database, web)
    finally:
        web.dispose()
        database.dispose()


def delivery_secrets(keys: Keys) -> Secrets:
    """The keys that delivery needs, by delivery's names; it never gets those of the pseudonyms."""
    return Secrets(
        receipt_key=keys.receipt,
        code_key=keys.code,
        token_key=keys.token,
        text_key=keys.text,
        cookie_key=keys.cookie,
        checkpoint_key=keys.checkpoint,
    )
