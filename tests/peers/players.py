"""Show exported items in another player, give the same answer in both by hand, and compare what comes out.

``make peers`` installs the other player (Cito's qti-components, from its own lock file) and runs this. A table says for
every interaction what each player makes of the answer, what each scores, and whether the other can do without a mouse.
"""

from __future__ import annotations

import base64
import sys
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error, expect, sync_playwright
from sqlmodel import Session

from itembank import Interaction, export_package, import_package
from itembank import read_item as read
from peil.database import migrate, open_owner
from peil.settings import Settings
from tests.browser.browser_site import PUPILS
from tests.browser.interactions.checks import WIDE, room
from tests.browser.interactions.subjects import SUBJECTS, Subject
from tests.browser.test_interactions import READ as OUR_READ
from tests.chromium import FLAGS, REMEDY, find_chromium
from tests.peers.hands import CitoHand, CitoKeys, OurHand, give

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PLAYER = Path(__file__).parents[2] / ".venv" / "players" / "node_modules" / "@citolab" / "qti-components"
FRAME = "<!doctype html><html lang=nl><title>x</title><body><qti-item><item-container></item-container></qti-item>"
ITEM = "document.querySelector('item-container').shadowRoot.querySelector('qti-assessment-item')"
READ = f"""() => {{ const item = {ITEM}; item.processResponse();
  return Object.fromEntries(item.variables.map(one => [one.identifier, one.value])); }}"""
SHOWS_FORMULAS = f"""() => [...{ITEM}.querySelectorAll("*")].some(
  one => one.localName === "mfrac" && one.namespaceURI.endsWith("MathML"))"""
COLUMNS = ("interaction", "our response", "theirs", "same?", "our score", "theirs", "their keys", "notes")
WIDTHS = (18, 27, 27, 6, 10, 7, 11, 0)
ORDERED = frozenset([Interaction.ORDER])
MENDED = {
    Interaction.ASSOCIATE: (
        'max-associations="2"',
        'max-associations="4"',
        "takes no second pair: it counts cards against max-associations; given with a limit of 4",
    )
}
"""What is changed in the copy that their player gets where it cannot take an answer as the item is written; and why."""


@dataclass(frozen=True)
class Outcome:
    """What one player makes of an answer."""

    response: object
    score: str
    shows_formulas: bool = True


def exported(subject: Subject, folder: Path) -> bytes:
    """Bring an item into a bank, and write it out again: the file that others receive."""
    name = "item.xml"
    resource = f'<resource identifier="R" type="imsqti_item_xmlv3p0" href="{name}"><file href="{name}"/></resource>'
    manifest = f'<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"><resources>{resource}'
    with zipfile.ZipFile(folder / "in.zip", "w") as package:
        package.writestr("imsmanifest.xml", f"{manifest}</resources></manifest>")
        package.writestr(name, subject.item.xml)
        for href, content in subject.pictures.items():
            package.writestr(href, content)
    settings = Settings(data=folder, database_url="")
    migrate(settings)
    database = open_owner(settings)
    with Session(database) as db:
        import_package(db, folder / "in.zip")
        export_package(db, folder / "out.zip")
    database.dispose()
    with zipfile.ZipFile(folder / "out.zip") as package:
        return package.read(next(one for one in package.namelist() if one.endswith(name)))


def ours(browser: Browser, subject: Subject, folder: Path) -> Outcome:
    """Answer in our player: what stands in the log."""
    field = subject.field
    with room(browser, folder, subject) as opened, opened.pupil(PUPILS[0], WIDE) as lotte:
        give(OurHand(lotte.page), subject)
        shown = lotte.page.evaluate(OUR_READ)
        lotte.go_on()
        opened.check_sent(lotte)
        (sent,) = (payload for kind, payload in opened.site.events(lotte.name) if kind == "answered")
    score = "by hand" if field.interaction is Interaction.EXTENDED_TEXT else f"{sent['score']:g}"
    return Outcome(shown[field.identifier], score)


def theirs(browser: Browser, subject: Subject, xml: str, hand: type[CitoHand]) -> Outcome:
    """Answer in their player: what its own variables hold after its own response processing."""
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.set_default_timeout(5_000)
    load(page, xml)
    shows_formulas = "<math" not in xml or bool(page.evaluate(SHOWS_FORMULAS))
    try:
        give(hand(page), subject)
    except (AssertionError, Error) as error:
        return Outcome(f"cannot be given: {str(error)[:60]}", "-", shows_formulas)
    held: dict[str, Any] = page.evaluate(READ)
    page.close()
    return Outcome(held.get(subject.field.identifier), str(held.get("SCORE")), shows_formulas)


def load(page: Page, xml: str) -> None:
    """Show an item in their player."""
    page.set_content(FRAME)
    page.add_style_tag(path=PLAYER / "dist" / "item.css")
    page.add_script_tag(path=PLAYER / "cdn" / "index.global.js")
    page.evaluate("xml => { document.querySelector('item-container').itemXML = xml; }", xml)
    page.locator("qti-item-body").wait_for()
    page.wait_for_timeout(300)  # its places are made a moment after the item


def plain(subject: Subject, response: object) -> object:
    """What an answer says, however its parts are ordered."""
    if response in (None, "", []):
        return None
    if not isinstance(response, list):
        response = [response] if subject.field.is_list else response
    if not isinstance(response, list) or subject.field.interaction in ORDERED:
        return response
    if subject.field.interaction is Interaction.ASSOCIATE:  # a pair has no first and second
        return sorted(sorted(str(part).split()) for part in response)
    return sorted(map(str, response))


def note(subject: Subject, mine: Outcome, other: Outcome) -> list[str]:
    """What else was seen."""
    notes = []
    if not other.shows_formulas:
        notes.append("they show formulas as plain text")
    if mine.score not in ("by hand", other.score):
        notes.append("a decimal comma is no number there" if "," in subject.parts[0] else "scores differ")
    return notes


def received(subject: Subject, sent: bytes) -> str:
    """What their player is given: the exported file, with its pictures in it, as there is no server for them."""
    xml = sent.decode()
    for href, content in subject.pictures.items():
        xml = xml.replace(f'"{href}"', f'"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"')
    return xml


def row(browser: Browser, subject: Subject) -> tuple[list[str], bool]:
    """One line of the table, and whether the answers are the same."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        sent = exported(subject, Path(one))
        again = replace(subject, item=read(sent, area="alles"))
        mine = ours(browser, again, Path(other))
    xml = received(again, sent)
    found = theirs(browser, again, xml, CitoHand)
    notes, mark = note(again, mine, found), ""
    if not alike(again, mine, found) and again.field.interaction in MENDED:
        old, new, why = MENDED[again.field.interaction]
        found, xml, mark = theirs(browser, again, xml.replace(old, new), CitoHand), xml.replace(old, new), "*"
        notes = [f"* {why}", *note(again, mine, found)]
    keys = theirs(browser, again, xml, CitoKeys)
    same = alike(again, mine, found)
    verdict = f"yes{mark}" if same else "NO"
    with_keys = "yes" if alike(again, mine, keys) else "no"
    cells = [text(mine.response), text(found.response), verdict, mine.score, found.score, with_keys]
    return [subject.name, *cells, "; ".join(notes)], same


def alike(subject: Subject, one: Outcome, other: Outcome) -> bool:
    """Whether two answers say the same."""
    return plain(subject, one.response) == plain(subject, other.response)


def text(response: object) -> str:
    """An answer in a cell."""
    return ", ".join(map(str, response)) if isinstance(response, list) else str(response)


def line(cells: list[str] | tuple[str, ...]) -> str:
    """One line of the table."""
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def main() -> int:
    """Print the table; 1 where an answer differs."""
    program = find_chromium()
    if program is None:
        print(f"The table {REMEDY}", file=sys.stderr)  # noqa: T201 this is what the command is for
        return 1
    expect.set_options(timeout=15_000)
    print(line(COLUMNS))  # noqa: T201 as above
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        same = []
        for subject in SUBJECTS:
            cells, is_same = row(browser, subject)
            same.append(is_same)
            print(line(cells), flush=True)  # noqa: T201 as above
        browser.close()
    print(f"{sum(same)} of {len(same)} answers are the same in both players")  # noqa: T201 as above
    return 0 if all(same) else 1


if __name__ == "__main__":
    sys.exit(main())
