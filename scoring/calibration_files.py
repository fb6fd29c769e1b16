"""A calibration as files: items, groups, summary."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

from engine import Calibration
from scoring.errors import CalibrationFileError
from scoring.response_files import ResponseFile

ITEM_COLUMNS = (
    "item",
    "model",
    "discrimination",
    "difficulty",
    "guessing",
    "upper",
    "se_discrimination",
    "se_difficulty",
    "n",
    "p_value",
)
FILES = ("items.csv", "groups.csv", "summary.json")
GROUP_COLUMNS = ("group", "n", "mean", "sd")


def require_no_calibration(folder: Path) -> None:
    """Refuse a folder that holds a calibration already, or is no folder.

    Raises
    ------
    CalibrationFileError
        Says what is there, and what to do.
    """
    if folder.exists() and not folder.is_dir():
        raise CalibrationFileError(f"{folder} is a file; name a folder")
    there = [name for name in FILES if (folder / name).exists()]
    if there:
        raise CalibrationFileError(
            f"{folder} holds {', '.join(there)} already; name another folder, so that nothing is overwritten"
        )


def write_calibration(
    folder: Path, source: ResponseFile, calibration: Calibration, *, model: str, seconds: float
) -> tuple[Path, ...]:
    """Write ``items.csv``, ``groups.csv`` and ``summary.json``; a folder that is not there is made.

    A standard error of a parameter that was not estimated, or that the data do not determine, is blank.
    Polytomous models add ``step_1``, ``step_2`` … after ``upper``; these have none.

    Parameters
    ----------
    folder
        Where to write.
    source
        What was calibrated.
    calibration
        The result, items and groups in the order of the source.
    model
        Name of the model.
    seconds
        How long it took.

    Returns
    -------
    tuple of Path
        The files, in the order above.

    Raises
    ------
    CalibrationFileError
        If the folder holds one of these files already.
    """
    require_no_calibration(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = tuple(folder / name for name in FILES)
    _write_csv(paths[0], ITEM_COLUMNS, _item_rows(source, calibration, model))
    rows = zip(source.groups, calibration.groups, strict=True)
    _write_csv(paths[1], GROUP_COLUMNS, ([name, _text(g.n), _text(g.mean), _text(g.sd)] for name, g in rows))
    summary = _summary(source, calibration, model, seconds)
    paths[2].write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return paths


def _item_rows(source: ResponseFile, calibration: Calibration, model: str) -> Iterable[list[str]]:
    """One row an item."""
    items, errors = calibration.items, calibration.standard_errors
    columns = [items.discrimination, items.difficulty, items.guessing, items.upper]
    columns += [np.where(errors.discrimination > 0.0, errors.discrimination, np.inf), errors.difficulty]
    columns += [source.responses.n_answered(), source.responses.proportion_correct()]
    for name, *values in zip(source.items, *(column.tolist() for column in columns), strict=True):
        yield [name, model, *(_text(value) for value in values)]


def _summary(source: ResponseFile, calibration: Calibration, model: str, seconds: float) -> dict[str, object]:
    """Return the run as a whole."""
    return {
        "model": model,
        "log_likelihood": calibration.log_likelihood,
        "iterations": calibration.n_cycles,
        "converged": calibration.converged,
        "n_persons": source.responses.n_persons,
        "n_items": source.responses.n_items,
        "n_nodes": calibration.n_nodes,
        "seconds": round(seconds, 3),
        "data_sha256": source.sha256,
        "version": version("peil"),
        "flags": [
            *({"item": source.items[flag.item], "reason": flag.reason} for flag in calibration.flags),
            *({"group": source.groups[flag.group], "reason": flag.reason} for flag in calibration.group_flags),
        ],
    }


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file with the same bytes on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _text(value: float) -> str:
    """Nine significant digits; nothing for what is not finite."""
    return f"{value:.9g}" if np.isfinite(value) else ""
