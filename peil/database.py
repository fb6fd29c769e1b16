"""The database: how we connect to it, and how its tables come to be."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from sqlite3 import DatabaseError as DamagedFileError  # itself, not those derived from it
from typing import TYPE_CHECKING

from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlmodel import SQLModel

from peil.errors import DatabaseError
from peil.settings import Settings

if TYPE_CHECKING:
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import ExceptionContext, MetaData
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_MS = 10_000
NOT_ALLOWED = "42501"  # insufficient_privilege, appendix A of the PostgreSQL manual
REVISIONS = frozenset(path.stem for path in (Path(__file__).parent / "migrations/versions").glob("[0-9]*.py"))
NEWEST_REVISION = max(REVISIONS)
"""Revisions are numbered, and a test holds this to Alembic's own answer."""
WRONG_ROLE = """
SELECT current_user AS name, CASE
    WHEN rolsuper THEN 'is a superuser'
    WHEN rolbypassrls THEN 'has BYPASSRLS'
    WHEN EXISTS (SELECT FROM pg_class WHERE relrowsecurity AND pg_table_is_visible(oid)
                 AND pg_has_role(current_user, relowner, 'MEMBER')) THEN 'owns the tables'
    END AS fault
FROM pg_roles WHERE rolname = current_user
"""


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
    owner = make_url(settings.database_url)
    options = owner.query.get("options", ())
    given = (options,) if isinstance(options, str) else options
    return owner.update_query_dict({"options": " ".join((*given, f"-c role={role}"))})


def connect(url: URL) -> Engine:
    """Make an engine; SQLite gets write-ahead logging, full synchronisation and foreign keys."""
    if url.get_backend_name() in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    database = create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite", hide_parameters=True)
    if database.dialect.name == "sqlite":
        event.listen(database, "connect", _set_pragmas)
        event.listen(database, "handle_error", _explain_damage)
    return database


def _explain_damage(context: ExceptionContext) -> None:
    """Say in a sentence that the file is no database or a damaged one, at whatever step that shows."""
    error = context.original_exception
    if type(error) is DamagedFileError and context.engine is not None:
        raise DatabaseError(
            f"{context.engine.url.database}: this file is not a sound database ({error}). Put it back from a backup."
        ) from None


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
        As `open_role`.
    """
    return open_role(settings, "peil_web") if settings.is_postgresql else _open(sqlite_url(settings))


def open_role(settings: Settings, role: str) -> Engine:
    """Connect to PostgreSQL as one of the application's roles, and only as a role that row-level security binds.

    Parameters
    ----------
    settings
        The role's own address, or the owner's.
    role
        ``peil_web``, ``peil_journal`` or ``peil_archive``.

    Raises
    ------
    DatabaseError
        If the database cannot be reached, the owner may not take the role, or whoever connects could look past
        row-level security.
    """
    database = _open(role_url(settings, role))
    try:
        with database.connect() as connection:
            name, fault = connection.execute(text(WRONG_ROLE)).one()
        if fault is not None:
            raise DatabaseError(
                f"{_name(database)}: {name!r} {fault}, so nothing keeps schools apart. "
                f"Let PEIL_{role.removeprefix('peil_').upper()}_URL sign in as {role}, or leave it out."
            )
    except BaseException:
        database.dispose()
        raise
    return database


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
    remedy = "Check PEIL_DATABASE_URL or the data folder, and that the server runs."
    if "permission denied to set role" in reason:
        remedy = (
            f"Type, as a superuser of the database: GRANT peil_web, peil_journal, peil_archive TO {url.username}; "
            "or give each role an address of its own (PEIL_WEB_URL, PEIL_JOURNAL_URL, PEIL_ARCHIVE_URL)."
        )
    return DatabaseError(
        f"{url.render_as_string(hide_password=True)}: the database cannot be opened ({reason}). {remedy}"
    )


def migrate(settings: Settings) -> None:
    """Bring the tables to the newest revision; nothing happens when they are there.

    Raises
    ------
    DatabaseError
        If the database cannot be reached, belongs to a newer version, is in use while its tables must change, or the
        owner may not make the tables and roles.
    """
    database = open_owner(settings)
    try:
        revision = _revision(database)
        if revision not in REVISIONS | {""}:
            raise DatabaseError(
                f"{_name(database)}: its tables are of revision {revision}, which this version does not know. "
                "Install the version that made it, or a later one."
            )
        if revision != NEWEST_REVISION:
            from peil.migrating import upgrade  # Alembic takes a third of a start-up that needs no migration

            upgrade(database)
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != NOT_ALLOWED:
            raise
        reason = str(error.orig).strip().splitlines()[0]
        raise DatabaseError(
            f"{_name(database)}: the tables and roles cannot be made ({reason}). "
            "Let the owner have the database's schema and CREATEROLE."
        ) from None
    finally:
        database.dispose()


def _name(database: Engine) -> str:
    """Address for people, without a password."""
    return database.url.render_as_string(hide_password=True)


def _revision(database: Engine) -> str:
    """Revision of the tables that are there, "" without any."""
    if not inspect(database).has_table("alembic_version"):
        return ""
    with database.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or ""


def metadata() -> MetaData:
    """Every table that the packages declare."""
    for module in ("itembank", "delivery", "scoring", "peil.tables"):
        import_module(module)
    return SQLModel.metadata
