"""Runs the packaged migrations; apart, because Alembic is slow to import and seldom needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from delivery.errors import ConfigurationError
from delivery.journal.sqlite import hold
from peil.errors import DatabaseError

MIGRATION_LOCK = 0x5045494C  # "PEIL": two starts at once take turns
PATIENCE_S = 5.0  # another start's migration takes less


def migration_config() -> Config:
    """Alembic's configuration for the one history that is packaged with this version."""
    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))  # a lone % would be interpolated
    return config


def upgrade(database: Engine) -> None:
    """Bring the tables to the newest revision, all steps in one transaction.

    Parameters
    ----------
    database
        Connected as the owner of the tables.
    """
    _run(database, lambda config: command.upgrade(config, "head"))


def downgrade(database: Engine, revision: str = "base") -> None:
    """Take revisions back, down to but not including the given one."""
    _run(database, lambda config: command.downgrade(config, revision))


def _run(database: Engine, step: Callable[[Config], None]) -> None:
    """Run one of Alembic's commands inside a transaction of ours."""
    with _alone(database) as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        step(config)


@contextmanager
def _alone(database: Engine) -> Iterator[Connection]:
    """One transaction that no other migration shares; on SQLite foreign keys rest while tables are rebuilt."""
    if database.dialect.name == "sqlite":
        with _wait_for(Path(str(database.url.database))), database.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()
    else:
        with database.connect() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            yield connection
            connection.commit()


def _wait_for(file: Path) -> IO[str]:
    """Hold the SQLite file as a server does: no table changes under a server that runs."""
    begun = time.monotonic()
    while True:
        try:
            return hold(file)
        except ConfigurationError:
            if time.monotonic() - begun > PATIENCE_S:
                raise DatabaseError(
                    f"{file}: its tables are of another version, and a server still uses them. Stop that server first."
                ) from None
            time.sleep(0.1)
