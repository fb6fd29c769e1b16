"""How long a calibration's report takes to open in a browser, beside an empty page of the same run.

    python tests/bench/bench_report.py [--items 50 1000] [--times 5]

Median of several openings; each is a page of its own, from its file to its last script. Ends with 1 when a report of
1,000 items takes more than a second.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.gates import Gates
from tests.chromium import FLAGS, REMEDY, find_chromium
from tests.peil.calibrating import mixed_report

GATED_ITEMS, MILLISECONDS = 1_000, 1_000.0
EMPTY = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Empty</title><p>Nothing.</p></html>'
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"
OPEN_ONE = """() => {
  const begun = performance.now();
  document.querySelector('#items tbody button').click();
  document.body.offsetHeight;
  return performance.now() - begun;
}"""


def opening(browser: Browser, path: Path, times: int) -> float:
    """Milliseconds until a page is there, the median of several times."""
    found = []
    for _ in range(times):
        page = browser.new_page()
        page.goto(path.as_uri())
        page.wait_for_function(f"{LOADED} > 0")
        found.append(float(page.evaluate(LOADED)))
        page.close()
    return statistics.median(found)


def opening_an_item(browser: Browser, path: Path) -> float:
    """Milliseconds until the curves of the first item are drawn."""
    page = browser.new_page()
    page.goto(path.as_uri())
    milliseconds = float(page.evaluate(OPEN_ONE))
    page.close()
    return milliseconds


def main() -> int:
    """Make reports, open them, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=[50, GATED_ITEMS])
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    chromium = find_chromium()
    if chromium is None:
        sys.exit(REMEDY)
    console, gates = Console(), Gates()
    table = Table("page", "kB", "ms to open", "ratio", "ms to open an item")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty = Path(folder) / "empty.html"
        empty.write_text(EMPTY, encoding="utf-8")
        reports = {}
        for n_items in asked.items:
            (own := Path(folder) / str(n_items)).mkdir()
            reports[n_items] = mixed_report(own, n_items)
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        alone = opening(browser, empty, asked.times)
        table.add_row("empty", "0", f"{alone:.0f}", "1", "")
        for n_items, path in reports.items():
            taken, size = opening(browser, path, asked.times), path.stat().st_size / 1e3
            if n_items == GATED_ITEMS:
                gates.at_most(f"report of {n_items:,} items, ms to open", taken, MILLISECONDS)
            item = f"{opening_an_item(browser, path):.0f}"
            table.add_row(f"{n_items:,} items", f"{size:,.0f}", f"{taken:.0f}", f"{taken / alone:.1f}", item)
        browser.close()
    console.print(table)
    return gates.close(console)


if __name__ == "__main__":
    sys.exit(main())
