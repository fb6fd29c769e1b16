"""The proctor's console: who may see what, a room that keeps itself fresh, and its actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from delivery.rooms.administrations import N_RESERVES

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

Laptop = Callable[..., Page]
PASSWORD = "een heel gewone zin"
AT_ONCE_MS = 5_000


def sign_in(page: Page, email: str = "proctor@de-wilgen.example", password: str = PASSWORD) -> None:
    """Fill in the sign-in form that is on the screen, or go there."""
    if "/aanmelden" not in page.url:
        page.goto("/personeel")
    page.get_by_label("E-mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(password)
    page.get_by_role("button", name="Aanmelden").click()


def open_console(site: Site, laptop: Laptop, **options: int) -> Page:
    """Sign in and open the room."""
    page = laptop(**options)
    page.goto(f"/personeel/afnames/{site.room.administration_id}")
    sign_in(page)
    expect(page.get_by_role("heading", name="4A")).to_be_visible()
    page.wait_for_load_state()  # its buttons answer from then on
    return page


def line(page: Page, name: str) -> Locator:
    """The pupil's line in the room."""
    return page.locator(".pupils li", has_text=name)


def test_a_wrong_password_is_refused_and_a_right_one_comes_back_to_the_page(site: Site, laptop: Laptop) -> None:
    page = laptop()
    page.goto(f"/personeel/afnames/{site.room.administration_id}")
    assert "/personeel/aanmelden" in page.url
    sign_in(page, password="verkeerd")
    expect(page.get_by_role("alert")).to_contain_text("horen niet bij elkaar")
    assert page.get_by_label("Wachtwoord").input_value() == ""
    sign_in(page, email="Proctor@De-Wilgen.example")
    expect(page).to_have_url(f"{site.url}/personeel/afnames/{site.room.administration_id}")


def test_after_many_wrong_passwords_one_must_wait(laptop: Laptop) -> None:
    page = laptop()
    for _ in range(5):
        with page.expect_navigation():
            sign_in(page, password="verkeerd")
    sign_in(page)
    expect(page.get_by_role("alert")).to_contain_text("Probeer het over")
    other = laptop()
    sign_in(other, email="proctor@de-linde.example")
    expect(other.get_by_role("heading", name="Toetsmomenten")).to_be_visible()


def test_a_proctor_sees_the_own_school_only(site: Site, laptop: Laptop) -> None:
    page = laptop()
    sign_in(page, email="proctor@de-linde.example")
    expect(page.locator(".rooms a")).to_have_count(1)
    own = site.rooms["De Linde"].administration_id
    expect(page.locator(".rooms a")).to_have_attribute("href", f"/personeel/afnames/{own}")
    foreign = f"/personeel/afnames/{site.room.administration_id}"
    for path in ("", "/overzicht", "/stroom", "/codes"):
        answer = page.request.get(foreign + path)
        assert (path, answer.status) == (path, 404)
        assert "Lotte" not in answer.text()
    page.goto(f"/personeel/afnames/{own}")
    token = page.locator("input[name=form_token]").first.get_attribute("value") or ""
    for action in ("open", "pauzeer", "hervat", "sluit"):
        answer = page.request.post(f"{foreign}/{action}", form={"form_token": token})
        assert (action, answer.status) == (action, 404)
    assert site.events() == []


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_that_another_site_sends_is_refused(site: Site, laptop: Laptop, token: str) -> None:
    page = open_console(site, laptop)
    answer = page.request.post(f"/personeel/afnames/{site.room.administration_id}/open", form={"form_token": token})
    assert answer.status == 403
    assert site.events() == []


def test_signing_out_ends_it(site: Site, laptop: Laptop) -> None:
    page = open_console(site, laptop)
    page.get_by_role("button", name="Afmelden").click()
    page.goto(f"/personeel/afnames/{site.room.administration_id}")
    assert "/personeel/aanmelden" in page.url


def test_the_room_keeps_itself_fresh(site: Site, laptop: Laptop, pupil: Callable[..., PupilPage]) -> None:
    page = open_console(site, laptop)
    page.evaluate("window.neverReloaded = true")
    expect(line(page, "Lotte")).to_contain_text("nog niet binnen")
    site.open()
    expect(page.locator(".toolbar .status")).to_have_text("Open", timeout=AT_ONCE_MS)
    lotte = pupil()
    lotte.come_in()
    expect(line(page, "Lotte")).to_contain_text("bezig met vraag 1 van 6", timeout=AT_ONCE_MS)
    for position in range(1, 7):
        lotte.answer_and_go_on(position)
    lotte.hand_in()
    expect(line(page, "Lotte")).to_contain_text("klaar, alles bewaard", timeout=AT_ONCE_MS)
    expect(page.locator(".counts")).to_contain_text("1ingediend")
    assert page.evaluate("window.neverReloaded")


def test_a_pupil_with_another_name_is_an_incident(site: Site, laptop: Laptop, pupil: Callable[..., PupilPage]) -> None:
    site.open()
    page = open_console(site, laptop)
    mila = pupil(name="Mila Peeters")
    mila.type_codes()
    mila.page.get_by_role("button", name="Nee, dat ben ik niet").click()
    incidents = page.locator(".incidents")
    expect(incidents).to_contain_text("Bij de code van Mila Peeters antwoordde iemand", timeout=AT_ONCE_MS)
    mila.come_in()
    expect(incidents).to_have_count(0, timeout=AT_ONCE_MS)


def test_a_proctor_opens_pauses_resumes_and_closes(site: Site, laptop: Laptop, pupil: Callable[..., PupilPage]) -> None:
    page = open_console(site, laptop)
    status = page.locator(".toolbar .status")

    def act(button: str, confirm: str) -> None:
        page.get_by_role("button", name=button).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name=confirm).click()

    act("Open de toets", "Annuleren")
    expect(status).to_have_text("Nog niet open")
    act("Open de toets", "Open de toets")
    expect(status).to_have_text("Open")
    lotte = pupil()
    lotte.come_in()
    act("Pauzeer", "Pauzeer")
    expect(status).to_have_text("Pauze")
    expect(lotte.page.get_by_role("heading", name="Even pauze")).to_be_visible(timeout=15_000)
    act("Hervat", "Hervat")
    expect(status).to_have_text("Open")
    lotte.page.context.set_offline(True)
    act("Sluit de toets af", "Sluit de toets af")
    expect(status).to_have_text("Afgesloten")
    expect(page.locator(".incidents")).to_contain_text("1 leerling heeft nog antwoorden op de laptop: laat die open.")
    expect(line(page, "Lotte")).to_contain_text("gestopt bij vraag 1, laat de laptop nog open")
    expect(page.locator(".room-code")).to_have_count(0)
    lotte.page.context.set_offline(False)
    lotte.see_stopped()
    expect(line(page, "Lotte")).to_contain_text("gestopt bij vraag 1, alles bewaard", timeout=AT_ONCE_MS)
    expect(page.locator(".incidents")).to_have_count(0, timeout=AT_ONCE_MS)


def test_slips_hold_the_codes_that_work(site: Site, laptop: Laptop) -> None:
    page = open_console(site, laptop)
    page.get_by_role("link", name="Briefjes met codes").click()
    slip = page.locator(".slip", has_text="Lotte Vandenbroucke")
    codes = site.codes()
    slip.locator("dd").last.wait_for()  # texts are read at once, and the page may not be there yet
    shown = [code.replace(" ", "") for code in slip.locator("dd").all_inner_texts()]
    assert shown == [codes.room, codes.seat]
    expect(slip).to_contain_text(f"Ga naar: 127.0.0.1:{site.port}/toets")
    expect(page.locator(".slip")).to_have_count(3 + N_RESERVES)
    expect(page.locator(".slip", has_text="Reserveplaats")).to_have_count(N_RESERVES)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Afdrukken")).to_be_hidden()
    expect(slip).to_be_visible()


@pytest.mark.parametrize("width", [1366, 320])
def test_every_page_of_the_console_is_accessible(
    site: Site, laptop: Laptop, pupil: Callable[..., PupilPage], width: int
) -> None:
    page = laptop(width=width, height=700)

    def look(name: str) -> None:
        for theme in ("light", "dark", "contrast"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{name} ({theme}): {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name}: {wide} pixels too wide"

    page.goto("/personeel")
    sign_in(page, password="verkeerd")
    page.get_by_role("alert").wait_for()
    look("sign-in")
    sign_in(page)
    page.get_by_role("heading", name="Toetsmomenten").wait_for()
    look("rooms")
    page.locator(".rooms a").click()
    page.get_by_role("heading", name="4A").wait_for()
    look("room, planned")
    site.open()
    noah = pupil(name="Noah El Amrani")
    noah.type_codes()
    noah.page.get_by_role("button", name="Nee, dat ben ik niet").click()
    pupil().come_in()
    page.locator(".incidents").wait_for()
    look("room, with an incident")
    page.get_by_role("button", name="Sluit de toets af").click()
    look("confirmation")
    page.get_by_role("button", name="Annuleren").click()
    page.get_by_role("link", name="Briefjes met codes").click()
    page.get_by_role("button", name="Afdrukken").wait_for()
    look("slips")
    site.close()
    page.goto("/personeel/inhaalmoment")
    page.get_by_role("link", name="rekenblad").wait_for()
    look("who must take a test later")
    page.goto(f"/personeel/afnames/{site.room.administration_id}/verslag")
    page.get_by_role("heading", name="Handtekening").wait_for()
    look("report")
    page.goto("/personeel/afnames/bestaat-niet")
    expect(page.get_by_role("button", name="Afmelden")).to_be_visible()
    look("error")
    page.goto("/bestaat-niet")
    expect(page.get_by_role("heading", name="Deze pagina bestaat niet")).to_be_visible()
    look("unknown address")
    with site.without_database():
        page.goto("/personeel")
        page.get_by_role("heading", name="Even geen verbinding met de gegevens").wait_for()
        look("the database is away")
    page.get_by_role("heading", name="Toetsmomenten").wait_for()  # by itself


def test_pages_are_closed_to_everything_else(site: Site, laptop: Laptop) -> None:
    page = open_console(site, laptop)
    for path in ("/toets", "/personeel", f"/personeel/afnames/{site.room.administration_id}"):
        headers = page.request.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
    cookie = next(cookie for cookie in page.context.cookies() if cookie["name"] == "peil_staff")
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"


def test_without_server_sent_events_the_page_asks_by_itself(site: Site, laptop: Laptop) -> None:
    page = laptop()
    page.route("**/stroom", lambda route: route.fulfill(status=500, body=""))
    page.goto(f"/personeel/afnames/{site.room.administration_id}")
    sign_in(page)
    expect(page.locator("[data-fresh]")).to_contain_text("Even geen verbinding")
    site.open()
    expect(page.locator(".toolbar .status")).to_have_text("Open")
    expect(page.locator("[data-fresh]")).to_have_text("Deze pagina wordt vanzelf bijgewerkt.")
