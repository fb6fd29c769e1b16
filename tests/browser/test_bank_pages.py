"""The pages of the item bank in a browser: accessible in every theme and width, previews styled and locked in."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from sqlmodel import Session

from delivery import StaffRole, add_staff
from itembank import (
    Arrival,
    CalibratedItem,
    CalibrationVersion,
    ItemStatistics,
    PartStatistics,
    State,
    add_calibration,
    add_statistics,
    import_package,
)
from itembank.pages import addresses
from peil.demo.visit import serving_inside
from peil.installation import open_installation
from peil.server import address_of, bind
from peil.settings import load_settings
from peil.web import create_app
from tests.browser.browser_site import PASSWORD_HASH
from tests.browser.test_accessibility import check
from tests.browser.test_console import PASSWORD
from tests.itembank.conftest import CHOICE_BODY, CHOICE_DECLARATION, MATCH_CORRECT, NAMESPACE, SCORE_DECLARATION
from tests.itembank.interaction_samples import GRAPHIC

ITEM, OTHER, EMAIL = "W4-001@1", "W4-001@2", "psychometricus@peil.example"
PARTS = (
    PartStatistics("", "0", 40, 0.4, -0.3, 0.4),
    PartStatistics("", "1", 60, 0.6, 0.3, 0.6),
    PartStatistics("RESPONSE", "A", 60, 0.6, 0.3, 0.6),
    PartStatistics("RESPONSE", "B", 40, 0.4, 0.1, 0.4),
)
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
MANIFEST = f'<manifest xmlns="{PACKAGE}" identifier="M"><resources>{{}}</resources></manifest>'
RESOURCE = '<resource identifier="{}" href="{}.xml" type="imsqti_item_xmlv3p0"/>'
Box = tuple[float, float, float, float]
PAGES = {
    "list": addresses.LIST,
    "list, nothing found": addresses.list_address(tekst="kasteel", vanaf="zwaar"),
    "item": addresses.item_address(OTHER),
    "difference": addresses.difference_address(ITEM, OTHER),
    "preview": addresses.preview_address(OTHER, "light"),
}


def item(key: str) -> bytes:
    """One choice with this key."""
    return (
        f'<qti-assessment-item xmlns="{NAMESPACE}" identifier="W4-001" title="Even getallen" adaptive="false" '
        f'time-dependent="false" xml:lang="nl-BE">{CHOICE_DECLARATION.replace(">A<", f">{key}<")}{SCORE_DECLARATION}'
        f"<qti-item-body>{CHOICE_BODY}</qti-item-body>{MATCH_CORRECT}</qti-assessment-item>"
    ).encode()


def fill(db: Session, folder: Path) -> None:
    """Two versions of an item with other keys, the second one calibrated."""
    for number, key in enumerate("BA"):
        with zipfile.ZipFile(folder / f"{number}.zip", "w") as archive:
            archive.writestr("imsmanifest.xml", MANIFEST.format(RESOURCE.format("R", "i")))
            archive.writestr("i.xml", item(key))
        import_package(db, folder / f"{number}.zip", arrival=Arrival("An", "nieuw", State.REVIEW, account="login:an"))
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><rect width="200" height="100"/></svg>'
    with zipfile.ZipFile(folder / "pictures.zip", "w") as archive:
        names = [sample.name for sample in GRAPHIC]
        archive.writestr("imsmanifest.xml", MANIFEST.format("".join(map(RESOURCE.format, names, names))))
        for sample in GRAPHIC:
            archive.writestr(f"{sample.name}.xml", sample.xml())
        for name in ("plan.svg", "stip.svg"):
            archive.writestr(name, drawing)
    import_package(db, folder / "pictures.zip")
    entry = CalibratedItem(OTHER, 1.2, -0.4, 0.1, 0.12, 100, 0.6)
    add_calibration(db, CalibrationVersion("veldtest", "2pl", {"n_persons": 100}, (entry,)))
    add_statistics(db, "veldtest", [ItemStatistics(OTHER, 100, 1, 0.6, 0.3, 100, 0.0, 9_000.0, PARTS)])
    add_staff(db, EMAIL, PASSWORD_HASH, StaffRole.PSYCHOMETRICIAN, None, "Psy Metrie")


@pytest.fixture(scope="module")
def bank_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a whole installation with one item."""
    folder = tmp_path_factory.mktemp("bank")
    with open_installation(load_settings(folder / "data")) as installation:
        with Session(installation.database) as db, db.begin():
            fill(db, folder)
        listener = bind("127.0.0.1", 0)
        with serving_inside(create_app(installation), listener):
            yield address_of(listener)


@pytest.fixture
def open_page(chromium: Browser, bank_site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of somebody who is signed in, in a window of the size that is asked for."""
    width, height = request.param
    context = chromium.new_context(
        base_url=bank_site, viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/personeel/aanmelden")
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    expect(page.get_by_role("heading", name="Opgaven")).to_be_visible()
    yield page
    context.close()


LAPTOP, PHONE = (1366, 768), (320, 640)


@pytest.mark.parametrize("open_page", [LAPTOP, PHONE], indirect=True)
def test_every_page_is_accessible_in_every_theme(open_page: Page) -> None:
    open_page.route(f"**{addresses.PREVIEW}*", _let_axe_in)
    for name, path in PAGES.items():
        open_page.goto(path)
        check(open_page, name)


def _let_axe_in(route: Route) -> None:
    """Serve a preview without its sandbox, in which no script could look around."""
    reply = route.fetch()
    policy = reply.headers["content-security-policy"]
    assert policy.endswith("; sandbox")
    route.fulfill(response=reply, headers=reply.headers | {"content-security-policy": policy.removesuffix("; sandbox")})


@pytest.mark.parametrize("open_page", [LAPTOP], indirect=True)
def test_previews_look_as_the_player_does(open_page: Page) -> None:
    """No script runs in a preview, not even the browser driver's: what it looks like is taken from pictures."""
    loaded: list[str] = []
    complaints: list[str] = []
    open_page.on("response", lambda response: loaded.append(response.url) if response.ok else None)
    open_page.on("console", lambda message: complaints.append(message.text))
    open_page.goto(addresses.item_address(OTHER))
    pictures = []
    for words in ("licht", "donker", "hoog contrast", "320 pixels breed"):
        frame = open_page.locator(f"iframe[title='Voorbeeld, {words}']")
        frame.scroll_into_view_if_needed()
        open_page.wait_for_load_state("networkidle")
        pictures.append(frame.screenshot())
    assert len(set(pictures)) == 4
    assert sum("/itembank/voorbeeld" in url for url in loaded) == 4
    assert any(url.endswith("/static/player/item.css") for url in loaded)
    assert not complaints
    assert open_page.locator("iframe.narrow-screen").evaluate("frame => frame.clientWidth") == 320


@pytest.mark.parametrize("open_page", [LAPTOP, PHONE], indirect=True)
@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("hotspot", ((20.0, 50.0), (50.0, 50.0), (80.0, 50.0))),  # centres of the areas of 200 × 100, in percent
        ("graphic-gap-match", ((20.0, 50.0), (50.0, 50.0))),
        ("select-point", ()),
    ],
)
def test_what_stands_on_a_picture_is_in_its_place_in_a_preview(
    open_page: Page, name: str, places: tuple[tuple[float, float], ...]
) -> None:
    complaints: list[str] = []
    open_page.on("console", lambda message: complaints.append(message.text))
    open_page.goto(addresses.preview_address(f"{name}@1", "light"), wait_until="networkidle")
    (ground,), (picture,) = boxes(open_page, ".ground"), boxes(open_page, ".ground > img")
    left, top, width, height = ground
    assert picture == pytest.approx(ground, abs=1.0)
    assert width / height == pytest.approx(2.0, rel=0.02)
    assert width > 100.0
    centres = [
        (100.0 * (x + w / 2 - left) / width, 100.0 * (y + h / 2 - top) / height)
        for x, y, w, h in boxes(open_page, ".ground [data-box]")
    ]
    assert [pytest.approx(place, abs=1.0) for place in places] == centres
    assert not complaints


def boxes(page: Page, selector: str) -> list[Box]:
    """Left, top, width and height of what a selector finds, as the browser lays it out; no script runs for it."""
    asked = page.context.new_cdp_session(page)
    root = asked.send("DOM.getDocument")["root"]["nodeId"]
    found = asked.send("DOM.querySelectorAll", {"nodeId": root, "selector": selector})["nodeIds"]
    corners = [asked.send("DOM.getBoxModel", {"nodeId": node})["model"]["border"] for node in found]
    asked.detach()
    return [(one[0], one[1], one[4] - one[0], one[5] - one[1]) for one in corners]


@pytest.mark.parametrize("open_page", [PHONE], indirect=True)
def test_letters_of_curves_can_be_read_on_a_narrow_screen(open_page: Page) -> None:
    open_page.goto(addresses.item_address(OTHER))
    heights = open_page.locator("svg.curve text").evaluate_all(
        "all => all.map(one => parseFloat(getComputedStyle(one).fontSize) * Math.hypot(one.getCTM().a, one.getCTM().b))"
    )
    assert len(heights) >= 20
    assert min(heights) >= 11.0


@pytest.mark.parametrize("open_page", [LAPTOP], indirect=True)
def test_an_item_is_moved_by_keyboard(open_page: Page) -> None:
    open_page.goto(addresses.item_address(OTHER))
    open_page.get_by_label("Waarom?").focus()
    open_page.keyboard.type("klaar voor de veldtest")
    open_page.keyboard.press("Tab")
    open_page.keyboard.press("Tab")
    assert open_page.evaluate("document.activeElement.textContent") == "Naar de veldtest"
    open_page.keyboard.press("Enter")
    expect(open_page.locator(".life li").last).to_contain_text(f"door {EMAIL}")
    expect(open_page.locator(".lead .status")).to_have_text("in veldtest")
