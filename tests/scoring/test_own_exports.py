"""Our own exports as files to calibrate: what is read, and what is refused by line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scoring.errors import ResponseFileError
from scoring.response_files import FileColumns, read_responses


def sitting(name: str, *categories: int | None, **other: Any) -> str:
    """One line of an export: items I1, I2, … in these categories."""
    answers = [
        {"position": place, "item": f"I{place}", "category": category, "elapsed_ms": 900, "late": False}
        for place, category in enumerate(categories, 1)
    ]
    return json.dumps({"sitting": name, "pupil": f"p{name}", "test": "rekenen", "answers": answers, **other})


def write(folder: Path, *lines: str) -> Path:
    """Write an export."""
    path = folder / "s.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_a_sitting_is_a_person_also_without_answers_wherever_it_stands(tmp_path: Path) -> None:
    file = read_responses(write(tmp_path, sitting("a"), sitting("b", 1, 0), sitting("c"), sitting("d", 0)))
    assert file.persons == ("a", "b", "c", "d")
    assert file.responses.start.tolist() == [0, 0, 2, 2, 3]
    assert (file.items, file.responses.category.tolist()) == (("I1", "I2"), [1, 0, 0])


def test_a_pupil_can_be_the_person(tmp_path: Path) -> None:
    file = read_responses(write(tmp_path, sitting("a", 1), sitting("b", 0)), FileColumns(person="pupil"))
    assert file.persons == ("pa", "pb")


@pytest.mark.parametrize(
    ("waiting", "note"),
    [(1, "1 answer is not rated yet and counts as"), (2, "2 answers are not rated yet and count as")],
)
def test_answers_that_wait_for_a_rater_are_not_presented_and_counted(waiting: int, note: str, tmp_path: Path) -> None:
    file = read_responses(write(tmp_path, sitting("a", *[-1] * waiting, 1), sitting("b", 1, 1, 0)))
    assert file.responses.start.tolist() == [0, 1, 4]
    assert file.notes == (f"{note} not presented",)


def test_simulated_sittings_are_counted_once_each_however_many_answers_they_have(tmp_path: Path) -> None:
    lines = (sitting("a", 1, 0, simulated=True), sitting("b", 1, simulated=False), sitting("c", simulated=True))
    assert read_responses(write(tmp_path, *lines)).notes == ("simulated sittings: 2",)


def test_one_of_several_tests_is_chosen_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, sitting("a", 1), sitting("b", 0, test="lezen"))
    with pytest.raises(ResponseFileError, match="holds the tests rekenen, lezen; say which with --where test=rekenen"):
        read_responses(path)
    assert read_responses(path, where={"test": "lezen"}).persons == ("b",)


def test_a_research_table_with_answers_of_no_test_is_refused_as_well(tmp_path: Path) -> None:
    path = tmp_path / "responses.csv"
    path.write_text("sitting,test,item,category\na,rekenen,I1,1\nb,,I1,0\n")
    with pytest.raises(ResponseFileError, match="the tests rekenen, and answers of no test; say which"):
        read_responses(path)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (sitting("b", 1)[:70], r"line 4: error parsing line"),  # a copy that was cut off
        ("so much for JSON", r"line 4: error parsing line"),
        ("[1, 2]", r"line 4: NDJSON line expected"),
        ('{"pupil": "p"}', r"line 4 has no 'sitting'"),
        (json.dumps({"sitting": "b", "answers": []}), r"line 4 has no 'test'"),
        (json.dumps({"sitting": "b", "test": "rekenen"}), r"line 4 has no 'answers'"),
        (sitting("b", 1, answers="none"), r"line 4: unexpected value"),
        (sitting("b", 1).replace('"category": 1', '"category": "x"'), r"line 4: cannot parse 'x'"),
        (sitting("b", 1).replace('"category": 1', '"category": 0.5'), r"line 4: cannot parse '0.5'"),
    ],
)
def test_a_line_that_is_no_sitting_is_refused_by_its_number(line: str, complaint: str, tmp_path: Path) -> None:
    path = write(tmp_path, sitting("a", 1), sitting("c", 0), "", line, sitting("d", 1))  # blank lines count too
    with pytest.raises(ResponseFileError, match=rf"^s\.jsonl is no export of sittings: {complaint}") as error:
        read_responses(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (sitting("b", -2), r"s\.jsonl, line 3, column 'response': '-2' is negative"),
        (sitting("b", 2), r"s\.jsonl, line 3, column 'response': '2' is a response that no item has"),
        (sitting("a", 1), r"s\.jsonl, line 3: person 'a', item 'I1' is there already, on line 1"),
        (sitting("b", 1).replace('"item": "I1", ', ""), r"s\.jsonl, line 3: column 'item' is empty"),
    ],
)
def test_an_answer_that_is_none_is_refused_by_the_line_of_its_sitting(
    line: str, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(ResponseFileError, match=complaint):
        read_responses(write(tmp_path, sitting("a", 1), "", line))
