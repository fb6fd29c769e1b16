"""The fields that a research dataset may hold."""

from __future__ import annotations

from dataclasses import fields

import pytest

from reports.codebook import PATTERNS, TABLES, Kind, fields_of
from scoring import AnswerRecord, ScoreRecord


@pytest.mark.parametrize("table", TABLES)
def test_every_field_is_explained(table: str) -> None:
    for field in fields_of(table):
        assert field.meaning, field.name
        assert field.purpose, field.name
        assert field.values, field.name
        assert (field.pattern is not None) == (field.kind is Kind.TEXT), field.name


def test_every_number_has_a_unit_or_is_a_code() -> None:
    codes = {"position", "category"}
    numbers = [f for table in TABLES for f in fields_of(table) if f.kind in {Kind.INTEGER, Kind.DECIMAL}]
    assert {field.name for field in numbers if not field.unit} == codes


def test_no_field_of_a_record_is_forgotten_in_silence() -> None:
    """Scores are complete; of an answer everything is there but what was chosen, which only the item bank counts."""
    assert {field.name for field in fields_of("scores")} == {field.name for field in fields(ScoreRecord)}
    assert {field.name for field in fields(AnswerRecord)} - {"chosen"} <= {
        field.name for field in fields_of("responses")
    }


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        ("pseudonym", "0123456789abcdef0123456789abcdef", "BE-2017-000123456"),
        ("item", "W4-017@1", "W4-017"),
        ("item", "W4-017@12", "Jan Peeters@1"),
        ("test", "wiskunde-4", "Wiskunde 4"),
        ("level", "Onder basisniveau", "20170001"),
        ("level", "", "A" * 61),
        ("version", "eap/1 normal(0, 1)", "a\nb"),
    ],
)
def test_a_text_must_look_like_its_field(pattern: str, good: str, bad: str) -> None:
    assert PATTERNS[pattern].fullmatch(good)
    assert not PATTERNS[pattern].fullmatch(bad)


def test_kinds_are_not_mixed() -> None:
    kinds = {field.name: field for field in fields_of("scores")}
    assert kinds["n_answers"].accepts(3)
    assert kinds["theta"].accepts(0.5)
    assert kinds["simulated"].accepts(True)
    for name, wrong in (("n_answers", True), ("n_answers", 1.0), ("theta", 1), ("theta", "0.5"), ("simulated", 1)):
        assert not kinds[name].accepts(wrong)
