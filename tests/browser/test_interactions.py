"""Each interaction is answered with keys alone, kept over a reload, told to a screen reader, and fits every screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from itembank import score
from tests.browser.browser_pupil import PupilPage
from tests.browser.browser_site import Site, open_site
from tests.browser.interactions.tree import Told, tree
from tests.browser.walks import PICTURE_WALKS, Walk

if TYPE_CHECKING:
    from itembank import ResponseValue

ITEMS = Path(__file__).parent / "interactions"


WALKS = (
    Walk(
        "hottext",
        ">voert Space >gaat Space",
        ["W2", "W5"],
        (Told("checkbox", "voert", "false"), Told("group", "Duid de twee werkwoorden aan.")),
        (Told("checkbox", "voert", "true"), Told("checkbox", "snel", "false"), Told("checkbox", "gaat", "true")),
    ),
    Walk(
        "slider",
        "Tab" + 5 * " ArrowRight",
        "2.5",
        (Told("slider", "Schuif", "0 (Nog niet gekozen)"), Told("group", "Hoeveel liter zit er nog in de fles?")),
        (Told("slider", "Schuif", "2.5 (2,5)"),),
    ),
    Walk(
        "order",
        ">0,5 Enter >Plaats_2 Enter >1_vierde Space >Plaats_1 Space >drie_kwart Enter >Plaats_3 Enter",
        ["A", "B", "C"],
        (Told("button", "1 vierde", "false"), Told("button", "Plaats 2: leeg")),
        (
            Told("button", "Plaats 1: 1 vierde"),
            Told("button", "Plaats 2: 0,5"),
            Told("button", "Plaats 3: drie kwart"),
            Told("button", "drie kwart, geplaatst", "false"),
        ),
        (("drie kwart", "Plaats 1"), ("0,5", "Plaats 2"), ("Plaats 1", "Plaats 3"), ("1 vierde", "Plaats 1")),
    ),
    Walk(
        "match",
        ">dolfijn Enter >zoogdieren Enter >vleermuis Enter >zoogdieren Enter >pinguïn Enter >vogels Enter",
        ["C V", "A Z", "B Z"],
        (Told("button", "dolfijn", "false"), Told("button", "zoogdieren: leeg"), Told("button", "vogels: leeg")),
        (Told("button", "zoogdieren: dolfijn vleermuis"), Told("button", "vogels: pinguïn")),
        (("pinguïn", "vogels"), ("dolfijn", "vogels"), ("vogels", "zoogdieren"), ("vleermuis", "zoogdieren")),
    ),
    Walk(
        "gap-match",
        ">omdat Enter >Open_plek_1 Enter >maar Enter >Open_plek_2 Enter",
        ["W2 G1", "W1 G2"],
        (Told("button", "omdat", "false"), Told("button", "Open plek 1 van 2: leeg")),
        (Told("button", "Open plek 1 van 2: omdat"), Told("button", "Open plek 2 van 2: maar")),
        (("of", "Open plek 1"), ("omdat", "Open plek 1"), ("maar", "Open plek 2")),
    ),
    Walk(
        "associate",
        ">moedig Enter >laf Enter >gierig Enter >gul Enter",
        ["A B", "D C"],
        (Told("button", "moedig", "false"), Told("button", "laf", "false")),
        (
            Told("list", "Jouw paren"),
            Told("button", "moedig en laf, haal dit paar weg"),
            Told("button", "gierig en gul, haal dit paar weg"),
            Told("button", "gul, geplaatst", "false"),
        ),
        (("moedig", "laf"), ("gierig", "gul")),
    ),
    *PICTURE_WALKS,
)


@pytest.fixture(params=WALKS, ids=lambda walk: walk.item)
def walk(request: pytest.FixtureRequest) -> Walk:
    """Each interaction in turn."""
    found: Walk = request.param
    return found


@pytest.fixture
def site(tmp_path: Path, walk: Walk) -> Iterator[Site]:
    """A server whose test is that one item."""
    with open_site(tmp_path, ITEMS / f"{walk.item}.xml") as running:
        yield running


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        if key.startswith(">"):
            go_to(page, key.removeprefix(">").replace("_", " "))
        else:
            page.keyboard.press(key)


def go_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on the control whose name begins so."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => { const box = document.activeElement.closest("label") ?? document.activeElement;
                const copy = box.cloneNode(true);
                copy.querySelectorAll("math").forEach(one => one.replaceWith(one.getAttribute("aria-label")));
                copy.querySelectorAll("img").forEach(one => one.replaceWith(one.alt));
                const named = box.querySelector("input")?.getAttribute("aria-label") ?? box.getAttribute("aria-label");
                return named ?? copy.textContent; }"""
        )
        if focused.strip().startswith(name):
            return
    raise AssertionError(f"Tab never comes to {name!r}")


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
    check_sent(walk, site, lotte)


def check_sent(walk: Walk, site: Site, lotte: PupilPage) -> None:
    """The answer in the log is the one that was given, and it is right."""
    expect(lotte.page.get_by_role("heading", name="Dat was de laatste vraag")).to_be_visible()
    (sent,) = [payload["response"] for kind, payload in site.events() if kind == "answered"]
    assert sent == {"RESPONSE": walk.response}
    assert score(site.bank.scoring[0], sent).category == 1


def test_with_no_answer_or_half_of_one_the_pupil_is_asked_first(walk: Walk, pupil: Callable[..., PupilPage]) -> None:
    lotte = pupil()
    lotte.come_in()
    asked = lotte.page.get_by_role("heading", name="Je hebt nog niet alles ingevuld")
    lotte.go_on()
    expect(asked).to_be_visible()
    lotte.page.keyboard.press("Escape")
    if isinstance(walk.response, list):
        lotte.page.locator("h1.number").focus()
        press(lotte.page, *walk.keys[: len(walk.keys) // 2])
        lotte.go_on()
        expect(asked).to_be_visible()


def drag(page: Page, source: str, target: str) -> None:
    """Drag with the mouse, in steps as a hand does."""
    box, goal = (
        page.locator(".placing").get_by_role("button", name=name).first.bounding_box() for name in (source, target)
    )
    assert box
    assert goal
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(goal["x"] + goal["width"] / 2, goal["y"] + goal["height"] / 2, steps=8)
    page.mouse.up()


@pytest.mark.parametrize("walk", [walk for walk in WALKS if walk.drags], ids=lambda walk: walk.item, indirect=True)
def test_it_can_be_dragged(walk: Walk, site: Site, pupil: Callable[..., PupilPage]) -> None:
    lotte = pupil()
    lotte.come_in()
    for source, target in walk.drags:
        drag(lotte.page, source, target)
    assert set(walk.after) <= {*tree(lotte.page)}
    lotte.go_on()
    check_sent(walk, site, lotte)


def only(*items: str) -> pytest.MarkDecorator:
    """Run a test for these items."""
    walks = [walk for walk in WALKS if walk.item in items]
    return pytest.mark.parametrize("walk", walks, ids=lambda walk: walk.item, indirect=True)


READ = """async () => {
    const own = document.querySelector('script[type=module]').src; // its own version
    const item = await import(new URL('item.js', own).href);
    await item.fetchKinds(document.body.innerHTML);
    return item.readResponse(document);
}"""


def answer(page: Page) -> ResponseValue:
    """What would be sent now."""
    found: dict[str, ResponseValue] = page.evaluate(READ)
    return found["RESPONSE"]


@only("order", "gap-match")
@pytest.mark.usefixtures("walk")
def test_a_place_gives_its_card_back_and_cards_change_places(pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    cards, places = page.locator("[data-choice]"), page.locator("[data-place]")
    said = page.locator(".said")
    places.first.click()
    expect(said).to_have_text("Klik eerst op een kaartje.")
    cards.nth(0).click()
    page.keyboard.press("Escape")
    expect(said).to_have_text("Geen kaartje gekozen.")
    places.first.click()
    assert answer(page) is None

    for number in (0, 1):
        cards.nth(number).click()
        places.nth(number).click()
    before = answer(page)
    cards.nth(0).click()
    places.nth(1).click()  # full: the two change places
    changed = answer(page)
    assert isinstance(before, list)
    assert isinstance(changed, list)
    assert [one.split()[0] for one in changed] == [one.split()[0] for one in before[::-1]]

    places.nth(1).click()  # takes it out and holds it
    expect(said).to_contain_text("is weggehaald")
    expect(cards.nth(0)).to_have_attribute("aria-pressed", "true")
    assert answer(page) == changed[:1]


@only("match")
@pytest.mark.usefixtures("walk")
def test_a_place_with_several_cards_gives_back_the_one_that_is_picked(pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    place = page.get_by_role("button", name="vogels")
    for name in ("dolfijn", "vleermuis", "pinguïn"):
        page.locator(".card", has_text=name).click()
        place.click()
    assert answer(page) == ["A V", "B V", "C V"]
    page.locator(".card", has_text="vleermuis").click()
    place.click()
    assert answer(page) == ["A V", "C V"]
    page.get_by_role("button", name="zoogdieren").click()  # it was still held
    assert answer(page) == ["A V", "C V", "B Z"]


@only("associate")
@pytest.mark.usefixtures("walk")
def test_a_pair_is_taken_away_by_key_and_the_focus_is_not_lost(pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    press(page, ">moedig", "Enter", ">gul", "Enter", ">moedig,", "Enter", ">laf", "Enter")
    assert answer(page) == ["A B"], "a card that may be used once leaves its first pair"
    press(page, ">moedig_en_laf", "Enter")
    expect(page.locator(".said")).to_have_text("“moedig” en “laf” zijn geen paar meer.")
    expect(page.locator(".card", has_text="moedig")).to_be_focused()
    assert answer(page) is None
    expect(page.locator(".pairs")).to_be_hidden()


@only("slider")
@pytest.mark.usefixtures("walk")
@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_a_slider_can_be_left_where_it_stands(pupil: Callable[..., PupilPage], key: str) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    assert answer(page) is None
    press(page, "Tab", key)
    assert answer(page) == "0"
    expect(page.locator("output")).to_have_text("0")


@only("hottext")
@pytest.mark.usefixtures("walk")
def test_one_word_too_many_is_not_taken_and_said(pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    press(page, ">Elke", "Space", ">voert", "Space", ">kippen", "Space")
    expect(page.get_by_role("alert")).to_contain_text("Kies hoogstens 2 antwoorden")
    assert answer(page) == ["W1", "W2"]


@only("hottext")
@pytest.mark.usefixtures("walk")
def test_a_mark_stays_on_the_line_of_the_word_before_it(pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    expect(page.locator(".together")).to_have_text(["kippen.", "gaat!"])
