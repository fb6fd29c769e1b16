"""Runs the packaged migrations; apart, because Alembic is slow to import and seldom needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

MIGRATION_LOCK = 0x5045494C  # "PEIL": two starts at once take turns


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
    with database.connect() as connection:
        if database.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        yield connection
        connection.commit()
