"""The demo's drawn items in the player: a reload shows the same numbers, and axe-core finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from itembank import CompiledBank, read_item
from tests.browser.browser_site import compile_items
from tests.browser.test_accessibility import big_enough, check

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

ITEMS = Path(__file__).parents[2] / "itembank" / "demo" / "mathematics" / "drawn" / "items"


@pytest.fixture
def compiled() -> tuple[CompiledBank, dict[str, tuple[str, bytes]]]:
    """A test of the four items, which every pupil gets."""
    items = [read_item(path.read_bytes(), file=path.name, area="alles") for path in sorted(ITEMS.glob("*.xml"))]
    return compile_items(items), {}


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_a_reload_shows_the_same_numbers(site: Site, pupil: Callable[..., PupilPage], width: int, height: int) -> None:
    site.open()
    lotte = pupil(width=width, height=height)
    lotte.come_in()
    for position in range(1, 5):
        lotte.see_question(position)
        check(lotte.page, f"question {position}")
        big_enough(lotte.page, f"question {position}")
        shown = lotte.page.locator(".item-body").inner_text()
        assert any(letter.isdigit() for letter in shown)
        lotte.page.reload()
        lotte.see_question(position)
        assert lotte.page.locator(".item-body").inner_text() == shown
        lotte.answer_and_go_on(position)
