from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from loadtest.drill import DrillPlan, DrillResult
from loadtest.drill.controls import Outcome
from loadtest.drill.reporting import print_controls, print_result
from loadtest.log import Verdict

CLEAN = DrillResult(
    plan=DrillPlan(faults={"worker killed": 2}, races=1),
    verdict=Verdict(acknowledged=100, stored=100, lost=0, doubled=0, unkeyed=0, refused=3, evidence=4),
    happened={"worker killed": 2, "device races": 5, "doubled": 7},
    failures={},
    finished=5,
    claims=(0.02, 0.03),
    reentries=(0.1, 0.3, 2.5),
    back=(0.4, 1.0),
    audit="",
    seconds=12.0,
)


def printed(result: DrillResult) -> str:
    """What a reader sees."""
    console = Console(file=StringIO(), width=200)
    print_result("PostgreSQL", result, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_a_clean_drill_prints_its_ledger() -> None:
    text = printed(CLEAN)
    for words in (
        "PostgreSQL: clean",
        "acknowledged 100, lost 0, doubled 0",
        "worker killed: 2 of 2",
        "device races: 5 of at least 1",
        "refused 3, evidence 4, thrown away 0",
        "p95 2.50 s, p100 2.50 s; 2 of 3 within 2 s",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (replace(CLEAN, verdict=replace(CLEAN.verdict, lost=1)), "lost 1"),
        (replace(CLEAN, verdict=replace(CLEAN.verdict, thrown_away=1)), "thrown away 1"),
        (replace(CLEAN, happened={"worker killed": 1, "device races": 1}), "worker killed: 1 of 2"),
        (replace(CLEAN, happened={"worker killed": 2}), "device races: 0 of at least 1"),
        (replace(CLEAN, failures={"PUT [/x]: 500": 3}), "3 pupils could not go on: PUT [/x]: 500"),
        (replace(CLEAN, audit="1 sitting is damaged"), "1 sitting is damaged"),
    ],
)
def test_whatever_is_not_as_it_must_be_spoils_a_drill_and_is_printed(spoilt: DrillResult, words: str) -> None:
    assert not spoilt.is_clean
    text = printed(spoilt)
    assert "NOT CLEAN" in text
    assert words in text


def test_a_control_that_showed_nothing_is_printed_so() -> None:
    console = Console(file=StringIO(), width=200)
    shown, not_shown = Outcome("no unique key", True, "doubled 3"), Outcome("reply before commit", False, "lost 0")
    print_controls([("PostgreSQL", shown), ("SQLite", not_shown)], console)
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert "no unique key (PostgreSQL): as it must be; doubled 3" in text
    assert "reply before commit (SQLite): DID NOT SHOW WHAT IT MUST; lost 0" in text
