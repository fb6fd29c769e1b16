"""What a laptop asks and tells beside its answers."""

from __future__ import annotations

from typing import Any

import httpx2

from tests.delivery.delivery_world import Laptop


async def take_break(laptop: Laptop, *, wanted: bool = True, epoch: int | None = None) -> httpx2.Response:
    """Take a break, or end it."""
    body = {"epoch": laptop.epoch if epoch is None else epoch, "wanted": wanted}
    return await laptop.client.post(f"{laptop.url}/break", json=body, headers=laptop.headers)


async def tell(laptop: Laptop, **noticed: Any) -> httpx2.Response:
    """Say what was noticed."""
    body = {"epoch": laptop.epoch} | noticed
    return await laptop.client.post(f"{laptop.url}/noticed", json=body, headers=laptop.headers)
