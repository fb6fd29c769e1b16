"""A server process is killed (``kill -9``) while it has requests, and started again at the same address."""

from __future__ import annotations

import asyncio
import time

from loadtest.drill.proxy import Address
from loadtest.drill.site import Scene, address_of, start

LATEST_S = 0.02  # after a request is seen: so a kill falls in whatever step of it
TRIES = 50
MEANWHILE = "answers while a killed worker was away"


async def kill_worker(scene: Scene) -> bool:
    """Kill one worker; the others go on, and take its pupils."""
    worker = scene.rng.choice(scene.site.workers)
    address = address_of(worker)
    if not await _is_in_the_middle(scene, address):
        return False
    scene.kills.append(time.monotonic())
    worker.kill()
    before = scene.ledger.n_answers
    await start(worker)
    scene.figures[MEANWHILE] += scene.ledger.n_answers - before
    return True


async def _is_in_the_middle(scene: Scene, address: Address) -> bool:
    """Wait for a random moment at which a server has a request and has not answered it."""
    for _ in range(TRIES):
        if not await scene.until(lambda: scene.proxy.under_way[address] > 0):
            return False
        await asyncio.sleep(scene.rng.uniform(0.0, LATEST_S))
        if scene.proxy.under_way[address] > 0:
            return True
    return False
