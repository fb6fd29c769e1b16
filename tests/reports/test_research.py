"""Research datasets: pseudonymised, explained, checkable, and the same bytes every time."""

from __future__ import annotations

import csv
import hashlib
import json
import random
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from lxml import html

from reports import Dataset, DatasetError, Pseudonyms, fields_of, write_research_dataset
from scoring import AnswerRecord, ScoreRecord, SittingRecord

MakeScores = Callable[..., list[ScoreRecord]]
PSEUDONYMS = Pseudonyms(bytes(range(32)), "research")
TABLE_FILES = {f"{table}.{form}" for table in ("scores", "responses") for form in ("parquet", "csv")}
FILES = TABLE_FILES | {"codebook.csv", "codebook.html", "manifest.json", "SHA256SUMS"}
NOON = datetime(2027, 5, 5, 12, tzinfo=UTC)


def sitting_of(score: ScoreRecord) -> SittingRecord:
    """Return the sitting of a score, with three answers."""
    answers = tuple(AnswerRecord(n, f"W4-{n:03d}@1", n % 2, 1000 * n, late=n == 3) for n in (1, 2, 3))
    who = (score.sitting, score.pupil, score.school, score.school_class, score.test)
    return SittingRecord(*who, "f" * 64, "k", NOON, NOON, answers, True)


@pytest.fixture
def scores(make_scores: MakeScores) -> list[ScoreRecord]:
    """Return the scores of two classes."""
    return make_scores({"4A": 6, "4B": 5}, simulated=True)


def write(folder: Path, scores: list[ScoreRecord], sittings: list[SittingRecord], **other: object) -> Dataset:
    """Write a dataset with the usual facts."""
    facts: dict[str, object] = {
        "pseudonymise": PSEUDONYMS.within,
        "title": "Afname van mei 2027",
        "made_on": date(2027, 6, 1),
        "versions": {"peil": "0.1.0"},
        "inputs": {"bank": "f" * 64},
    }
    return write_research_dataset(folder, scores, sittings, **{**facts, **other})  # type: ignore[arg-type]  # several types


def test_both_forms_of_a_table_hold_the_same_rows(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    made = write(tmp_path / "set", scores, [sitting_of(score) for score in scores])
    assert {path.name for path in made.folder.iterdir()} == FILES
    assert (made.n_scores, made.n_responses, made.simulated) == (11, 33, True)
    for table in ("scores", "responses"):
        binary = pl.read_parquet(made.folder / f"{table}.parquet")
        text = pl.read_csv(made.folder / f"{table}.csv", schema=binary.schema)
        assert binary.columns == [field.name for field in fields_of(table)]
        assert text.equals(binary)


def test_scores_and_answers_are_those_of_the_pupils(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    made = write(tmp_path / "set", scores, [sitting_of(score) for score in scores])
    table = {row["pupil"]: row for row in pl.read_parquet(made.folder / "scores.parquet").to_dicts()}
    for score in scores:
        row = table[PSEUDONYMS.within("pupil", score.pupil)]
        assert row["theta"] == pytest.approx(score.theta, abs=5.1e-7)
        assert row["school_class"] == PSEUDONYMS.within("school_class", score.school_class)
        assert (row["level"], row["n_answers"]) == (score.level, score.n_answers)
    answers = pl.read_parquet(made.folder / "responses.parquet")
    assert sorted(answers["position"].to_list()) == sorted([1, 2, 3] * 11)
    assert answers.filter(pl.col("position") == 3)["late"].all()
    assert set(answers["sitting"]) == {row["sitting"] for row in table.values()}


def test_no_identifier_is_anywhere_in_the_files(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    made = write(tmp_path / "set", scores, [sitting_of(score) for score in scores])
    everything = b"".join(path.read_bytes() for path in made.folder.iterdir())
    everything += pl.read_parquet(made.folder / "scores.parquet").write_csv().encode()
    for score in scores:
        assert score.pupil.encode() not in everything
        assert str(score.sitting).encode() not in everything


def test_the_order_of_arrival_cannot_be_seen_and_the_bytes_are_the_same(
    tmp_path: Path, scores: list[ScoreRecord]
) -> None:
    sittings = [sitting_of(score) for score in scores]
    first = write(tmp_path / "a", scores, sittings)
    random.Random(3).shuffle(scores)
    random.Random(4).shuffle(sittings)
    second = write(tmp_path / "elsewhere" / "b", scores, sittings)
    for name in FILES:
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes(), name


def test_checksums_are_right_for_a_tool_that_is_not_ours(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    made = write(tmp_path / "set", scores, [sitting_of(score) for score in scores])
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=made.folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": OK") == len(FILES) - 1


def test_the_manifest_says_what_it_was_made_from(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    made = write(tmp_path / "set", scores, [sitting_of(score) for score in scores])
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert manifest["made_on"] == "2027-06-01"
    assert manifest["rows"] == {"scores": 11, "responses": 33}
    assert (manifest["simulated"], manifest["purpose"]) == (True, "research")
    assert (manifest["versions"], manifest["inputs"]) == ({"peil": "0.1.0"}, {"bank": "f" * 64})
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((made.folder / name).read_bytes()).hexdigest() == digest


def test_the_codebook_names_every_column_in_both_forms(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    made = write(tmp_path / "set", scores, [sitting_of(score) for score in scores])
    with (made.folder / "codebook.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    page = html.document_fromstring((made.folder / "codebook.html").read_text())
    headings = [str(heading) for heading in page.xpath("//h3/text()")]
    for table in ("scores", "responses"):
        columns = pl.read_parquet(made.folder / f"{table}.parquet").columns
        assert [row["name"] for row in rows if row["table"] == table] == columns
        assert set(columns) <= set(headings)
    assert all(row["meaning"] and row["type"] and row["purpose"] for row in rows)
    assert "GESIMULEERDE GEGEVENS" in page.text_content()


def test_a_sitting_without_a_score_is_there(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    made = write(tmp_path / "set", scores[1:], [sitting_of(score) for score in scores])
    assert (made.n_scores, made.n_responses) == (10, 33)


def test_an_empty_wave_gives_empty_tables(tmp_path: Path) -> None:
    made = write(tmp_path / "set", [], [])
    assert pl.read_parquet(made.folder / "scores.parquet").columns == [field.name for field in fields_of("scores")]
    assert (made.folder / "responses.csv").read_text().count("\n") == 1


def test_nothing_is_left_where_a_value_slips_into_the_wrong_field(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    sittings = [sitting_of(score) for score in scores]
    slipped = [replace(scores[0], level="DISC-20170001234"), *scores[1:]]
    with pytest.raises(DatasetError, match=r"scores\.level: a value does not look") as caught:
        write(tmp_path / "set", slipped, sittings)
    assert "20170001234" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_known_identifier_is_refused_wherever_it_stands(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    sittings = [sitting_of(score) for score in scores]
    slipped = [replace(scores[0], calibration="k1 of DISC0001"), *scores[1:]]
    with pytest.raises(DatasetError, match=r"scores\.calibration: a value holds an identifier") as caught:
        write(tmp_path / "set", slipped, sittings, forbidden=frozenset({"DISC0001"}))
    assert "DISC0001" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_function_that_is_no_pseudonym_is_refused(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    sittings = [sitting_of(score) for score in scores]
    with pytest.raises(DatasetError, match="is its identifier"):
        write(tmp_path / "set", scores, sittings, pseudonymise=lambda _, identifier: identifier)
    with pytest.raises(DatasetError, match="does not look like this field"):
        write(tmp_path / "set", scores, sittings, pseudonymise=lambda _, identifier: f"x{identifier}")


def test_a_dataset_is_never_overwritten(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    sittings = [sitting_of(score) for score in scores]
    (tmp_path / "set").mkdir()
    first = write(tmp_path / "set", scores, sittings)
    before = (first.folder / "SHA256SUMS").read_bytes()
    with pytest.raises(DatasetError, match="not an empty folder"):
        write(tmp_path / "set", scores[1:], sittings)
    assert (first.folder / "SHA256SUMS").read_bytes() == before


def test_scores_and_sittings_must_belong_together(tmp_path: Path, scores: list[ScoreRecord]) -> None:
    sittings = [sitting_of(score) for score in scores]
    with pytest.raises(DatasetError, match=r"1 score\(s\) have no sitting"):
        write(tmp_path / "set", scores, sittings[1:])
    with pytest.raises(DatasetError, match="occurs twice"):
        write(tmp_path / "set", scores, [*sittings, sittings[0]])
