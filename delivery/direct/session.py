"""The same statements inside a session's transaction, where staff's screens read more than one thing at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlmodel import Session

from delivery.direct.interface import Row

PLACEHOLDER = re.compile(r"\$(\d+)")


def fetch_in(db: Session, sql: str, *values: object) -> Sequence[Row]:
    """Rows of a statement as `Direct.fetch` takes it; the transaction sees the school already."""
    kinds = tuple(isinstance(value, UUID) for value in values)
    return db.execute(_clause(sql, kinds), {f"p{number}": value for number, value in enumerate(values, 1)}).all()


@lru_cache
def _clause(sql: str, kinds: tuple[bool, ...]) -> TextClause:
    """The statement as SQLAlchemy numbers it; of each value it knows whether it is an identifier."""
    binds = [
        bindparam(f"p{number}", type_=Uuid() if is_identifier else None)
        for number, is_identifier in enumerate(kinds, 1)
    ]
    return text(PLACEHOLDER.sub(r":p\1", sql)).bindparams(*binds)
