"""The journal: an append-only, chained log of everything that happens in sittings."""

from __future__ import annotations

from pathlib import Path

from delivery.journal.digest import FIRST_DIGEST, chain_digest, first_fault, follows
from delivery.journal.interface import Journal
from delivery.journal.news import News, PostgresNews, ToldJournal
from delivery.journal.postgres import PostgresJournal
from delivery.journal.sqlite import SqliteJournal
from delivery.journal.values import AnswerKey, Entry, Event

__all__ = [
    "FIRST_DIGEST",
    "AnswerKey",
    "Entry",
    "Event",
    "Journal",
    "News",
    "PostgresJournal",
    "PostgresNews",
    "SqliteJournal",
    "ToldJournal",
    "chain_digest",
    "first_fault",
    "follows",
    "open_journal",
    "open_news",
]


def open_journal(address: str | Path) -> Journal:
    """Open the log of a database that is migrated already.

    Parameters
    ----------
    address
        ``postgresql://…`` as the role *peil_journal*, or the path of a SQLite file.

    Raises
    ------
    ConfigurationError
        If another process holds the SQLite file, or the database is not safe to write to. (PostgreSQL connects at
        the first use.)
    """
    if _is_postgresql(address):
        return PostgresJournal(str(address))
    return SqliteJournal(Path(str(address).removeprefix("sqlite:///")))


def open_news(address: str | Path) -> News:
    """Word of what other workers change.

    Parameters
    ----------
    address
        ``postgresql://…`` as any role of the application, or the path of a SQLite file, which has one worker.
    """
    return PostgresNews(str(address)) if _is_postgresql(address) else News()


def _is_postgresql(address: str | Path) -> bool:
    return isinstance(address, str) and address.startswith(("postgresql://", "postgres://"))
