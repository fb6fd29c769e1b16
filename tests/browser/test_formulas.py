"""A formula has a name in Chromium's own accessibility tree, which is what a screen reader gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from itembank import read_item
from itembank.rendering import render_item

ITEMS = Path(__file__).parents[2] / "itembank" / "demo" / "mathematics" / "items"
WITH_FORMULA_OPTIONS = sorted(
    path.stem
    for path in ITEMS.glob("*.xml")
    if any("<qti-simple-choice" in line and "<math" in line for line in path.read_text("utf-8").splitlines())
)

PICTURES = {f"../media/{path.name}": path.name for path in (ITEMS.parent / "media").iterdir()}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Empty page of its own."""
    page = chromium.new_page()
    yield page
    page.close()


def show(page: Page, identifier: str) -> None:
    """Put an item on the page as the player does."""
    page.set_content("<!doctype html><html lang=nl><title>Vraag</title><main><h1>Vraag</h1><div id=place></div></main>")
    item = replace(read_item((ITEMS / f"{identifier}.xml").read_bytes()), media=PICTURES)
    html = render_item(item).html
    page.evaluate("html => { document.getElementById('place').innerHTML = html; }", html)


def names(page: Page, *roles: str) -> list[str]:
    """Accessible names that Chromium computed for what has one of the roles, in order."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [node["name"]["value"] for node in tree if node.get("role", {}).get("value") in roles]


def test_options_that_are_nothing_but_a_fraction_are_named(page: Page) -> None:
    show(page, "W4-006")
    assert names(page, "checkbox") == ["3 zesden", "2 derden", "4 zesden", "5 tienden"]
    [question] = names(page, "group")
    assert question.startswith("Kruis de twee breuken aan die evenveel waard zijn als een half")


@pytest.mark.parametrize("identifier", WITH_FORMULA_OPTIONS)
def test_every_option_that_is_a_formula_is_named_and_told_apart(page: Page, identifier: str) -> None:
    show(page, identifier)
    cards = [name for name in names(page, "button") if not name.startswith("Plaats")]
    found = names(page, "checkbox", "radio") or cards
    assert len(found) >= 3
    assert all(found)
    assert len(set(found)) == len(found)
    report = Axe().run(page, options={"runOnly": ["label"]})
    assert report.violations_count == 0, report.generate_report()
