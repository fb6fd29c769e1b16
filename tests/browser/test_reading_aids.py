"""Line reader, magnifier and the browser's own voice: help with reading that hides, doubles and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.browser_pupil import PupilPage
from tests.browser.browser_site import Site
from tests.browser.test_accessibility import check
from tests.browser.test_tools import garden

BAND = "getComputedStyle(document.querySelector('.lines')).getPropertyValue('--at')"
VOICES = """
speechSynthesis.getVoices = () => [{ lang: 'fr-BE', name: 'F' }, { lang: 'nl-BE', name: 'N' }];
const said = [];
speechSynthesis.speak = saying => said.push(saying.text);
speechSynthesis.cancel = () => said.push('');
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
window.said = said;
"""


def ask_for(page: Page, aid: str) -> None:
    """Choose one in the menu, and close it."""
    page.locator("#display summary").click()
    page.get_by_label(aid).check()
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_a_line_reader_follows_pointer_focus_and_keys_and_lets_clicks_through(
    laptop: Callable[..., Page], width: int, height: int
) -> None:
    page = laptop(width=width, height=height)
    page.goto("/oefentoets")
    ask_for(page, "Leeslineaal")
    page.get_by_role("button", name="Begin te oefenen").click()
    choice = page.get_by_text("de goudvis")
    page.mouse.move(100, 200)
    assert page.evaluate(BAND) == "200px"
    choice.click()  # in the dimmed part, where the band was not yet
    expect(page.get_by_role("radio", name="de goudvis")).to_be_checked()
    slider = page.get_by_role("slider", name="Plaats van de leeslineaal")
    page.mouse.move(100, 300)
    slider.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(BAND) == "324px"
    expect(slider).to_have_attribute("aria-valuenow", str(round(100 * 324 / height)))
    page.get_by_role("button", name="Volgende").focus()
    assert page.evaluate(f"{BAND} !== '324px'")
    check(page, "line reader")
    page.reload()
    expect(slider).to_be_visible()  # it stays for this tab
    page.locator("#display summary").click()
    page.get_by_role("checkbox", name="Leeslineaal").uncheck()
    expect(page.locator(".lines")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_a_magnifier_shows_twice_as_large_what_is_pointed_at_and_is_not_there_for_anything_else(
    laptop: Callable[..., Page], width: int, height: int
) -> None:
    page = laptop(width=width, height=height)
    page.goto("/oefentoets")
    page.get_by_role("button", name="Begin te oefenen").click()
    ask_for(page, "Vergrootglas")
    choice = page.locator(".option").nth(1)
    choice.click()
    middle = choice.evaluate("one => { const b = one.getBoundingClientRect(); return [b.x + 60, b.y + b.height / 2]; }")
    page.mouse.move(*middle)
    copy = page.locator(".lens .option").nth(1)
    expect(copy).to_be_attached()
    lens, shown, real = page.locator(".lens").bounding_box(), copy.bounding_box(), choice.bounding_box()
    assert lens is not None
    assert shown is not None
    assert real is not None
    assert shown["height"] == pytest.approx(2 * real["height"], abs=1)
    centre = (lens["x"] + lens["width"] / 2, lens["y"] + lens["height"] / 2)
    pointed = (shown["x"] + 2 * (middle[0] - real["x"]), shown["y"] + 2 * (middle[1] - real["y"]))
    assert pointed == pytest.approx(centre, abs=4)
    assert not lens["y"] <= middle[1] <= lens["y"] + lens["height"]  # what is pointed at stays in sight
    assert page.evaluate("document.querySelector('.lens input:checked') !== null")  # the copy is as the page is
    expect(page.get_by_role("radio")).to_have_count(3)  # and nobody finds a control twice
    assert page.evaluate("document.querySelectorAll('.lens [id], .lens [name]').length") == 0
    check(page, "magnifier")
    page.get_by_role("button", name="Volgende").click()
    expect(page.locator(".lens")).to_contain_text("Welke twee dingen kun je eten?")


def test_a_dutch_voice_reads_what_stands_there_as_one_says_it(
    tmp_path: Path, chromium: Browser, laptop: Callable[..., Page]
) -> None:
    (folder := tmp_path / "garden").mkdir()
    running = Site(folder, *garden(), {"read_aloud": "yes"})
    running.open()
    try:
        page = chromium.new_context(base_url=running.url).new_page()
        page.add_init_script(VOICES)
        PupilPage(page, running, "Lotte Vandenbroucke").come_in()
        button = page.get_by_role("button", name="Lees voor")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        text = page.evaluate("said.at(-1)")
        assert "Rond een tuin van twaalf meter bij acht meter staat een haag" in text  # as the author spells it
        for words in ("Hoe lang is die haag?", "20 meter.", "96 meter."):
            assert words in text
        assert "Luister" not in text
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
        assert page.evaluate("said.at(-1)") == ""
        check(page, "read aloud")
        page.context.close()
    finally:
        running.stop()
    page = laptop()  # without a grant there is none
    page.add_init_script(VOICES)
    page.goto("/oefentoets")
    page.get_by_role("button", name="Begin te oefenen").click()
    page.wait_for_timeout(300)
    expect(page.get_by_role("button", name="Lees voor")).to_have_count(0)
