"""A calibration as files."""

from __future__ import annotations

import csv
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from engine import (
    Calibration,
    Convergence,
    Covariance,
    GroupEstimate,
    GroupFlag,
    ItemFlag,
    ItemParameters,
    ItemStandardErrors,
    Responses,
    normal_quadrature,
)
from scoring.calibration_files import CalibrationRun, write_calibration
from scoring.errors import CalibrationFileError
from scoring.response_files import ResponseFile

RUN = CalibrationRun("2pl", ("2pl", "2pl"), seconds=0.12345)


@pytest.fixture
def source() -> ResponseFile:
    responses = Responses.from_dense([[1, 0], [0, 1], [1, -1]], group=[0, 1, 1])
    return ResponseFile(responses, ("p1", "p2", "p3"), ("I1", "I,2"), ("2024", "2025"), "ab" * 32)


@pytest.fixture
def calibration() -> Calibration:
    none = np.zeros(0)
    errors = ItemStandardErrors(
        np.array([0.0, 0.125]), np.array([0.5, np.inf]), np.zeros(2), np.zeros(2), none, none, none
    )
    return Calibration(
        items=ItemParameters.two_parameter([1.0, -0.5], [0.25, 1 / 3]),
        models=("2pl", "2pl"),
        standard_errors=errors,
        covariance=Covariance((("item", 1, "discrimination"),), np.array([[0.125**2]])),
        groups=(GroupEstimate(0.0, 1.0, 1.0), GroupEstimate(-0.5, 1.5, 2.0, 0.25, 0.75)),
        coefficients=none,
        coefficient_errors=none,
        densities=(normal_quadrature(), normal_quadrature(-0.5, 1.5)),
        log_likelihood=-12.5,
        log_posterior=-12.5,
        n_free=6,
        convergence=Convergence((-13.0, -12.5), True, 1e-5, 1e-4, 61, -6.0, 6.0, 1, 1e-6),
        flags=(ItemFlag(1, "negative slope"),),
        group_flags=(GroupFlag(0, "1 person"),),
    )


def test_the_files_hold_the_calibration(source: ResponseFile, calibration: Calibration, tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there yet"
    items, groups, summary = write_calibration(folder, source, calibration, RUN)
    with items.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["item"] for row in rows] == ["I1", "I,2"]
    assert [float(row["difficulty"]) for row in rows] == pytest.approx([0.25, 1 / 3], rel=1e-8)
    assert [row["se_discrimination"] for row in rows] == ["", "0.125"]  # not estimated is blank
    assert [row["se_difficulty"] for row in rows] == ["0.5", ""]  # not determined is blank
    assert [(row["n"], row["guessing"], row["upper"], row["model"]) for row in rows] == [
        ("3", "0", "1", "2pl"),
        ("2", "0", "1", "2pl"),
    ]
    assert [float(row["p_value"]) for row in rows] == pytest.approx([2 / 3, 1 / 2], rel=1e-8)
    assert groups.read_text() == "group,n,mean,sd,se_mean,se_sd\n2024,1,0,1,,\n2025,2,-0.5,1.5,0.25,0.75\n"
    found = json.loads(summary.read_text())
    assert found.pop("convergence").startswith("Converged after 2 cycles")
    assert found.pop("bic") == pytest.approx(25.0 + 6 * np.log(3.0))
    assert found == {
        "model": "2pl",
        "models": {"2pl": 2},
        "log_likelihood": -12.5,
        "log_posterior": -12.5,
        "iterations": 2,
        "converged": True,
        "n_persons": 3,
        "n_items": 2,
        "n_nodes": 61,
        "n_parameters": 6,
        "aic": 37.0,
        "n_persons_without_answers": 0,
        "persons_without_answers": [],
        "notes": [],
        "seconds": 0.123,
        "data_sha256": "ab" * 32,
        "version": version("peil"),
        "flags": [{"item": "I,2", "reason": "negative slope"}, {"group": "2024", "reason": "1 person"}],
    }


def test_writing_again_gives_the_same_bytes(source: ResponseFile, calibration: Calibration, tmp_path: Path) -> None:
    first = [p.read_bytes() for p in write_calibration(tmp_path / "a", source, calibration, RUN)]
    again = [p.read_bytes() for p in write_calibration(tmp_path / "b", source, calibration, RUN)]
    assert first == again


@pytest.mark.parametrize("name", ["items.csv", "groups.csv", "summary.json"])
def test_a_calibration_is_never_overwritten(
    name: str, source: ResponseFile, calibration: Calibration, tmp_path: Path
) -> None:
    (tmp_path / name).write_text("of another year")
    with pytest.raises(CalibrationFileError, match=rf"holds {name} already; name another folder"):
        write_calibration(tmp_path, source, calibration, RUN)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "of another year"


def test_a_file_is_no_folder(source: ResponseFile, calibration: Calibration, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(CalibrationFileError, match="out is a file; name a folder"):
        write_calibration(tmp_path / "out", source, calibration, RUN)
