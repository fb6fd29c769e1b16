"""What single statements look like, and how their values come back from either database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

Row = Sequence[Any]


class Direct(Protocol):
    """Single statements on the management database, each a transaction of its own.

    One text serves both databases: placeholders are ``$1, $2, …``, and UUIDs and instants go in as they are. What comes
    back, `as_uuid` and `as_instant` read.
    """

    async def fetch(self, school_id: UUID | None, sql: str, *values: object) -> Sequence[Row]:
        """Rows of a statement that reads, seeing one school's rows, or (None) what is visible before one is known.

        Raises
        ------
        UnreachableError
            If the database cannot answer now.
        """
        ...

    async def write(self, school_id: UUID, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Carry out a statement for each row of values, all of one school, in one transaction.

        Raises
        ------
        ConstraintError
            If a row refers to one that is not there.
        UnreachableError
            If the database cannot do it now.
        """
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...


def as_uuid(value: UUID | str) -> UUID:
    """Identifier from a row; SQLite keeps its digits."""
    return value if isinstance(value, UUID) else UUID(value)


def as_instant(value: datetime | str) -> datetime:
    """Instant in UTC from a row; SQLite keeps it as text, without saying that it is UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)
