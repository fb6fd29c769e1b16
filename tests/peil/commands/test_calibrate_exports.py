"""``peil calibrate`` on files that `peil export` and `peil research` wrote of real sittings, beside the log itself."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from itembank import load_calibration
from peil.cli import main
from peil.installation import open_installation
from peil.settings import load_settings
from scoring.response_files import ResponseFile, read_responses
from tests.peil.calibrating import has_no_number, rows, run, write_csv
from tests.peil.place import Place
from tests.peil.taking import copy_data, rooms_of, take

N_PUPILS, N_SILENT, N_LEAVING = 9, 1, 1
TEST, OTHER = "wiskunde-4", "nederlands-4"
MOST_POINTS = 3  # of any item of the demo
ONE_TEST = ("--where", f"test={TEST}")
Answers = set[tuple[str, str, int]]


@dataclass(frozen=True)
class Exports:
    """A data folder, and what the program wrote of it."""

    data: Path
    sittings: Path
    research: Path
    fixed: Path


@pytest.fixture(scope="module")
def exports(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Exports:
    """Mathematics in two schools, Dutch in one; in each room one pupil hands in nothing and one never hands in."""
    folder = tmp_path_factory.mktemp("exports")
    made = Exports(folder / "data", folder / "sittings.jsonl", folder / "research", folder / "fixed.csv")
    copy_data(place.installation.settings.data, made.data)
    with open_installation(load_settings(made.data)) as installation:
        here = Place(installation, place.prepared)
        schools = {room.school: room for room in rooms_of(here, TEST)}
        rooms = [*schools.values()][:2] + rooms_of(here, OTHER)[:1]
        asyncio.run(take(here, rooms, N_PUPILS, n_silent=N_SILENT, n_leaving=N_LEAVING))
        with Session(installation.database) as db:
            known = load_calibration(db, f"veldtest-{TEST}").items
    columns = {
        name: [str(getattr(entry, name)) for entry in known] for name in ("item", "discrimination", "difficulty")
    }
    most = max(len(entry.steps) for entry in known)
    for number in range(most):
        columns[f"step_{number + 1}"] = ["".join(map(str, entry.steps[number : number + 1])) for entry in known]
    write_csv(made.fixed, {**columns, "model": ["gpcm" if entry.steps else "2pl" for entry in known]})
    for arguments in (
        ["export", "sittings", str(made.sittings)],
        ["score", "Voorjaar"],
        ["research", "Voorjaar", "--out", str(made.research)],
    ):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--data", str(made.data)])
        assert not ended.value.code
    return made


def in_the_log(exports: Exports, test: str) -> tuple[set[str], Answers]:
    """Sealed sittings of a test, and each answer in them, read from the log with no code of the product."""
    with closing(sqlite3.connect(exports.data / "peil.sqlite")) as db:
        sealed = {sitting for (sitting,) in db.execute("SELECT sitting_id FROM delivery_event WHERE kind = 'sealed'")}
        events = db.execute("SELECT sitting_id, kind, payload FROM delivery_event").fetchall()
    said = [(sitting, kind, json.loads(payload)) for sitting, kind, payload in events if sitting in sealed]
    sittings = {str(UUID(sitting)) for sitting, kind, says in said if kind == "started" and says["test"] == test}
    answers = [
        (str(UUID(sitting)), says["item"], says["category"]) for sitting, kind, says in said if kind == "answered"
    ]
    kept = [answer for answer in answers if answer[0] in sittings]
    assert len({answer[:2] for answer in kept}) == len(kept)  # nobody here revised an answer
    return sittings, set(kept)


def in_the_file(file: ResponseFile) -> Answers:
    """Each answer as calibration takes it."""
    responses = file.responses
    triplets = zip(responses.person.tolist(), responses.item.tolist(), responses.category.tolist(), strict=True)
    return {(file.persons[person], file.items[item], category) for person, item, category in triplets}


def calibrated(file: Path, out: Path, *options: str) -> dict[str, Any]:
    """Summary of a calibration that is done."""
    assert run(str(file), *options, "--out", str(out)) == 0
    assert has_no_number(out) == []
    summary: dict[str, Any] = json.loads((out / "summary.json").read_text())
    return summary


@pytest.mark.parametrize("test", [TEST, OTHER])
def test_every_answer_of_the_log_is_read_from_the_export_and_no_other(exports: Exports, test: str) -> None:
    sittings, answers = in_the_log(exports, test)
    n_rooms = 2 if test == TEST else 1
    assert (len(sittings), len(answers)) == (n_rooms * (N_PUPILS + N_SILENT), n_rooms * N_PUPILS * 20)  # of 20 items
    file = read_responses(exports.sittings, where={"test": test}, highest=MOST_POINTS)
    assert in_the_file(file) == answers
    assert set(file.persons) == sittings  # one who answered nothing is a person all the same
    assert {0, 1} <= {category for *_, category in answers} <= set(range(MOST_POINTS + 1))


def test_points_for_parts_are_in_the_log_so_that_their_way_is_tried(exports: Exports) -> None:
    _, mathematics = in_the_log(exports, TEST)
    _, dutch = in_the_log(exports, OTHER)
    assert 2 in {category for *_, category in mathematics | dutch}


def test_an_export_is_calibrated_without_losing_a_person_an_item_or_an_answer(exports: Exports, tmp_path: Path) -> None:
    sittings, answers = in_the_log(exports, TEST)
    summary = calibrated(exports.sittings, tmp_path / "out", *ONE_TEST, "--fixed", str(exports.fixed))
    found = {row["item"]: row for row in rows(tmp_path / "out" / "items.csv")}
    given = Counter(item for _, item, _ in answers)
    earned: Counter[str] = Counter()
    for _, item, category in answers:
        earned[item] += category
    most = {item: max(1, *(category for _, one, category in answers if one == item), 0) for item in given}
    assert {item: int(row["n"]) for item, row in found.items()} == given
    assert {item: round(float(row["p_value"]) * given[item] * most[item]) for item, row in found.items()} == {
        item: earned[item] for item in given
    }
    assert (summary["n_persons"], summary["n_items"]) == (len(sittings), len(given))
    assert sorted(summary["persons_without_answers"]) == sorted(sittings - {sitting for sitting, *_ in answers})
    assert f"simulated sittings: {len(sittings)}" in summary["notes"]
    assert rows(tmp_path / "out" / "groups.csv")[0]["n"] == str(len(sittings))


def test_items_that_are_new_are_estimated_beside_those_that_are_known(exports: Exports, tmp_path: Path) -> None:
    _, answers = in_the_log(exports, TEST)
    seen = {item: {category for _, one, category in answers if one == item} for _, item, _ in answers}
    stepped = {row["item"] for row in rows(exports.fixed) if row["model"] == "gpcm"}
    new = sorted(item for item, categories in seen.items() if categories == {0, 1} and item not in stepped)[:5]
    known = [row for row in rows(exports.fixed) if row["item"] not in new]
    write_csv(tmp_path / "known.csv", {name: [row[name] for row in known] for name in known[0]})
    options = (*ONE_TEST, "--fixed", str(tmp_path / "known.csv"), "--model", "rasch")
    calibrated(exports.sittings, tmp_path / "out", *options)
    found = rows(tmp_path / "out" / "items.csv")
    assert sorted(row["item"] for row in found if not row["fixed"]) == new
    assert all(float(row["se_difficulty"]) > 0.0 for row in found if not row["fixed"])


@pytest.mark.parametrize("name", ["responses.csv", "responses.parquet"])
def test_the_research_dataset_gives_the_same_estimates_as_the_export(
    name: str, exports: Exports, tmp_path: Path
) -> None:
    """Only who answered nothing is not in it; nothing else of the likelihood depends on them."""
    options = (*ONE_TEST, "--fixed", str(exports.fixed), "--no-report")
    one = calibrated(exports.sittings, tmp_path / "a", *options)
    other = calibrated(exports.research / name, tmp_path / "b", *options)
    assert other["n_persons"] == one["n_persons"] - 2 * N_SILENT
    assert other["log_likelihood"] == pytest.approx(one["log_likelihood"], abs=1e-6)
    counts = [
        {row["item"]: (row["n"], row["p_value"]) for row in rows(tmp_path / run_ / "items.csv")} for run_ in ("a", "b")
    ]
    assert counts[0] == counts[1]


def test_what_an_export_says_of_pupils_can_group_and_cluster_them(exports: Exports, tmp_path: Path) -> None:
    options = (*ONE_TEST, "--fixed", str(exports.fixed), "--group", "school", "--no-report")
    calibrated(exports.sittings, tmp_path / "out", *options, "--cluster", "school_class", "--errors", "sandwich")
    groups = rows(tmp_path / "out" / "groups.csv")
    assert [row["n"] for row in groups] == [str(N_PUPILS + N_SILENT)] * 2
    assert all(float(row["se_mean"]) > 0.0 for row in groups)


def test_two_tests_in_one_export_are_refused_by_name_with_what_to_type(
    exports: Exports, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(exports.sittings), "--out", str(tmp_path / "out")) == 1
    error = capsys.readouterr().err
    assert all(test in error for test in (TEST, OTHER))
    assert "say which with --where test=" in error
    assert not (tmp_path / "out").exists()


def test_the_bank_takes_no_calibration_of_too_few_answers_and_says_so(
    exports: Exports, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["bank", "calibrate", TEST, "voorjaar", "--data", str(exports.data)])
    assert ended.value.code == 1
    assert f"{TEST}: no item has enough answers; each needs 200" in " ".join(capsys.readouterr().err.split())
