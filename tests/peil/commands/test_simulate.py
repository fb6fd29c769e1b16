"""``peil simulate`` as an operator uses it: files that belong together, and the same ones for the same seed."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from engine.simulation import adaptive
from engine.simulation.chance import STREAM
from peil.simulation import files
from tests.peil.simulating import FREE, GROUPS, LIMITED, SHADOW, linear, run, variable, write_bank, write_design

WRITTEN = {"persons.csv", "items.csv", "blueprint.csv", "report.html", "summary.json"}


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return write_bank(tmp_path / "bank.csv")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def summary(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((folder / "summary.json").read_text())
    return data


def test_a_shadow_test_meets_its_blueprint_for_everyone(
    tmp_path: Path, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design, groups, out = write_design(tmp_path / "d.toml"), tmp_path / "groups.csv", tmp_path / "out"
    groups.write_text(GROUPS)
    assert run(design, "--bank", bank, "--persons", 200, "--groups", groups, "--out", out) == 0
    said = capsys.readouterr().out
    assert "All 200 tests meet the blueprint." in said
    assert {path.name for path in out.iterdir()} == WRITTEN
    found = summary(out)
    assert found["blueprint_misses"] == 0
    assert found["tests_with_fallbacks"] == 0
    assert [group["name"] for group in found["groups"]] == ["meeste", "voorlezen"]
    persons = rows(out / "persons.csv")
    assert len(persons) == 200
    assert {row["accommodation"] for row in persons if row["group"] == "voorlezen"} == {"voorlezen"}
    assert {row["scored_items"] for row in persons} == {"10"}
    rules = {row["rule"]: row for row in rows(out / "blueprint.csv")}
    assert 3 <= float(rules["area getallen"]["lowest"]) <= float(rules["area getallen"]["highest"]) <= 5
    assert all(row["misses"] == "0" for row in rules.values())
    items = rows(out / "items.csv")
    assert sum(float(row["exposure"]) for row in items) == pytest.approx(10.0, abs=1e-3)
    assert sum(float(row["field_test"]) for row in items) == pytest.approx(1.0, abs=1e-3)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a run, byte for byte; of the summary all but the clock and the number of workers."""
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    told = json.loads(files["summary.json"])
    files["summary.json"] = json.dumps({key: told[key] for key in told if key not in OF_THE_RUN}).encode()
    assert set(told) >= OF_THE_RUN
    return files


OF_THE_RUN = {"seconds", "seconds_for_exposure", "workers"}
OTHER_PARTS = 2 * STREAM  # persons at once; neither what tests from the pool take nor what tests from plans do


@pytest.mark.parametrize(("parts", "n"), [(FREE, 5000), ("", 300)], ids=["from the pool", "from plans"])
def test_the_same_seed_gives_the_same_files_with_any_number_of_workers_and_parts(
    parts: str, n: int, tmp_path: Path, bank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = write_design(tmp_path / "d.toml", SHADOW + parts)

    def files_of(name: str, seed: int, workers: int) -> dict[str, bytes]:
        options = ("--persons", n, "--seed", seed, "--workers", workers, "--no-report", "--answers")
        assert run(design, "--bank", bank, *options, "--out", tmp_path / name) == 0
        return contents(tmp_path / name)

    one, two, other = files_of("one", 1, 1), files_of("two", 1, 2), files_of("other", 2, 1)
    for size in ("AT_ONCE_FROM_POOL", "AT_ONCE_FROM_PLANS"):
        assert getattr(adaptive, size) != OTHER_PARTS
        monkeypatch.setattr(adaptive, size, OTHER_PARTS)
    assert set(one) == (WRITTEN - {"report.html"}) | {"answers.parquet"}
    assert one == two == files_of("parts", 1, 1)
    assert all(one[name] != other[name] for name in ("persons.csv", "answers.parquet", "items.csv"))


def test_a_linear_test_gives_everyone_the_form_of_the_own_accommodation(tmp_path: Path, bank: Path) -> None:
    design, groups, out = write_design(tmp_path / "d.toml", linear()), tmp_path / "groups.csv", tmp_path / "out"
    groups.write_text(GROUPS)
    assert run(design, "--bank", bank, "--persons", 3000, "--groups", groups, "--out", out, "--answers") == 0
    assert summary(out)["blueprint_misses"] == 0
    answers = pl.read_parquet(out / "answers.parquet")
    assert answers.columns == ["person", "item", "response"]
    assert answers.height == 30_000
    assert answers["item"].n_unique() <= 20
    spoken = {row["item"] for row in rows(bank) if row["speech"] == "yes"}
    of_spoken = [int(row["person"]) for row in rows(out / "persons.csv") if row["accommodation"]]
    assert set(answers.filter(pl.col("person").is_in(of_spoken))["item"].to_list()) <= spoken


def test_limits_early_ends_and_levels_are_reported(
    tmp_path: Path, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design = write_design(tmp_path / "d.toml", variable() + FREE + LIMITED)
    out = tmp_path / "out"
    assert run(design, "--bank", bank, "--persons", 2000, "--out", out, "--slips", 0.05) == 0
    found = summary(out)
    assert found["exposure"]["highest"] < 0.55
    assert 5.0 < found["overall"]["length"] < 10.0
    assert {"the ability is precise enough", "the level is certain enough"} <= set(found["ended"])
    assert sum(map(sum, found["levels"]["count"])) == 2000
    assert found["behaviour"]["slips"] == 0.05
    assert found["overall"]["bias"] < -0.02
    assert "above the limit" not in capsys.readouterr().out
    unlucky = ("--persons", 2000, "--out", tmp_path / "unlucky", "--unlucky", 2)
    assert run(design, "--bank", bank, *unlucky) == 0
    assert "note: the item given most is in" in capsys.readouterr().out


def test_many_persons_are_written_as_parquet(tmp_path: Path, bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_IN_CSV", 100)
    out = tmp_path / "out"
    assert run(write_design(tmp_path / "d.toml", linear()), "--bank", bank, "--persons", 101, "--out", out) == 0
    assert pl.read_parquet(out / "persons.parquet").height == 101
    assert not (out / "persons.csv").exists()


def test_files_that_are_there_are_never_overwritten(
    tmp_path: Path, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "items.csv").write_text("mine")
    assert run(write_design(tmp_path / "d.toml"), "--bank", bank, "--persons", 10, "--out", out) == 1
    assert "holds items.csv already; name another folder" in capsys.readouterr().err
    assert (out / "items.csv").read_text() == "mine"


BAD_GROUPS = {
    "group,mean\na,1\n": "there is no column sd, share",
    "group,share,mean,sd\n": "there are no groups",
    "group,share,mean,sd\na,1,x,1\n": "line 2, column mean: 'x' is no number",
    "group,share,mean,sd\na,1,0,-1\n": "line 2: subgroup a: needs a finite mean and sd of 0 or more",
    "group,share,mean,sd\na,1,0,1\na,1,0,1\n": "line 3: group 'a' is there twice",
    "group,share,mean,sd\n,1,0,1\n": "line 2, column group: the group has no name",
    "group,share,mean,sd,accommodation\na,1,0,1,braille\n": "no accommodation 'braille'; it has voorlezen",
}


@pytest.mark.parametrize(("text", "said"), BAD_GROUPS.items())
def test_groups_that_cannot_be_read_are_refused_by_line(
    text: str, said: str, tmp_path: Path, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    groups, out = tmp_path / "groups.csv", tmp_path / "out"
    groups.write_text(text)
    design = write_design(tmp_path / "d.toml")
    assert run(design, "--bank", bank, "--persons", 10, "--groups", groups, "--out", out) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "groups.csv" in error
    assert not out.exists()


def test_spaces_around_the_columns_of_groups_do_no_harm(tmp_path: Path, bank: Path) -> None:
    groups, out = tmp_path / "groups.csv", tmp_path / "out"
    groups.write_text("group, share, mean, sd\na, 1, 0.5, 1\n")
    design = write_design(tmp_path / "d.toml", linear())
    assert run(design, "--bank", bank, "--persons", 10, "--groups", groups, "--out", out, "--no-report") == 0


BAD_DESIGNS = {
    SHADOW.replace("length = 10", "lenght = 10"): "d.toml: length: is missing",
    SHADOW.replace(
        "minimum = 3, maximum = 5", "minimum = 6, maximum = 7"
    ): "d.toml: design 'reken-5': area: the minima add up to 12",
    SHADOW + "[selection]\nrule = 'best'\n": "selection.rule",
    SHADOW.replace("area", "domain"): "domain",
    SHADOW.replace("items = 1", "items = 7"): "7 field-test items are asked, the pool holds 6",
    variable().replace("[budgets]\nseconds = { maximum = 700 }\n", ""): "stopping.minutes",
    SHADOW
    + FREE
    + LIMITED.replace("0.5", "0.05"): "84 items, each given to at most 5% of the pupils, cannot fill tests of 10",
}


@pytest.mark.parametrize(("text", "said"), BAD_DESIGNS.items())
def test_designs_that_cannot_be_simulated_are_refused_in_words(
    text: str, said: str, tmp_path: Path, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design, out = write_design(tmp_path / "d.toml", text), tmp_path / "out"
    assert run(design, "--bank", bank, "--persons", 10, "--out", out) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_files_that_are_not_there_are_named(tmp_path: Path, bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design = write_design(tmp_path / "d.toml")
    for arguments in (
        (tmp_path / "none.toml", "--bank", bank),
        (design, "--bank", tmp_path / "none.csv"),
        (design, "--bank", bank, "--groups", tmp_path / "none-groups.csv"),
    ):
        assert run(*arguments, "--persons", 10, "--out", tmp_path / "out") == 1
        assert "none" in capsys.readouterr().err
