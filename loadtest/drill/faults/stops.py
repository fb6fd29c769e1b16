"""PostgreSQL is stopped as by a crash (``pg_ctl stop -m immediate``), and started again."""

from __future__ import annotations

import asyncio

from loadtest.drill.site import Scene

AWAY_S = (0.0, 0.5)


async def stop_database(scene: Scene) -> bool:
    """Stop it in the middle of the traffic; it took place when a pupil met it."""
    postgres = scene.site.installation.postgres
    assert postgres is not None
    if not await scene.until(lambda: scene.proxy.under_way.total() > 0):
        return False
    met = asyncio.create_task(scene.server_errors())
    try:
        await asyncio.to_thread(postgres.stop, "immediate")
        await asyncio.sleep(scene.rng.uniform(*AWAY_S))
    finally:
        await asyncio.to_thread(postgres.start)
    return await met
