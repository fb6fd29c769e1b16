"""When nothing gets through: the answers in a file, which staff read, once or twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.test_console import sign_in

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site


def save_file(page: Page, folder: Path) -> Path:
    """Press the button, and keep what the browser downloads."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Bewaar in een noodbestand").click()
    name = download.value.suggested_filename
    expect(page.get_by_role("status").filter(has_text=name)).to_contain_text("Geef het aan je toetsassistent")
    download.value.save_as(folder / name)
    return folder / name


def check(page: Page) -> None:
    """No violation, and no sideways scrolling."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_an_answer_that_cannot_be_sent_goes_by_file_and_twice_is_once(
    site: Site, pupil: Callable[..., PupilPage], laptop: Callable[..., Page], tmp_path: Path
) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    item = lotte.item
    lotte.page.route("**/answers/**", lambda route: route.fulfill(status=407, body="<p>Proxy"))
    lotte.answer()
    lotte.go_on()
    expect(lotte.page.get_by_role("heading", name="Even hulp nodig")).to_be_visible()
    file = save_file(lotte.page, tmp_path)
    check(lotte.page)
    heading, row = file.read_text().splitlines()
    assert heading.startswith("Noodbestand van Peil")
    assert item not in row
    assert site.answered() == []

    staff = laptop(width=320, height=640)
    staff.goto("/personeel/noodbestand")
    sign_in(staff)
    for what in ("1 nieuw", "1 al bekend"):
        staff.get_by_label("Bestand").set_input_files(file)
        check(staff)
        staff.get_by_role("button", name="Lees in").click()
        expect(staff.locator(".rescued li")).to_have_text(f"Lotte Vandenbroucke {what}")
        check(staff)
        assert site.answered() == [item]

    lotte.page.unroute("**/answers/**")
    lotte.page.get_by_role("button", name="Opnieuw proberen").click()
    lotte.see_question(2)
    assert site.answered() == [item]

    lotte.page.route("**/hand-in", lambda route: route.abort())
    site.close()
    expect(lotte.page.get_by_role("heading", name="We bewaren je toets")).to_be_visible(timeout=15_000)
    assert save_file(lotte.page, tmp_path).read_text().splitlines()[1:] == [row]
    check(lotte.page)
    lotte.page.unroute("**/hand-in")
    lotte.see_stopped()
