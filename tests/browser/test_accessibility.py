"""axe-core finds nothing on any page in any theme, and nothing is wider than a screen of 320 pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

THEMES = ("light", "dark", "contrast")
WEAR = """theme => {
  document.documentElement.dataset.theme = theme;
  document.getAnimations().filter(one => one instanceof CSSTransition).forEach(one => one.finish());
}"""  # halfway between two themes, colours are nobody's choice


def check(page: Page, name: str) -> None:
    """No violation in any theme, and no sideways scrolling."""
    before = page.evaluate("document.documentElement.dataset.theme ?? 'light'")
    for theme in THEMES:
        page.evaluate(WEAR, theme)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name} ({theme}): {found.generate_report()}"
    page.evaluate(WEAR, before)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name}: {wide} pixels too wide"


def big_enough(page: Page, name: str) -> None:
    """Every control that a finger must hit is at least 44 pixels high."""
    controls = page.locator("main button, main label.option, main select, main input[type=text]")
    small = controls.evaluate_all(
        "all => all.filter(one => one.offsetParent && one.offsetHeight < 44).map(one => one.outerHTML)"
    )
    assert not small, f"{name}: {small}"


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_every_page_of_the_player(site: Site, pupil: Callable[..., PupilPage], width: int, height: int) -> None:
    lotte = pupil(width=width, height=height)
    page = lotte.page

    def look(name: str) -> None:
        check(page, name)
        big_enough(page, name)

    lotte.type_codes()
    expect(page.get_by_role("heading", name="Nog even wachten")).to_be_visible()
    look("waiting")
    site.open()
    lotte.type_codes(seat="AAAAAA")
    page.get_by_role("alert").wait_for()
    look("entry, wrong code")
    page.locator("#display summary").click()
    look("display menu")
    lotte.type_codes()
    page.get_by_role("button", name="Nee, dat ben ik niet").wait_for()
    look("confirm")
    page.get_by_role("button", name="Nee, dat ben ik niet").click()
    page.get_by_role("heading", name="Geen probleem").wait_for()
    look("denied")
    lotte.type_codes()
    page.get_by_role("button", name="Ja, dat ben ik").click()
    page.get_by_role("button", name="Start").wait_for()
    look("start")
    page.get_by_role("button", name="Start").click()
    for position in range(1, 7):
        lotte.see_question(position)
        look(f"question {lotte.item}")
        if position == 1:
            lotte.go_on()
            look("ask")
            page.keyboard.press("Escape")
        lotte.answer()
        look(f"question {lotte.item}, answered")
        lotte.go_on()
    page.get_by_role("button", name="Indienen").wait_for()
    look("hand in")
    lotte.hand_in()
    look("done")


def test_pages_that_few_pupils_see(pupil: Callable[..., PupilPage]) -> None:
    """Each template of the player, also those that need a fault to appear."""
    lotte = pupil(width=320, height=640)
    lotte.page.goto("/toets")
    names = lotte.page.locator("template[id^=view-]").evaluate_all("all => all.map(one => one.id.slice(5))")
    assert {"moved", "gone", "paused", "closing", "connecting", "trouble"} <= set(names)
    for name in names:
        if name == "question":
            continue  # empty without an item; looked at above
        lotte.page.evaluate(
            """async name => (await import('/static/player/views.js')).show(name,
                { message: 'Een bericht', name: 'Lotte Vandenbroucke', first_name: 'Lotte', test: 'Toets', length: 20,
                  receipt: 'AB12-CD34', number: 417, place: 12 })""",
            name,
        )
        check(lotte.page, name)


def test_larger_letters_fit_and_stay_after_a_reload(site: Site, pupil: Callable[..., PupilPage]) -> None:
    site.open()
    lotte = pupil(width=320, height=640)
    lotte.come_in()
    lotte.page.locator("#display summary").click()
    lotte.page.get_by_label("Heel groot").check()
    lotte.page.keyboard.press("Escape")
    for position in range(1, 7):
        lotte.see_question(position)
        check(lotte.page, f"question {lotte.item}, largest letters")
        lotte.answer_and_go_on(position)
    lotte.page.reload()
    lotte.page.get_by_role("button", name="Indienen").wait_for()
    assert lotte.page.evaluate("document.documentElement.dataset.size") == "larger"
