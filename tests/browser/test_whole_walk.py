"""A pupil takes a whole test, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on something that matches."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector}")


def answer_by_keyboard(page: Page) -> None:
    """Answer the question on the screen with keys only."""
    kind = page.locator("[data-field]").first.get_attribute("data-interaction")
    if kind == "choice":
        tab_to(page, "[data-field] input")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    elif kind == "multiple_choice":
        for _ in range(2):
            tab_to(page, "[data-field] input")
            page.keyboard.press("Space")
    elif kind == "inline_choice":
        for _ in range(2):
            tab_to(page, "select")
            page.keyboard.press("ArrowDown")
    else:
        tab_to(page, "input.text-entry")
        page.keyboard.type("0,75")


def test_a_whole_walk_by_keyboard_alone(site: Site, pupil: Callable[..., PupilPage]) -> None:
    site.open()
    lotte = pupil()
    page, codes = lotte.page, site.codes()
    page.goto("/toets")
    expect(page.get_by_role("heading", name="Welkom")).to_be_focused()
    tab_to(page, "#room-code")
    page.keyboard.type(codes.room.lower())
    page.keyboard.press("Tab")
    page.keyboard.type(codes.seat)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ben jij dit?")).to_be_focused()
    expect(page.locator(".name")).to_have_text("Lotte Vandenbroucke")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Moeilijker wordt niet fout")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for position in range(1, 7):
        lotte.see_question(position)
        expect(page.locator("h1.number")).to_be_focused()
        answer_by_keyboard(page)
        tab_to(page, "[data-next]")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Dat was de laatste vraag")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    lotte.see_done()
    expect(page.locator(".receipt")).to_have_text(re.compile("^[0-9A-F]{4}-[0-9A-F]{4}$"))

    events = site.events()
    assert sorted(site.answered()) == [f"B-{n}@1" for n in range(1, 7)]
    assert events[-1][0] == "sealed"
    chosen = {payload["item"]: payload["response"] for kind, payload in events if kind == "answered"}
    assert chosen["B-1@1"] == {"RESPONSE": "B"}
    assert chosen["B-2@1"] == {"RESPONSE": ["A", "B"]}
    assert chosen["B-3@1"] == {"R1": "A", "R2": "A"}
