"""``peil calibrate`` end to end: every model, groups, covariates, fixed items, weights, clusters, missing answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.peil.calibrating import Columns, answers, has_no_number, options_for, rows, run, write_csv

PRIORS = ("--prior-discrimination", "lognormal:0.2,0.5", "--prior-guessing", "normal:-1.386,0.5")
MODELS = [
    ("rasch", 1, ()),
    ("1pl", 1, ()),
    ("2pl", 1, ()),
    ("3pl", 1, PRIORS),
    ("4pl", 1, (*PRIORS, "--prior-upper", "normal:3,1")),
    ("pcm", 2, ()),
    ("gpcm", 2, ()),
    ("grm", 2, ()),
    ("rsm", 2, ()),
    ("nominal", 2, ()),
]


def calibrated(file: Path, out: Path, *options: str) -> dict[str, Any]:
    """Summary of a calibration that is done."""
    assert run(str(file), *options, "--out", str(out)) == 0
    assert has_no_number(out) == []
    summary: dict[str, Any] = json.loads((out / "summary.json").read_text())
    return summary


@pytest.mark.parametrize(("model", "highest", "priors"), MODELS, ids=[model for model, *_ in MODELS])
def test_every_model_goes_from_file_to_report(
    model: str, highest: int, priors: tuple[str, ...], tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "r.csv", answers(n_persons=400, n_items=6, highest=highest))
    summary = calibrated(file, tmp_path / "out", *options_for("--model", model, *priors))
    assert summary["converged"] is True
    assert summary["models"] == {model: 6}
    found = rows(tmp_path / "out" / "items.csv")
    assert {row["model"] for row in found} == {model}
    assert ("step_2" in found[0]) == (model in {"pcm", "gpcm", "grm", "rsm"})
    assert ("slope_2" in found[0]) == (model == "nominal")
    difficulty = [float(row["difficulty"]) for row in found]
    assert difficulty[0] < difficulty[-1]  # items were made from easy to hard
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000


@pytest.mark.parametrize(("model", "highest", "priors"), MODELS, ids=[model for model, *_ in MODELS])
def test_fixing_every_item_of_a_calibration_finds_its_likelihood_again(
    model: str, highest: int, priors: tuple[str, ...], tmp_path: Path
) -> None:
    """Identity: what items.csv holds is enough to put the scale back, whatever the model."""
    file = write_csv(tmp_path / "r.csv", answers(n_persons=400, n_items=6, highest=highest))
    first = calibrated(file, tmp_path / "a", *options_for("--model", model, *priors))
    again = calibrated(file, tmp_path / "b", *options_for("--fixed", str(tmp_path / "a" / "items.csv")))
    assert again["log_likelihood"] >= first["log_likelihood"] - 1e-4
    assert {row["fixed"] for row in rows(tmp_path / "b" / "items.csv")} == {"yes"}


def test_a_two_category_item_has_one_likelihood_under_four_models(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "r.csv", answers(n_persons=400))
    values = [
        calibrated(file, tmp_path / model, *options_for("--model", model, "--no-report"))["log_likelihood"]
        for model in ("2pl", "gpcm", "grm", "nominal")
    ]
    assert values == pytest.approx([values[0]] * 4, abs=1e-4)  # all stop within the tolerance of a parameter


def test_a_weight_of_two_is_every_person_twice(tmp_path: Path) -> None:
    once = answers(n_persons=200)
    once["weight"] = ["2"] * 200
    twice = {name: values * 2 for name, values in once.items()}
    twice["pupil"] = [f"q{number}" for number in range(400)]
    one = calibrated(write_csv(tmp_path / "1.csv", once), tmp_path / "a", *options_for("--weights", "weight"))
    other = calibrated(write_csv(tmp_path / "2.csv", twice), tmp_path / "b", *options_for())
    assert one["log_likelihood"] == pytest.approx(other["log_likelihood"], abs=1e-6)
    assert one["bic"] == pytest.approx(other["bic"], abs=1e-6)


def test_the_sandwich_by_cluster_and_the_covariance_are_written(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "r.csv", answers(n_persons=400))
    options = options_for("--cluster", "school", "--errors", "sandwich", "--covariance")
    summary = calibrated(file, tmp_path / "out", *options)
    assert any("rest on 15 clusters, fewer than 20" in note for note in summary["notes"])
    with np.load(tmp_path / "out" / "covariance.npz") as found:
        names, matrix = found["names"].tolist(), found["matrix"]
    spread = np.sqrt(np.diag(matrix))
    place = names.index(["item", "I3", "difficulty"])
    item = rows(tmp_path / "out" / "items.csv")[2]
    assert float(item["se_difficulty"]) == pytest.approx(spread[place], rel=1e-6)


def test_covariates_of_text_become_dummies_on_their_own_scale(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "r.csv", answers(n_persons=300))
    calibrated(file, tmp_path / "out", *options_for("--covariate", "language", "--covariate", "age"))
    found = rows(tmp_path / "out" / "coefficients.csv")
    assert [row["covariate"] for row in found] == ["language=nederlands", "language=nedersaksisch", "age"]
    assert float(found[0]["centre"]) == pytest.approx(1 / 3)  # the three languages take turns
    assert all(float(row["se"]) > 0.0 for row in found)


def test_published_regression_is_found_from_a_column_of_text(shared_data: Path, tmp_path: Path) -> None:
    """Oracle: TAM 4.4.2's partial-credit model of the TIMSS items with the country as covariate."""
    known = json.loads((shared_data / "calibration" / "tam_timss_pcm_latreg.json").read_text())
    columns: Columns = {"country": ["TWN" if y else "AUS" for y in known["Y"]]}
    for place, item in enumerate(known["items"]):
        columns[item] = ["" if row[place] is None else str(row[place]) for row in known["responses"]]
    file = write_csv(tmp_path / "r.csv", columns)
    summary = calibrated(file, tmp_path / "out", "--covariate", "country", "--model", "pcm")
    assert summary["log_likelihood"] == pytest.approx(known["logLik"], abs=0.01)
    (row,) = rows(tmp_path / "out" / "coefficients.csv")
    assert row["covariate"] == "country=TWN"
    assert float(row["coefficient"]) == pytest.approx(known["beta"][1][0], abs=1e-3)


def test_a_histogram_is_no_worse_than_a_normal_distribution(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "r.csv", answers(n_persons=400))
    normal = calibrated(file, tmp_path / "a", *options_for("--no-report"))
    free = calibrated(file, tmp_path / "b", *options_for("--density", "histogram"))
    assert free["log_likelihood"] >= normal["log_likelihood"] - 1e-6


def test_models_by_item_can_be_mixed(tmp_path: Path) -> None:
    columns = answers(n_persons=400, n_items=6, highest=2)
    for item in ("I1", "I2"):
        columns[item] = ["1" if code == "2" else "0" for code in columns[item]]
    (tmp_path / "m.csv").write_text("item,model\nI1,rasch\nI2,2pl\nI3,grm\nI4,nominal\n")
    file = write_csv(tmp_path / "r.csv", columns)
    summary = calibrated(file, tmp_path / "out", *options_for("--models", str(tmp_path / "m.csv"), "--model", "gpcm"))
    assert summary["models"] == {"rasch": 1, "2pl": 1, "grm": 1, "nominal": 1, "gpcm": 2}


def with_codes(columns: Columns) -> Columns:
    """The same with 9 for an item that was left open and 8 for one that was not reached."""
    changed = {name: list(values) for name, values in columns.items()}
    for row in range(0, 200, 10):
        changed["I2"][row], changed["I5"][row] = "9", "8"
    return changed


@pytest.mark.parametrize(("rule", "stands_for"), [("wrong", "0"), ("not-presented", "")])
def test_a_rule_for_omitted_is_the_same_as_writing_it_out(rule: str, stands_for: str, tmp_path: Path) -> None:
    coded = with_codes(answers(n_persons=200))
    plain = {name: list(values) for name, values in coded.items()}
    plain["I2"] = [stands_for if code == "9" else code for code in plain["I2"]]
    plain["I5"] = ["" if code == "8" else code for code in plain["I5"]]
    options = options_for("--omitted", "9", "--not-reached", "8", "--omitted-as", rule)
    one = calibrated(write_csv(tmp_path / "1.csv", coded), tmp_path / "a", *options)
    other = calibrated(write_csv(tmp_path / "2.csv", plain), tmp_path / "b", *options_for())
    assert one["log_likelihood"] == pytest.approx(other["log_likelihood"], abs=1e-9)
    assert (one["missing"]["omitted"]["n"], one["missing"]["not_reached"]["n"]) == (20, 20)


def test_fractional_lies_between_wrong_and_not_presented(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "r.csv", with_codes(answers(n_persons=200)))
    labels = options_for("--omitted", "9", "--not-reached", "8")
    found = []
    for rule, more in (("wrong", ()), ("fractional", ("--n-options", "4")), ("not-presented", ())):
        calibrated(file, tmp_path / rule, *labels, "--omitted-as", rule, *more)
        found.append(float(rows(tmp_path / rule / "items.csv")[1]["p_value"]))
    assert found[0] < found[1] <= found[2]


def test_wide_long_and_parquet_give_the_same_estimates(tmp_path: Path) -> None:
    columns = answers(n_persons=200)
    frame = pl.DataFrame(columns).select("pupil", *(f"I{item}" for item in range(1, 6)))
    long = frame.unpivot(index="pupil", variable_name="item", value_name="response").rename({"pupil": "person"})
    long.write_csv(tmp_path / "long.csv")
    frame.cast({f"I{item}": pl.Int8 for item in range(1, 6)}).write_parquet(tmp_path / "wide.parquet")
    frame.write_csv(tmp_path / "wide.csv")
    found = []
    for name, options in (("wide.csv", ("--id", "pupil")), ("long.csv", ()), ("wide.parquet", ("--id", "pupil"))):
        calibrated(tmp_path / name, tmp_path / f"out {name}", *options)
        found.append((tmp_path / f"out {name}" / "items.csv").read_bytes())
    assert found[0] == found[1] == found[2]


def test_sittings_that_were_exported_are_read_and_what_is_not_rated_is_said(tmp_path: Path) -> None:
    columns = answers(n_persons=200)
    lines = []
    for row, pupil in enumerate(columns["pupil"]):
        given = [
            {"position": place, "item": f"I{place}", "category": int(columns[f"I{place}"][row]), "elapsed_ms": 9000}
            for place in range(1, 6)
        ]
        if row == 0:
            given[0]["category"] = -1
        lines.append(json.dumps({"sitting": f"s{pupil}", "pupil": pupil, "test": "rekenen", "answers": given}))
    (tmp_path / "sittings.jsonl").write_text("\n".join(lines) + "\n")
    summary = calibrated(tmp_path / "sittings.jsonl", tmp_path / "out")
    assert summary["n_persons"] == 200
    assert summary["notes"] == ["1 answer is not rated yet and counts as not presented"]
    assert [row["n"] for row in rows(tmp_path / "out" / "items.csv")] == ["199", "200", "200", "200", "200"]
