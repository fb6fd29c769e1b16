"""The calibration report in a real browser: sort, open an item; axe-core finds nothing, a phone is wide enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import FLAGS, REMEDY, find_chromium
from tests.peil.calibrating import answers, options_for, run, write_csv

pytestmark = pytest.mark.browser
SIZES = {"laptop": (1366, 768), "phone": (320, 640)}
OpenPage = Callable[[str, str], Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip(REMEDY)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports by name: graded items of two years with a covariate, and two-category items of which one is reversed."""
    folder = tmp_path_factory.mktemp("reports")
    graded = write_csv(folder / "graded.csv", answers(n_persons=300, highest=3))
    columns = answers(n_persons=300, n_items=12)
    columns["I3"] = ["1" if code == "0" else "0" for code in columns["I3"]]
    plain = write_csv(folder / "plain.csv", columns)
    more = options_for("--model", "gpcm", "--group", "year", "--covariate", "age")
    assert run(str(graded), *more, "--out", str(folder / "graded")) == 0
    assert run(str(plain), *options_for(), "--out", str(folder / "plain")) == 0
    return {name: folder / name / "report.html" for name in ("graded", "plain")}


@pytest.fixture
def open_page(browser: Browser, reports: dict[str, Path]) -> Iterator[OpenPage]:
    """Return an opener of a report at a size; whatever the page complains of fails the test."""
    complaints: list[str] = []
    pages: list[Page] = []

    def opened(name: str, size: str) -> Page:
        width, height = SIZES[size]
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(reports[name].as_uri())
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []


def names(page: Page) -> list[str]:
    """Names of the items that are seen, from top to bottom."""
    return [text.strip() for text in page.locator("#items > tbody > tr:visible > th button").all_inner_texts()]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["graded", "plain"])
def test_axe_finds_nothing_with_an_item_open_and_nothing_is_wider_than_the_window(
    name: str, size: str, open_page: OpenPage
) -> None:
    page = open_page(name, size)
    page.get_by_role("button", name="I2").click()
    page.locator(".figures summary").click()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_a_heading_sorts_by_number_and_once_more_turns_it_round(open_page: OpenPage) -> None:
    page = open_page("plain", "laptop")
    cells = "[...document.querySelectorAll('#items > tbody > tr')].map(row => row.cells[4].innerText)"
    column = f"{cells}.map(text => Number(text.replace('\\u2212', '-')))"
    page.get_by_role("button", name="b", exact=True).click()
    rising = page.evaluate(column)
    assert rising == sorted(rising)
    assert min(rising) < 0.0 < max(rising)
    page.get_by_role("button", name="b", exact=True).click()
    assert page.evaluate(column) == sorted(rising, reverse=True)
    page.get_by_role("button", name="item", exact=True).click()
    assert names(page)[:3] == ["I1", "I2", "I3"]
    assert names(page)[-1] == "I12"  # numbers inside names count as numbers


def test_an_item_opens_with_its_curves_and_closes_again(open_page: OpenPage) -> None:
    page = open_page("graded", "laptop")
    button = page.get_by_role("button", name="I4")
    button.click()
    assert button.get_attribute("aria-expanded") == "true"
    assert page.locator(".figures .item-charts svg").count() == 2
    assert page.locator(".figures .legend li").all_inner_texts() == [f"category {number}" for number in range(4)]
    button.click()
    assert page.locator(".figures").count() == 0


def test_search_and_the_box_of_items_to_look_at_narrow_the_table(open_page: OpenPage) -> None:
    page = open_page("plain", "laptop")
    page.get_by_label("Item", exact=True).fill("i1")
    assert names(page) == ["I1", "I10", "I11", "I12"]
    page.get_by_label("Item", exact=True).press("Enter")
    assert names(page) == ["I1", "I10", "I11", "I12"]  # and the page stays
    page.get_by_label("Item", exact=True).fill("")
    page.get_by_label("only items to look at").check()
    assert names(page) == ["I3"]


def test_a_flagged_item_is_opened_from_the_list_at_the_top(open_page: OpenPage) -> None:
    page = open_page("plain", "phone")
    page.locator("#look-at").get_by_role("link", name="I3").click()
    assert page.get_by_role("button", name="I3").get_attribute("aria-expanded") == "true"


def test_the_page_fetches_nothing(reports: dict[str, Path]) -> None:
    for path in reports.values():
        text = unescape(path.read_text(encoding="utf-8"))
        assert "default-src 'none'" in text
        assert not any(word in text for word in ('src="', "url(", "@import", 'rel="stylesheet"'))
