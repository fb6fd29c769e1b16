"""Installations with open rooms, made once: every run takes a copy with all seats free."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from loadtest.postgres import PostgresServer
from loadtest.rooms import Seat, prepare_rooms

DATABASE_URL = "PEIL_DATABASE_URL"
DEFAULT_TABLESPACE = "pg_default"


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder and, with PostgreSQL, a database in a server of our own.

    Attributes
    ----------
    folder : data folder with the keys; with SQLite the database is in it
    seats : codes of its pupils
    postgres : the database's server, or None with SQLite
    url : address of the database as a superuser, "" with SQLite
    disk : where the database's tables stand, if that is a small disk of their own
    """

    folder: Path
    seats: tuple[Seat, ...]
    postgres: PostgresServer | None = None
    url: str = ""
    disk: Path | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        """What its processes are told, besides what ours was."""
        return {DATABASE_URL: self.url}

    @property
    def full_environment(self) -> Mapping[str, str]:
        """Environment of a process of its own."""
        return {**os.environ, **self.environment}


@dataclass(frozen=True, slots=True)
class Mould:
    """An installation that nobody uses, to copy from.

    Attributes
    ----------
    original : the installation
    """

    original: Installation

    def copy(self, folder: Path, disk: Path | None = None) -> Installation:
        """Make an installation with the same keys, banks and rooms.

        Parameters
        ----------
        folder
            Its data folder; does not exist yet.
        disk
            Empty folder for PostgreSQL's tables of this copy; left out, they stand beside all others.
        """
        original = self.original
        shutil.copytree(original.folder, folder)
        if original.postgres is None:
            return Installation(folder, original.seats)
        tablespace = _make_tablespace(original.postgres, disk) if disk is not None else DEFAULT_TABLESPACE
        url = _make_database(original.postgres, original.url.rsplit("/", 1)[1], tablespace)
        return Installation(folder, original.seats, original.postgres, url, disk)


def make_mould(folder: Path, seed: int, postgres: PostgresServer | None = None, copies: int = 1) -> Mould:
    """Prepare rooms in a new folder, and in a new database of a server.

    Raises
    ------
    LoadtestError
        If they cannot be made.
    """
    folder.mkdir(parents=True)
    url = _make_database(postgres) if postgres is not None else ""
    seats = prepare_rooms(folder, seed, {DATABASE_URL: url}, copies)
    return Mould(Installation(folder, tuple(seats), postgres, url))


def remove_database(installation: Installation) -> None:
    """Drop the database of a copy, and its tablespace; SQLite's file goes with its folder."""
    if installation.postgres is None:
        return
    name = installation.url.rsplit("/", 1)[1]
    with psycopg.connect(installation.postgres.superuser_url, autocommit=True) as db:
        db.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        if installation.disk is not None:
            db.execute(sql.SQL("DROP TABLESPACE {}").format(sql.Identifier(installation.disk.name)))


def _make_tablespace(postgres: PostgresServer, disk: Path) -> str:
    """Let PostgreSQL keep tables in a folder; return the name of that place."""
    postgres.hand_over(disk)
    with psycopg.connect(postgres.superuser_url, autocommit=True) as db:
        command = sql.SQL("CREATE TABLESPACE {} LOCATION {}")
        db.execute(command.format(sql.Identifier(disk.name), sql.Literal(str(disk))))
    return disk.name


def _make_database(postgres: PostgresServer, template: str = "template1", tablespace: str = DEFAULT_TABLESPACE) -> str:
    """Make a database like another one; return its address."""
    name = f"peil_{uuid4().hex[:12]}"
    command = sql.SQL("CREATE DATABASE {} TEMPLATE {} TABLESPACE {}")
    with psycopg.connect(postgres.superuser_url, autocommit=True) as db:
        db.execute(command.format(*map(sql.Identifier, (name, template, tablespace))))
    return f"{postgres.superuser_url.rsplit('/', 1)[0]}/{name}"
