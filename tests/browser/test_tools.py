"""Calculator, ruler, recordings and explanations: with keys alone, by screen reader alone, on every screen."""

from __future__ import annotations

import hashlib
import io
import math
import re
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from itembank import read_item
from tests.browser.browser_pupil import PupilPage
from tests.browser.browser_site import Site, compile_items, site_of
from tests.browser.interactions.tree import Told, tree
from tests.browser.test_accessibility import big_enough, check
from tests.browser.test_aids import wait_for
from tests.browser.test_interactions import press

if TYPE_CHECKING:
    from itembank import CompiledBank

ITEM = Path(__file__).parent / "tools" / "tuin.xml"
GRANTED = {"read_aloud": "yes", "glossary": "yes", "transcript": "yes"}
MILLIMETRE = 96 / 25.4  # pixels: CSS Values and Units Module Level 4, section 6.2


def recording(seconds: float = 5.0) -> bytes:
    """Silence."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8_000)
        sound.writeframes(b"\x80" * int(8_000 * seconds))
    return made.getvalue()


def garden(kind: str = "scientific") -> tuple[CompiledBank, dict[str, tuple[str, bytes]]]:
    """A bank of one item with every tool, and its recording."""
    sound = recording()
    digest = hashlib.sha256(sound).hexdigest()
    xml = ITEM.read_bytes().replace(b">scientific<", f">{kind}<".encode())
    item = replace(read_item(xml, area="alles"), media={"twintig.wav": f"{digest}.wav"})
    return compile_items([item]), {digest: ("audio/wav", sound)}


@pytest.fixture
def granted() -> dict[str, str]:
    """What the pupils are granted."""
    return GRANTED


@pytest.fixture
def kind() -> str:
    """Kind of calculator."""
    return "scientific"


@pytest.fixture
def site(tmp_path: Path, granted: dict[str, str], kind: str) -> Iterator[Site]:
    """A server whose test is that one item."""
    running = Site(tmp_path, *garden(kind), granted)
    running.open()
    try:
        yield running
    finally:
        running.stop()


SUMS = [
    ("0,1+0,2", "0,3"),
    ("0,1+0,2−0,3", "0"),
    ("1000000000000+0,5−1000000000000", "0,5"),
    ("cos(90)", "0"),
    ("sin(180)+tan(180)", "0"),
    ("sin(−90)+cos(360)×2", "1"),
    ("3 000+1", "3001"),
    ("1\u00a0000\u00a0000÷2", "500000"),  # as an item writes it
    ("2+3×4", "14"),
    ("(2+3)×4", "20"),
    ("10÷4", "2,5"),
    ("1÷3", "0,333333333333"),
    ("−2²", "−4"),  # as mathematics writes it: the square comes first
    ("2^3^2", "512"),
    ("√16+√(9)", "7"),
    ("50%", "0,5"),
    ("2×(3+4", "14"),  # a bracket that is left open closes at the end
    ("sin(30)+cos(60)", "1"),
    ("tan(45)", "1"),
    ("log(1000)−ln(1)", "3"),
    ("2×π", str(round(math.tau, 11)).replace(".", ",")),
    ("999999×9999999", "9,999989×10^12"),  # 9 999 989 000 001, to twelve digits
    ("0,000001×0,000001", "1×10^−12"),
    ("1÷0", "NaN"),
    ("√(0−4)", "NaN"),
    ("tan(90)", "NaN"),
]
WRONG = ["2+", "×3", "2)", "3 4", "sin 30", "((", "2,,3"]
WORK = """async sums => { const { calculate, shown } = await import('/static/player/tools/arithmetic.js');
    return sums.map(sum => { try { return shown(calculate(sum)); } catch (error) { return error.name; } }); }"""


def test_a_calculator_works_out_what_mathematics_says(laptop: Callable[..., Page]) -> None:
    page = laptop()
    page.goto("/toets")
    assert page.evaluate(WORK, [sum_ for sum_, _ in SUMS]) == [result for _, result in SUMS]
    assert set(page.evaluate(WORK, WRONG)) == {"SyntaxError"}


def test_the_calculator_is_used_with_keys_alone_and_told_to_a_screen_reader(
    site: Site, pupil: Callable[..., PupilPage]
) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    expect(page.get_by_role("button", name="Rekenmachine")).to_be_visible()
    assert Told("button", "Rekenmachine") in tree(page)
    press(page, ">Rekenmachine", "Enter", *"2*(3.5-1)", "Enter")
    assert {Told("textbox", "Berekening", "2×(3,5−1)"), Told("status", "Uitkomst")} <= tree(page)
    expect(page.locator("peil-calculator output")).to_have_text("= 5")
    press(page, "+", "1", "=")  # goes on with the result
    expect(page.locator("peil-calculator output")).to_have_text("= 6")
    press(page, "7", "/", "0", "Enter")  # a digit begins anew
    expect(page.get_by_label("Berekening")).to_have_value("7÷0")
    expect(page.locator("peil-calculator output")).to_have_text("Dat heeft geen uitkomst.")
    lotte.see_question(1)  # Enter did not go on
    press(page, ">C,_alles_wissen", "Enter", ">vierkantswortel", "Space", ">9", "Space", ">is_gelijk_aan", "Enter")
    expect(page.locator("peil-calculator output")).to_have_text("= 3")
    press(page, "Escape")
    expect(page.get_by_label("Berekening")).to_be_hidden()
    expect(page.get_by_role("button", name="Rekenmachine")).to_be_focused()
    assert site.answered() == []


@pytest.mark.parametrize(
    ("kind", "there", "gone"),
    [
        ("basic", ["gedeeld door", "komma"], ["vierkantswortel", "procent", "haakje openen"]),
        ("standard", ["vierkantswortel", "procent"], ["haakje openen", "tot de macht"]),
    ],
)
@pytest.mark.usefixtures("kind")
def test_a_simpler_calculator_has_fewer_keys_and_takes_no_other_signs(
    pupil: Callable[..., PupilPage], there: list[str], gone: list[str]
) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    page.get_by_role("button", name="Rekenmachine").click()
    for name in there:
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()
    for name in gone:
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    page.keyboard.type("2^3(π)sin5")
    expect(page.get_by_label("Berekening")).to_have_value("235")


GOING_ON = {  # keys, and what then stands in the field and below it
    "scientific": [
        (["2-7", "Enter", "^2", "Enter"], "(−5)^2", "= 25"),
        (["2-7", "Enter", ">kwadraat", "Enter", "="], "(−5)²", "= 25"),
        (["1000000*1000000", "Enter", "^2", "Enter"], "(1×10^12)^2", "= 1×10^24"),
        (["7/0", "Enter", "+2", "Enter"], "7÷0+2", "Dat heeft geen uitkomst."),
        (["2+3", "Enter", "Backspace"], "2+", ""),
        (["2+3", "Enter", "Backspace", "4", "Enter"], "2+4", "= 6"),
        (["2+3", "Enter", "Home", "1", "Enter"], "12+3", "= 15"),
        (["2+3", "Enter", " ", "#"], "2+3 ", ""),
    ],
    "basic": [
        (["1000000*2000000", "Enter", "/2", "Enter"], "2×10^12÷2", "= 1×10^12"),
        (["1000000*2000000", "Enter", "/", "Backspace", "Backspace"], "", ""),
        (["2-7", "Enter", "*3", "Enter"], "−5×3", "= −15"),
    ],
}


@pytest.mark.parametrize("kind", GOING_ON)
def test_what_is_typed_after_a_result_goes_on_with_that_result(pupil: Callable[..., PupilPage], kind: str) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    page.get_by_role("button", name="Rekenmachine").click()
    field = page.get_by_label("Berekening")
    for keys, written, told in GOING_ON[kind]:
        field.fill("")
        for key in keys:
            if key.startswith(">"):
                page.get_by_role("button", name=key.removeprefix(">"), exact=True).click()
                field.focus()
            elif key[0].isalpha():
                page.keyboard.press(key)
            else:
                page.keyboard.type(key)
        expect(field).to_have_value(written)
        expect(page.locator("peil-calculator output")).to_have_text(told)


def place(page: Page) -> tuple[float, float]:
    """Where the ruler lies: its left and upper edge in pixels."""
    box = page.locator(".ruler").bounding_box()
    assert box
    return box["x"], box["y"]


def test_the_ruler_is_as_long_as_it_says_and_is_moved_and_turned_with_keys(pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    press(page, ">Liniaal", "Enter")
    ruler = page.get_by_role("button", name="Liniaal van 15 cm")
    expect(ruler).to_be_focused()
    numbers = page.locator(".ruler text:not(.unit)")
    assert numbers.all_text_contents() == [str(number) for number in range(16)]
    first, last = numbers.first.bounding_box(), numbers.nth(10).bounding_box()
    assert first
    assert last
    middle = last["x"] + last["width"] / 2 - first["x"] - first["width"] / 2
    assert middle == pytest.approx(100 * MILLIMETRE, abs=1.5)  # 10 cm; a digit's box is rounded to pixels

    left, top = place(page)
    press(page, "ArrowRight", "ArrowRight", "ArrowDown", "Shift+ArrowLeft")
    moved = place(page)
    assert moved[0] - left == pytest.approx((2 + 2 - 0.2) * MILLIMETRE, abs=0.5)
    assert moved[1] - top == pytest.approx(2 * MILLIMETRE, abs=0.5)
    press(page, *["PageDown"] * 18)
    box = ruler.bounding_box()
    assert box
    assert box["height"] > 3 * box["width"]  # upright
    told = page.locator("peil-ruler output").inner_text()
    assert "90 graden gedraaid." in told
    from_left, from_top = (
        float(found.replace(",", ".")) * 10 * MILLIMETRE for found in re.findall(r"([\d,]+) cm", told)
    )
    zero = numbers.first.bounding_box()  # turned, it stands a centimetre to the left of its mark
    assert zero
    assert from_top == pytest.approx(zero["y"] + zero["height"] / 2, abs=2 * MILLIMETRE)
    assert from_left - zero["x"] - zero["width"] / 2 == pytest.approx(10 * MILLIMETRE, abs=2.5 * MILLIMETRE)
    press(page, ">Draaien", "Enter")
    lotte.see_question(1)  # Enter did not ask for the next question
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert Told("slider", "Draaien", "90 (90 graden)") in tree(page) or Told("slider", "Draaien", "90") in tree(page)
    press(page, "Escape")
    expect(ruler).to_be_hidden()
    expect(page.get_by_role("button", name="Liniaal")).to_be_focused()


def test_the_ruler_is_dragged_and_stays_on_the_screen(pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    page.get_by_role("button", name="Liniaal").click()
    left, top = place(page)
    page.mouse.move(left + 60, top + 20)
    page.mouse.down()
    page.mouse.move(left + 160, top - 130, steps=5)
    page.mouse.up()
    assert place(page) == pytest.approx((left + 100, top - 150), abs=1.0)
    press(page, *["ArrowUp"] * 200, *["ArrowLeft"] * 200)
    left, top = place(page)
    assert top >= -1
    assert left + (150 + 8) * MILLIMETRE / 2 >= -1  # its middle


WIDE = """<p><img src="lat.svg" alt="een lat" width="400" height="60"/></p><qti-choice-interaction"""


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_a_picture_beside_a_ruler_is_as_long_on_every_screen(
    tmp_path: Path, chromium: Browser, width: int, height: int
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "lat.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 60"/>')
    sounds = ' data-catalog-idref="twintig"|<qti-catalog-info>.*</qti-catalog-info>|<audio [^>]*/>'
    xml = re.sub(sounds, "", ITEM.read_text(), flags=re.DOTALL)
    running = site_of(tmp_path, xml.replace("<qti-choice-interaction", WIDE).encode(), pictures)
    try:
        page = chromium.new_page(base_url=running.url, viewport={"width": width, "height": height})
        PupilPage(page, running, "Lotte Vandenbroucke").come_in()
        page.evaluate("document.documentElement.dataset.size = 'larger'")
        box = page.get_by_role("img", name="een lat").bounding_box()
        assert box
        assert (box["width"], box["height"]) == (400, 60)
        check(page, "picture beside a ruler")
        if width < 400:
            page.locator("p:has(> img)").focus()
            press(page, *["ArrowRight"] * 5)
            for _ in range(30):  # scrolling is smooth; the page's policy allows no function that waits for it
                page.wait_for_timeout(100)
                if page.evaluate("document.querySelector('p:has(> img)').scrollLeft > 0"):
                    break
            else:
                pytest.fail("an arrow key does not scroll the picture")
        page.close()
    finally:
        running.stop()


def test_explanations_and_recordings_are_there_for_who_is_granted_them(
    site: Site, pupil: Callable[..., PupilPage]
) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    expect(page.get_by_text("Une haie")).to_have_count(0)
    press(page, ">Uitleg_bij:_haag", "Enter")
    card = page.get_by_role("note")
    expect(card).to_have_text("Een haag is een rij struiken die dicht bij elkaar staan.")
    check(page, "explanation")
    press(page, "Escape")
    expect(card).to_be_hidden()
    expect(page.get_by_role("button", name="Uitleg bij: haag")).to_be_focused()

    listen = page.get_by_role("button", name="Luister naar: 20 meter")
    listen.focus()
    press(page, "Enter")
    expect(listen).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(400)
    assert page.evaluate("document.querySelector('audio:not([controls])').currentTime") > 0.0  # it plays
    press(page, "Enter")
    expect(listen).to_have_attribute("aria-pressed", "false")
    transcript = page.locator(".transcript").get_by_text("rond de hele tuin")
    expect(transcript).to_be_hidden()
    page.locator("summary", has_text="Tekst van de opname").focus()
    press(page, "Enter")
    expect(transcript).to_be_visible()
    expect(transcript).to_have_text("Mieke: Ik stap rond de hele tuin.")
    check(page, "transcript")
    big_enough(page, "transcript")
    spoken = page.locator("[data-spoken]")
    expect(spoken).to_have_attribute("data-spoken", "Rond een tuin van twaalf meter bij acht meter staat een haag.")
    wait_for(site, "accommodation_used")
    lotte.answer()
    lotte.go_on()
    lotte.hand_in()
    used = [kind for said in wait_for(site, "accommodation_used") for kind in said["used"]]
    assert set(used) == {"glossary", "read_aloud", "transcript"}


@pytest.mark.parametrize("granted", [{}])
@pytest.mark.usefixtures("granted")
def test_without_a_grant_neither_is_there_and_what_everybody_hears_is_played_with_keys(
    pupil: Callable[..., PupilPage],
) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    expect(page.get_by_role("button", name="Rekenmachine")).to_be_visible()
    expect(page.get_by_role("button", name="Uitleg")).to_have_count(0)
    expect(page.locator("audio:not([controls])")).to_have_count(0)
    expect(page.get_by_text("rij struiken")).to_be_hidden()
    expect(page.get_by_text("hele tuin")).to_be_hidden()
    expect(page.get_by_text("Tekst van de opname")).to_have_count(0)

    recording = page.get_by_label("Geluidsfragment: Rond de tuin")  # that everybody hears
    expect(recording).to_have_js_property("readyState", 0)  # nothing is loaded before it is asked for
    assert {Told("Audio", "Geluidsfragment: Rond de tuin"), Told("button", "play")} <= tree(page)
    press(page, ">Geluidsfragment:_Rond_de_tuin", "Space")
    expect(recording).to_have_js_property("paused", False)
    page.wait_for_timeout(400)
    assert recording.evaluate("one => one.currentTime") > 0.0
    press(page, "Space")
    expect(recording).to_have_js_property("paused", True)
    recording.evaluate("one => { one.currentTime = 3 }")  # who missed something goes back, which needs parts of it
    expect(recording).to_have_js_property("currentTime", 3)
    expect(page.locator(".item input:checked")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_the_tools_fit_and_axe_finds_nothing(pupil: Callable[..., PupilPage], width: int, height: int) -> None:
    page = (lotte := pupil(width=width, height=height)).page
    lotte.come_in()
    expect(page.get_by_role("button", name="Liniaal")).to_be_visible()
    check(page, "tools, closed")
    page.get_by_role("button", name="Rekenmachine").click()
    page.get_by_label("Berekening").fill("12×8")
    page.keyboard.press("Enter")
    check(page, "calculator")
    big_enough(page, "calculator")
    page.get_by_role("button", name="Liniaal").click()
    check(page, "ruler")
    page.evaluate("document.documentElement.dataset.size = 'larger'")
    check(page, "tools, largest letters")
