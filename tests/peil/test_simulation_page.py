"""The simulation report in a real browser: axe-core finds nothing, a phone is wide enough, figures are right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import FLAGS, REMEDY, find_chromium
from tests.peil.simulating import FREE, GROUPS, LIMITED, SHADOW, run, variable, write_bank, write_design

pytestmark = pytest.mark.browser
SIZES = {"laptop": (1366, 768), "phone": (320, 640)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip(REMEDY)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield found
        found.close()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A test that meets its blueprint, and one that ends early, has limits and levels, and breaks rules."""
    folder = tmp_path_factory.mktemp("simulations")
    bank, groups = write_bank(folder / "bank.csv"), folder / "groups.csv"
    groups.write_text(GROUPS)
    designs = {"good": SHADOW, "bad": variable() + FREE + LIMITED}
    for name, text in designs.items():
        design = write_design(folder / f"{name}.toml", text)
        options = ("--persons", 300, "--groups", groups, "--out", folder / name)
        assert run(design, "--bank", bank, *options) == 0
    return {name: folder / name for name in designs}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["good", "bad"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    name: str, size: str, browser: Browser, folders: dict[str, Path]
) -> None:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto((folders[name] / "report.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert complaints == []
    assert page.locator("svg:visible").count() == 4
    page.close()


def test_the_page_shows_the_figures_of_the_summary(browser: Browser, folders: dict[str, Path]) -> None:
    for name, folder in folders.items():
        summary = json.loads((folder / "summary.json").read_text())
        page = browser.new_page()
        page.goto((folder / "report.html").as_uri())
        facts = dict(
            zip(page.locator(".facts dt").all_inner_texts(), page.locator(".facts dd").all_inner_texts(), strict=True)
        )
        assert facts["RMSE"] == f"{summary['overall']['rmse']:.3f}"
        assert facts["highest exposure"] == f"{100 * summary['exposure']['highest']:.1f} %"
        assert facts["blueprint missed"] == f"{summary['blueprint_misses']:,} times"
        verdict = page.locator(".verdict")
        assert ("bad" in (verdict.get_attribute("class") or "")) == (name == "bad")
        assert page.locator("#levels").count() == (name == "bad")
        page.close()
