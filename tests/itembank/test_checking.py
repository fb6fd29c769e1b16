"""Files of cases, and the cases that others wrote."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from itembank import ItemBankError, PackageError, check_cases


def write(folder: Path, item: bytes, cases: Any) -> Path:
    """Write an item with its cases."""
    folder.mkdir()
    (folder / "item.xml").write_bytes(item)
    (folder / "cases.json").write_text(cases if isinstance(cases, str) else json.dumps(cases), encoding="utf-8")
    return folder


def test_every_case_of_pie_qti_scores_as_its_authors_say(shared_data: Path) -> None:
    results = check_cases(shared_data / "qti" / "pie-qti")
    assert [result for result in results if not result.passed] == []
    assert len(results) == 135
    assert len(Counter(result.item for result in results)) == 45


def test_a_case_that_comes_out_otherwise_is_shown(tmp_path: Path, make_item: Callable[..., bytes]) -> None:
    cases = {
        "cases": [
            {"name": "right", "responses": {"RESPONSE": "A"}, "expect": {"score": 1, "outcomes": {"SCORE": 1}}},
            {"name": "wrong on purpose", "responses": {"RESPONSE": "B"}, "expect": {"outcomes": {"SCORE": 1}}},
            {"name": "wrong as expected", "responses": {}, "expect": {"score": 1}, "xfail": True},
        ]
    }
    results = check_cases(write(tmp_path / "W4", make_item(), cases))
    assert [result.passed for result in results] == [True, False, True]
    assert (results[1].item, results[1].case) == ("W4", "wrong on purpose")
    assert (results[1].expected, results[1].got) == ("SCORE=1", "SCORE=0.0")


def test_an_item_that_cannot_be_read_fails_its_cases(tmp_path: Path) -> None:
    folder = write(tmp_path / "W4", b"<broken", {"cases": [{"name": "any", "responses": {}, "expect": {"score": 0}}]})
    assert [result.passed for result in check_cases(folder)] == [False]


@pytest.mark.parametrize("cases", ["{", "[]", '{"cases": 1}', '{"cases": [1]}'])
def test_a_file_that_holds_no_cases_is_refused(tmp_path: Path, make_item: Callable[..., bytes], cases: str) -> None:
    with pytest.raises(PackageError, match=r"no file of cases"):
        check_cases(write(tmp_path / "W4", make_item(), cases))


def test_a_folder_without_cases_is_no_success(tmp_path: Path) -> None:
    with pytest.raises(ItemBankError, match=r"holds no cases\.json"):
        check_cases(tmp_path)
