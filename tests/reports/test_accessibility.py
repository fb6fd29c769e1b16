"""The report's page in a real browser: axe-core finds nothing, a phone needs no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from reports import SchoolReport, render_html
from tests.chromium import FLAGS, REMEDY, find_chromium

MakeReport = Callable[..., SchoolReport]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    """Return a page of the system's Chromium."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip(REMEDY)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser.new_page()
        browser.close()


@pytest.fixture(params=[(1366, 768), (320, 640)], ids=["laptop", "phone"])
def shown(request: pytest.FixtureRequest, browser_page: Page, make_report: MakeReport, tmp_path: Path) -> Page:
    """Return the report's page at a size."""
    width, height = request.param
    file = tmp_path / "report.html"
    file.write_text(render_html(make_report({"4A": 22, "4B": 3, "4C": 20}, simulated=True)), encoding="utf-8")
    browser_page.set_viewport_size({"width": width, "height": height})
    browser_page.goto(file.as_uri())
    return browser_page


def test_axe_finds_nothing(shown: Page) -> None:
    found = Axe().run(shown).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_nothing_is_wider_than_the_window(shown: Page) -> None:
    assert shown.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_exactly_one_drawing_of_each_chart_is_seen(shown: Page) -> None:
    visible = shown.evaluate(
        "[...document.querySelectorAll('.chart')]"
        ".map(chart => [...chart.children].filter(drawing => drawing.offsetHeight > 0).length)"
    )
    assert set(visible) == {1}


def test_letters_in_charts_stay_readable(shown: Page) -> None:
    sizes = shown.evaluate(
        "[...document.querySelectorAll('.chart svg')].filter(s => s.clientWidth > 0)"
        ".map(s => 12 * s.clientWidth / s.viewBox.baseVal.width)"
    )
    assert min(sizes) >= 10.5


def test_the_page_fits_on_paper(shown: Page) -> None:
    """A4 less its margins of 15 mm is 680 CSS pixels wide."""
    shown.set_viewport_size({"width": 680, "height": 1000})
    shown.emulate_media(media="print")
    try:
        wide = (
            "[...document.querySelectorAll('table, svg')].filter(e => e.getBoundingClientRect().right > 680.5).length"
        )
        assert shown.evaluate(wide) == 0
    finally:
        shown.emulate_media(media="screen")
