"""The sheets of the console, in a real browser: by keyboard alone, on a narrow screen, and for a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import big_enough, check
from tests.browser.test_console import AT_ONCE_MS, line, open_console, sign_in

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

Laptop = Callable[..., Page]
COORDINATOR = "coordinator@de-wilgen.example"


def as_coordinator(site: Site, laptop: Laptop, **options: int) -> Page:
    """The room, as the coordinator sees it."""
    page = laptop(**options)
    page.goto(f"/personeel/afnames/{site.room.administration_id}")
    sign_in(page, email=COORDINATOR)
    expect(page.get_by_role("heading", name="4A")).to_be_visible()
    return page


def reach(page: Page, name: str) -> None:
    """Press Tab until the control with this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.textContent.trim()")
        if focused == name:
            return
    raise AssertionError(f"{name} cannot be reached with Tab")


def test_extra_time_by_keyboard_alone(site: Site, laptop: Laptop, pupil: Callable[..., PupilPage]) -> None:
    site.open()
    pupil().come_in()
    page = open_console(site, laptop)
    expect(line(page, "Lotte")).to_contain_text("bezig met vraag 1", timeout=AT_ONCE_MS)
    reach(page, "Hulp voor Lotte Vandenbroucke")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Lotte Vandenbroucke")
    expect(dialog).to_be_visible()
    expect(page.get_by_label("Waarom?")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Hulp voor Lotte Vandenbroucke")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.type("laptop viel uit")
    page.keyboard.press("Tab")
    page.keyboard.type("5")  # the usual number is selected
    reach(page, "Geef extra tijd")
    page.keyboard.press("Enter")
    expect(line(page, "Lotte")).to_contain_text("5 min extra tijd")
    (granted,) = [payload for kind, payload in site.events() if kind == "time_granted"]
    assert (granted["granted_ms"], granted["reason"]) == (5 * 60_000, "laptop viel uit")


def test_what_is_refused_comes_back_as_it_was_typed(site: Site, laptop: Laptop) -> None:
    site.open()
    page = open_console(site, laptop)
    page.get_by_role("link", name="Geef iedereen extra tijd").click()
    dialog = page.get_by_role("dialog", name="Alle leerlingen")
    dialog.get_by_role("button", name="Geef iedereen extra tijd").click()
    expect(dialog).to_be_visible()  # the browser itself asks for a reason
    page.get_by_label("Waarom?").fill("Mila was ziek")
    dialog.get_by_role("button", name="Geef iedereen extra tijd").click()
    expect(page.get_by_role("alert")).to_contain_text("‘Mila’")
    expect(page.get_by_label("Waarom?")).to_have_value("Mila was ziek")
    page.get_by_label("Waarom?").fill("brandalarm")
    page.get_by_role("button", name="Geef iedereen extra tijd").click()
    expect(page.locator(".pupils")).to_contain_text("10 min extra tijd")
    assert [kind for kind, _ in site.events()].count("time_granted") == 1


def test_a_pupil_who_was_stopped_by_mistake_goes_on(
    site: Site, laptop: Laptop, pupil: Callable[..., PupilPage]
) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    lotte.answer_and_go_on(1)
    site.close()
    lotte.see_stopped()
    page = open_console(site, laptop)
    expect(line(page, "Lotte")).to_contain_text("gestopt bij vraag 2", timeout=AT_ONCE_MS)
    page.get_by_role("link", name="Hulp voor Lotte").click()
    page.get_by_label("Waarom?").fill("te vroeg afgesloten")
    page.get_by_role("button", name="Heropen de toets").click()
    lotte.come_in()
    lotte.see_question(2)
    expect(line(page, "Lotte")).to_contain_text("bezig met vraag 2", timeout=AT_ONCE_MS)


def test_a_pupil_gets_help_another_question_and_another_laptop(
    site: Site, laptop: Laptop, pupil: Callable[..., PupilPage]
) -> None:
    site.open()
    lotte, page = pupil(), open_console(site, laptop)
    lotte.come_in()
    lotte.page.get_by_role("button", name="Vraag hulp").click()
    expect(lotte.page.get_by_role("alert")).to_contain_text("Je toetsassistent weet dat je hulp vraagt.")
    page.get_by_role("button", name="Ik kom bij Lotte Vandenbroucke").click(timeout=AT_ONCE_MS)
    expect(lotte.page.get_by_role("alert")).to_have_text("Je toetsassistent komt naar je toe.")
    expect(page.locator(".incidents")).to_have_count(0)
    page.get_by_role("link", name="Hulp voor Lotte").click()
    page.get_by_label("Waarom?").fill("de tekening ontbreekt")
    page.get_by_role("button", name="Sla deze vraag over").click()
    expect(lotte.page.get_by_role("alert")).to_contain_text("sloeg de vorige vraag over")
    lotte.see_question(1)
    (skipped,) = [payload for kind, payload in site.events() if kind == "item_skipped"]
    assert skipped["item"] not in lotte.page.content()
    page.get_by_role("link", name="Hulp voor Lotte").click()
    page.get_by_role("button", name="Verplaats naar een andere laptop").click()
    seat = site.codes().seat
    expect(page.get_by_text("Codes, ook op een andere laptop")).to_contain_text(f"{seat[:3]} {seat[3:]}")
    expect(lotte.page.get_by_role("heading", name="Je werkt nu verder op een andere laptop")).to_be_visible()
    again = pupil()
    again.come_in()
    again.see_question(1)
    kinds = [kind for kind, _ in site.events()]
    assert (kinds.count("help"), kinds.count("item_skipped"), kinds.count("claimed")) == (2, 1, 3)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_every_sheet_is_accessible(
    site: Site, laptop: Laptop, pupil: Callable[..., PupilPage], width: int, height: int
) -> None:
    site.open()
    pupil().come_in()
    page = as_coordinator(site, laptop, width=width, height=height)
    expect(line(page, "Lotte")).to_contain_text("bezig", timeout=AT_ONCE_MS)
    page.get_by_role("link", name="Geef iedereen extra tijd").click()
    page.get_by_role("dialog").wait_for()
    check(page, "sheet for all, in a dialog")
    page.get_by_role("link", name="Annuleren").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Hulp voor Lotte").click()
    page.get_by_role("dialog").wait_for()
    big_enough(page, "sheet of a pupil, in a dialog")
    check(page, "sheet of a pupil, in a dialog")
    page.goto(page.get_by_role("link", name="Hulp voor Lotte").get_attribute("href") or "")
    page.get_by_label("Waarom?").fill("Lotte was ziek")
    page.get_by_role("button", name="Maak de toets ongeldig").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page, "sheet of a pupil, refused")
    page.get_by_label("Waarom?").fill("verkeerde toets")
    page.get_by_role("button", name="Maak de toets ongeldig").click()
    expect(line(page, "Lotte")).to_contain_text("telt niet mee")
    check(page, "room, with a test that is not valid")


def test_without_its_script_a_sheet_is_a_page(site: Site, laptop: Laptop) -> None:
    site.open()
    page = laptop(java_script_enabled=False)
    page.goto(f"/personeel/afnames/{site.room.administration_id}")
    sign_in(page)
    page.get_by_role("link", name="Hulp voor Noah").click()
    page.get_by_label("Waarom?").fill("kwam later binnen")
    page.get_by_role("button", name="Geef extra tijd").click()
    expect(line(page, "Noah")).to_contain_text("10 min extra tijd")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_a_child_on_a_reserve_seat_gets_its_name_in_two_clicks(
    site: Site, laptop: Laptop, pupil: Callable[..., PupilPage], width: int, height: int
) -> None:
    site.open()
    child, page = pupil(), open_console(site, laptop, width=width, height=height)
    child.type_codes(seat=site.reserve_code())
    expect(child.page.locator("[data-slot=name]")).to_contain_text("Reserveplaats 1")
    child.page.get_by_role("button", name="Ja, dat ben ik").click()
    child.page.get_by_role("button", name="Start").click()
    child.see_question(1)
    expect(page.locator(".incidents")).to_contain_text("zonder naam")
    page.get_by_role("link", name="Hulp voor Reserveplaats 1").click()
    dialog = page.get_by_role("dialog", name="Reserveplaats 1")
    dialog.get_by_label("Waarom?").fill("stond niet op de lijst")
    dialog.get_by_label("Wie zit aan deze laptop?").select_option(label="Lotte Vandenbroucke")
    check(page, "sheet of a reserve seat")
    big_enough(page, "sheet of a reserve seat")
    dialog.get_by_role("button", name="Zet de juiste naam").click()
    expect(line(page, "Lotte Vandenbroucke")).to_contain_text("bezig met vraag 1")
    expect(page.locator(".pupils li")).to_have_count(3)
    child.answer()
    child.go_on()
    expect(child.page.locator("#who")).to_have_text("Lotte")
