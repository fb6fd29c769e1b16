"""``python -m tests.filmstrip --out DIR``: the product in pictures, to be looked at.

Makes the demo, serves it, and takes numbered pictures: three stories as strips of frames, each with all frames on one
sheet; every page at 1366×768 and at 320 pixels; every printed sheet, page by page.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

from playwright.sync_api import Browser
from rich.console import Console

from tests.chromium import REMEDY, find_chromium
from tests.filmstrip.pages import pages, print_pages, sheets
from tests.filmstrip.stage import NARROW, WIDE, Stage, stage
from tests.filmstrip.strips import STRIPS

SHEET = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 16px; display: flex; flex-wrap: wrap; gap: 16px; font: 15px/1.3 sans-serif; width: 1500px }}
figure {{ margin: 0; width: {width}px }} img {{ width: 100%; border: 1px solid #999 }}
</style>{figures}"""


def contact_sheet(browser: Browser, path: Path, frames: Sequence[tuple[Path, str]], columns: int) -> None:
    """All frames of a strip in one picture, with what happens under each."""
    path.with_suffix(".html").write_text(
        SHEET.format(
            width=(1500 - 16 * (columns - 1)) // columns,
            figures="".join(
                f"<figure><img src='{frame.name}'><figcaption>{number}. {escape(words)}</figcaption></figure>"
                for number, (frame, words) in enumerate(frames, 1)
            ),
        ),
        encoding="utf-8",
    )
    page = browser.new_page(viewport={"width": 1532, "height": 200})
    page.goto(path.with_suffix(".html").resolve().as_uri())
    page.screenshot(path=path, full_page=True)
    page.close()
    path.with_suffix(".html").unlink()


def film(place: Stage, folder: Path, name: str) -> Path:
    """One story: its frames, and all of them on one sheet."""
    frames = []
    for number, (page, words) in enumerate(STRIPS[name](place), 1):
        path = folder / f"{name}-{number}.png"
        page.screenshot(path=path)
        frames.append((path, words))
    sheet = folder / f"{name}.png"
    contact_sheet(place.browser, sheet, frames, 6 if name.endswith("320") else 3)
    return sheet


def main() -> int:
    """Take all pictures, or those that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    parser.add_argument("--only", choices=[*STRIPS, "pages", "sheets"], action="append", help="nothing else")
    asked = parser.parse_args()
    if find_chromium() is None:
        sys.exit(REMEDY)
    wanted, console = asked.only or [*STRIPS, "pages", "sheets"], Console()
    asked.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        stage(Path(folder), whole=bool({"pages", "sheets"} & {*wanted})) as place,
    ):
        for name in STRIPS:
            if name in wanted:
                console.print(str(film(place, asked.out, name)))
        if "pages" in wanted:
            for size in (WIDE, NARROW):
                for number, (page, name) in enumerate(pages(place, size), 1):
                    path = asked.out / f"page-{size[0]}-{number:02}-{name}.png"
                    page.screenshot(path=path, full_page=True)
                    console.print(str(path))
        if "sheets" in wanted:
            for pdf, name in sheets(place):
                console.print(", ".join(map(str, print_pages(pdf, asked.out, f"sheet-{name}"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
