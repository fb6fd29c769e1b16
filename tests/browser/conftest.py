"""A real browser and a real server; without Chromium each browser test is skipped by name."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

SLOWEST_MS = 15_000  # two shared cores; whatever must be quick says so itself
HERE = Path(__file__).parent
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _load(name: str) -> ModuleType:
    """Import a helper beside this file; tests are no package."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def find_chromium() -> str | None:
    """Path of the system's browser."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the browser; without one, skip each such test by name."""
    missing = find_chromium() is None
    for item in items:
        if HERE in item.path.parents and "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            if missing:
                reason = f"{item.name} needs Chromium. To run it: sudo apt-get install chromium"
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=SLOWEST_MS)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def compiled() -> tuple[Any, Any]:
    """Bank of six items with its media."""
    bank: tuple[Any, Any] = _load("browser_site").compile_test_bank()
    return bank


@pytest.fixture
def site(tmp_path: Path, compiled: tuple[Any, Any]) -> Iterator[Site]:
    """A server of the test's own, with an empty log and a room that is not open yet."""
    running: Site = _load("browser_site").Site(tmp_path, *compiled)
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
        context = chromium.new_context(
            base_url=site.url, viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
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
    page_of: Callable[..., PupilPage] = _load("browser_pupil").PupilPage
    return lambda name="Lotte Vandenbroucke", page=None, **options: page_of(page or laptop(**options), site, name)
