"""Step 7: visits the pages that the demo serves, as a pupil, a coordinator and a psychometrician would."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import httpx2
from starlette.types import ASGIApp

from itembank.pages import addresses
from loadtest.proctors import VirtualProctor
from peil.demo.facts import require
from peil.demo.people import Account
from peil.demo.school import Room
from peil.server import make_server


@contextmanager
def serving_inside(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Serve from a thread of this process as long as the block runs."""
    started = threading.Event()
    server = make_server(app, started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="demo-server")
    thread.start()
    try:
        require(started.wait(30.0), "the server did not start within 30 s")
        yield
    finally:
        server.should_exit = True
        thread.join()


def visit(address: str, rooms: Sequence[Room], accounts: Sequence[Account], wave: str, choice: str) -> int:
    """Visit every page; return how many were seen.

    Parameters
    ----------
    address
        Where the server listens.
    rooms, accounts
        With free seats, and of staff.
    wave
        Whose reports are there.
    choice
        Item version whose answers are chosen.

    Raises
    ------
    DemoError
        If a page is not there or does not show what it should.
    """
    return asyncio.run(_visit(address, rooms, accounts, wave, choice))


async def _visit(address: str, rooms: Sequence[Room], accounts: Sequence[Account], wave: str, choice: str) -> int:
    """Visit as nobody, as a pupil and as each of the staff."""
    n_pages = 0

    async def see(client: httpx2.AsyncClient, path: str, shows: Callable[[httpx2.Response], bool]) -> None:
        """One page."""
        nonlocal n_pages
        reply = await client.get(path)
        require(reply.status_code == 200 and shows(reply), f"{path} ({reply.status_code}) does not show what it should")
        n_pages += 1

    async with httpx2.AsyncClient(base_url=address, timeout=30.0) as client:
        await see(client, "/", lambda page: all(room.room_code in page.text for room in rooms))
        await see(client, "/toets", lambda page: "/static/player/" in page.text)
        refused = await client.get("/rapporten")
        require(refused.status_code == 303, "reports are shown to somebody who is not signed in")
        codes = {"room_code": rooms[0].room_code, "seat_code": rooms[0].seats[0].seat_code}
        entry = await client.post("/api/v1/entry", json=codes)
        require(entry.status_code == 200, f"the code on the start page is refused: {entry.text}")
    for account in accounts:
        async with httpx2.AsyncClient(base_url=address, timeout=30.0) as client:
            await VirtualProctor(client).sign_in(account.email, account.password)
            if account.role == "psychometrician":
                await see(client, "/itembank", lambda page: page.text.count("<svg") > 50)
                await see(client, addresses.LIST, lambda page: addresses.ITEM in page.text)
                await see(client, addresses.item_address(choice), lambda page: "Antwoordmogelijkheden" in page.text)
                await see(client, addresses.preview_address(choice, "dark"), lambda page: choice in page.text)
                continue
            refused = await client.get(addresses.item_address(choice))
            require(refused.status_code == 403, f"a {account.role} may see the key of an item")
            await see(client, "/personeel", lambda page: "Demoschool" in page.text)
            if account.role == "coordinator":
                await see(client, "/rapporten", lambda page: wave in page.text)
                await see(client, f"/rapporten/{wave}", lambda page: "<svg" in page.text)
                await see(client, f"/rapporten/{wave}.pdf", lambda page: page.content.startswith(b"%PDF-"))
    return n_pages
