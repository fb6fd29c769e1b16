"""What is granted to few: the simple page, breaks, and what the server hears of aids and of the page being left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import delivery
from delivery.sittings.service import now_ms
from itembank import CompiledBank
from tests.browser.browser_pupil import PupilPage
from tests.browser.browser_site import Site
from tests.browser.test_accessibility import check
from tests.browser.test_console import line, open_console

GRANTED = {"simplified": "yes", "breaks": "2x5", "read_aloud": "yes", "at_home": "yes"}
LEAVE = """() => {
    Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true });
    dispatchEvent(new Event('blur'));
}"""
BACK = "() => { delete document.hasFocus; dispatchEvent(new Event('focus')); }"


@pytest.fixture
def site(tmp_path: Path, compiled: tuple[CompiledBank, dict[str, tuple[str, bytes]]]) -> Iterator[Site]:
    """A room whose pupils are granted all this."""
    running = Site(tmp_path, *compiled, GRANTED)
    running.open()
    try:
        yield running
    finally:
        running.stop()


def wait_for(site: Site, kind: str, n: int = 1) -> list[dict[str, Any]]:
    """Payloads of a kind, as soon as there are so many of them."""
    for _ in range(100):
        found = [payload for name, payload in site.events() if name == kind]
        if len(found) >= n:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no {kind} came")


def test_a_simple_page_has_one_column_no_counter_and_no_gauge(site: Site, pupil: Callable[..., PupilPage]) -> None:
    lotte = pupil()
    page = lotte.page
    lotte.come_in()
    while not page.locator(".with-passage").count():
        lotte.answer_and_go_on(len(site.answered()) + 1)
    expect(page.locator(".gauge")).to_be_hidden()
    number = page.locator("h1.number").bounding_box()
    assert number is not None
    assert number["width"] <= 1  # for who listens it is there
    for width, height in ((1366, 768), (320, 640)):
        page.set_viewport_size({"width": width, "height": height})
        passage, work = page.locator(".passage").bounding_box(), page.locator(".work").bounding_box()
        assert passage is not None
        assert work is not None
        assert work["y"] >= passage["y"] + passage["height"] - 1
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        check(page, f"simple page, {width}")
    page.locator("#display summary").click()
    page.get_by_role("checkbox", name="Eenvoudige bladzijde").uncheck()
    expect(page.locator(".gauge")).to_be_visible()


def test_a_break_hides_the_question_and_one_click_brings_it_back_as_it_was(
    site: Site, laptop: Callable[..., Page], pupil: Callable[..., PupilPage]
) -> None:
    lotte = pupil(width=320, height=640)
    page = lotte.page
    lotte.come_in()
    item = lotte.item
    lotte.answer()
    given = page.locator("[data-field] input:checked").count()
    page.get_by_role("button", name="Neem pauze (nog 2)").click()
    expect(page.get_by_role("heading", name="Jouw pauze")).to_be_focused()
    expect(page.locator(".lead")).to_contain_text("Je pauze duurt nog hoogstens 5 minuten.")
    expect(page.locator("[data-item]")).to_have_count(0)
    check(page, "break")
    console = open_console(site, laptop)
    expect(line(console, "Lotte")).to_contain_text("eigen pauze tot")
    expect(line(console, "Lotte")).to_contain_text("werkt thuis, onder toezicht")
    page.route("**/break", lambda route: route.abort())
    page.get_by_role("button", name="Ga verder").click()  # nobody hears it
    expect(page.locator("#notice")).to_have_text("Er is even geen verbinding. We proberen het vanzelf opnieuw.")
    expect(page.get_by_role("heading", name="Jouw pauze")).to_be_visible()
    page.unroute("**/break")
    page.evaluate("dispatchEvent(new Event('online'))")  # the page asks where it stands
    lotte.see_question(1)  # with the next word of the server, without another click
    assert lotte.item == item
    assert page.locator("[data-field] input:checked").count() == given > 0
    expect(line(console, "Lotte")).to_contain_text("bezig met vraag 1 van 6")
    page.get_by_role("button", name="Neem pauze (nog 1)").click()
    expect(page.get_by_role("heading", name="Jouw pauze")).to_be_visible()
    site.sittings.clock = lambda: now_ms() + 5 * 60_000 - 3_000  # the break is nearly over
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".lead")).to_contain_text("nog hoogstens een minuut")
    page.route("**/api/**", lambda route: route.abort())  # and nothing of the server comes any more
    page.evaluate("dispatchEvent(new Event('online'))")
    lotte.see_question(1)  # it goes on by itself all the same
    assert lotte.item == item
    assert page.locator("[data-field] input:checked").count() == given
    expect(page.locator("#notice")).to_contain_text("Werk gerust verder")
    assert [kind for kind, _ in site.events()][-1] == "paused"
    page.unroute("**/api/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    assert wait_for(site, "resumed", 2)[1]["cause"] == "break_over"
    expect(page.locator("[data-break]")).to_be_hidden()
    wait_for(site, "accommodation_used")  # before that nobody knows whether there is a voice
    console.get_by_role("link", name="Hulp voor Lotte Vandenbroucke").click()
    rows = console.locator("[data-sheet-dialog] .aids tr")
    expect(rows.filter(has_text="pauzes")).to_have_text("pauzes (2 van hoogstens 5 min)schooljaja, 2 keer")
    expect(rows.filter(has_text="voorlezen")).to_have_text("voorlezenschoolneenee")
    check(console, "sheet with accommodations")


def test_the_server_hears_once_what_is_there_and_used_and_how_often_the_page_was_left(
    site: Site, pupil: Callable[..., PupilPage]
) -> None:
    lotte = pupil()
    page = lotte.page
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/noticed") else None)
    lotte.come_in()
    page.locator("#display summary").click()
    page.get_by_label("Hoog contrast").check()
    page.keyboard.press("Escape")
    page.evaluate(
        f"async () => {{ ({LEAVE})(); await new Promise(done => setTimeout(done, 50)); ({BACK})(); }}"
    )  # a slip
    page.evaluate(LEAVE)
    page.wait_for_timeout(2_200)
    page.evaluate(BACK)
    (said,) = wait_for(site, "accommodation_used")
    assert said["offered"] == ["breaks", "simplified"]
    assert said["lacking"] == ["read_aloud"]  # Chromium without a window has no voice
    assert said["used"] == ["contrast", "simplified"]
    practice = Path(delivery.__file__).parent / "practice" / "static" / "practice.js"
    assert "aids/" not in practice.read_text()  # who practises is not looked at
    (lost,) = wait_for(site, "focus_lost")
    assert lost["times"] == 1
    assert 2_000 <= lost["away_ms"] < 20_000
    assert len(sent) <= 2
    page.locator("#display summary").click()
    page.get_by_label("Groot", exact=True).check()
    site.close()  # long before the next report
    page.evaluate("dispatchEvent(new Event('online'))")
    lotte.see_stopped()
    assert wait_for(site, "accommodation_used", 2)[1]["used"] == ["large_text"]
