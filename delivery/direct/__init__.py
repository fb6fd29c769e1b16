"""The management database as pupils' requests use it: single prepared statements, without a session or a thread."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from delivery.direct.interface import Direct, Row, as_instant, as_uuid
from delivery.direct.postgres import PostgresDirect
from delivery.direct.session import fetch_in
from delivery.direct.sqlite import SqliteDirect

__all__ = ["Direct", "PostgresDirect", "Row", "SqliteDirect", "as_instant", "as_uuid", "fetch_in", "open_direct"]


def open_direct(database: Engine) -> Direct:
    """The same database, as the same role, for single statements; it connects at the first one."""
    if database.dialect.name == "postgresql":
        return PostgresDirect(database.url.set(drivername="postgresql").render_as_string(hide_password=False))
    return SqliteDirect(Path(str(database.url.database)))
