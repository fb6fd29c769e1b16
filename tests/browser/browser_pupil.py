"""A pupil at a laptop, who types codes and answers whatever question comes, with the keyboard only if asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.browser_site import Site


class PupilPage:
    """One pupil's page."""

    def __init__(self, page: Page, site: Site, name: str) -> None:
        self.page = page
        self.site = site
        self.name = name
        self.length = site.bank.blueprint.length

    def type_codes(self, seat: str = "") -> None:
        """Open the player and type both codes, sloppily."""
        codes = self.site.codes(self.name)
        self.page.goto("/toets")
        self.page.get_by_label("Code van het lokaal").fill(f" {codes.room[:3].lower()}-{codes.room[3:]}")
        self.page.get_by_label("Jouw eigen code").fill(seat or f"{codes.seat[:3]} {codes.seat[3:].lower()} ")
        self.page.get_by_role("button", name="Verder").click()

    def come_in(self) -> None:
        """Type the codes, say yes, and start."""
        self.type_codes()
        self.page.get_by_role("button", name="Ja, dat ben ik").click()
        start = self.page.get_by_role("button", name="Start")
        number = self.page.locator("h1.number")
        expect(start.or_(number)).to_be_visible()
        if start.is_visible():
            start.click()
        self.see_question(1) if not self.site.answered(self.name) else expect(number).to_be_visible()

    def see_question(self, position: int) -> None:
        """Wait for a question."""
        expect(self.page.locator("h1.number")).to_have_text(f"Vraag {position} van {self.length}")

    @property
    def item(self) -> str:
        """Item on the screen."""
        return self.page.locator("[data-item]").get_attribute("data-item") or ""

    def answer(self) -> None:
        """Answer everything that is asked on this page, without going on."""
        for field in self.page.locator("[data-field]").all():
            kind = field.get_attribute("data-interaction")
            if kind == "choice":
                field.locator("label").nth(1).click()
            elif kind == "multiple_choice":
                field.locator("label").nth(0).click()
                field.locator("label").nth(3).click()
            elif kind == "inline_choice":
                field.select_option(index=1)
            else:
                field.fill("0,75")

    def go_on(self) -> None:
        """Press the button for the next question."""
        self.page.get_by_role("button", name="Volgende").click()

    def answer_and_go_on(self, position: int) -> None:
        """Answer the question at a position, and wait until the next page is there."""
        self.see_question(position)
        self.answer()
        self.go_on()
        if position < self.length:
            self.see_question(position + 1)
        else:
            expect(self.page.get_by_role("heading", name="Dat was de laatste vraag")).to_be_visible()

    def hand_in(self) -> None:
        """Hand in after the last question."""
        self.page.get_by_role("button", name="Indienen").click()
        self.see_done()

    def see_stopped(self) -> None:
        """The room was closed before the last question, and everything is sealed."""
        expect(self.page.get_by_role("heading", name="De toets is afgesloten")).to_be_visible(timeout=20_000)

    def see_done(self) -> None:
        """The answers are safe."""
        expect(self.page.get_by_role("heading", name="Klaar!")).to_be_visible()
