"""Pupils who all arrive at once: ``python -m tests.delivery.knocking ADDRESS`` with codes as JSON on standard input."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from typing import Any

import httpx2

CONNECTIONS = 250


async def arrive(address: str, pairs: list[tuple[str, str]]) -> Counter[str]:
    """Let everybody come in; how many did, and how often somebody was told to come back later."""
    counts: Counter[str] = Counter()
    limits = httpx2.Limits(max_connections=CONNECTIONS)
    async with httpx2.AsyncClient(base_url=address, timeout=60.0, limits=limits) as client:

        async def insist(path: str, body: dict[str, str]) -> dict[str, Any]:
            while (reply := await client.post(path, json=body)).status_code == 503:
                counts["later"] += 1
                await asyncio.sleep(int(reply.headers["retry-after"]))
            found: dict[str, Any] = reply.raise_for_status().json()
            return found

        async def come_in(room_code: str, seat_code: str) -> None:
            codes = {"room_code": room_code, "seat_code": seat_code, "device": seat_code}
            entered = await insist("/api/v1/entry", codes)
            await insist("/api/v1/entry/confirm", {"ticket": entered["ticket"]})
            counts["in"] += 1

        await asyncio.gather(*(come_in(room_code, seat_code) for room_code, seat_code in pairs))
    return counts


if __name__ == "__main__":
    codes = json.load(sys.stdin)
    sys.stdout.write("they arrive\n")
    sys.stdout.flush()
    found = asyncio.run(arrive(sys.argv[1], codes))
    json.dump([found["in"], found["later"]], sys.stdout)
