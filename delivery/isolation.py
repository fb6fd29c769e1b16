"""Keeping schools apart: every transaction of the web role says whose rows it may see."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

SCHOOL_SETTING = "peil.school"


def in_school(db: Session, school_id: UUID) -> None:
    """Let the rest of this transaction see one school's rows only.

    On PostgreSQL row-level security enforces it; SQLite has none and relies on the queries alone.
    """
    _set(db, str(school_id))


def in_no_school(db: Session) -> None:
    """Take the school back: what has a school is invisible, and what is looked up before one is known is not."""
    _set(db, "")


def _set(db: Session, school: str) -> None:
    """For the rest of the transaction."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT set_config(:setting, :school, true)"), {"setting": SCHOOL_SETTING, "school": school})
