"""A control that must go red: `peil serve` with a journal whose commits are in memory only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg

import delivery
from delivery.journal import Journal
from delivery.journal.postgres import PostgresJournal
from peil.cli import main


def sabotage() -> None:
    """Turn ``synchronous_commit`` off on the journal's connections, and let nobody object."""
    create_pool = asyncpg.create_pool

    def create_hasty_pool(url: str, **settings: Any) -> asyncpg.Pool:
        asked = {**settings.pop("server_settings"), "synchronous_commit": "off"}
        return create_pool(url, server_settings=asked, **settings)

    def open_journal(address: str | Path) -> Journal:
        return PostgresJournal(str(address), check_role=False)

    asyncpg.create_pool = create_hasty_pool
    delivery.open_journal = open_journal


if __name__ == "__main__":
    sabotage()
    main()
