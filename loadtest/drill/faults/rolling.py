"""Another version is rolled in, one server process at a time, and back: here the same code at another address."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from loadtest.drill.site import Scene, address_of, start
from loadtest.server import ServerProcess

LEAST_ANSWERS = 3


async def roll_version(scene: Scene) -> bool:
    """Replace every server process by another one, and that one again; each must have answered pupils."""
    n_workers = len(scene.site.workers)
    return all(
        [await serves(scene, await replace_worker(scene, number % n_workers)) for number in range(2 * n_workers)]
    )


async def replace_worker(scene: Scene, number: int, environment: Mapping[str, str] | None = None) -> ServerProcess:
    """Put another server process in the place of one, which is asked to stop; on SQLite only one can run."""
    site = scene.site
    old, successor = site.workers[number], site.add_worker(environment)
    if site.installation.postgres is None:
        await asyncio.to_thread(old.stop)
    try:
        await start(successor)
    finally:
        if successor.address:
            site.workers[number] = successor
    if site.installation.postgres is not None:
        await asyncio.to_thread(old.stop)
    return successor


async def serves(scene: Scene, worker: ServerProcess) -> bool:
    """Wait until a server process has answered pupils."""
    address = address_of(worker)
    return await scene.until(lambda: scene.proxy.answered[address] >= LEAST_ANSWERS)
