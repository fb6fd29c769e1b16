"""The drawn items of the demo bank: for many draws, the key is recomputed from what a pupil reads on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import html

from itembank import (
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    compile_bank,
    drawn_view,
    read_design,
    read_item,
    score,
    template_seed,
)
from itembank.demo import design_files
from tests.designs import area_design

FOLDER = Path(__file__).parents[3] / "itembank" / "demo" / "mathematics" / "drawn" / "items"
ITEMS = [read_item(path.read_bytes(), file=path.name, area="sjablonen") for path in sorted(FOLDER.glob("*.xml"))]
SITTINGS = [f"zitting {number}" for number in range(40)]


def rounded(numbers: list[Fraction]) -> str:
    """Round the number of the prompt, two groups of digits, to a thousand; say which of the four choices that is."""
    number = int(numbers[0] * 1000 + numbers[1])
    choices = [int(numbers[at] * 1000 + numbers[at + 1]) for at in (2, 4, 6, 8)]
    assert len(set(choices)) == 4
    return "ABCD"[choices.index((number + 500) // 1000 * 1000)]


def typed(number: Fraction) -> str:
    """Write a number as a Flemish pupil types it."""
    return f"{float(number):.2f}".replace(".", ",")


SOLVE: dict[str, Callable[[list[Fraction]], str]] = {
    "W4-S01": lambda numbers: typed(numbers[0] * numbers[1]),
    "W4-S02": lambda numbers: typed(numbers[0] / numbers[1] * numbers[2]),
    "W4-S03": lambda numbers: typed(numbers[2] - numbers[0] * numbers[1]),
    "W4-S04": rounded,
}
"""How a person finds the answer from the numbers on the screen, in their order."""


def one_item_bank(row: int) -> CompiledBank:
    """Compile one of the items."""
    item = ITEMS[row]
    known = (CalibratedItem(item.name, 1.0, 0.0, 0.1, 0.1, 9, 0.5),)
    return compile_bank(
        area_design("t", "T", 1, {"sjablonen": (1, 1)}), [item], CalibrationVersion("c", "2pl", {}, known)
    )


def test_there_are_four_and_the_reader_takes_them_without_a_remark() -> None:
    assert {item.identifier for item in ITEMS} == set(SOLVE)
    for item in ITEMS:
        assert (item.obstacle, item.warnings, item.maximum) == ("", (), 1)


@pytest.mark.parametrize("row", range(4), ids=sorted(SOLVE))
def test_the_key_of_every_draw_is_what_a_person_computes_from_the_screen(row: int) -> None:
    bank, seen = one_item_bank(row), set()
    item = ITEMS[row]
    for sitting in SITTINGS:
        seed = template_seed(sitting, item.name, bank.scoring[0])
        text = " ".join(map(str, html.fromstring(drawn_view(bank, 0, seed).html).itertext()))
        numbers = [Fraction(number.replace(",", ".")) for number in re.findall(r"\d+(?:,\d+)?", text)]
        seen.add(tuple(numbers))
        right = SOLVE[item.identifier](numbers)
        assert score(bank.scoring[0], {"RESPONSE": right}, seed).category == 1, (numbers, right)
        for wrong in {"A", "B", "C", "D", f"1{right}", typed(numbers[0]), typed(numbers[1])} - {right}:
            assert score(bank.scoring[0], {"RESPONSE": wrong}, seed).category == 0, (numbers, wrong)
    assert len(seen) >= 15


def test_they_are_in_no_test_of_the_demo() -> None:
    for path in design_files():
        design = read_design(path)
        assert not any(design.filter.takes({"area": "sjablonen"}, item.metadata.goals) for item in ITEMS)
