"""What is too large or cannot be read is refused in Dutch, wherever it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.delivery.delivery_world import Site

pytestmark = pytest.mark.anyio


async def chunks(content: bytes, times: int) -> AsyncIterator[bytes]:
    """A body whose length is not stated."""
    for _ in range(times):
        yield content


@pytest.mark.parametrize("path", ["/api/v1/entry", "/api/v1/entry/confirm", "/personeel/aanmelden"])
async def test_ten_megabytes_in_parts_are_too_large_and_no_answer(sqlite_site: Site, path: str) -> None:
    reply = await sqlite_site.client.post(
        path, content=chunks(b"[" * 65_536, 160), headers={"Content-Type": "application/json"}
    )
    assert (reply.status_code, reply.json()["message"]) == (413, "Dit is te groot om te versturen.")


async def test_an_answer_that_is_too_large_is_called_an_answer(sqlite_site: Site) -> None:
    laptop = await sqlite_site.laptop()
    reply = await sqlite_site.client.put(f"{laptop.url}/answers/1", content=b" " * 70_000, headers=laptop.headers)
    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")
    assert "antwoord" in reply.json()["message"]


async def test_json_that_is_nested_too_deeply_is_malformed_in_dutch(sqlite_site: Site) -> None:
    reply = await sqlite_site.client.post(
        "/api/v1/entry", content=chunks(b"[" * 60_000, 1), headers={"Content-Type": "application/json"}
    )
    assert (reply.status_code, reply.json()["code"]) == (422, "malformed")
