"""The practice test in a browser: from the entry page to its end, also when the network goes away in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import big_enough, check
from tests.delivery.test_practice import RIGHT

if TYPE_CHECKING:
    from tests.browser.browser_site import Site


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_a_pupil_practises_without_codes_and_nothing_is_kept(
    site: Site, laptop: Callable[..., Page], width: int, height: int
) -> None:
    page = laptop(width=width, height=height)
    page.goto("/toets")
    page.get_by_role("link", name="Probeer elke soort vraag").click()
    expect(page.get_by_text("Probeer hier 18 vragen")).to_be_visible()
    check(page, "practice, start")
    page.get_by_role("button", name="Begin te oefenen").click()
    expect(page.get_by_role("group", name="Welk dier kan vliegen?")).to_be_visible()
    page.get_by_text("de mus").click()
    page.context.set_offline(True)  # what follows is on the laptop already
    page.get_by_role("button", name="Volgende").click()
    for position in range(2, len(RIGHT) + 1):
        expect(page.locator("h1.number")).to_have_text(f"Vraag {position} van {len(RIGHT)}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, position
        page.get_by_role("button", name="Volgende").click()
        if (go_on := page.get_by_role("button", name="Verder zonder antwoord")).is_visible():
            go_on.click()
    expect(page.get_by_role("heading", name="Klaar met oefenen!")).to_be_visible()
    check(page, "practice, end")
    big_enough(page, "practice, end")
    page.get_by_role("button", name="Nog eens oefenen").click()
    expect(page.get_by_role("button", name="Begin te oefenen")).to_be_visible()
    assert site.events() == []
