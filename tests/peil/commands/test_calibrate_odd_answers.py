"""Odd answers to ``peil calibrate``: whatever they do not determine, no file holds a NaN."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.peil.calibrating import (
    N_PERSONS,
    Change,
    Columns,
    answers,
    has_no_number,
    nothing,
    options_for,
    run,
    whole,
    write_csv,
)


def alone(columns: Columns) -> None:
    """Nobody answers more than one item, so that no slope is determined."""
    for row in range(N_PERSONS):
        for item in range(1, 6):
            columns[f"I{item}"][row] = str(row // 5 % 2) if row % 5 == item - 1 else ""


def alike(columns: Columns) -> None:
    """Everybody has three of five right: less spread than chance alone gives."""
    for row in range(N_PERSONS):
        for item in range(5):
            columns[f"I{item + 1}"][row] = str(int((item + row) % 5 < 3))


def ladder(columns: Columns) -> None:
    """Whoever answers an item right has all easier ones right: every slope runs to its bound."""
    for row in range(N_PERSONS):
        for item in range(5):
            columns[f"I{item + 1}"][row] = str(int(item < row % 6))


def copied(columns: Columns) -> None:
    """An item and its copy."""
    columns["I6"] = list(columns["I5"])


def silent(columns: Columns) -> None:
    """A third of the persons answered nothing."""
    for item in range(1, 6):
        columns[f"I{item}"][::3] = [""] * len(columns[f"I{item}"][::3])


ODD: list[tuple[str, Change, tuple[str, ...]]] = [
    ("answers that determine no slope", alone, ()),
    ("answers that determine no slope, as Rasch items", alone, ("--model", "rasch")),
    ("no differences in ability", alike, ("--model", "rasch")),
    ("a perfect ladder", ladder, ()),
    ("a perfect ladder, graded", ladder, ("--model", "grm")),
    ("a copy", copied, ()),
    ("a copy, with a histogram", copied, ("--density", "histogram")),
    ("silent persons", silent, ("--group", "year")),
    ("silent persons, with a sandwich", silent, ("--errors", "sandwich", "--cluster", "school")),
    ("guessing without a prior", nothing, ("--model", "3pl", "--max-cycles", "200")),
    ("both asymptotes without a prior", nothing, ("--model", "4pl", "--max-cycles", "200")),
    ("a tiny group", whole("year", *["2024"] * 89, "2025"), ("--group", "year")),
    ("huge weights", whole("weight", "1e9", "1e-9"), ("--weights", "weight")),
    ("a covariate of large numbers", whole("age", *(str(10**9 + n) for n in range(7))), ("--covariate", "age")),
]


@pytest.mark.parametrize(("change", "options"), [pytest.param(*c[1:], id=c[0]) for c in ODD])
def test_odd_answers_leave_no_nan_in_any_file(change: Change, options: tuple[str, ...], tmp_path: Path) -> None:
    """Tables, summary, covariance and report; what they do not determine is blank, or an infinite variance."""
    columns = answers()
    change(columns)
    file, out = write_csv(tmp_path / "r.csv", columns), tmp_path / "out"
    code = run(str(file), *options_for(*options), "--covariance", "--out", str(out))
    assert has_no_number(out) == []
    summary = json.loads((out / "summary.json").read_text())
    assert (code == 0) == summary["converged"]
    assert np.isfinite(summary["log_likelihood"])


def test_a_nan_would_be_found_in_every_file(tmp_path: Path) -> None:
    """The control: a NaN put into each file is seen."""
    file, out = write_csv(tmp_path / "r.csv", answers()), tmp_path / "out"
    assert run(str(file), *options_for(), "--covariance", "--out", str(out)) == 0
    assert has_no_number(out) == []
    for name in ("items.csv", "groups.csv", "summary.json", "report.html"):
        good = (out / name).read_text(encoding="utf-8")
        (out / name).write_text(good + "<td>NaN</td>", encoding="utf-8")
        assert has_no_number(out) == [name]
        (out / name).write_text(good, encoding="utf-8")
    covariance = dict(np.load(out / "covariance.npz"))
    covariance["matrix"][1, 0] = np.nan
    np.savez(out / "covariance.npz", **covariance)
    assert has_no_number(out) == ["covariance.npz"]
