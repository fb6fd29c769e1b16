"""The database: how we connect to it, and how its tables come to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlmodel import SQLModel

from peil.errors import DatabaseError
from peil.settings import Settings

if TYPE_CHECKING:
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import MetaData
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MS = 10_000
MIGRATION_LOCK = 0x5045494C  # "PEIL": two starts at once take turns


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


def migration_config() -> Config:
    """Alembic's configuration for the one history that is packaged with this version."""
    config = Config()
    config.set_main_option("script_location", "peil:migrations")
    return config


def head_revision() -> str:
    """Newest revision of the packaged history; there is one."""
    head = ScriptDirectory.from_config(migration_config()).get_current_head()
    assert head is not None
    return head


def migrate(settings: Settings) -> None:
    """Bring the tables to the newest revision, all steps in one transaction; nothing happens when they are there.

    Raises
    ------
    DatabaseError
        If the database cannot be reached.
    """
    _run(settings, lambda config: command.upgrade(config, "head"))


def undo_migrations(settings: Settings, revision: str = "base") -> None:
    """Take revisions back, down to but not including the given one."""
    _run(settings, lambda config: command.downgrade(config, revision))


def _run(settings: Settings, step: Callable[[Config], None]) -> None:
    """Run one of Alembic's commands as the owner of the tables."""
    database = open_owner(settings)
    try:
        with _alone(database) as connection:
            config = migration_config()
            config.attributes["connection"] = connection
            step(config)
    finally:
        database.dispose()


@contextmanager
def _alone(database: Engine) -> Iterator[Connection]:
    """One transaction that no other migration shares; on SQLite foreign keys rest while tables are rebuilt."""
    with database.connect() as connection:
        if database.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        yield connection
        connection.commit()


def metadata() -> MetaData:
    """Every table that the packages declare."""
    for package in ("itembank", "delivery", "scoring"):
        import_module(package)
    return SQLModel.metadata
