"""A calibration as files: items, groups, coefficients, covariance, summary, report."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np

from engine import Calibration
from scoring.calibration_columns import Column, item_columns
from scoring.errors import CalibrationFileError
from scoring.response_checks import persons_without_answers
from scoring.response_files import ResponseFile

FILES = ("items.csv", "groups.csv", "coefficients.csv", "covariance.npz", "report.html", "summary.json")
GROUP_COLUMNS = ("group", "n", "mean", "sd", "se_mean", "se_sd")
COEFFICIENT_COLUMNS = ("covariate", "coefficient", "se", "centre")
MOST_PERSONS_NAMED = 100


@dataclass(frozen=True, slots=True, eq=False)
class CalibrationRun:
    """How a calibration was asked, and what it took.

    Attributes
    ----------
    model : that was asked for all items that have no model of their own
    models : of each item; of one that was fixed, the model of the file that fixed it
    settings : of the run by name, such as priors and rules for missing answers; plain data
    seconds : that it took
    notes : what a reader should know of the data, in sentences
    with_covariance : whether the covariance is written
    report : the HTML report; empty where there is none
    """

    model: str
    models: tuple[str, ...]
    settings: Mapping[str, object] = field(default_factory=dict)
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    with_covariance: bool = False
    report: str = ""


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
    folder: Path, source: ResponseFile, calibration: Calibration, run: CalibrationRun
) -> tuple[Path, ...]:
    """Write ``items.csv``, ``groups.csv``, ``summary.json``, and what else there is; a missing folder is made.

    A standard error of a parameter that was not estimated, or that the data do not determine, is blank.
    ``coefficients.csv`` is there with covariates: coefficients on the covariates' own scales, and the value at
    which each is centred, so that the origin of abilities is a mean. ``covariance.npz`` holds ``matrix`` and, of
    its rows, ``names``: kind (item, group or covariate), name, parameter.

    Parameters
    ----------
    folder
        Where to write.
    source
        What was calibrated.
    calibration
        The result, items and groups in the order of the source.
    run
        How it came about.

    Returns
    -------
    tuple of Path
        The files, in the order in which they were written.

    Raises
    ------
    CalibrationFileError
        If the folder holds one of these files already.
    """
    require_no_calibration(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / "items.csv", folder / "groups.csv"]
    columns = item_columns(source, calibration, run.models)
    _write_csv(written[0], columns.keys(), _rows(columns))
    _write_csv(written[1], GROUP_COLUMNS, _group_rows(source, calibration))
    if source.covariates is not None:
        written.append(folder / "coefficients.csv")
        _write_csv(written[-1], COEFFICIENT_COLUMNS, _coefficient_rows(source, calibration))
    if run.with_covariance:
        written.append(folder / "covariance.npz")
        np.savez_compressed(
            written[-1], names=_parameter_names(source, calibration), matrix=_matrix(source, calibration)
        )
    if run.report:
        written.append(folder / "report.html")
        written[-1].write_text(run.report, encoding="utf-8", newline="\n")
    written.append(folder / "summary.json")
    summary = json.dumps(_summary(source, calibration, run), indent=2, ensure_ascii=False)
    written[-1].write_text(summary + "\n", encoding="utf-8", newline="\n")
    return tuple(written)


def n_persons_by_weight(calibration: Calibration) -> float:
    """How many persons the groups have, by weight."""
    return sum(group.n for group in calibration.groups)


def criteria(calibration: Calibration) -> tuple[float, float]:
    """AIC (Akaike, 1974) and BIC (Schwarz, 1978) of the log-likelihood; n of the latter is persons by weight."""
    deviance, n_free = -2.0 * calibration.log_likelihood, calibration.n_free
    return deviance + 2.0 * n_free, deviance + n_free * float(np.log(n_persons_by_weight(calibration)))


def flags_by_name(source: ResponseFile, calibration: Calibration) -> list[dict[str, str]]:
    """Items and groups to look at, by name, each with a reason."""
    return [
        *({"item": source.items[flag.item], "reason": flag.reason} for flag in calibration.flags),
        *({"group": source.groups[flag.group], "reason": flag.reason} for flag in calibration.group_flags),
    ]


def _rows(columns: Mapping[str, Column]) -> Iterable[list[str]]:
    """One row an item."""
    for row in zip(*columns.values(), strict=True):
        yield [value if isinstance(value, str) else _text(value) for value in row]


def _group_rows(source: ResponseFile, calibration: Calibration) -> Iterable[list[str]]:
    """One row a group; a standard error of what is fixed is blank."""
    for name, group in zip(source.groups, calibration.groups, strict=True):
        errors = (_error(group.se_mean), _error(group.se_sd))
        yield [name, _text(group.n), _text(group.mean), _text(group.sd), *errors]


def _coefficient_rows(source: ResponseFile, calibration: Calibration) -> Iterable[list[str]]:
    """One row a covariate, on its own scale."""
    covariates = source.covariates
    assert covariates is not None
    coefficient = calibration.coefficients / covariates.scale
    error = calibration.coefficient_errors / covariates.scale
    rows = zip(covariates.names, coefficient.tolist(), error.tolist(), covariates.centre.tolist(), strict=True)
    for name, value, one_error, centre in rows:
        yield [name, _text(value), _error(one_error), _text(centre)]


def _parameter_names(source: ResponseFile, calibration: Calibration) -> np.ndarray[tuple[int, int], np.dtype[np.str_]]:
    """Kind, name and parameter of every row of the covariance."""
    covariates = () if source.covariates is None else source.covariates.names
    of_kind = {"item": source.items, "group": source.groups, "covariate": covariates}
    names = [(kind, of_kind[kind][index], parameter) for kind, index, parameter in calibration.covariance.names]
    return np.array(names, dtype=np.str_).reshape(-1, 3)


def _matrix(source: ResponseFile, calibration: Calibration) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Covariance, coefficients on the covariates' own scales."""
    scale = np.ones(len(calibration.covariance.names))
    if source.covariates is not None:
        for row, (kind, index, _) in enumerate(calibration.covariance.names):
            if kind == "covariate":
                scale[row] = source.covariates.scale[index]
    scaled: np.ndarray[tuple[int, int], np.dtype[np.float64]] = calibration.covariance.matrix / np.outer(scale, scale)
    return scaled


def _summary(source: ResponseFile, calibration: Calibration, run: CalibrationRun) -> dict[str, object]:
    """Return the run as a whole."""
    aic, bic = criteria(calibration)
    silent = persons_without_answers(source)
    return {
        "model": run.model,
        "models": dict(Counter(run.models)),
        "log_likelihood": calibration.log_likelihood,
        "log_posterior": calibration.log_posterior,
        "iterations": calibration.n_cycles,
        "converged": calibration.converged,
        "convergence": calibration.convergence.words(),
        "n_persons": source.responses.n_persons,
        "n_items": source.responses.n_items,
        "n_nodes": calibration.n_nodes,
        "n_parameters": calibration.n_free,
        "aic": aic,
        "bic": bic,
        **run.settings,
        "n_persons_without_answers": len(silent),
        "persons_without_answers": list(silent[:MOST_PERSONS_NAMED]),
        "seconds": round(run.seconds, 3),
        "data_sha256": source.sha256,
        "version": version("peil"),
        "flags": flags_by_name(source, calibration),
        "notes": [*run.notes, *calibration.warnings],
    }


def _write_csv(path: Path, header: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV file with the same bytes on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _text(value: float) -> str:
    """Nine significant digits; nothing for what is not finite."""
    return f"{value:.9g}" if np.isfinite(value) else ""


def _error(value: float) -> str:
    """A standard error; nothing where there is none."""
    return _text(value) if value > 0.0 else ""
