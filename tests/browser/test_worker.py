"""The service worker: what it keeps and never keeps, a page without a connection, and an update within a test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from delivery.player import versions

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

PupilMaker = Callable[..., "PupilPage"]
KEPT = """async () => Object.fromEntries(await Promise.all((await caches.keys()).map(async name =>
    [name, (await (await caches.open(name)).keys()).map(request => new URL(request.url).pathname)])))"""
THEMES = ("light", "dark", "contrast")


def controlled(page: Page) -> None:
    """Wait until the worker has kept its files and stands between the page and the network."""
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def kept_on(page: Page) -> dict[str, list[str]]:
    """Paths in each cache."""
    kept: dict[str, list[str]] = page.evaluate(KEPT)
    return kept


def version_of(page: Page) -> str:
    """Version of the page on the screen."""
    source = page.locator("script[type=module]").get_attribute("src") or ""
    return source.split("/")[3]


PART = """async path => {
  const whole = await (await fetch(path)).text();
  const part = await fetch(path, { headers: { Range: "bytes=2-5" } });
  return [whole, part.status, part.headers.get("content-range"), await part.text()];
}"""


def test_it_keeps_files_and_pictures_of_one_sitting_and_never_a_page_or_an_answer(
    site: Site, pupil: PupilMaker
) -> None:
    site.open()
    lotte = pupil(service_workers="allow")
    lotte.page.goto("/toets")
    controlled(lotte.page)
    lotte.come_in()
    for position in range(1, 7):
        lotte.answer_and_go_on(position)
    version = version_of(lotte.page)
    kept = kept_on(lotte.page)
    [player] = [paths for name, paths in kept.items() if name.startswith("peil-player ")]
    [pictures] = [paths for name, paths in kept.items() if name.startswith("peil-media ")]
    assert len(kept) == 2
    assert {path.rpartition(f"/{version}/")[0] for path in player} == {"/static/player"}
    assert [path for path in player if path.endswith("html")] == [f"/static/player/{version}/offline.html"]
    assert len(pictures) == 1  # the one of the bank
    assert pictures[0].startswith("/media/")
    whole, status, told, part = lotte.page.evaluate(PART, pictures[0])  # as who goes back in a recording asks
    assert (status, told, part) == (206, f"bytes 2-5/{len(whole)}", whole[2:6])
    lotte.hand_in()
    assert [name for name in kept_on(lotte.page) if name.startswith("peil-media ")] == []

    lotte.page.evaluate("caches.open('peil-media of an earlier pupil')")
    noah = pupil("Noah El Amrani", page=lotte.page)
    noah.come_in()
    sitting = noah.page.evaluate("JSON.parse(sessionStorage.getItem('peil.seat')).sitting")
    assert [name for name in kept_on(noah.page) if name.startswith("peil-media ")] == [f"peil-media {sitting}"]


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_a_page_loaded_again_without_a_connection_waits_calmly_and_goes_on(
    site: Site, pupil: PupilMaker, width: int, height: int
) -> None:
    site.open()
    lotte = pupil(width=width, height=height, service_workers="allow")
    lotte.page.goto("/toets")
    controlled(lotte.page)
    lotte.come_in()
    lotte.answer_and_go_on(1)
    lotte.answer()
    lotte.page.context.set_offline(True)
    lotte.go_on()
    expect(lotte.page.locator("h1")).not_to_have_text(f"Vraag 2 van {lotte.length}")
    lotte.page.on("dialog", lambda dialog: dialog.accept())
    lotte.page.reload()
    expect(lotte.page.get_by_role("heading", name="Even geen verbinding")).to_be_visible()
    assert lotte.page.evaluate("document.documentElement.dataset.theme") == "light"  # as it was chosen
    for theme in THEMES:
        lotte.page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        found = Axe().run(lotte.page)
        assert found.violations_count == 0, found.generate_report()
    assert lotte.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    with lotte.page.expect_download() as download:
        lotte.page.get_by_role("button", name="Bewaar in een noodbestand").click()
    assert len(Path(download.value.path()).read_text().splitlines()) == 3  # the heading and both answers
    lotte.page.context.set_offline(False)
    lotte.see_question(3)
    assert len(site.answered()) == 2


class Nobody(BaseHTTPRequestHandler):
    """A proxy that has nobody behind it."""

    def do_GET(self) -> None:
        self.send_error(502)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_proxy_without_a_server_behind_it_gets_the_same_calm_page(site: Site, pupil: PupilMaker) -> None:
    lotte = pupil(service_workers="allow")
    lotte.page.goto("/toets")
    controlled(lotte.page)
    site.stop()
    with ThreadingHTTPServer(("127.0.0.1", site.port), Nobody) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        lotte.page.reload()
        expect(lotte.page.get_by_role("heading", name="Even geen verbinding")).to_be_visible()
        proxy.shutdown()


def test_a_later_version_waits_until_the_test_is_over(
    site: Site, pupil: PupilMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.open()
    lotte = pupil(service_workers="allow")
    lotte.page.goto("/toets")
    controlled(lotte.page)
    lotte.come_in()
    lotte.answer_and_go_on(1)
    before = version_of(lotte.page)

    sources = tmp_path / "later"
    shutil.copytree(versions.STATIC, sources)
    (sources / "tools" / "magnifier.js").unlink()
    (sources / "clock.js").write_text((sources / "clock.js").read_text() + "export const later = 1;\n")
    monkeypatch.setattr(versions, "STATIC", sources)
    site.restart()

    tool = f"async () => Object.keys(await import('/static/player/{before}/tools/magnifier.js')).length"
    assert lotte.page.evaluate(tool) > 0  # not loaded before, and not in the later version
    lotte.answer_and_go_on(2)
    lotte.page.reload()
    lotte.see_question(3)
    assert version_of(lotte.page) == before
    for position in range(3, 7):
        lotte.answer_and_go_on(position)
    lotte.hand_in()
    lotte.page.get_by_role("link", name="Naar het begin").click()
    expect(lotte.page.get_by_role("heading", name="Welkom")).to_be_visible()
    assert version_of(lotte.page) != before
    assert len(site.answered()) == 6
