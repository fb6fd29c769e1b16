"""Files to calibrate and the command as an operator calls it; every answer comes from a seed."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pytest

from peil.cli import main

Columns = dict[str, list[str]]
Change = Callable[[Columns], None]
N_PERSONS, N_ITEMS = 90, 5


def run(*arguments: str) -> int:
    """Exit code of ``peil calibrate``."""
    with pytest.raises(SystemExit) as exit_:
        main(["calibrate", *arguments])
    return int(exit_.value.code or 0)


def answers(n_persons: int = N_PERSONS, n_items: int = N_ITEMS, highest: int = 1, seed: int = 7) -> Columns:
    """Columns of a wide file: what is known of pupils, and items I1, I2 …, graded from 0 to highest."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(0.0, 1.0, n_persons)
    location = np.linspace(-1.0, 1.0, n_items)
    noise = rng.logistic(0.0, 1.0, (n_persons, n_items))
    trait = 1.2 * (ability[:, np.newaxis] - location) + noise
    steps = np.linspace(-0.8, 0.8, highest) if highest > 1 else np.zeros(1)
    codes = (trait[..., np.newaxis] > steps).sum(axis=-1)
    columns = {
        "pupil": [f"p{number}" for number in range(n_persons)],
        "year": [("2024", "2025")[number % 2] for number in range(n_persons)],
        "school": [f"s{number % 15}" for number in range(n_persons)],
        "weight": [("1", "1.5", "0.5")[number % 3] for number in range(n_persons)],
        "age": [str(100 + number % 24) for number in range(n_persons)],
        "language": [("fries", "nedersaksisch", "nederlands")[number * 7 % 3] for number in range(n_persons)],
    }
    return columns | {f"I{item + 1}": [str(code) for code in codes[:, item]] for item in range(n_items)}


def whole(column: str, *values: str) -> Change:
    """A column holds these values over and over."""

    def change(columns: Columns) -> None:
        columns[column] = [values[row % len(values)] for row in range(len(columns["pupil"]))]

    return change


def nothing(columns: Columns) -> None:
    """The file stays as it is."""


def write_csv(path: Path, columns: Mapping[str, Iterable[str]]) -> Path:
    """Write columns as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


IGNORED = tuple(word for name in ("year", "school", "weight", "age", "language") for word in ("--ignore", name))
"""Options that leave out whatever is no item; a column that is asked for as well stays what it was asked for."""


def options_for(*extra: str) -> list[str]:
    """Options that make everything but the items no item."""
    return ["--id", "pupil", *IGNORED, *extra]


def has_no_number(folder: Path) -> list[str]:
    """Files of results that hold a NaN or an infinity, anywhere but in a word.

    A covariance may be infinite on its diagonal, where the answers do not determine a parameter, and nowhere else.
    """
    pattern = re.compile(r"(?<![a-z0-9])(nan|[+-]?inf|infinity)(?![a-z0-9])", re.IGNORECASE)
    texts = sorted(path for path in folder.iterdir() if path.suffix in {".csv", ".json", ".html"})
    found = [path.name for path in texts if pattern.search(path.read_text(encoding="utf-8"))]
    for path in folder.glob("*.npz"):
        matrix = np.load(path)["matrix"]
        beside = matrix[~np.eye(len(matrix), dtype=np.bool_)]
        if np.isnan(matrix).any() or not np.isfinite(beside).all():
            found.append(path.name)
    return found


MIXED = {"rasch": 1, "2pl": 1, "3pl": 1, "4pl": 1, "gpcm": 2, "grm": 3, "nominal": 2}
"""Models that take turns in a mixed file, and the highest category of their items."""
MIXED_PRIORS = (
    *("--prior-discrimination", "lognormal:0.2,0.5"),
    *("--prior-guessing", "normal:-1.386,0.5"),
    *("--prior-upper", "normal:3,1"),
)


def mixed_report(folder: Path, n_items: int, n_persons: int = 300) -> Path:
    """Report of a calibration of items I1, I2 … whose models take turns."""
    models = [list(MIXED)[item % len(MIXED)] for item in range(n_items)]
    parts = {highest: answers(n_persons, n_items, highest, seed=11) for highest in set(MIXED.values())}
    items = {f"I{item}": parts[MIXED[model]][f"I{item}"] for item, model in enumerate(models, 1)}
    file = write_csv(folder / "mixed.csv", {"pupil": parts[1]["pupil"], **items})
    by_item = write_csv(folder / "models.csv", {"item": list(items), "model": models})
    options = ("--id", "pupil", "--models", str(by_item), *MIXED_PRIORS, "--errors", "none")
    assert run(str(file), *options, "--out", str(folder / "out")) == 0
    return folder / "out" / "report.html"
