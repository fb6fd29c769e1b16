"""From two codes to the first question, and what is said when that does not work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from playwright.sync_api import Page, expect

from delivery.support import support_code
from tests.browser.test_accessibility import check
from tests.browser.test_console import open_console

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

PupilMaker = Callable[..., "PupilPage"]


def test_a_wrong_code_gets_a_sentence_and_keeps_what_was_typed(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.type_codes(seat="AAAAAA")
    expect(lotte.page.get_by_role("alert")).to_contain_text("Deze codes kennen we niet")
    expect(lotte.page.get_by_label("Jouw eigen code")).to_be_focused()
    assert lotte.page.get_by_label("Code van het lokaal").input_value()


def test_codes_are_asked_for_when_one_is_missing(site: Site, pupil: PupilMaker) -> None:
    lotte = pupil()
    lotte.page.goto("/toets")
    lotte.page.get_by_role("button", name="Verder").click()
    expect(lotte.page.get_by_role("alert")).to_have_text("Vul de twee codes in.")
    expect(lotte.page.get_by_label("Code van het lokaal")).to_be_focused()
    assert site.events() == []


def test_a_room_that_is_not_open_yet_lets_pupils_wait_and_then_in(site: Site, pupil: PupilMaker) -> None:
    lotte = pupil()
    lotte.type_codes()
    expect(lotte.page.get_by_role("heading", name="Nog even wachten")).to_be_visible()
    site.open()
    expect(lotte.page.get_by_role("heading", name="Ben jij dit?")).to_be_visible(timeout=20_000)


def test_a_closed_room_is_said_in_one_sentence(site: Site, pupil: PupilMaker) -> None:
    site.open()
    site.close()
    lotte = pupil()
    lotte.type_codes()
    expect(lotte.page.get_by_role("alert")).to_contain_text("Dit toetsmoment is afgesloten")


def test_no_that_is_not_me_starts_nothing(site: Site, pupil: PupilMaker) -> None:
    site.open()
    before = [kind for kind, _ in site.events()]
    lotte = pupil()
    lotte.type_codes()
    lotte.page.get_by_role("button", name="Nee, dat ben ik niet").click()
    expect(lotte.page.get_by_role("heading", name="Geen probleem")).to_be_visible()
    expect(lotte.page.get_by_text("Steek je hand op")).to_be_visible()
    assert [kind for kind, _ in site.events()] == before
    lotte.page.get_by_role("button", name="Codes opnieuw typen").click()
    expect(lotte.page.get_by_label("Jouw eigen code")).to_have_value("")
    assert lotte.page.get_by_label("Code van het lokaal").input_value()


def test_the_page_asks_gently_when_nothing_is_answered(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    lotte.go_on()
    dialog = lotte.page.get_by_role("dialog", name="Je hebt nog niet alles ingevuld")
    expect(dialog).to_be_visible()
    lotte.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert site.answered() == []
    lotte.go_on()
    dialog.get_by_role("button", name="Verder zonder antwoord").click()
    lotte.see_question(2)
    assert len(site.answered()) == 1


def test_one_answer_too_many_is_not_taken_and_said(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    for position in range(1, 7):
        if lotte.item == "B-2@1":
            break
        lotte.answer_and_go_on(position)
    boxes = lotte.page.locator("[data-field] input")
    for n in range(2):
        boxes.nth(n).click()
    boxes.nth(2).click()
    expect(lotte.page.get_by_text("Kies hoogstens 2 antwoorden")).to_be_visible()
    assert [box.is_checked() for box in boxes.all()] == [True, True, False, False]


def test_where_codes_were_guessed_a_number_is_read_aloud_and_one_click_lets_the_laptop_in(
    site: Site, pupil: PupilMaker, laptop: Callable[..., Page]
) -> None:
    site.open()
    site.guess()
    lotte, console = pupil(), open_console(site, laptop)
    lotte.type_codes(seat="AAAAAA")
    heading = lotte.page.get_by_role("heading", name="Steek je hand op")
    expect(heading).to_be_focused()
    lotte.page.get_by_role("button", name="Codes opnieuw typen").click()
    lotte.type_codes()
    expect(heading).to_be_visible()
    number = lotte.page.locator("[data-slot=number]").inner_text()
    expect(console.locator(".incidents")).to_contain_text("veel verkeerde codes")
    line = console.locator(".waiting li")
    expect(line).to_have_count(1)  # the wrong code is not there
    expect(line).to_contain_text(number)
    expect(line).to_contain_text("Lotte Vandenbroucke")
    check(console, "console, a laptop waits")
    line.get_by_role("button", name=f"Laat de laptop met nummer {number} toe").click()
    expect(lotte.page.get_by_role("heading", name="Ben jij dit?")).to_be_visible()
    expect(console.locator(".waiting li")).to_have_count(0)


def test_a_code_for_the_help_desk_is_in_the_menu_and_on_pages_of_trouble(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.page.goto("/toets")
    lotte.page.locator("#display summary").click()
    expect(lotte.page.get_by_text("Code voor de helpdesk")).to_be_hidden()
    lotte.come_in()
    lotte.page.reload()
    lotte.page.locator("#display summary").click()
    sitting = lotte.page.evaluate("JSON.parse(sessionStorage.getItem('peil.seat')).sitting")
    code = support_code(site.secrets.code_key, UUID(sitting))
    expect(lotte.page.get_by_text("Code voor de helpdesk")).to_have_text(f"Code voor de helpdesk: {code}")
    noah = pupil()
    noah.come_in()  # the same seat, on another laptop
    expect(lotte.page.get_by_role("heading", name="Je werkt nu verder op een andere laptop")).to_be_visible()
    expect(lotte.page.get_by_text("Voor de helpdesk: code")).to_have_text(f"Voor de helpdesk: code {code}")
