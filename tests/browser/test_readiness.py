"""The readiness check: says what is true of a laptop, in a real browser with real faults."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_accessibility import big_enough, check
from tests.chromium import FLAGS, find_chromium

if TYPE_CHECKING:
    from tests.browser.browser_site import Site

PAGE = "/laptopcontrole"
BROKEN_STORAGE = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"
NO_VOICES = "speechSynthesis.getVoices = () => [];"
VOICES = (("fr-BE", "F"), ("nl-NL", "N"), ("nl-BE", "B"))
DUTCH_VOICE = f"speechSynthesis.getVoices = () => {[{'lang': lang, 'name': name} for lang, name in VOICES]};"


def row(page: Page, name: str) -> str:
    """What is said of one thing."""
    found = page.locator(f'[data-check="{name}"]')
    expect(found).not_to_have_attribute("data-state", "busy")
    return found.inner_text()


def done(page: Page) -> None:
    """Wait for the last check."""
    expect(page.locator('[data-state="busy"]')).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_a_laptop_that_can_do_all_is_ready_and_the_page_is_for_everybody(
    site: Site, laptop: Callable[..., Page], width: int, height: int
) -> None:
    page = laptop(width=width, height=height)
    page.add_init_script(DUTCH_VOICE)
    page.goto(PAGE)
    done(page)
    for name in ("browser", "secure", "storage", "network", "clock"):
        assert "in orde" in row(page, name), name
    assert "stem: B" in row(page, "voice")
    assert ("let op" in row(page, "screen")) == (width == 320)
    expect(page.get_by_role("status").first).to_have_text(
        "Bijna klaar: beantwoord nog wat hieronder gevraagd wordt.", use_inner_text=True
    )
    check(page, "readiness check")
    big_enough(page, "readiness check")
    page.get_by_role("button", name="Speel een toon").click()
    page.get_by_role("button", name="Ik hoor de toon").click()
    assert "Het geluid werkt" in row(page, "sound")
    page.get_by_role("button", name="Kopieer het resultaat").click()
    copied = page.get_by_label("Resultaat van de controle").input_value()
    assert "Netwerk: in orde. Snel genoeg:" in copied
    assert site.url in copied
    check(page, "readiness check, result")
    assert site.events() == []


def test_what_is_wrong_is_said_with_what_to_do(laptop: Callable[..., Page]) -> None:
    page = laptop()
    page.add_init_script(BROKEN_STORAGE + NO_VOICES + "delete window.HTMLDialogElement;")
    page.clock.install(time=time.time() - 300.0)
    page.route("**/laptopcontrole/proef", lambda route: route.fulfill(status=403))
    page.goto(PAGE)
    for _ in range(20):  # the wait for voices, by a clock that stands still
        page.clock.run_for(100)
    done(page)
    assert "dialog ontbreekt. Werk hem bij" in row(page, "browser")
    assert "bewaart niets op de schijf: de browser staat het niet toe (SecurityError)" in row(page, "storage")
    assert "loopt 5 minuten achter" in row(page, "clock")
    assert "antwoord 403" in row(page, "network")
    assert "geen Nederlandse stem" in row(page, "voice")
    expect(page.get_by_role("status").first).to_contain_text("nog niet klaar", use_inner_text=True)
    check(page, "readiness check, faults")


def test_a_network_that_is_gone_is_said(laptop: Callable[..., Page]) -> None:
    page = laptop()
    page.goto(PAGE)
    done(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Kijk opnieuw na").click()
    expect(page.locator('[data-check="network"]')).to_have_attribute("data-state", "bad")
    assert "geen antwoord" in row(page, "network")


def test_a_private_window_forgets_and_a_usual_one_does_not(site: Site, chromium: Browser, tmp_path: Path) -> None:
    """Chromium tells a page in neither that it is private: only coming back shows it."""
    start = chromium.browser_type.launch_persistent_context
    for n in range(2):
        usual = start(tmp_path, executable_path=find_chromium(), args=list(FLAGS), base_url=site.url)
        page = usual.new_page()
        page.goto(PAGE)
        assert ("onthield een eerdere controle" in row(page, "memory")) == (n == 1)
        page.reload()
        assert "Sluit nu alle vensters" in row(page, "memory")  # the browser still runs: nothing is shown yet
        usual.close()
    for _ in range(2):
        private = chromium.new_context(base_url=site.url)
        page = private.new_page()
        page.goto(PAGE)
        assert "Sluit nu alle vensters" in row(page, "memory")
        page.get_by_role("button", name="Ik sloot alles al").click()
        assert "vergeet alles als de browser dichtgaat" in row(page, "memory")
        private.close()
