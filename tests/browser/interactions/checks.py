"""What every interaction must be for every pupil, looked at in the real player; each check says what it found."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from itembank import score
from tests.browser.browser_pupil import PupilPage
from tests.browser.browser_site import PUPILS, Site, compile_items
from tests.browser.interactions.completing import Keyboard, ScreenReader, check_told
from tests.browser.interactions.subjects import Subject
from tests.browser.interactions.tree import Reader
from tests.browser.test_accessibility import THEMES, big_enough, check

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LARGEST_FRAGMENT = 15_000
"""Bytes of an item's HTML after gzip: issue 5, "at most 15 kB"."""
WIDE, NARROW = (1366, 768), (320, 640)
CLIPPED = """() => [...document.querySelectorAll(".question *")].filter(one => {
  const style = getComputedStyle(one);
  if (one.matches("input, textarea, select, .unseen, .unseen *") || style.display.startsWith("inline")) return false;
  const hides = axis => !["visible", "auto", "scroll"].includes(style[axis]);
  return (hides("overflowX") && one.scrollWidth > one.clientWidth + 1) ||
    (hides("overflowY") && one.scrollHeight > one.clientHeight + 1);
}).map(one => one.outerHTML.slice(0, 200))"""
OUT_OF_BOX = """() => [...document.querySelectorAll(".item :is(button, label)")].filter(one => {
  const box = one.getBoundingClientRect(), words = document.createRange();
  const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT), lines = [];
  while (texts.nextNode()) {
    words.selectNodeContents(texts.currentNode);
    if (!texts.currentNode.parentElement.closest(".unseen")) lines.push(...words.getClientRects());
  }
  return lines.some(line =>
    line.right > box.right + 1 || line.left < box.left - 1 || line.bottom > box.bottom + 1 || line.top < box.top - 1);
}).map(one => one.outerHTML.slice(0, 200))"""
MOVING = """() => [...document.querySelectorAll("*")].flatMap(one => ["", "::before", "::after"].map(part => {
  const {transitionDuration: change, animationName: name} = getComputedStyle(one, part);
  return /[1-9]/.test(change) || name !== "none" ? `${one.tagName} ${one.className} ${change} ${name}` : "";
})).filter(Boolean)"""

Results = dict[str, str]


class Room:
    """A test of one item, its server, and pupils who come in to answer it."""

    def __init__(self, browser: Browser, site: Site, subject: Subject) -> None:
        self.browser = browser
        self.site = site
        self.subject = subject

    @contextmanager
    def pupil(self, name: str, size: tuple[int, int], motion: str = "reduce") -> Iterator[PupilPage]:
        """A pupil who sees the question, on a screen of that size."""
        width, height = size
        context = self.browser.new_context(
            base_url=self.site.url,
            viewport={"width": width, "height": height},
            reduced_motion=motion,  # type: ignore[arg-type]  # one of its words
        )
        context.set_default_timeout(15_000)
        pupil = PupilPage(context.new_page(), self.site, name)
        pupil.come_in()
        yield pupil
        context.close()

    def check_sent(self, pupil: PupilPage) -> None:
        """Assert that the log holds the right answer, and its score."""
        expect(pupil.page.get_by_role("heading", name="Dat was de laatste vraag")).to_be_visible()
        (sent,) = (payload for kind, payload in self.site.events(pupil.name) if kind == "answered")
        field, response = self.subject.field, self.subject.response
        assert sent["category"] == (1 if not self.subject.item.obstacle else -1)
        if not field.is_typed:
            answered = sent["response"][field.identifier]
            assert score(self.site.bank.scoring[0], {field.identifier: answered}).category == 1
            assert sorted(answered) == sorted(response or "")


@contextmanager
def room(browser: Browser, folder: Path, subject: Subject) -> Iterator[Room]:
    """Serve one item until left."""
    site = Site(folder, compile_items([subject.shown]), subject.media)
    site.open()
    try:
        yield Room(browser, site, subject)
    finally:
        site.stop()


def on_a_laptop(room: Room) -> Results:
    """Answer with keys alone; every theme, letters at twice their size, and no movement."""
    name = room.subject.name
    with room.pupil(PUPILS[0], WIDE) as lotte:
        page = lotte.page
        check(page, f"{name}, empty")
        keyboard = Keyboard(page)
        for act in room.subject.acts:
            keyboard.do(act)
        check_told(room.subject, page)
        check(page, f"{name}, answered")
        moving = page.evaluate(MOVING)
        assert not moving, f"{name}: {moving}"
        page.evaluate("document.documentElement.style.fontSize = '225%'")  # twice the normal 112.5 % (WCAG 2.2, 1.4.4)
        check(page, f"{name}, letters at 200 %")
        check_unclipped(page, name)
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.get_by_role("button", name="Volgende").focus()
        page.keyboard.press("Enter")
        room.check_sent(lotte)
    return {"axe, 3 themes": "0", "keyboard": "yes", "200 %": "yes", "no motion": "yes"}


def on_a_narrow_screen(room: Room) -> Results:
    """Answer by the accessibility tree alone, on 320 pixels, with larger letters too."""
    name = room.subject.name
    with room.pupil(PUPILS[1], NARROW) as noah:
        page = noah.page
        big_enough(page, name)
        reader = ScreenReader(page)
        for act in room.subject.acts:
            reader.do(act)
        check_told(room.subject, page)
        check(page, f"{name}, 320 pixels")
        page.evaluate("document.documentElement.dataset.size = 'larger'")
        check(page, f"{name}, 320 pixels, largest letters")
        check_unclipped(page, name)
        Reader(page).press("Volgende", "button")
        room.check_sent(noah)
    return {"tree": "yes", "320 px": "yes"}


def check_unclipped(page: Page, name: str) -> None:
    """Assert that nothing is cut off, and no words stand out of their button."""
    cut = [*page.evaluate(CLIPPED), *page.evaluate(OUT_OF_BOX)]
    assert not cut, f"{name}: {cut}"


def weight(room: Room) -> Results:
    """Weigh the item's HTML as it is sent."""
    size = len(gzip.compress(room.site.bank.views[0].html.encode()))
    assert size <= LARGEST_FRAGMENT, f"{room.subject.name}: {size} bytes"
    return {"gzip": f"{size} B"}


CHECKS: tuple[Callable[[Room], Results], ...] = (on_a_laptop, on_a_narrow_screen, weight)
COLUMNS = ("axe, 3 themes", "keyboard", "tree", "320 px", "200 %", "no motion", "gzip")
assert len(THEMES) == 3
