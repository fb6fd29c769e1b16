"""A real browser and a real server; without Chromium each browser test is skipped by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from itembank import CompiledBank
from tests.browser.browser_pupil import PupilPage
from tests.browser.browser_site import Site, compile_test_bank
from tests.chromium import FLAGS, REMEDY, find_chromium

SLOWEST_MS = 15_000  # two shared cores; whatever must be quick says so itself
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the browser; without one, skip each such test by name."""
    missing = find_chromium() is None
    for item in items:
        if HERE in item.path.parents and "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"{item.name} {REMEDY}"))


@pytest.fixture(scope="module")  # its event loop must not outlive it: other tests run loops of their own
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=SLOWEST_MS)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def compiled() -> tuple[CompiledBank, dict[str, tuple[str, bytes]]]:
    """Bank of six items with its media."""
    return compile_test_bank()


@pytest.fixture
def site(tmp_path: Path, compiled: tuple[CompiledBank, dict[str, tuple[str, bytes]]]) -> Iterator[Site]:
    """A server of the test's own, with an empty log and a room that is not open yet."""
    running = Site(tmp_path, *compiled)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def laptop(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Return a maker of laptops: each is a browser of its own with one page; errors in its script fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(width: int = 1366, height: int = 768, **options: Any) -> Page:
        look: dict[str, Any] = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce"}
        # a worker fetches the whole player each time; its own tests allow it
        context = chromium.new_context(base_url=site.url, **look, **({"service_workers": "block"} | options))
        context.set_default_timeout(SLOWEST_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert not errors


@pytest.fixture
def pupil(laptop: Callable[..., Page], site: Site) -> Callable[..., PupilPage]:
    """Return a maker of pupils, each at a laptop, who can come in and answer."""
    return lambda name="Lotte Vandenbroucke", page=None, **options: PupilPage(page or laptop(**options), site, name)
