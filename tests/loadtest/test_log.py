from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from loadtest.ledger import Ledger, read_ledger
from loadtest.log import Stored, compare
from loadtest.pupils import Acknowledged, NotAccepted, answer_hash

ONE = Acknowledged("s1", 1, 0, "X-1@1", "aa", "receipt")
TWO = replace(ONE, position=2, item="X-2@1", hash="bb")
KEPT = [Stored("s1", 1, 0, "X-1@1", "aa", True), Stored("s1", 2, 0, "X-2@1", "bb", True)]


def test_a_ledger_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    with Ledger(path) as ledger:
        ledger(ONE)
        assert read_ledger(path) == (ONE,)  # on disk before the next answer
        ledger(TWO)
        assert ledger.n_answers == 2
    assert read_ledger(path) == (ONE, TWO)


def test_a_log_that_holds_every_answer_once_is_clean() -> None:
    assert compare([ONE, TWO], KEPT).is_clean
    assert compare([ONE], KEPT).is_clean  # stored, but the reply was lost: no promise was broken


@pytest.mark.parametrize(
    ("log", "counted"),
    [
        (KEPT[:1], "lost"),
        ([KEPT[0], replace(KEPT[1], item="X-9@1")], "lost"),
        ([KEPT[0], replace(KEPT[1], hash="cc")], "lost"),
        ([*KEPT, KEPT[0]], "doubled"),
        ([KEPT[0], replace(KEPT[1], has_key=False)], "unkeyed"),
    ],
)
def test_every_way_to_break_the_promise_is_seen(log: list[Stored], counted: str) -> None:
    verdict = compare([ONE, TWO], log)
    assert not verdict.is_clean
    assert getattr(verdict, counted) == 1


def test_two_receipts_for_one_answer_are_seen() -> None:
    assert compare([ONE, ONE], KEPT[:1]).is_clean  # the same one twice: a laptop asked again
    assert compare([ONE, replace(ONE, receipt="another")], KEPT[:1]).contradicted == 1


def test_a_body_that_was_refused_and_is_not_evidence_is_seen() -> None:
    first, second = NotAccepted("s1", 1, "cc"), NotAccepted("s1", 1, "dd")
    verdict = compare([ONE], KEPT[:1], [first, second, first], {"s1": 1, "s2": 7})
    assert (verdict.refused, verdict.evidence, verdict.thrown_away) == (2, 8, 1)
    assert not verdict.is_clean
    assert compare([ONE], KEPT[:1], [first, second], {"s1": 2}).is_clean


def test_an_empty_ledger_proves_nothing() -> None:
    assert not compare([], KEPT).is_clean


def test_the_hash_is_that_of_canonical_json() -> None:
    # printf '{"elapsed_ms":1200,"item":"X-1@1","position":1,"response":{"RESPONSE":"é"},"revision":0}' | sha256sum
    expected = "3ab877d3a76fb1f19738c731f16a13002bf87f8a8ca8f7af587e24dd67c40a6d"
    assert answer_hash(item="X-1@1", position=1, revision=0, response={"RESPONSE": "é"}, elapsed_ms=1200) == expected
