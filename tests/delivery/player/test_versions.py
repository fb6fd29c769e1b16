"""Versions of the player: each at addresses of its own, kept while a page may ask for it."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from delivery.player import versions
from delivery.player.versions import FOR_GOOD, KEPT_DAYS, STATIC, PlayerVersions
from tests.delivery.delivery_world import World

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def worker(world: World, folder: Path | None) -> AsyncIterator[httpx2.AsyncClient]:
    """A worker that keeps versions in a folder."""
    world.config = replace(world.config, player_versions=folder)
    journal = world.open_journal()
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=world.app(journal)), base_url="http://peil.test"
    ) as client:
        yield client
    await world.stop()
    await journal.close()


def version_in(page: httpx2.Response) -> str:
    """Which version a page is."""
    found: set[str] = set(re.findall(r'"/static/player/([0-9a-f]{16})/', page.text))
    [version] = found
    return version


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on the running version is another one: a script changed, one is gone, a page says something else."""
    sources = tmp_path / "later"
    shutil.copytree(STATIC, sources)
    (sources / "clock.js").write_text((sources / "clock.js").read_text() + "export const later = true;\n")
    (sources / "tools" / "ruler.js").unlink()
    monkeypatch.setattr(versions, "STATIC", sources)


async def test_every_file_of_a_page_is_kept_for_good_at_its_versions_address(sqlite_world: World) -> None:
    async with worker(sqlite_world, None) as client:
        page = await client.get("/toets")
        place = f"/static/player/{version_in(page)}"
        names = (await client.get(f"{place}/assets.json")).json()
        files = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*.*")}
        assert set(names) <= files | {"offline.html", "page.js", "page.css"}
        inside = files - set(names)  # the laptop keeps them in the one script
        assert {"player.js", "sitting.js", "question.js"} <= inside
        assert set(re.findall(r'/([a-z]+\.(?:js|css))"', page.text)) == {"page.js", "page.css"} <= set(names)
        for name in (*names, *inside):
            reply = await client.get(f"{place}/{name}")
            assert (reply.status_code, reply.headers["cache-control"]) == (200, FOR_GOOD), name
            assert reply.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"
        closed = (await client.get("/laptopcontrole")).headers["content-security-policy"]
        plays = "; media-src 'self'"  # items may hold recordings
        assert page.headers["content-security-policy"].replace(plays, "") == closed
        assert plays in page.headers["content-security-policy"]
        shown = await client.get(f"{place}/offline.html")
        assert "default-src 'none'" in shown.headers["content-security-policy"]
        assert set(re.findall(r'(?:href|src)="([^"]+)/[a-z]+\.(?:css|js)"', shown.text)) == {place}
        assert (await client.get(f"{place}/worker.js")).headers["service-worker-allowed"] == "/toets"


async def test_what_is_the_same_for_all_is_compressed_for_whoever_reads_that(
    sqlite_world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with worker(sqlite_world, tmp_path / "player") as client:
        kept = f"/static/player/{version_in(await client.get('/toets'))}/page.js"
        request.getfixturevalue("later")
    async with worker(sqlite_world, tmp_path / "player") as client:
        running = f"/static/player/{version_in(await client.get('/toets'))}/page.js"
        assert running != kept
        for address in ("/toets", running, kept, "/static/player/player.css", "/static/practice/practice.js"):
            small = await client.get(address, headers={"Accept-Encoding": "br, gzip"})
            large = await client.get(address, headers={"Accept-Encoding": "gzip;q=0, identity"})
            assert (small.headers["content-encoding"], large.headers.get("content-encoding")) == ("gzip", None), address
            assert small.text == large.text
            assert int(small.headers["content-length"]) < len(large.content) / 2
            assert small.headers["vary"] == large.headers["vary"] == "Accept-Encoding"
            again = {"If-None-Match": f'"0", W/{small.headers["etag"]}', "Accept-Encoding": "gzip"}
            unchanged = await client.get(address, headers=again)
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert (await client.get(address, headers=again | {"Accept-Encoding": ""})).status_code == 200
        head = await client.get("/api/v1/sittings/x", headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in head.headers  # what is somebody's never is


async def test_a_version_is_served_on_by_workers_of_a_later_one_and_the_other_way_round(
    sqlite_world: World, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "player"
    async with worker(sqlite_world, folder) as old:
        page = await old.get("/toets")
        before = version_in(page)
        ruler = (await old.get(f"/static/player/{before}/tools/ruler.js")).text
        request.getfixturevalue("later")
        new = PlayerVersions(folder, "point")  # a worker of the later version starts beside it
        assert new.current != before
        for name in ("clock.js", "page.js"):
            clock = await old.get(f"/static/player/{new.current}/{name}")
            assert (clock.status_code, clock.headers["cache-control"]) == (200, FOR_GOOD)
            assert "later=true" in clock.text.replace(" ", "")
    async with worker(sqlite_world, folder) as client:  # rolled in
        assert version_in(await client.get("/toets")) not in {before, new.current}  # "point" is part of it
        again = await client.get(f"/toets?versie={before}")
        assert again.text == page.text
        assert again.headers["content-security-policy"] == page.headers["content-security-policy"]
        assert (await client.get(f"/static/player/{before}/tools/ruler.js")).text == ruler
        assert "later" not in (await client.get(f"/static/player/{before}/clock.js")).text


@pytest.mark.parametrize("version", ["0" * 16, "../" + "0" * 16, "page", "0" * 15 + "/", ""])
async def test_an_unknown_version_gets_the_running_page(sqlite_world: World, tmp_path: Path, version: str) -> None:
    async with worker(sqlite_world, tmp_path / "player") as client:
        running = await client.get("/toets")
        assert (await client.get("/toets", params={"versie": version})).text == running.text


@pytest.mark.parametrize("path", ["0" * 16 + "/clock.js", "../../../app.py", "{}/../../peil.sqlite", "{}/none.js"])
async def test_a_file_that_no_version_has_is_not_found(sqlite_world: World, tmp_path: Path, path: str) -> None:
    async with worker(sqlite_world, tmp_path / "player") as client:
        version = version_in(await client.get("/toets"))
        reply = await client.get("/static/player/" + path.format(version).replace("..", "%2e%2e"))
        assert reply.status_code == 404
        assert "immutable" not in reply.headers.get("cache-control", "")


def test_what_nobody_started_for_long_goes_and_what_started_lately_stays(tmp_path: Path) -> None:
    first = PlayerVersions(tmp_path, "point").current
    other = PlayerVersions(tmp_path, "another").current
    old = time.time() - (KEPT_DAYS + 1) * 24 * 3600
    for version in (first, other):
        os.utime(tmp_path / version, (old, old))
    assert PlayerVersions(tmp_path, "point").current == first
    assert [kept.name for kept in tmp_path.iterdir()] == [first]
    assert time.time() - (tmp_path / first).stat().st_mtime < 60
