"""Each interaction is answered with keys alone, kept over a reload, told to a screen reader, and fits every screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from itembank import read_item, score
from tests.browser.browser_pupil import PupilPage
from tests.browser.browser_site import Site, compile_items
from tests.browser.test_accessibility import big_enough, check

if TYPE_CHECKING:
    from itembank import ResponseValue

ITEMS = Path(__file__).parent / "interactions"


@dataclass(frozen=True)
class Told:
    """What Chromium's accessibility tree says of one control."""

    role: str
    name: str
    value: str = ""


@dataclass(frozen=True)
class Walk:
    """How an item is answered with keys, and what must come out."""

    item: str
    keys: tuple[str, ...]
    response: ResponseValue
    before: tuple[Told, ...]
    after: tuple[Told, ...]
    half: int = 0  # keys that give only a part of the answer


NEXT = ("Tab",)
WALKS = (
    Walk(
        "hottext",
        (*NEXT * 2, "Space", *NEXT * 3, "Space"),
        ["W2", "W5"],
        (Told("checkbox", "voert", "false"), Told("group", "Duid de twee werkwoorden aan.")),
        (Told("checkbox", "voert", "true"), Told("checkbox", "snel", "false"), Told("checkbox", "gaat", "true")),
        half=3,
    ),
    Walk(
        "slider",
        (*NEXT, *("ArrowRight",) * 5),
        "2.5",
        (Told("slider", "Schuif", "0 (Nog niet gekozen)"), Told("group", "Hoeveel liter zit er nog in de fles?")),
        (Told("slider", "Schuif", "2.5 (2,5)"),),
    ),
)


@pytest.fixture(params=WALKS, ids=lambda walk: walk.item)
def walk(request: pytest.FixtureRequest) -> Walk:
    """Each interaction in turn."""
    found: Walk = request.param
    return found


@pytest.fixture
def site(tmp_path: Path, walk: Walk) -> Iterator[Site]:
    """A server whose test is that one item."""
    file = ITEMS / f"{walk.item}.xml"
    running = Site(tmp_path, compile_items([read_item(file.read_bytes(), file=file.name, area="alles")]), {})
    running.open()
    try:
        yield running
    finally:
        running.stop()


def value_of(node: dict[str, Any]) -> str:
    """Return what the control stands at: checked, pressed, or its value; and what describes it."""
    held = {one["name"]: str(one["value"].get("value", "")) for one in node.get("properties", ())}
    text = held.get("checked") or held.get("pressed") or str(node.get("value", {}).get("value", ""))
    described = node.get("description", {}).get("value")
    return f"{text} ({described})" if described else text


def tree(page: Page) -> set[Told]:
    """Role, name and value of everything in Chromium's accessibility tree."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return {
        Told(node["role"]["value"], node["name"]["value"].strip(), value_of(node))
        for node in nodes
        if not node.get("ignored") and "name" in node
    }


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def test_it_is_answered_by_keyboard_alone_and_a_screen_reader_is_told(
    walk: Walk, site: Site, pupil: Callable[..., PupilPage]
) -> None:
    lotte = pupil()
    lotte.come_in()
    assert set(walk.before) <= tree(lotte.page)
    press(lotte.page, *walk.keys)
    assert set(walk.after) <= tree(lotte.page)

    lotte.page.reload()
    lotte.see_question(1)
    assert set(walk.after) <= tree(lotte.page), "the draft is not restored"

    lotte.page.get_by_role("button", name="Volgende").focus()
    press(lotte.page, "Enter")
    expect(lotte.page.get_by_role("heading", name="Dat was de laatste vraag")).to_be_visible()
    (sent,) = [payload["response"] for kind, payload in site.events() if kind == "answered"]
    assert sent == {"RESPONSE": walk.response}
    assert score(site.bank.scoring[0], sent).category == 1


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_it_fits_and_axe_finds_nothing_in_any_theme(
    walk: Walk, pupil: Callable[..., PupilPage], width: int, height: int
) -> None:
    lotte = pupil(width=width, height=height)
    lotte.come_in()
    check(lotte.page, f"{walk.item}, empty")
    big_enough(lotte.page, walk.item)
    press(lotte.page, *walk.keys)
    check(lotte.page, f"{walk.item}, answered")
    lotte.page.evaluate("document.documentElement.dataset.size = 'larger'")
    check(lotte.page, f"{walk.item}, largest letters")
    if width > 320:  # either a narrow screen or twice the letters (WCAG 2.2, 1.4.10 and 1.4.4)
        lotte.page.evaluate("document.documentElement.style.fontSize = '225%'")  # twice the normal 112.5 %
        check(lotte.page, f"{walk.item}, letters at 200 %")


def test_with_no_answer_or_half_of_one_the_pupil_is_asked_first(walk: Walk, pupil: Callable[..., PupilPage]) -> None:
    lotte = pupil()
    lotte.come_in()
    asked = lotte.page.get_by_role("heading", name="Je hebt nog niet alles ingevuld")
    lotte.go_on()
    expect(asked).to_be_visible()
    lotte.page.keyboard.press("Escape")
    if isinstance(walk.response, list):
        lotte.page.locator("h1.number").focus()
        press(lotte.page, *walk.keys[: walk.half])
        lotte.go_on()
        expect(asked).to_be_visible()
