"""The network is gone: every connection breaks, and nobody gets through for a while of the pupils' time."""

from __future__ import annotations

from loadtest.drill.site import Scene

SHORT_S, LONG_S = 30.0, 600.0  # of the pupils' time


async def cut_short(scene: Scene) -> bool:
    """Cut it for 30 s."""
    return await scene.proxy.cut(SHORT_S / scene.speed) > 0


async def cut_long(scene: Scene) -> bool:
    """Cut it for 10 min."""
    return await scene.proxy.cut(LONG_S / scene.speed) > 0
