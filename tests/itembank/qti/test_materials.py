"""The tools that an author lets a pupil use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from itembank import bank_bytes, bank_from_bytes, read_item
from itembank.qti.materials import NO_MATERIALS, Materials, Ruler
from itembank.rendering import render_item
from tests.itembank.test_canaries import compiled

MakeItem = Callable[..., bytes]


def info(*tools: str) -> str:
    """Companion materials of an item."""
    return f"<qti-companion-materials-info>{''.join(tools)}</qti-companion-materials-info>"


def calculator(kind: str) -> str:
    """One calculator."""
    return f"<qti-calculator><qti-calculator-type>{kind}</qti-calculator-type><qti-description/></qti-calculator>"


def ruler(length: str = "15", minor: str = "1", major: str = "1", units: str = "Millimeter Centimeter") -> str:
    """One ruler."""
    small, large = units.split()
    return (
        f"<qti-rule><qti-description/><qti-rule-system-si>\n<qti-minimum-length>{length}</qti-minimum-length>"
        f'<qti-minor-increment unit="{small}">{minor}</qti-minor-increment>'
        f'<qti-major-increment unit="{large}">{major}</qti-major-increment></qti-rule-system-si></qti-rule>'
    )


def test_a_calculator_and_a_ruler_come_with_the_item_into_the_bank(make_item: MakeItem) -> None:
    item = read_item(make_item(extra=info(calculator("standard"), ruler())), area="meten")
    assert item.body.materials == Materials("standard", Ruler(length=150.0, minor=1.0, major=10.0))
    assert item.warnings == ()
    (view,) = bank_from_bytes(bank_bytes(compiled(item))).views
    assert '<peil-calculator data-module="calculator" data-kind="standard"></peil-calculator>' in view.html
    assert '<peil-ruler data-module="ruler" data-length="150" data-minor="1" data-major="10"></peil-ruler>' in view.html


def test_an_item_without_tools_is_shown_as_it_always_was(make_item: MakeItem) -> None:
    item = read_item(make_item(extra=info()))
    assert item.body.materials == NO_MATERIALS
    assert render_item(item).html == render_item(read_item(make_item())).html


def test_the_older_spelling_is_read(make_item: MakeItem) -> None:
    old = (
        "<companionMaterialsInfo><calculator><calculatorType>basic</calculatorType></calculator><rule><ruleSystemSI>"
        '<minimumLength>20</minimumLength><majorIncrement unit="Centimeter">1</majorIncrement></ruleSystemSI></rule>'
        "</companionMaterialsInfo>"
    )
    assert read_item(make_item(extra=old)).body.materials == Materials("basic", Ruler(200.0, 10.0, 10.0))


@pytest.mark.parametrize(
    ("tool", "why"),
    [
        (calculator("graphing"), "the player has no graphing calculator: kept for export"),
        ("<qti-protractor><qti-description/></qti-protractor>", "a protractor is not shown by the player"),
        ("<qti-physical-material>potlood</qti-physical-material>", "a physical material is not shown by the player"),
        ('<qti-digital-material mime-type="text/html"/>', "a digital material is not shown"),
        ("<qti-rule><qti-rule-system-us/></qti-rule>", "a ruler in inches is not shown"),
        (ruler("2", units="Centimeter Kilometer"), "a ruler of 2e+06 mm with marks at every 10 and 1e+06 mm is not"),
        (ruler(minor="0.01"), "marks at every 0.01 and 10 mm is not shown"),
        (ruler() + ruler(), "only the first one is shown"),
    ],
)  # fmt: skip
def test_what_the_player_does_not_have_is_named(make_item: MakeItem, tool: str, why: str) -> None:
    (problem,) = read_item(make_item(extra=info(tool))).warnings
    assert why in problem.why
    assert problem.line


@pytest.mark.parametrize(
    ("tool", "why"),
    [
        (calculator("quantum"), "the type 'quantum' is none of basic, standard, scientific, graphing"),
        (calculator(""), "the type '' is none of"),
        (ruler(units="Foot Centimeter"), "the unit 'Foot' is none of"),
        (ruler("-5"), "it has no length"),
        (ruler("1e9"), "it has no length"),
        (ruler("²"), "it has no length"),
        (ruler(major="0"), "it has no length, or no large marks"),
    ],
)
def test_what_makes_no_sense_is_named_with_its_line_and_the_item_stays(
    make_item: MakeItem, tool: str, why: str
) -> None:
    item = read_item(make_item(extra=info(tool)))
    assert item.body.materials == NO_MATERIALS
    assert any(why in problem.why for problem in item.warnings)
    assert all(problem.line for problem in item.warnings)
