"""Cards put in their place with a finger, what comes back of a half answer, and the room around a gap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page

from tests.browser.browser_site import Site, open_site
from tests.browser.interactions.tree import tree
from tests.browser.test_interactions import ITEMS, WALKS, answer, check_sent, press
from tests.browser.walks import Walk

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage

DRAGGED = [walk for walk in WALKS if walk.drags]
WIDTHS = pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])


@pytest.fixture(params=DRAGGED, ids=lambda walk: walk.item)
def walk(request: pytest.FixtureRequest) -> Walk:
    """Each interaction with cards in turn."""
    found: Walk = request.param
    return found


@pytest.fixture
def site(tmp_path: Path, walk: Walk) -> Iterator[Site]:
    """A server whose test is that one item."""
    with open_site(tmp_path, ITEMS / f"{walk.item}.xml") as running:
        yield running


def only(*items: str) -> pytest.MarkDecorator:
    """Run a test for these items."""
    walks = [walk for walk in DRAGGED if walk.item in items]
    return pytest.mark.parametrize("walk", walks, ids=lambda walk: walk.item, indirect=True)


class Finger:
    """One finger on a screen, as Chromium's own touch emulation moves it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._client = page.context.new_cdp_session(page)

    def middle(self, name: str) -> tuple[float, float]:
        """Middle of a card or place."""
        box = self._page.locator(".placing").get_by_role("button", name=name).first.bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        """Touch, move or let go."""
        held = [{"x": x, "y": y} for x, y in points]
        self._client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": held})

    def move(self, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        """Move in steps, as a hand does."""
        for step in range(1, steps + 1):
            there = (at + (to - at) * step / steps for at, to in zip(start, end, strict=True))
            self.touch("touchMove", (next(there), next(there)))

    def drag(self, source: str, target: str) -> None:
        """Drag one thing onto another."""
        start, end = self.middle(source), self.middle(target)
        self.touch("touchStart", start)
        self.move(start, end)
        self.touch("touchEnd")


@WIDTHS
def test_it_can_be_dragged_with_a_finger(
    walk: Walk, site: Site, pupil: Callable[..., PupilPage], width: int, height: int
) -> None:
    lotte = pupil(width=width, height=height, has_touch=True)
    lotte.come_in()
    finger = Finger(lotte.page)
    for source, target in walk.drags:
        finger.drag(source, target)
    assert set(walk.after) <= {*tree(lotte.page)}
    lotte.go_on()
    check_sent(walk, site, lotte)


def scrolls_to(page: Page, place: float) -> None:
    """Wait until the question has been scrolled so far."""
    desk = page.locator(".desk")
    for _ in range(200):
        if desk.evaluate("one => one.scrollTop") >= place:
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"it is at {desk.evaluate('one => one.scrollTop')}, not at {place}")


@only("match")
@pytest.mark.usefixtures("walk")
def test_a_card_held_at_the_edge_scrolls_along_and_a_finger_beside_it_scrolls(pupil: Callable[..., PupilPage]) -> None:
    lotte = pupil(width=320, height=480, has_touch=True)
    page = lotte.page
    lotte.come_in()
    finger, card = Finger(page), page.locator(".card", has_text="dolfijn")
    bottom = page.locator(".desk").evaluate("one => one.getBoundingClientRect().bottom")
    assert page.locator("[data-place]").last.evaluate("one => one.getBoundingClientRect().bottom") > bottom
    start, edge = finger.middle("dolfijn"), (160.0, bottom - 20)
    finger.touch("touchStart", start)
    finger.move(start, edge)  # and stands still
    scrolls_to(
        page, page.locator(".desk").evaluate("one => one.scrollHeight - one.clientHeight - 1")
    )  # it stands still
    finger.move(edge, finger.middle("zoogdieren"))
    finger.touch("touchEnd")
    assert answer(page) == ["A Z"]

    page.locator(".desk").evaluate("one => { one.scrollTop = 0; }")
    beside = (300.0, card.evaluate("one => one.getBoundingClientRect().top"))
    finger.touch("touchStart", beside)
    finger.move(beside, (300, beside[1] - 120))
    finger.touch("touchEnd")
    scrolls_to(page, 60)
    assert answer(page) == ["A Z"]


HALF = {"order": (">0,5 Enter >Plaats_3 Enter", ["B"]), "gap-match": (">maar Enter >Open_plek_2 Enter", ["W1 G2"])}


@only(*HALF)
def test_half_an_answer_comes_back_in_its_own_place(walk: Walk, pupil: Callable[..., PupilPage]) -> None:
    lotte = pupil()
    page = lotte.page
    lotte.come_in()
    keys, response = HALF[walk.item]
    with page.expect_response("**/drafts/1"):
        press(page, *keys.split())
    stands = {one for one in tree(page) if one.name.startswith(("Plaats", "Open plek"))}
    assert len(stands) >= 2
    assert answer(page) == response

    page.reload()
    lotte.see_question(1)
    assert stands <= tree(page)
    assert answer(page) == response

    other = pupil()  # it has only what the server kept
    other.come_in()
    assert stands <= tree(other.page)
    assert answer(other.page) == response

    with other.page.expect_response("**/drafts/1"):
        press(other.page, *keys.split()[2:])  # takes the card away
    assert answer(other.page) is None
    third = pupil()
    third.come_in()
    assert answer(third.page) is None


SPACE = """gap => {
  const words = document.createRange();
  const [before, after] = [gap.previousSibling, gap.nextSibling];
  const box = gap.getBoundingClientRect(), style = getComputedStyle(gap);
  const ring = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset);
  const spaces = [];
  for (const [text, start, end] of [[before, before.length - 2, before.length - 1], [after, 1, 2]]) {
    words.setStart(text, start);
    words.setEnd(text, end);
    const letter = words.getBoundingClientRect();
    const space = Math.max(box.left - letter.right, letter.left - box.right);
    if (Math.abs(letter.y - box.y) < box.height) spaces.push(space - ring);
  }
  return spaces; }"""


@WIDTHS
@only("gap-match")
@pytest.mark.usefixtures("walk")
def test_a_space_is_seen_beside_a_gap_also_when_it_has_the_focus(
    pupil: Callable[..., PupilPage], width: int, height: int
) -> None:
    lotte = pupil(width=width, height=height)
    lotte.come_in()
    press(lotte.page, *[">omdat", "Enter", ">Open_plek_1", "Enter", ">maar", "Enter", ">Open_plek_2", "Enter"])
    spaces = lotte.page.locator(".gap").last.evaluate(SPACE)
    assert spaces
    assert min(spaces) >= 4  # pixels; a space of this letter is 6.6 wide
