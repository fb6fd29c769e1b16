"""Files of responses, right and wrong."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import NOT_REACHED, OMITTED
from scoring.errors import ResponseFileError
from scoring.response_files import FileColumns, MissingLabels, ResponseFile, read_responses

WIDE = "pupil,class,I1,I2,I3\np1,4A,1,0,\np2,4B,NA,1,0\np3,4A,,,\n"
LONG = "person,item,response\np1,I1,1\np2,I2,1\np1,I2,0\np2,I3,0\np2,I1,NA\np3,I1,\n"


def write(folder: Path, text: str | bytes, name: str = "responses.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def triplets(file: ResponseFile) -> set[tuple[str, str, int]]:
    """What the file says, person by person."""
    responses = file.responses
    rows = zip(responses.person.tolist(), responses.item.tolist(), responses.category.tolist(), strict=True)
    return {(file.persons[person], file.items[item], category) for person, item, category in rows}


EXPECTED = {("p1", "I1", 1), ("p1", "I2", 0), ("p2", "I2", 1), ("p2", "I3", 0)}


def test_a_wide_file_has_a_row_a_person(tmp_path: Path) -> None:
    file = read_responses(write(tmp_path, WIDE), FileColumns(person="pupil", group="class"))
    assert triplets(file) == EXPECTED
    assert (file.persons, file.items, file.groups) == (("p1", "p2", "p3"), ("I1", "I2", "I3"), ("4A", "4B"))
    assert file.responses.group.tolist() == [0, 1, 0]
    assert file.sha256 == hashlib.sha256(WIDE.encode()).hexdigest()


def test_a_long_file_has_a_row_a_response(tmp_path: Path) -> None:
    file = read_responses(write(tmp_path, LONG))
    assert triplets(file) == EXPECTED
    assert file.persons == ("p1", "p2", "p3")  # p3 answered nothing and is a person all the same
    assert file.groups == ("all",)


def test_a_parquet_file_says_the_same_as_its_csv(tmp_path: Path) -> None:
    path = tmp_path / "responses.parquet"
    columns = {"person": ["p1", "p2", "p1", "p2"], "item": ["I1", "I2", "I2", "I3"], "response": [1, 1, 0, 0]}
    pl.DataFrame(columns).write_parquet(path)
    assert triplets(read_responses(path)) == EXPECTED


@pytest.mark.parametrize("change", [("\n", "\r\n"), (",", ";"), (",", "\t"), (",1", ", 1.0 "), ("p1", '"p1"')])
def test_what_spreadsheets_make_of_it_is_the_same(change: tuple[str, str], tmp_path: Path) -> None:
    path = write(tmp_path, WIDE.replace(*change))
    assert triplets(read_responses(path, FileColumns(person="pupil", group="class"))) == EXPECTED


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + WIDE.encode())
    assert triplets(read_responses(path, FileColumns(person="pupil", group="class"))) == EXPECTED


def test_persons_without_identifiers_are_numbered(tmp_path: Path) -> None:
    assert read_responses(write(tmp_path, "I1,I2\n0,1\n1,0\n")).persons == ("1", "2")


def test_a_long_file_may_name_its_persons_and_groups_otherwise(tmp_path: Path) -> None:
    text = "pupil,year,item,response\na,2025,I1,1\nb,2024,I1,0\na,2025,I2,0\n"
    file = read_responses(write(tmp_path, text), FileColumns(person="pupil", group="year"))
    assert (file.persons, file.groups, file.responses.group.tolist()) == (("a", "b"), ("2024", "2025"), [1, 0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(seed=st.integers(0, 10_000))
def test_wide_and_long_say_the_same(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(-1, 2, (rng.integers(1, 8), rng.integers(1, 5)))
    header = ",".join(["id", *(f"I{i}" for i in range(codes.shape[1]))])
    rows = [",".join([f"p{p}", *("" if c < 0 else str(c) for c in row)]) for p, row in enumerate(codes)]
    cells = [f"p{p},I{i},{c}" for (p, i), c in np.ndenumerate(codes) if c >= 0]
    wide = read_responses(write(tmp_path, "\n".join([header, *rows])), FileColumns(person="id"))
    assert triplets(wide) == {(f"p{p}", f"I{i}", int(c)) for (p, i), c in np.ndenumerate(codes) if c >= 0}
    if cells:
        long = read_responses(write(tmp_path, "\n".join(["person,item,response", *cells])))
        assert triplets(long) == triplets(wide)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            WIDE.replace("p2,4B,NA", "p2,4B,2"),
            r"es\.csv, line 3, column 'I1': '2' is a response that no item has",
        ),
        (WIDE.replace("p2,4B,NA", "p2,4B,-1"), r"line 3, column 'I1': '-1' is negative"),
        (WIDE.replace("p2,4B,NA", "p2,4B,x"), r"line 3, column 'I1': 'x' is no response; expected 0 or 1"),
        (WIDE.replace("p2,4B,NA", "p2,4B,0.5"), r"line 3, column 'I1': '0.5' is a response that no item has"),
        (WIDE.replace("p2,4B,NA", "p2,4B,nan"), r"line 3, column 'I1': 'nan' is no response; write NA"),
        (WIDE.replace("p2,4B,NA", "p2,4B,na"), r"line 3, column 'I1': 'na' is no response; write NA, in capitals, or"),
        (WIDE.replace("p2,4B,NA", "p2,4B,N/A"), r"line 3, column 'I1': 'N/A' is no response; write NA"),
        (WIDE.replace("p2,4B,NA,1,0", "p2,4B,1"), r"line 3: 3 cells where the first line names 5 columns"),
        (WIDE.replace("p2,4B,NA,1,0", "p2,4B,1,1,1,1"), r"line 3: 6 cells where the first line names 5 columns"),
        (WIDE.replace("p2", "p1"), r"line 3: pupil 'p1' is there already"),
        (WIDE.replace("p2", ""), r"line 3: column 'pupil' is empty"),
        (WIDE.replace("4B", " "), r"line 3: column 'class' is empty"),
        (WIDE.replace("I2", "I1"), r"line 1: column 'I1' is there twice"),
        (WIDE.replace("I2", ""), r"line 1: column 4 has no name; the first line must name the columns"),
        (WIDE.replace("class", "klas"), r"has no column 'class'; its columns are pupil, klas, I1"),
        ("pupil,class\np1,4A\n", r"holds no responses"),
        ("pupil,class,I1\n", r"holds no responses"),
        ("", r"is empty"),
        (b"pupil,class,I1\np1,4A,1\np\xe9,4A,0\n", r"line 3: not UTF-8"),
        (WIDE.replace("p1", '"p1\nq"').replace("p3,4A,", "p3,4A,7"), r"line 5, column 'I1': '7'"),
    ],
)
def test_a_wrong_wide_file_gets_one_sentence_with_its_place(text: str | bytes, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ResponseFileError, match=complaint) as error:
        read_responses(write(tmp_path, text), FileColumns(person="pupil", group="class"))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (LONG + "p1,I2,1\n", r"line 8: person 'p1', item 'I2' is there already"),
        (LONG + "p9,I2,3\n", r"line 8, column 'response': '3'"),
        (LONG + ",I2,1\n", r"line 8: column 'person' is empty"),
        (LONG + "p9,,1\n", r"line 8: column 'item' is empty"),
        ("person,item,response\n", r"holds no responses"),
    ],
)
def test_a_wrong_long_file_gets_one_sentence_with_its_place(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(ResponseFileError, match=complaint):
        read_responses(write(tmp_path, text))


@pytest.mark.parametrize("line", ["1,0,1", "p1,1,0,1", "NA,0,NA", "1.0,0.0,1.0", "1,0,"])
def test_a_file_without_a_line_of_names_is_told_so(line: str, tmp_path: Path) -> None:
    with pytest.raises(ResponseFileError, match=r"line 1: .* the first line must name the columns"):
        read_responses(write(tmp_path, f"{line}\n{line}\n"))


@pytest.mark.parametrize(
    ("header", "id_column", "complaint"),
    [
        ("person,item,answer", None, "lacks the column 'response'; rename one of person, item, answer"),
        ("pupil,item,answer", "pupil", "lacks the column 'response'; rename one of pupil, item, answer"),
        ("pupil,item,response", None, "lacks the column 'person'; .* with --id"),
        ("person,question,response", None, "lacks the column 'item'"),
        ("Person,Item,Response", None, "lacks the column 'person' and 'item' and 'response'; rename one of Person"),
    ],
)
def test_a_file_that_is_nearly_long_is_told_what_it_lacks(
    header: str, id_column: str | None, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(ResponseFileError, match=rf"es\.csv looks like a long file.* {complaint}"):
        read_responses(write(tmp_path, f"{header}\na,I1,1\n"), FileColumns(person=id_column))


def test_a_person_is_in_one_group(tmp_path: Path) -> None:
    text = "person,item,response,year\na,I1,1,2024\na,I2,1,2025\n"
    message = "line 3: year of person .a. is .2025. here and .2024. on an earlier line"
    with pytest.raises(ResponseFileError, match=message):
        read_responses(write(tmp_path, text), FileColumns(group="year"))


def test_parquet_places_are_rows(tmp_path: Path) -> None:
    path = tmp_path / "responses.parquet"
    pl.DataFrame({"person": [1, 2], "item": ["I1", "I1"], "response": [1, 5]}).write_parquet(path)
    with pytest.raises(ResponseFileError, match=r"responses\.parquet, row 2, column 'response': '5'"):
        read_responses(path)


def test_a_damaged_parquet_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResponseFileError, match="cannot be read as Parquet"):
        read_responses(write(tmp_path, b"PAR1 and then nothing of use", "responses.parquet"))


def test_several_categories_can_be_allowed(tmp_path: Path) -> None:
    assert read_responses(write(tmp_path, "I1,I2\n0,2\n1,0\n"), highest=2).responses.category.tolist() == [0, 2, 1, 0]


@pytest.mark.parametrize("cell", ["1.0", " 1", "1 ", "1e0"])
def test_one_cell_that_is_no_plain_number_changes_nothing_of_the_rest(cell: str, tmp_path: Path) -> None:
    """Plain columns are kept as small integers, and no text is lost where one is not."""
    columns = FileColumns(person="pupil", group="class")
    plain = "pupil,class,I1,I2\n007,01,1,0\n08,1,,126\n9,01,NA,0\n"
    other = plain.replace("01,1,0", f"01,{cell},0")
    files = [read_responses(write(tmp_path, text), columns, highest=126) for text in (plain, other)]
    for file in files:
        assert file.persons == ("007", "08", "9")
        assert file.groups == ("01", "1")
        assert triplets(file) == {("007", "I1", 1), ("007", "I2", 0), ("08", "I2", 126), ("9", "I2", 0)}


def test_a_condition_is_on_the_text_of_the_file_and_not_on_a_number(tmp_path: Path) -> None:
    path = write(tmp_path, "booklet,I1\n01,1\n1,0\n")
    found = read_responses(path, FileColumns(ignore=("booklet",)), where={"booklet": "01"})
    assert found.responses.category.tolist() == [1]


def test_a_label_for_what_is_missing_is_found_among_plain_numbers(tmp_path: Path) -> None:
    found = read_responses(write(tmp_path, "I1,I2\n9,1\n0,-8\n"), labels=MissingLabels(("9",), ("-8",)))
    assert found.responses.category.tolist() == [OMITTED, 1, 0, NOT_REACHED]
