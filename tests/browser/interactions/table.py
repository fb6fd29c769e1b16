"""Print, interaction by interaction, what every pupil can do; with a folder, write its pictures there too.

``python -m tests.browser.interactions.table [FOLDER]``; every figure is measured in Chromium while it runs.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Error, expect, sync_playwright

from tests.browser.browser_site import PUPILS
from tests.browser.interactions.checks import CHECKS, COLUMNS, NARROW, WIDE, Results, Room, room
from tests.browser.interactions.completing import ScreenReader
from tests.browser.interactions.subjects import SUBJECTS
from tests.chromium import FLAGS, REMEDY, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def row_of(opened: Room) -> Results:
    """Run every check of one interaction; a check that fails says why."""
    found: Results = {}
    for check in CHECKS:
        try:
            found |= check(opened)
        except (AssertionError, Error) as error:
            found["why"] = f"{found.get('why', '')} {check.__name__}: {str(error)[:300]}".strip()
    return found


def take_pictures(opened: Room, folder: Path) -> None:
    """Write pictures of one interaction at both widths, empty and answered."""
    with opened.pupil(PUPILS[2], WIDE) as mila:
        for state, acts in (("empty", []), ("answered", opened.subject.acts)):
            reader = ScreenReader(mila.page)
            for act in acts:
                reader.do(act)
            for width, height in (WIDE, NARROW):
                mila.page.set_viewport_size({"width": width, "height": height})
                mila.page.screenshot(path=folder / f"{opened.subject.name}-{width}-{state}.png")


def line_of(cells: list[str]) -> str:
    """One line of the table."""
    widths = (18, *(max(8, len(column)) for column in COLUMNS))
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))


def print_table(browser: Browser, pictures: Path | None) -> bool:
    """Print the table; False if a check failed."""
    print(line_of(["interaction", *COLUMNS]))  # noqa: T201 this is what the command is for
    well = True
    for subject in SUBJECTS:
        with tempfile.TemporaryDirectory() as folder, room(browser, Path(folder), subject) as opened:
            found = row_of(opened)
            if pictures is not None:
                take_pictures(opened, pictures)
        well &= "why" not in found
        cells = [found.get(column, "FAILED") for column in COLUMNS]
        print(line_of([subject.name, *cells]), found.get("why", ""), flush=True)  # noqa: T201 as above
    return well


def main() -> int:
    """Print the table."""
    program = find_chromium()
    if program is None:
        print(f"The table {REMEDY}", file=sys.stderr)  # noqa: T201 as above
        return 1
    pictures = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        well = print_table(browser, pictures)
        browser.close()
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
