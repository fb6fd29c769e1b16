"""The demo, served for real, and browsers in which its people look at it; every look is a picture."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright
from rich.console import Console

from peil.demo.live import open_rooms
from peil.demo.people import Account
from peil.demo.progress import StepBook
from peil.demo.run import WAVE, prepare, run_main_job
from peil.demo.school import Room
from peil.demo.visit import serving_inside
from peil.installation import Installation, open_installation
from peil.server import address_of, bind
from peil.settings import load_settings
from peil.web import DemoNotice, create_app
from tests.chromium import FLAGS, find_chromium

WIDE, NARROW = (1366, 768), (320, 640)
PATIENCE_MS = 30_000


@dataclass
class Stage:
    """A served demo and a browser.

    Attributes
    ----------
    rooms : open, with free seats
    wave : whose reports are there; "" none are
    """

    browser: Browser
    address: str
    rooms: tuple[Room, ...]
    accounts: tuple[Account, ...]
    wave: str
    _used: dict[int, int] = field(default_factory=dict)

    def laptop(self, size: tuple[int, int] = WIDE) -> Page:
        """A browser that knows nothing, with one page."""
        width, height = size
        context = self.browser.new_context(
            base_url=self.address, viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    def codes(self, subject: str) -> tuple[Room, str, str]:
        """Room of a test, and codes of the next seat there that nobody took."""
        number = next(n for n, room in enumerate(self.rooms) if subject in room.administration.title)
        room = self.rooms[number]
        seat = self._used[number] = self._used.get(number, -1) + 1
        return room, room.room_code, room.seats[seat].seat_code

    def staff(self, role: str, school: int | None, size: tuple[int, int] = WIDE) -> Page:
        """Somebody of the staff, signed in."""
        account = next(one for one in self.accounts if one.role == role and one.school in {school, None})
        page = self.laptop(size)
        page.goto("/personeel/aanmelden")
        page.get_by_label("E-mailadres").fill(account.email)
        page.get_by_label("Wachtwoord").fill(account.password)
        page.get_by_role("button", name="Aanmelden").click()
        page.get_by_role("button", name="Afmelden").wait_for()
        return page


@contextmanager
def stage(folder: Path, *, whole: bool) -> Iterator[Stage]:
    """Make the demo in a new folder and serve it.

    Parameters
    ----------
    whole : with the pupils' sittings, scores and reports; else with open rooms only
    """
    book = StepBook(Console())
    with open_installation(load_settings(folder)) as installation:
        rooms, accounts, notice = _make(installation, book, whole=whole)
        book.close()
        listener = bind("127.0.0.1", 0)
        with serving_inside(create_app(installation, notice), listener):
            if not whole:  # the main job opened those that are shown
                asyncio.run(open_rooms(address_of(listener), rooms, accounts))
            with sync_playwright() as playwright:
                expect.set_options(timeout=PATIENCE_MS)
                browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
                yield Stage(browser, address_of(listener), rooms, accounts, WAVE if whole else "")
                browser.close()


def _make(
    installation: Installation, book: StepBook, *, whole: bool
) -> tuple[tuple[Room, ...], tuple[Account, ...], DemoNotice | None]:
    """Rooms, accounts and what the start page shows."""
    if whole:
        done = run_main_job(installation, 0, book)
        return done.rooms, done.prepared.accounts, done.notice
    prepared = prepare(installation, 0, book)
    return prepared.rooms, prepared.accounts, None


def come_in(page: Page, room_code: str, seat_code: str) -> None:
    """Type the codes and say yes; where a test begins, begin it."""
    page.goto("/toets")
    page.get_by_label("Code van het lokaal").fill(room_code)
    page.get_by_label("Jouw eigen code").fill(seat_code)
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("button", name="Ja, dat ben ik").click()
    start, number = page.get_by_role("button", name="Start"), page.locator("h1.number")
    expect(start.or_(number)).to_be_visible()
    if start.is_visible():
        start.click()
    expect(number).to_be_visible()


def answer(page: Page) -> None:
    """Give some answer to the question on the screen, where that takes a press or a word."""
    for one in page.locator("[data-item-place] [data-field]").all():
        kind = one.get_attribute("data-interaction")
        if kind == "inline_choice":
            one.select_option(index=1)
        elif kind in {"choice", "multiple_choice", "hottext", "multiple_hottext"}:
            one.locator("label").first.click()
        elif kind == "slider":
            one.locator("input").press("ArrowRight")
        elif one.locator("[data-place]").count():
            for card, place in zip(one.locator("[data-choice]").all(), one.locator("[data-place]").all(), strict=False):
                card.click()
                place.click()
        elif one.evaluate("one => one.matches('input[type=text], textarea')"):
            one.fill("12")


def go_on(page: Page) -> None:
    """On to the next question, answered or not."""
    before = page.locator("h1").inner_text()
    page.get_by_role("button", name="Volgende").click()
    anyway = page.get_by_role("button", name="Verder zonder antwoord")
    if anyway.is_visible():
        anyway.click()
    expect(page.locator("h1").first).not_to_have_text(before)
