"""Every page of the product as a picture, wide and narrow, and every printed sheet page by page."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from tests.filmstrip.stage import Stage, come_in

PDFTOPPM = "pdftoppm"
REMEDY = "pdftoppm is missing, and printed sheets become pictures by it. On Debian: apt install poppler-utils"
FILLED = """async name => (await import('/static/player/views.js')).show(name, {
  message: 'Een bericht', name: 'Lotte Vandenbroucke', first_name: 'Lotte', test: 'Wiskunde – 4de leerjaar', length: 20,
  receipt: 'AB12-CD34', number: 417, place: 12, support: 'ABC DEF GHJ' })"""
EAGER = "document.querySelectorAll('iframe[loading=lazy]').forEach(frame => { frame.loading = 'eager'; })"
"""What is below the screen is in the picture too."""
Shown = tuple[Page, str]


def pages(stage: Stage, size: tuple[int, int]) -> Iterator[Shown]:
    """Every page, ready for its picture, with its name."""
    yield from _of_anybody(stage, size)
    yield from _of_a_pupil(stage, size)
    yield from _of_a_school(stage, size)
    if stage.wave:
        coordinator = stage.staff("coordinator", 0, size)
        yield from _each(coordinator, {"reports": "/rapporten", "report": f"/rapporten/{stage.wave}"})
    psychometrician = stage.staff("psychometrician", None, size)
    yield from _each(psychometrician, {"bank": "/itembank", "items": "/itembank/opgaven"})
    psychometrician.locator("a[href*='/itembank/opgave?']").first.click()
    psychometrician.evaluate(EAGER)
    psychometrician.wait_for_load_state("networkidle")
    yield psychometrician, "item"


def sheets(stage: Stage) -> Iterator[tuple[bytes, str]]:
    """Every printed sheet as PDF, with its name."""
    room, *_ = stage.codes("Wiskunde")
    place = f"/personeel/afnames/{room.administration.administration_id}"
    proctor = stage.staff("proctor", room.school)
    wanted = [(proctor, f"{place}/codes.pdf", "slips"), (proctor, f"{place}/verslag.pdf", "room-report")]
    if stage.wave:
        wanted.append((stage.staff("coordinator", 0), f"/rapporten/{stage.wave}.pdf", "school-report"))
    for page, address, name in wanted:
        reply = page.request.get(address)
        assert reply.ok, f"{address}: {reply.status}"
        yield reply.body(), name


def print_pages(pdf: bytes, folder: Path, name: str) -> list[Path]:
    """Pictures of the pages of a PDF.

    Raises
    ------
    FileNotFoundError
        If the program that makes them is missing; says what to install.
    """
    if shutil.which(PDFTOPPM) is None:
        raise FileNotFoundError(REMEDY)
    subprocess.run([PDFTOPPM, "-png", "-r", "70", "-", str(folder / name)], input=pdf, check=True)
    return sorted(folder.glob(f"{name}-*.png"))


def _each(page: Page, addresses: dict[str, str]) -> Iterator[Shown]:
    """Pages at these addresses."""
    for name, address in addresses.items():
        page.goto(address)
        page.wait_for_timeout(300)
        yield page, name


def _of_anybody(stage: Stage, size: tuple[int, int]) -> Iterator[Shown]:
    """Without signing in."""
    page = stage.laptop(size)
    addresses = {"start": "/", "sign-in": "/personeel/aanmelden", "unknown": "/bestaat-niet", "practice": "/oefentoets"}
    yield from _each(page, addresses)
    page.get_by_role("button", name="Begin te oefenen").click()
    yield page, "practice-question"
    page.goto("/laptopcontrole")
    page.wait_for_timeout(5_000)
    yield page, "readiness"
    page.goto("/toets")
    names = page.locator("template[id^=view-]").evaluate_all("all => all.map(one => one.id.slice(5))")
    for name in names:
        if name != "question":
            page.evaluate(FILLED, name)
            yield page, f"player-{name}"


def _of_a_pupil(stage: Stage, size: tuple[int, int]) -> Iterator[Shown]:
    """The first questions of both tests."""
    for subject in ("Wiskunde", "Nederlands"):
        _, room_code, seat_code = stage.codes(subject)
        page = stage.laptop(size)
        come_in(page, room_code, seat_code)
        page.wait_for_load_state("networkidle")
        yield page, f"question-{subject.lower()}"
    page.locator("#display summary").click()
    yield page, "display-menu"


def _of_a_school(stage: Stage, size: tuple[int, int]) -> Iterator[Shown]:
    """The console."""
    room, *_ = stage.codes("Wiskunde")
    place = f"/personeel/afnames/{room.administration.administration_id}"
    page = stage.staff("proctor", room.school, size)
    addresses = {"rooms": "/personeel", "later": "/personeel/inhaalmoment", "emergency": "/personeel/noodbestand"}
    own = {
        "room": place,
        "slips": f"{place}/codes",
        "room-report": f"{place}/verslag",
        "more-time": f"{place}/extra-tijd",
    }
    yield from _each(page, addresses | own)
    page.goto(place)
    sheet = page.locator("a[href*='/leerlingen/']").first.get_attribute("href") or ""
    yield from _each(page, {"pupil-sheet": re.sub(r"#.*", "", sheet)})
