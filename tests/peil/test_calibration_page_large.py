"""The report of 1,000 items in a real browser: it sorts, draws the curves of the engine, and asks for nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, sync_playwright

from engine import item_information, response_table
from engine.arrays import FloatArray
from scoring.item_files import read_fixed
from tests.chromium import FLAGS, REMEDY, find_chromium
from tests.peil.calibrating import MIXED, mixed_report, rows

pytestmark = [pytest.mark.browser, pytest.mark.slow]
N_ITEMS = 1_000
ONE_OF_EACH = {model: f"I{702 + place}" for place, model in enumerate([*MIXED][1:] + [*MIXED][:1])}
"""Item of every model: they take turns, and I701 is the first of them again."""
CLOSE_ENOUGH = 0.002
"""Coordinates have one decimal: 0.05 of 178 pixels up, and 0.05 of 400 across 14 logits at slopes of up to 3."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Report of 1,000 items of seven models."""
    return mixed_report(tmp_path_factory.mktemp("large"), N_ITEMS)


@pytest.fixture(scope="module")
def opened(report: Path) -> Iterator[tuple[Page, list[str]]]:
    """The report in the system's Chromium without a network, and every address that it asked for."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip(REMEDY)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = browser.new_context(offline=True, viewport={"width": 1366, "height": 768}).new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(report.as_uri())
        yield page, asked
        browser.close()
    assert complaints == []


@pytest.fixture
def page(opened: tuple[Page, list[str]]) -> Iterator[Page]:
    """The page with all items closed again afterwards."""
    page, _ = opened
    yield page
    page.evaluate("document.querySelectorAll('button[aria-expanded=true]').forEach(button => button.click())")


def open_item(page: Page, name: str) -> Locator:
    """Figures of an item that was closed."""
    page.get_by_role("button", name=name, exact=True).click()
    return page.locator("#items tr.more").filter(has=page.locator(f"[aria-label$='of {name}']")).first


def scale(ticks: list[dict[str, Any]], axis: str) -> FloatArray:
    """Slope and intercept from pixel to value, from what stands beside two grid lines."""
    placed = [(tick[axis], float(tick["text"].replace("\u2212", "-"))) for tick in ticks]
    (low, first), (high, last) = placed[0], placed[-1]
    slope = (last - first) / (high - low)
    return np.array([slope, first - slope * low])


def lines_of(chart: Locator) -> list[FloatArray]:
    """Every line that a chart draws, (n_points, 2): ability and value as its own ticks say."""
    found = chart.evaluate(
        """svg => ({
          texts: [...svg.querySelectorAll("text")].map(text => ({
            x: Number(text.getAttribute("x")), y: Number(text.getAttribute("y")) - 4, text: text.textContent,
            anchor: text.getAttribute("text-anchor"),
          })).filter(text => /^[\\u22120-9.]+$/.test(text.text)),
          paths: [...svg.querySelectorAll("path[stroke-width]")].map(path => path.getAttribute("d")),
        })"""
    )
    across = scale([tick for tick in found["texts"] if tick["anchor"] == "middle"], "x")
    up = scale([tick for tick in found["texts"] if tick["anchor"] == "end"], "y")
    points = [np.array(re.findall(r"-?[\d.]+", path), dtype=np.float64).reshape(-1, 2) for path in found["paths"]]
    return [line * [across[0], up[0]] + [across[1], up[1]] for line in points]


@pytest.mark.parametrize("model", MIXED)
def test_curves_are_those_that_the_engine_computes_from_the_file_of_items(model: str, page: Page, report: Path) -> None:
    name = ONE_OF_EACH[model]
    known = read_fixed(report.parent / "items.csv", [name])
    assert known.models == {0: model}
    probability, information = open_item(page, name).locator(".item-charts svg").all()
    drawn = lines_of(probability)
    n_categories = int(known.parameters[0].n_categories[0])
    first = 1 if n_categories == 2 else 0  # of two categories only the higher is drawn
    assert len(drawn) == n_categories - first
    for category, line in enumerate(drawn, first):
        assert len(line) > 100
        ability, value = line.T
        expected = np.exp(response_table(known.parameters[0], ability).log_probability[category])
        assert value == pytest.approx(expected, abs=CLOSE_ENOUGH)
        assert np.ptp(ability) == pytest.approx(np.ptp(page_range(page)), rel=1e-3)
    (line,) = lines_of(information)
    expected = item_information(line[:, 0], known.parameters[0])[:, 0]
    assert line[:, 1] == pytest.approx(expected, abs=0.004 * expected.max())


def page_range(page: Page) -> list[float]:
    """Abilities that the page says its curves span."""
    spanned: list[float] = page.evaluate("JSON.parse(document.getElementById('items').dataset.range)")
    return spanned


def test_every_column_of_numbers_sorts_a_thousand_items_as_the_file_has_them(page: Page, report: Path) -> None:
    in_file = {row["item"]: row for row in rows(report.parent / "items.csv")}
    figures = open_item(page, "I500")
    for heading, column in (("a", "discrimination"), ("b", "difficulty"), ("c", "guessing"), ("p", "p_value")):
        for turn in (1.0, -1.0):
            page.get_by_role("button", name=heading, exact=True).click()
            shown = page.locator("#items > tbody > tr:not(.more) > th button").all_inner_texts()
            values = [turn * float(in_file[name.strip()][column]) for name in shown]
            assert len(values) == N_ITEMS
            assert np.all(np.diff(values) > -0.0011)  # the page sorts what it shows, three decimals
    above = figures.evaluate("row => row.previousElementSibling.cells[0].innerText.trim()")
    assert above == "I500"  # an open item takes its curves along


def test_axe_finds_nothing_with_items_of_every_model_open(page: Page) -> None:
    for name in ONE_OF_EACH.values():
        open_item(page, name)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_nothing_but_the_file_itself_was_asked_for(opened: tuple[Page, list[str]], report: Path) -> None:
    _, asked = opened
    assert asked == [report.as_uri()]
