"""Banks in CSV: what is read, and every way in which a file can be wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import ItemParameters, Kind
from engine.assembly import Pool, check_blueprint
from itembank.banks import read_bank
from itembank.designs import Design, design_from_text
from itembank.errors import BankFileError
from tests.engine.assembly.banks import REFERENCE, reference_blueprint, reference_pool

HEAD = 'identifier = "w4"\ntitle = "Wiskunde"\nsubject = "wiskunde"\nlength = 2\n'
PLAIN = design_from_text(HEAD)
AREAS = design_from_text(HEAD + "[counts.area]\nmeten = { minimum = 1 }\n[budgets]\nseconds = { maximum = 90 }")

BANK = """id,a,b,c,area,seconds,passage,enemy,enemies,pretest
W1,1.2,-0.5,0.2,meten,30,stal,x,,no
W2,0.8,0.0,0,meten,40,stal,,W4,
W3,1.0,0.5,0.1,getallen,50,,x,,
W4,1.5,1.5,0,,60,tuin,,,yes
"""


def read(tmp_path: Path, text: str | bytes, design: Design = AREAS) -> Pool:
    """The pool of a file with this text."""
    path = tmp_path / "bank.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_bank(path, design)


def problem(tmp_path: Path, text: str | bytes, design: Design = AREAS) -> str:
    """The message."""
    with pytest.raises(BankFileError) as caught:
        read(tmp_path, text, design)
    return str(caught.value)


def test_a_bank_is_read_with_what_the_design_asks_for(tmp_path: Path) -> None:
    pool = read(tmp_path, BANK)
    assert pool.name == ("W1", "W2", "W3", "W4")
    assert pool.items.discrimination.tolist() == [1.2, 0.8, 1.0, 1.5]
    assert pool.items.difficulty.tolist() == [-0.5, 0.0, 0.5, 1.5]
    assert pool.items.guessing.tolist() == [0.2, 0.0, 0.1, 0.0]
    assert pool.items.upper.tolist() == [1.0] * 4
    assert dict(pool.labels) == {"area": ("meten", "meten", "getallen", "")}
    assert pool.quantities["seconds"].tolist() == [30.0, 40.0, 50.0, 60.0]
    assert pool.passage.tolist() == [0, 0, -1, 1]
    assert pool.enemies == ((0, 2), (1, 3))
    assert pool.pretest.tolist() == [False, False, False, True]


def test_what_the_design_does_not_ask_for_is_left_alone(tmp_path: Path) -> None:
    pool = read(tmp_path, BANK.replace(",30,", ",veel,"), PLAIN)
    assert (dict(pool.labels), dict(pool.quantities)) == ({}, {})


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_of_spreadsheets_marks_and_windows_lines_are_understood(tmp_path: Path, separator: str) -> None:
    text = BANK.replace(",", separator).replace("\n", "\r\n")
    assert read(tmp_path, b"\xef\xbb\xbf" + text.encode()).name == ("W1", "W2", "W3", "W4")


def test_the_reference_bank_is_read_as_its_tests_make_it() -> None:
    counts = "".join(
        f"[counts.{attribute}.{label}]\nminimum = {count.minimum}\nmaximum = {count.maximum}\n"
        for count in reference_blueprint().counts
        for attribute, label in count.where.items()
    )
    rest = "[budgets]\nsec = { maximum = 3200 }\nwords = { maximum = 2100 }\n"
    passages = "[passages]\nminimum = 3\nmaximum = 3\nitems = { minimum = 4, maximum = 6 }\n"
    design = design_from_text(HEAD.replace("length = 2", "length = 40") + counts + rest + passages)
    pool, expected = read_bank(REFERENCE, design), reference_pool()
    assert pool.name == expected.name
    assert dict(pool.labels) == dict(expected.labels)
    assert {frozenset(members) for members in pool.enemies} == {frozenset(members) for members in expected.enemies}
    np.testing.assert_array_equal(pool.items.difficulty, expected.items.difficulty)
    np.testing.assert_array_equal(pool.quantities["words"], expected.quantities["words"])
    together = {(one, other) for one, other in zip(pool.passage.tolist(), expected.passage.tolist(), strict=True)}
    assert len(together) == expected.n_passages + 1  # the same passages, numbered in another order
    assert design.blueprint == reference_blueprint()
    check_blueprint(pool, design.blueprint)


def test_an_items_file_of_a_calibration_is_read_with_every_model(tmp_path: Path) -> None:
    """Columns as `scoring/calibration_columns.py` writes them, with a missing value where a model has none."""
    text = (
        "item,model,discrimination,difficulty,guessing,upper,step_1,step_2,slope_1,intercept_1,se_step_1,n,p_value,fixed\n"
        "A,3pl,1.1,0.3,0.2,1.0,,,,,,500,0.6,\n"
        "B,gpcm,0.9,0.25,0.0,1.0,-0.5,1.0,,,0.1,500,0.5,\n"
        "C,grm,1.3,0.0,0.0,1.0,0.0,NA,,,0.1,500,0.5,\n"
        "D,nominal,-0.7,0.0,0.0,1.0,,,-0.7,0.4,,500,0.5,yes\n"
    )
    items = read(tmp_path, text, PLAIN).items
    assert items.kind.tolist() == [Kind.LOGISTIC, Kind.PARTIAL_CREDIT, Kind.GRADED, Kind.NOMINAL]
    assert items.steps(1).tolist() == [-0.5, 1.0]
    assert items.steps(2).tolist() == [0.0]
    nominal = ItemParameters.nominal([[0.0, -0.7]], [[0.0, 0.4]])
    np.testing.assert_array_equal(items.take([3]).category_slope, nominal.category_slope)
    np.testing.assert_array_equal(items.take([3]).category_intercept, nominal.category_intercept)


def test_items_outside_the_test_are_left_out_and_passages_and_enemies_follow(tmp_path: Path) -> None:
    design = design_from_text(HEAD + '[items]\nonly_counted = ["area"]\n[counts.area]\ngetallen = { minimum = 1 }')
    pool = read(tmp_path, BANK.replace("W4,1.5,1.5,0,,", "W4,1.5,1.5,0,getallen,"), design)
    assert (pool.name, pool.passage.tolist(), pool.enemies) == (("W3", "W4"), [-1, 0], ())


def test_items_are_chosen_by_their_goals(tmp_path: Path) -> None:
    design = design_from_text(HEAD + '[items]\ngoals = ["2."]')
    text = "id,a,b,goals\nW1,1,0,1.1 2.3\nW2,1,0,\nW3,1,0,2.1\n"
    assert read(tmp_path, text, design).name == ("W1", "W3")


def test_enemies_of_the_design_join_those_of_the_bank(tmp_path: Path) -> None:
    design = replace(AREAS, enemies=(("W3", "W2"),))
    assert read(tmp_path, BANK, design).enemies == ((0, 2), (1, 3), (1, 2))


def changed(old: str, new: str) -> str:
    """The bank with one change."""
    assert old in BANK
    return BANK.replace(old, new, 1)


WRONG = [
    (changed("1.2,-0.5", "nan,-0.5"), "bank.csv, line 2, column a: item 'W1': 'nan' is no finite number"),
    (changed("1.2,-0.5", "1.2,inf"), "line 2, column b: item 'W1': 'inf' is no finite number"),
    (changed("1.2,-0.5", "0,-0.5"), "line 2, column a: item 'W1': the slope 0 must be above 0; leave the item out"),
    (changed("0.8,0.0", "-0.8,0.0"), "line 3, column a: item 'W2': the slope -0.8 must be above 0"),
    (changed("0.8,0.0", "steil,0.0"), "line 3, column a: item 'W2': 'steil' is no number"),
    (changed("0.8,0.0", '"0,8",0.0'), "line 3, column a: item 'W2': '0,8' is no number; write a point, not a comma"),
    (changed("0.8,0.0", "0.8,"), "line 3, column b: item 'W2': is blank, and must be a number"),
    (changed("0.5,0.1", "0.5,1.0"), "line 4, column c: item 'W3': the lower asymptote 1 must be from 0 to below 1"),
    (changed("0.5,0.1", "0.5,-0.1"), "line 4, column c: item 'W3': the lower asymptote -0.1 must be from 0 to below 1"),
    (changed("W3", "W1"), "line 4, column id: item 'W1' is there already, on line 2"),
    (changed("W3", " "), "line 4, column id: no item is named"),
    (changed("id,", "naam,"), "bank.csv has no column id or item for the item's name; its columns are naam, a, b"),
    (changed("id,a,", "id,item,"), "bank.csv: columns id and item are both the item's name; leave one out"),
    (changed("id,a,", "id,x,"), "bank.csv has no column a or discrimination for the slope; its columns are id, x, b"),
    (changed("a,b,c", "a,x,c"), "bank.csv has no column b or difficulty, and item 'W1' needs one"),
    (changed("a,b,c", "a,b,b"), "bank.csv, line 1: column b is there twice"),
    (changed("a,b,c", "a,b,"), "bank.csv, line 1: column 4 has no name"),
    (changed("c,area", "c,domein"), "bank.csv has no column area: design 'w4' asks for that label; its columns are"),
    (changed("seconds", "tijd"), "bank.csv has no column seconds: design 'w4' has a budget of it"),
    (changed(",40,", ",,"), "line 3, column seconds: item 'W2': is blank, and must be a number"),
    (changed(",40,", ",-40,"), "line 3, column seconds: item 'W2': -40 must be 0 or more"),
    (changed(",40,", ",lang,"), "line 3, column seconds: item 'W2': 'lang' is no number"),
    (changed("getallen,50,,x", "getallen,50,,y"), "line 2, column enemy: item 'W1': no other item is in enemy set 'x'"),
    (changed(",,W4,", ",,W9,"), "line 3, column enemies: item 'W2': its enemy 'W9' is not in the file"),
    (changed(",,W4,", ",,W2,"), "line 3, column enemies: item 'W2': names itself"),
    (changed(",yes", ",soms"), "line 5, column pretest: item 'W4': 'soms' must be yes or no"),
    (changed(",no\n", "\n"), "bank.csv, line 2: has 9 cells, the first line names 10 columns"),
    (changed(",no\n", ',"no\n'), "is no CSV ("),
    ("", "bank.csv is empty; its first line must name the columns"),
    (" \n\n", "bank.csv is empty"),
    ("id,a,b\n", "bank.csv has no items below its first line"),
    (b"id,a,b\nW\xe91,1,0\n", "bank.csv, line 2: is no UTF-8 text; save it as CSV in UTF-8"),
    (b"id,a,b\nW1,1,0\n\0", "bank.csv, line 3: holds a zero byte"),
    (b"PK\x03\x04rest", "bank.csv is a spreadsheet or another binary file; save it as CSV in UTF-8"),
]


@pytest.mark.parametrize(("text", "why"), WRONG, ids=[why[:60] for _, why in WRONG])
def test_a_wrong_file_is_refused_by_line_and_column(tmp_path: Path, text: str | bytes, why: str) -> None:
    assert why in problem(tmp_path, text)


WRONG_MODELS = [
    ("id,a,b,d\nW1,1,0,0\n", "line 2, column d: item 'W1': the upper asymptote 0 must be above 0, and at most 1"),
    ("id,a,b,d\nW1,1,0,1.5\n", "column d: item 'W1': the upper asymptote 1.5 must be above 0, and at most 1"),
    ("id,a,b,model\nW1,1,0,5pl\n", "column model: item 'W1': '5pl' is no model; the models are logistic, rasch"),
    ("id,a,b,step_1\nW1,1,0,0.5\n", "column step_1: item 'W1': has steps; say in column model whether"),
    ("id,a,b,kind\nW1,1,0,gpcm\n", "column step_1: item 'W1': is blank, and a step is needed for every category"),
    ("id,a,kind,step_1,step_2\nW1,1,gpcm,,2\n", "column step_1: item 'W1': is blank"),
    ("id,a,kind,step_1,step_2,step_3\nW1,1,gpcm,1,,2\n", "column step_2: item 'W1': is blank, though step_3 is not"),
    ("id,a,kind,step_1\nW1,1,gpcm,x\n", "column step_1: item 'W1': 'x' is no number"),
    ("id,a,kind,step_1\nW1,-1,grm,1\n", "column a: item 'W1': the slope -1 must be above 0"),
    ("id,a,kind,slope_1\nW1,1,nominal,1\n", "column intercept_1: item 'W1': is blank"),
    (
        "id,a,kind,slope_1,slope_2,intercept_1\nW1,1,nominal,1,2,0\n",
        "column intercept_1: item 'W1': 2 slopes and 1 intercepts; give one of each a category",
    ),
    (
        "id,a,kind,slope_1,intercept_1\nW1,1,nominal,0,1\n",
        "line 2, column slope_1: item 'W1': the slope of the last category must not be 0",
    ),
    (
        "id,a,b,passage\nW1,1,0,0\nW2,1,0,2\nW3,1,0,-1\n",
        "bank.csv, column passage: passage 1 has no items; number them",
    ),
    ("id,a,b,passage\nW1,1,0,-1\nW2,1,0,stal\n", "line 3, column passage: item 'W2': 'stal' must be a number, as -1"),
]


@pytest.mark.parametrize(("text", "why"), WRONG_MODELS)
def test_a_wrong_model_or_passage_is_refused_by_line_and_column(tmp_path: Path, text: str, why: str) -> None:
    assert why in problem(tmp_path, text, PLAIN)


def test_what_the_design_names_must_be_in_the_bank(tmp_path: Path) -> None:
    text = "id,a,b,goals\nW1,1,0,1.1\nW2,1,0,1.2\n"
    enemies = replace(PLAIN, enemies=(("W1", "W2"), ("W1", "W7")))
    assert "bank.csv has no item 'W7', which enemies[2] of design 'w4' names" in problem(tmp_path, text, enemies)
    form = replace(PLAIN, kind="linear", form=("W1", "W8"))
    assert "the form of design 'w4' names 'W8', which is not there" in problem(tmp_path, text, form)
    goals = design_from_text(HEAD + '[items]\ngoals = ["2."]')
    assert "no item is left by [items] and the goals of design 'w4'" in problem(tmp_path, text, goals)
    assert "has no column goals: design 'w4' asks for curriculum goals" in problem(tmp_path, "id,a,b\nW1,1,0\n", goals)
    narrow = replace(design_from_text(HEAD + '[items]\ngoals = ["1.1"]'), kind="linear", form=("W1", "W2"))
    assert "the form names 'W2', which [items] or the goals leave out" in problem(tmp_path, text, narrow)


def test_a_bank_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BankFileError, match=r"weg\.csv cannot be read \(No such file"):
        read_bank(tmp_path / "weg.csv", PLAIN)


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    """A cell may hold a line break, and empty lines are skipped."""
    text = 'id,a,b,note\nW1,1,0,"twee\nregels"\n\nW2,-1,0,\n'
    assert "line 5, column a: item 'W2'" in problem(tmp_path, text, PLAIN)
