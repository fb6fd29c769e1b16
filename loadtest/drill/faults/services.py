"""What stands beside the answers is off: the file of signed checkpoints, the table of contacts."""

from __future__ import annotations

import asyncio

import psycopg

from loadtest.drill.site import Scene

CHECKPOINTS_FILE = "checkpoints.jsonl"
NOT_WRITTEN = "checkpoint not written"  # as the servers say it
LOCKED_S = 3.0
WHILE_LOCKED = "answers while the contacts were locked"


async def lose_checkpoints(scene: Scene) -> bool:
    """Put a folder where the file should be, until a server says that it could not write it."""
    file = scene.site.installation.folder / CHECKPOINTS_FILE
    aside = file.with_suffix(".aside")
    before = scene.site.n_said(NOT_WRITTEN)
    if file.exists():
        file.rename(aside)
    file.mkdir()
    try:
        return await scene.servers_say(NOT_WRITTEN, before)
    finally:
        file.rmdir()
        if aside.exists():
            aside.rename(file)


async def lock_contacts(scene: Scene) -> bool:
    """Keep everybody else from the table of contacts; answers must go on."""
    async with await psycopg.AsyncConnection.connect(scene.site.installation.url) as db:
        await db.execute("LOCK TABLE delivery_contact IN ACCESS EXCLUSIVE MODE")
        before = scene.ledger.n_answers
        await asyncio.sleep(LOCKED_S)
        n_meanwhile = scene.ledger.n_answers - before
    scene.figures[WHILE_LOCKED] += n_meanwhile
    return True
