"""A gap in the middle of a word, and before a unit, on the narrowest screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.browser_site import Site, site_of

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage

ITEM = Path(__file__).parents[2] / "itembank" / "demo" / "dutch" / "items" / "N4-193.xml"
UNIT = ITEM.read_text().replace('vijf kind<qti-gap identifier="G4"/>', 'lang: 300 mm = <qti-gap identifier="G4"/> cm.')
LINES = """gaps => gaps.map(gap => {
  const paragraph = gap.closest("p"), words = document.createTreeWalker(paragraph, 4);
  const box = gap.getBoundingClientRect();
  const letters = [];
  for (let text; (text = words.nextNode()); ) {
    if (gap.contains(text) || !text.data.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const part of range.getClientRects()) letters.push([part.left, part.right, part.top, part.bottom]);
  }
  return [paragraph.textContent, [box.left, box.right, box.top, box.bottom], letters];
})"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A server whose test is that one item."""
    running = site_of(tmp_path, UNIT.encode(), ITEM.parent)
    try:
        yield running
    finally:
        running.stop()


@pytest.mark.usefixtures("site")
def test_what_touches_a_gap_and_the_unit_after_it_stay_on_its_line(pupil: Callable[..., PupilPage]) -> None:
    page = (lotte := pupil(width=320, height=640)).page
    lotte.come_in()
    for size in ("normal", "larger"):
        page.evaluate("size => { document.documentElement.dataset.size = size; }", size)
        for words, (left, right, top, bottom), letters in page.locator(".gap").evaluate_all(LINES):
            near = letters[-1]
            assert top < (near[2] + near[3]) / 2 < bottom, (size, words)
            assert max(right, *(letter[1] for letter in letters)) <= 320, (size, words)
            apart = near[0] - right if " cm" in words.replace("\u00a0", " ") else left - near[1]
            assert -1 <= apart < (40 if "cm" in words else 4), (size, words)
