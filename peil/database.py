"""The database: how we connect to it, and how its tables come to be."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from peil.errors import DatabaseError
from peil.settings import Settings

if TYPE_CHECKING:
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import MetaData
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MS = 10_000
NEWEST_REVISION = max(path.stem for path in (Path(__file__).parent / "migrations/versions").glob("[0-9]*.py"))
"""Revisions are numbered, and a test holds this to Alembic's own answer."""


def sqlite_url(settings: Settings) -> URL:
    """Address of the SQLite file in the data folder, whatever signs its path holds."""
    return URL.create("sqlite", database=str(settings.database_file))


def role_url(settings: Settings, role: str) -> URL:
    """Address of the PostgreSQL database as one of the roles that 0002_delivery makes.

    Parameters
    ----------
    settings
        The role's own address, or the owner's, who then takes the role for the whole connection.
    role
        ``peil_web``, ``peil_journal`` or ``peil_archive``.
    """
    own = str(getattr(settings, f"{role.removeprefix('peil_')}_url"))
    if own:
        return make_url(own)
    return make_url(settings.database_url).update_query_dict({"options": f"-c role={role}"})


def connect(url: URL) -> Engine:
    """Make an engine; SQLite gets write-ahead logging, full synchronisation and foreign keys."""
    if url.get_backend_name() in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    database = create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")
    if database.dialect.name == "sqlite":
        event.listen(database, "connect", _set_pragmas)
    return database


def _set_pragmas(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
    """Settings that SQLite keeps per connection (the journal asserts the live ones)."""
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def open_owner(settings: Settings) -> Engine:
    """Connect as the owner of the tables: migrations, item bank and scoring.

    Raises
    ------
    DatabaseError
        If the database cannot be reached.
    """
    return _open(make_url(settings.database_url) if settings.is_postgresql else sqlite_url(settings))


def open_web(settings: Settings) -> Engine:
    """Connect as *peil_web*, which sees one school at a time; on SQLite there are no roles.

    Raises
    ------
    DatabaseError
        If the database cannot be reached.
    """
    return _open(role_url(settings, "peil_web") if settings.is_postgresql else sqlite_url(settings))


def _open(url: URL) -> Engine:
    """Connect, and say at once when that is not possible."""
    database = connect(url)
    try:
        with database.connect():
            return database
    except OperationalError as error:
        raise unreachable(database.url, error) from None


def unreachable(url: URL, error: OperationalError) -> DatabaseError:
    """One sentence on a database that does not answer; it never holds a password."""
    reason = str(error.orig).strip().splitlines()[0]
    return DatabaseError(
        f"{url.render_as_string(hide_password=True)}: the database cannot be opened ({reason}). "
        "Check PEIL_DATABASE_URL or the data folder, and that the server runs."
    )


def migrate(settings: Settings) -> None:
    """Bring the tables to the newest revision; nothing happens when they are there.

    Raises
    ------
    DatabaseError
        If the database cannot be reached.
    """
    database = open_owner(settings)
    try:
        if _revision(database) != NEWEST_REVISION:
            from peil.migrating import upgrade  # Alembic takes a third of a start-up that needs no migration

            upgrade(database)
    finally:
        database.dispose()


def _revision(database: Engine) -> str:
    """Revision of the tables that are there, "" without any."""
    if not inspect(database).has_table("alembic_version"):
        return ""
    with database.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or ""


def metadata() -> MetaData:
    """Every table that the packages declare."""
    for package in ("itembank", "delivery", "scoring"):
        import_module(package)
    return SQLModel.metadata
