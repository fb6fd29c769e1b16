"""Bad input to ``peil calibrate``: refused by the file's own names, or flagged; never a NaN, never a silent drop."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.peil.calibrating import (
    N_PERSONS,
    Change,
    Columns,
    answers,
    has_no_number,
    nothing,
    options_for,
    rows,
    run,
    whole,
    write_csv,
)


def cell(column: str, value: str, row: int = 2) -> Change:
    """One cell becomes another; data row 2 stands on line 4."""

    def change(columns: Columns) -> None:
        columns[column][row] = value

    return change


def first_rows(n: int) -> Change:
    """Only so many persons."""

    def change(columns: Columns) -> None:
        for name in columns:
            columns[name] = columns[name][:n]

    return change


def two_items(columns: Columns) -> None:
    """Only I1 and I2 are left."""
    for item in ("I3", "I4", "I5"):
        del columns[item]


def apart(columns: Columns) -> None:
    """Of 2024 only I1 and I2 are there, of 2025 only the others."""
    for row, year in enumerate(columns["year"]):
        for item in ("I1", "I2") if year == "2025" else ("I3", "I4", "I5"):
            columns[item][row] = ""


def silent_year(columns: Columns) -> None:
    """Nobody of 2025 answered."""
    for row, year in enumerate(columns["year"]):
        if year == "2025":
            for item in range(1, 6):
                columns[f"I{item}"][row] = ""


def double_age(columns: Columns) -> None:
    """A covariate that is twice another, and one that is a sum of dummies."""
    columns["months"] = [str(2 * int(age) + 1) for age in columns["age"]]


def many_names(columns: Columns) -> None:
    """Language becomes an identifier."""
    columns["language"] = [f"x{row}" for row in range(len(columns["pupil"]))]


REFUSED: list[tuple[str, Change, tuple[str, ...], str]] = [
    ("not a number", cell("I2", "nan"), (), "r.csv, line 4, column 'I2': 'nan' is no response"),
    ("infinite", cell("I2", "inf"), (), "r.csv, line 4, column 'I2': 'inf' is a response that no item has"),
    ("infinite, graded", cell("I2", "inf"), ("--model", "grm"), "r.csv, line 4, column 'I2': 'inf'"),
    ("text", cell("I2", "yes"), (), "r.csv, line 4, column 'I2': 'yes' is no response"),
    ("negative", cell("I2", "-1"), (), "r.csv, line 4, column 'I2': '-1' is negative"),
    ("half a point", cell("I2", "0.5"), ("--model", "pcm"), "r.csv, line 4, column 'I2': '0.5'"),
    ("too high", cell("I2", "2"), (), "r.csv, line 4, column 'I2': '2' is a response that no item has"),
    ("a huge category", cell("I2", "1e300"), ("--model", "pcm"), "r.csv, line 4, column 'I2': '1e300'"),
    ("a gap", whole("I2", "0", "2"), ("--model", "gpcm"), "r.csv: I2: a category without responses below"),
    ("no zero", whole("I2", "1", "2"), ("--model", "pcm"), "r.csv: I2: a category without responses below"),
    ("one category", whole("I2", "0"), ("--model", "grm"), "r.csv: I2: responses in one category only"),
    ("one category, nominal", whole("I2", "0"), ("--model", "nominal"), "r.csv: I2: responses in one category only"),
    ("all right", whole("I2", "1"), (), "r.csv: I2: only correct responses"),
    ("all wrong", whole("I2", "0"), (), "r.csv: I2: only incorrect responses"),
    ("all right under 3PL", whole("I2", "1"), ("--model", "3pl"), "r.csv: I2: only correct responses"),
    ("an empty item", whole("I2", ""), (), "r.csv: I2: no responses at all"),
    ("a sum score", whole("I2", *map(str, range(30))), ("--model", "gpcm"), "r.csv: I2: more than 20 categories"),
    ("a person twice", cell("pupil", "p0"), (), "r.csv, line 4: pupil 'p0' is there already, on line 2"),
    ("a person without name", cell("pupil", ""), (), "r.csv, line 4: column 'pupil' is empty"),
    ("one person", first_rows(1), (), "r.csv: there is only one person"),
    ("nobody", first_rows(0), (), "r.csv holds no responses"),
    ("weight zero", cell("weight", "0"), ("--weights", "weight"), "r.csv, line 4, column 'weight': '0' is no weight"),
    ("weight negative", cell("weight", "-2"), ("--weights", "weight"), "line 4, column 'weight': '-2' is no weight"),
    ("weight NaN", cell("weight", "nan"), ("--weights", "weight"), "line 4, column 'weight': 'nan' is no weight"),
    ("weight infinite", cell("weight", "inf"), ("--weights", "weight"), "line 4, column 'weight': 'inf' is no weight"),
    ("weight in words", cell("weight", "two"), ("--weights", "weight"), "line 4, column 'weight': 'two' is no weight"),
    ("no weight", cell("weight", ""), ("--weights", "weight"), "r.csv, line 4: column 'weight' is empty"),
    ("no group", cell("year", ""), ("--group", "year"), "r.csv, line 4: column 'year' is empty"),
    ("a silent group", silent_year, ("--group", "year"), "r.csv: nobody in group 2025 answered anything"),
    ("no cluster", cell("school", ""), ("--cluster", "school", "--errors", "sandwich"), "column 'school' is empty"),
    ("one cluster", whole("school", "s1"), ("--cluster", "school", "--errors", "sandwich"), "'school' has 1 value"),
    ("a cluster for nothing", nothing, ("--cluster", "school"), "--cluster is for --errors sandwich"),
    ("islands", apart, ("--group", "year"), "group 2024 with I1, I2; group 2025 with I3, I4, I5"),
    ("no covariate", cell("age", ""), ("--covariate", "age"), "r.csv, line 4: covariate 'age' is missing"),
    ("covariate NaN", cell("age", "nan"), ("--covariate", "age"), "line 4: covariate 'age' is 'nan', not a finite"),
    ("covariate inf", cell("age", "inf"), ("--covariate", "age"), "line 4: covariate 'age' is 'inf', not a finite"),
    ("covariate half text", cell("age", "old"), ("--covariate", "age"), "line 4: covariate 'age' is 'old', not a"),
    ("a constant", whole("age", "120"), ("--covariate", "age"), "r.csv: covariate 'age' has one value for everybody"),
    ("a constant text", whole("language", "x"), ("--covariate", "language"), "covariate 'language' is 'x' for every"),
    ("the group again", nothing, ("--group", "year", "--covariate", "year"), "'year' has one value within every group"),
    ("collinear", double_age, ("--covariate", "age", "--covariate", "months"), "'months' follows from 'age'"),
    ("covariate twice", nothing, ("--covariate", "age", "--covariate", "age"), "--covariate age is given twice"),
    (
        "an identifier",
        many_names,
        ("--covariate", "language"),
        "'language' has 90 different texts; is it an identifier",
    ),
    ("unknown group", nothing, ("--group", "jaar"), "r.csv has no column 'jaar'; its columns are pupil, year"),
    ("unknown weights", nothing, ("--weights", "w"), "r.csv has no column 'w'"),
    ("unknown cluster", nothing, ("--cluster", "k", "--errors", "sandwich"), "r.csv has no column 'k'"),
    ("unknown covariate", nothing, ("--covariate", "c"), "r.csv has no column 'c'"),
    ("unknown ignored", nothing, ("--ignore", "i"), "r.csv has no column 'i'"),
    ("unknown condition", nothing, ("--where", "klas=4"), "r.csv has no column 'klas'"),
    ("no such row", nothing, ("--where", "year=2030"), "no row has year '2030'; it has 2024, 2025"),
    ("no condition", nothing, ("--where", "year"), "--where year: expected COLUMN=VALUE"),
    ("no prior", nothing, ("--prior-difficulty", "normal"), "--prior-difficulty normal: expected normal:MEAN,SD"),
    ("prior in words", nothing, ("--prior-difficulty", "normal:a,b"), "expected normal:MEAN,SD"),
    ("prior of sd 0", nothing, ("--prior-difficulty", "normal:0,0"), "with SD above 0"),
    ("prior NaN", nothing, ("--prior-difficulty", "normal:nan,1"), "expected normal:MEAN,SD"),
    ("prior unknown", nothing, ("--prior-discrimination", "beta:1,2"), "beta:1,2: expected lognormal:MEAN,SD"),
    ("prior of guessing", nothing, ("--prior-guessing", "normal:-1,1"), "it is for 3pl, 4pl, and the model is 2pl"),
    (
        "prior of slopes",
        nothing,
        ("--model", "rasch", "--prior-discrimination", "lognormal:0,1"),
        "--prior-discrimination says nothing here",
    ),
    ("too few items for 3PL", two_items, ("--model", "3pl"), "items are too few, 2"),
    ("a label twice", nothing, ("--omitted", "9", "--not-reached", "9"), "'9' cannot stand for both omitted and not"),
    ("a blank label", nothing, ("--omitted", "NA"), "'NA' always means not presented"),
    ("fractions of what", nothing, ("--omitted", "9", "--omitted-as", "fractional"), "needs the number of answers"),
    ("options for what", nothing, ("--n-options", "4"), "--n-options is for the rule fractional"),
    (
        "one option",
        nothing,
        ("--omitted", "9", "--omitted-as", "fractional", "--n-options", "1"),
        "'1' is no number of options",
    ),
]


@pytest.mark.parametrize(("change", "options", "complaint"), [pytest.param(*c[1:], id=c[0]) for c in REFUSED])
def test_it_is_refused_in_one_line_by_name_and_nothing_is_written(
    change: Change, options: tuple[str, ...], complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = answers()
    change(columns)
    file = write_csv(tmp_path / "r.csv", columns)
    extra = ["--ignore", "months"] if "months" in columns else []
    assert run(str(file), *options_for(*extra, *options), "--out", str(tmp_path / "out")) == 1
    error = capsys.readouterr().err.strip()
    assert complaint in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()


FILES: list[tuple[str, bytes, str]] = [
    ("empty", b"", "r.csv is empty; the first line must name the columns"),
    ("blank lines", b"\n\n\n", "r.csv is empty"),
    ("only names", b"pupil,I1,I2\n", "r.csv holds no responses"),
    ("another encoding", "pupil,I1,I2\np1,1,0\nRené,0,1\n".encode("latin-1"), "r.csv, line 3: not UTF-8 text"),
    ("UTF-16", "pupil,I1\np1,1\n".encode("utf-16"), "r.csv, line 1: not UTF-8 text"),
    ("a zero byte", b"pupil,I1\np1,\x00\n", "r.csv, line 2: a zero byte"),
    ("a spreadsheet", b"PK\x03\x04 and so on", "r.csv is a spreadsheet or another zipped file"),
    ("half a Parquet file", b"PAR1 and so on", "r.csv cannot be read as Parquet"),
    ("a short line", b"pupil,I1,I2\np1,1,0\np2,1\n", "r.csv, line 3: 2 cells where the first line names 3 columns"),
    ("a name twice", b"pupil,I1,I1\np1,1,0\n", "r.csv, line 1: column 'I1' is there twice"),
    ("no names", b"1,0,1\n0,1,1\n", "the first line must name the columns"),
    ("a broken export", b'{"sitting": 3\n', "r.csv is no export of sittings"),
    ("a row twice", b"person,item,response\na,I1,1\na,I1,1\n", "line 3: person 'a', item 'I1' is there already"),
    ("nearly long", b"person,item,answer\na,I1,1\n", "lacks the column 'response'"),
]


@pytest.mark.parametrize(("content", "complaint"), [pytest.param(*c[1:], id=c[0]) for c in FILES])
def test_a_file_that_is_none_is_refused_by_name(
    content: bytes, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r.csv").write_bytes(content)
    long = content.startswith((b"person", b"{"))
    options = [] if long else ["--id", "pupil"]
    assert run(str(tmp_path / "r.csv"), *options, "--out", str(tmp_path / "out")) == 1
    error = capsys.readouterr().err.strip()
    assert complaint in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()


def test_a_folder_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path), "--out", str(tmp_path / "out")) == 1
    assert str(tmp_path) in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_unknown_model_is_refused_and_the_known_ones_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_csv(tmp_path / "r.csv", answers())
    assert run(str(file), "--model", "5pl", "--out", str(tmp_path / "out")) == 2
    error = capsys.readouterr().err
    assert "5pl" in error
    assert "nominal" in error


ITEM_FILES: list[tuple[str, str, str, str]] = [
    ("unknown item", "--models", "item,model\nI9,rasch\n", "f.csv, line 2: the responses have no item 'I9'"),
    ("unknown model", "--models", "item,model\nI2,5pl\n", "f.csv, line 2: '5pl' is no model; choose one of rasch"),
    ("item twice", "--models", "item,model\nI2,2pl\nI2,3pl\n", "f.csv, line 3: item 'I2' is there already"),
    ("no column of models", "--models", "item,kind\nI2,2pl\n", "f.csv has no column 'model'"),
    ("an item without name", "--models", "item,model\n,2pl\n", "f.csv, line 2: no item is named"),
    ("none in the data", "--fixed", "item,model,discrimination,difficulty\nX,2pl,1,0\n", "none of its items is in"),
    ("no difficulty", "--fixed", "item,model,discrimination,difficulty\nI2,2pl,1,\n", "'I2': difficulty is 'blank'"),
    ("a slope NaN", "--fixed", "item,model,discrimination,difficulty\nI2,2pl,nan,0\n", "discrimination is 'nan'"),
    (
        "a guessing of 2",
        "--fixed",
        "item,model,discrimination,difficulty,guessing\nI2,3pl,1,0,2\n",
        "f.csv, line 2: item 'I2': ",
    ),
    (
        "no steps",
        "--fixed",
        "item,model,discrimination,difficulty\nI2,gpcm,1,0\n",
        "item 'I2' of model gpcm has no step",
    ),
    ("an empty file", "--fixed", "", "f.csv is empty"),
]


@pytest.mark.parametrize(("option", "text", "complaint"), [pytest.param(*c[1:], id=c[0]) for c in ITEM_FILES])
def test_a_file_of_items_that_is_wrong_is_refused_by_line_and_item(
    option: str, text: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_csv(tmp_path / "r.csv", answers())
    (tmp_path / "f.csv").write_text(text)
    assert run(str(file), *options_for(option, str(tmp_path / "f.csv")), "--out", str(tmp_path / "out")) == 1
    error = capsys.readouterr().err.strip()
    assert complaint in error
    assert "\n" not in error
    assert not (tmp_path / "out").exists()


def test_an_item_that_is_fixed_with_fewer_categories_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_csv(tmp_path / "r.csv", answers(highest=3))
    (tmp_path / "f.csv").write_text("item,model,discrimination,step_1,step_2\nI2,gpcm,1,-1,1\n")
    options = options_for("--model", "gpcm", "--fixed", str(tmp_path / "f.csv"))
    assert run(str(file), *options, "--out", str(tmp_path / "out")) == 1
    assert "r.csv: I2 is fixed with categories 0 to 2, but has answers in 3" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def calibrated(tmp_path: Path, columns: Columns, *options: str, code: int = 0) -> tuple[dict[str, object], Path]:
    """Summary and folder of a calibration that is done, with every item there and nothing that is no number."""
    file, out = write_csv(tmp_path / "r.csv", columns), tmp_path / "out"
    assert run(str(file), *options_for(*options), "--covariance", "--out", str(out)) == code
    assert {"items.csv", "groups.csv", "summary.json", "covariance.npz", "report.html"} <= {
        path.name for path in out.iterdir()
    }
    assert has_no_number(out) == []
    assert [row["item"] for row in rows(out / "items.csv")] == [name for name in columns if name[0] == "I"]
    summary: dict[str, object] = json.loads((out / "summary.json").read_text())
    assert summary["n_persons"] == len(columns["pupil"])
    return summary, out


def test_a_person_without_answers_is_named_and_still_counts(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    columns = answers()
    for item in range(1, 6):
        columns[f"I{item}"][4] = ""
    summary, out = calibrated(tmp_path, columns)
    assert summary["persons_without_answers"] == ["p4"]
    assert "1 person without answers: p4" in capfd.readouterr().out
    assert rows(out / "groups.csv")[0]["n"] == str(N_PERSONS)


def test_nobody_is_dropped_who_answered_all_right_or_all_wrong(tmp_path: Path) -> None:
    columns = answers()
    for item in range(1, 6):
        columns[f"I{item}"][:20] = ["1"] * 10 + ["0"] * 10
    _, out = calibrated(tmp_path, columns)
    assert {row["n"] for row in rows(out / "items.csv")} == {str(N_PERSONS)}


def test_a_group_of_ten_is_flagged_by_name(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    columns = answers()
    columns["year"] = ["2025" if row % 9 == 0 else "2024" for row in range(N_PERSONS)]
    summary, _ = calibrated(tmp_path, columns, "--group", "year")
    assert {"group": "2025", "reason": "10 persons, fewer than 30: mean and sd say little"} in summary["flags"]  # type: ignore[operator]  # a list
    assert "look at group 2025: 10 persons" in capfd.readouterr().out


def test_what_did_not_converge_says_so_and_exits_with_1(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    summary, out = calibrated(tmp_path, answers(), "--max-cycles", "2", code=1)
    assert summary["converged"] is False
    shown = capfd.readouterr()
    assert "r.csv: not converged after 2 cycles; do not use the estimates" in shown.err
    assert "Not converged" in (out / "report.html").read_text(encoding="utf-8")


def test_a_fixed_item_that_is_not_in_the_data_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f.csv").write_text("item,model,discrimination,difficulty\nI2,2pl,1.2,-0.5\nI77,2pl,1,0\n")
    summary, out = calibrated(tmp_path, answers(), "--fixed", str(tmp_path / "f.csv"))
    said = "fixed, and not in the data: I77; left out"
    assert f"note: {said}" in capfd.readouterr().out
    assert summary["notes"] == [said]
    assert said in (out / "report.html").read_text(encoding="utf-8")
    assert summary["fixed"]["items"] == ["I2"]  # type: ignore[index]  # a mapping
    assert [row["fixed"] for row in rows(out / "items.csv")] == ["", "yes", "", "", ""]


def test_of_many_fixed_items_that_are_not_in_the_data_ten_are_said_and_all_are_kept(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    absent = [f"X{number}" for number in range(12)]
    lines = [f"{item},2pl,1,0" for item in (*absent, "I2")]
    (tmp_path / "f.csv").write_text("\n".join(["item,model,discrimination,difficulty", *lines]))
    summary, _ = calibrated(tmp_path, answers(), "--fixed", str(tmp_path / "f.csv"))
    assert "X8, X9 and 2 more; left out" in capfd.readouterr().out
    assert summary["fixed"]["not_in_the_data"] == absent  # type: ignore[index]  # a mapping


def test_a_reversed_key_is_flagged_by_name(tmp_path: Path) -> None:
    columns = answers(n_persons=300)
    columns["I3"] = ["1" if code == "0" else "0" for code in columns["I3"]]
    summary, _ = calibrated(tmp_path, columns)
    flagged = [flag["item"] for flag in summary["flags"] if "negative slope" in flag["reason"]]  # type: ignore[attr-defined]  # a list
    assert flagged == ["I3"]


def test_a_copy_of_an_item_gives_flags_and_blanks_rather_than_absurd_errors(tmp_path: Path) -> None:
    columns = answers()
    columns["I6"] = list(columns["I5"])
    summary, _ = calibrated(tmp_path, columns)
    assert {flag["item"] for flag in summary["flags"]} & {"I5", "I6"}  # type: ignore[attr-defined]  # a list


def test_a_label_that_the_file_does_not_use_is_pointed_out(tmp_path: Path) -> None:
    summary, _ = calibrated(tmp_path, answers(), "--omitted", "9")
    assert summary["notes"] == ["no response is 9, which was to mean omitted"]


@pytest.mark.parametrize("model", ["rasch", "1pl", "2pl", "pcm", "gpcm", "grm", "rsm", "nominal"])
def test_two_persons_give_numbers_or_a_refusal_by_name(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r.csv").write_text("I1,I2,I3\n1,0,1\n0,1,0\n")
    code = run(str(tmp_path / "r.csv"), "--model", model, "--out", str(tmp_path / "out"))
    shown = capsys.readouterr()
    if (tmp_path / "out").exists():
        assert has_no_number(tmp_path / "out") == []
        assert "look at group all: 2 persons" in shown.out
    else:
        assert code == 1
        assert "I1" in shown.err or "r.csv" in shown.err
