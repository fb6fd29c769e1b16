"""Areas and points on a picture, by mouse: what is hit is what is seen, on any screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.browser_pupil import PupilPage
from tests.browser.browser_site import Site, site_of
from tests.browser.test_interactions import ITEMS, answer, press
from tests.browser.test_secrets import found, recorder

DEMO = Path(__file__).parents[2] / "itembank" / "demo" / "mathematics" / "items"
HOTSPOT, POINTS = ((ITEMS / f"{name}.xml").read_text() for name in ("hotspot", "select-point"))
LAST = 'coords="255,20,305,100"/>'
OVERLAPPING = HOTSPOT.replace(
    LAST, f'{LAST}<qti-hotspot-choice identifier="E" shape="default" hotspot-label="de rest"/>'
)
ONE_POINT = POINTS.replace('"2"', '"1"').replace("<qti-value>180 100</qti-value>", "").replace('"multiple"', '"single"')
ONE_POINT = ONE_POINT.replace('mapped-value="0.5"', 'mapped-value="1"')
SECRET = POINTS.replace('coords="60,180,12" mapped-value="0.5"', 'coords="61.375,181.625,12.875" mapped-value="0.5"')

CROWDED = (DEMO / "W4-305.xml").read_text().replace("../media/vierhoeken-drie", "vormen")

SCREENS = pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A server whose test is the item that the test names."""
    running = site_of(tmp_path, request.param.encode(), ITEMS)
    try:
        yield running
    finally:
        running.stop()


def asked(*items: str) -> pytest.MarkDecorator:
    """Run a test with these items."""
    return pytest.mark.parametrize("site", items, ids=[str(number) for number in range(len(items))], indirect=True)


def place(page: Page, x: float, y: float, of: tuple[int, int]) -> tuple[float, float]:
    """Where a point of the picture, in its own pixels, is on the screen."""
    ground = page.locator(".ground")
    ground.scroll_into_view_if_needed()
    box = ground.bounding_box()
    assert box
    return box["x"] + box["width"] * x / of[0], box["y"] + box["height"] * y / of[1]


def near(point: str, x: int, y: int) -> bool:
    """Whether a point is where it was put, to the pixel of a screen on which two of the picture's may be one."""
    found_x, found_y = map(int, point.split())
    return abs(found_x - x) <= 1 and abs(found_y - y) <= 1


@asked(OVERLAPPING)
@SCREENS
@pytest.mark.usefixtures("site")
def test_an_area_is_hit_inside_its_outline_and_the_first_lies_on_top(
    pupil: Callable[..., PupilPage], width: int, height: int
) -> None:
    page = (lotte := pupil(width=width, height=height)).page
    lotte.come_in()
    size = (320, 120)
    for x, y, chosen in (
        (45, 80, ["D"]),  # in the triangle
        (45, 80, None),  # once more takes it away
        (15, 30, ["E"]),  # in the box around the triangle, so the rest of the picture
        (205, 60, ["C", "E"]),
    ):
        page.mouse.click(*place(page, x, y, size))
        assert answer(page) == chosen, (x, y)
    page.mouse.click(*place(page, 125, 60, size))
    expect(page.get_by_role("alert")).to_contain_text("Kies hoogstens 2 antwoorden")
    assert answer(page) == ["C", "E"]


@asked(HOTSPOT.replace('max-choices="2" min-choices="2"', 'max-choices="1"').replace('"multiple"', '"single"')
       .replace("<qti-value>R</qti-value>", ""))  # fmt: skip
@pytest.mark.usefixtures("site")
def test_of_single_areas_arrows_choose_another(pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    press(page, "Tab", "Space", "ArrowRight")
    assert answer(page) == "V"
    expect(page.get_by_role("radio", name="tweede vorm")).to_be_checked()


@asked(HOTSPOT)
@SCREENS
@pytest.mark.usefixtures("site")
def test_areas_and_boxes_grow_and_shrink_with_the_picture(
    pupil: Callable[..., PupilPage], width: int, height: int
) -> None:
    page = (lotte := pupil(width=width, height=height)).page
    lotte.come_in()
    drawn = ((10, 25, 80, 95), (95, 30, 155, 90), (173, 28, 237, 92), (255, 20, 305, 100))  # as the item says
    for (left, top, right, bottom), control in zip(drawn, page.locator(".spot input").all(), strict=True):
        box = control.bounding_box()
        assert box
        corners = place(page, left, top, (320, 120)), place(page, right, bottom, (320, 120))
        found_corners = (box["x"], box["y"]), (box["x"] + box["width"], box["y"] + box["height"])
        assert [*found_corners[0], *found_corners[1]] == pytest.approx([*corners[0], *corners[1]], abs=0.5)
        assert min(box["width"], box["height"]) >= 24  # WCAG 2.2, 2.5.8


@asked(POINTS)
@SCREENS
@pytest.mark.usefixtures("site")
def test_points_are_set_by_pressing_and_moved_by_dragging(
    pupil: Callable[..., PupilPage], width: int, height: int
) -> None:
    page = (lotte := pupil(width=width, height=height)).page
    lotte.come_in()
    size = (240, 240)
    page.mouse.click(*place(page, 60, 180, size))
    page.mouse.click(*place(page, 100, 20, size))
    drag_to(page, page.locator("[data-marker]").nth(1), place(page, 180, 100, size))
    points = answer(page)
    assert isinstance(points, list)
    assert near(points[0], 60, 180)
    assert near(points[1], 180, 100)

    page.mouse.click(*place(page, 200, 200, size))
    expect(page.locator(".said")).to_contain_text("hoogstens 2 punten")
    drag_to(page, page.locator("[data-marker]").nth(1), place(page, 239, -900, size))
    moved = answer(page)
    assert isinstance(moved, list)
    assert near(moved[1], 239, 0), "a point stays on its picture"

    page.get_by_role("button", name="Weghalen: Punt 1").click()
    assert answer(page) == moved[1:]
    expect(page.get_by_role("button", name="Punt zetten")).to_be_focused()
    expect(page.locator("[data-marker]")).to_have_count(1)


def drag_to(page: Page, marker: Locator, goal: tuple[float, float]) -> None:
    """Drag a marker as a hand does."""
    marker.hover()
    page.mouse.down()
    page.mouse.move(*goal, steps=6)
    page.mouse.up()


@asked(CROWDED)
@pytest.mark.usefixtures("site")
def test_filled_places_stay_apart_and_on_their_picture_with_the_largest_letters(
    pupil: Callable[..., PupilPage],
) -> None:
    page = (lotte := pupil(width=320, height=640)).page
    lotte.come_in()
    page.evaluate("document.documentElement.dataset.size = 'larger'")
    for card, spot in (("N2", "P1"), ("N4", "P2"), ("N1", "P3")):
        page.locator(f"[data-choice={card}]").click()
        page.locator(f"[data-place={spot}]").click()
    boxes = [spot.bounding_box() for spot in (page.locator(".ground"), *page.locator(".on-picture").all())]
    ground, *spots = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert len(spots) == 3
    assert ground[0] <= spots[0][0]
    assert spots[2][1] <= ground[1]
    assert all(one[1] <= other[0] for one, other in pairwise(spots))


@asked(ONE_POINT)
def test_a_single_point_moves_to_where_is_pressed_and_is_sent(site: Site, pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil()).page
    lotte.come_in()
    size = (240, 240)
    page.mouse.click(*place(page, 20, 20, size))
    expect(page.get_by_role("button", name="Punt zetten")).to_be_hidden()
    page.mouse.click(*place(page, 60, 180, size))
    given = answer(page)
    x, y = place(page, 60, 180, size)
    page.mouse.move(x + 14, y)  # on the marker, beside its middle
    page.mouse.down()
    page.mouse.move(x + 15, y)
    assert answer(page) == given, "an unsteady hand moved it"
    page.mouse.move(x + 14, y - 40, steps=4)
    page.mouse.up()
    moved = answer(page)
    assert isinstance(moved, list)
    right, down = map(int, moved[0].split())
    assert place(page, right, down, size) == pytest.approx((x, y - 40), abs=1.5), "it sprang to the pointer"
    page.mouse.click(*place(page, 60, 180, size))
    press(page, ">Punt_1,_naar_rechts")
    expect(page.locator("[data-current]")).to_have_count(1)
    press(page, "ArrowRight", "ArrowLeft", "Enter")
    lotte.see_question(1)  # Enter on a slider does not go on
    given = answer(page)
    lotte.go_on()
    expect(page.get_by_role("heading", name="Dat was de laatste vraag")).to_be_visible()
    (sent,) = [payload["response"] for kind, payload in site.events() if kind == "answered"]
    assert sent == {"RESPONSE": given}
    assert isinstance(given, list)
    assert near(given[0], 60, 180)


@asked(SECRET)
def test_the_areas_that_score_a_point_do_not_come_to_the_laptop(site: Site, pupil: Callable[..., PupilPage]) -> None:
    lotte = pupil()
    received = recorder(lotte.page)
    lotte.come_in()
    lotte.page.mouse.click(*place(lotte.page, 60, 180, (240, 240)))
    lotte.page.wait_for_timeout(200)
    secrets = ("61.375", "181.625", "12.875", "60 180", "180 100")
    assert found(received, "Zet een punt op")  # the recorder sees what items hold
    assert not found(received, *secrets)
    assert all(secret in site.bank.scoring[0] for secret in secrets)  # the control


@asked(OVERLAPPING, POINTS)
def test_a_finger_chooses_areas_and_sets_points(site: Site, pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil(width=320, height=640, has_touch=True)).page
    lotte.come_in()
    if "spots" in site.bank.views[0].html:
        page.touchscreen.tap(*place(page, 205, 60, (320, 120)))
        assert answer(page) == ["C"]
    else:
        page.touchscreen.tap(*place(page, 60, 180, (240, 240)))
        points = answer(page)
        assert isinstance(points, list)
        assert near(points[0], 60, 180)
