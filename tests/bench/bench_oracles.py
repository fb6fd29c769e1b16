"""Every reference calibration beside ours: what R mirt and TAM found, what we find, and the difference.

    python tests/bench/bench_oracles.py

Of each file of `../shared/data/calibration` the log-likelihood, the parameter of every kind that is farthest from the
reference as a share of what is allowed, and the standard error that is. Allowed are 0.01 of a log-likelihood,
max(0.001, 0.05 standard errors) of a parameter, 1 % of a standard error. R mirt's own errors of the three-parameter
model are off by up to 6 %: there a numerical Hessian of the log-posterior is the reference. TAM's are approximations,
and the file of two groups has none. Ends with 1 when a difference is larger than allowed, and says which.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import Calibration, Model, Responses, calibrate
from engine.arrays import FloatArray
from tests.bench.gates import Gates
from tests.engine.calibration.references import (
    ERROR,
    LIKELIHOOD,
    MIRT_GRID,
    OF_ERROR,
    PARAMETER,
    THREE_PARAMETER_PRIORS,
    errors_by_differences,
    intercepts,
    mirt_level_errors,
    mirt_levels,
    responses_of,
    two_groups,
)
from tests.engine.conftest import Reference

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "calibration"
MODELS: dict[str, Model] = {
    "lsat6_2pl": "2pl",
    "lsat7_2pl": "2pl",
    "lsat6_rasch": "rasch",
    "science_gpcm": "gpcm",
    "science_graded": "grm",
}


class Row(NamedTuple):
    """The figure of its kind that is farthest from the reference."""

    what: str
    reference: float
    ours: float
    allowed: float


def one(what: str, reference: float, ours: float, allowed: float = PARAMETER) -> Row:
    """Row of a single figure."""
    return Row(what, float(reference), float(ours), allowed)


def worst(what: str, reference: FloatArray, ours: FloatArray, allowed: FloatArray) -> Row:
    """Row of the figure that is farthest, as a share of what is allowed."""
    at = int((np.abs(ours - reference) / allowed).argmax())
    return Row(f"{what} {at + 1} of {ours.size}", float(reference[at]), float(ours[at]), float(allowed[at]))


def near(what: str, reference: FloatArray, ours: FloatArray, errors: FloatArray) -> Row:
    """Row of the farthest parameter."""
    return worst(what, reference, ours, np.maximum(PARAMETER, OF_ERROR * errors))


def alike(what: str, reference: FloatArray, ours: FloatArray) -> Row:
    """Row of the farthest standard error."""
    return worst(f"SE of {what}", reference, ours, ERROR * reference)


def read(name: str) -> Reference:
    """One reference calibration."""
    return Reference(json.loads((FOLDER / f"{name}.json").read_text()))


def of_mirt(name: str) -> tuple[Calibration, list[Row]]:
    """One of R mirt's, in its slopes and intercepts."""
    known, model = read(name), MODELS[name]
    result = calibrate(responses_of(known), model=model, tolerance=1e-6)
    levels, errors = intercepts(result)
    theirs = mirt_level_errors(known)
    rows = [
        one("log-likelihood", known.log_likelihood, result.log_likelihood, LIKELIHOOD),
        near("intercept", mirt_levels(known), levels, theirs),
        alike("intercept", theirs, errors),
    ]
    if model == "rasch":
        return result, [*rows, one("variance", known.of_group("COV_11"), result.groups[0].sd ** 2)]
    errors = known.standard_errors("a1")
    rows.append(near("slope", known.of_items("a1"), result.items.discrimination, errors))
    return result, [*rows, alike("slope", errors, result.standard_errors.discrimination)]


def of_three_parameters() -> tuple[Calibration, list[Row]]:
    """LSAT7 by the three-parameter model with priors."""
    known = read("lsat7_3pl_mmap")
    result = calibrate(responses_of(known), model="3pl", priors=THREE_PARAMETER_PRIORS, tolerance=1e-8)
    items, errors, spread = result.items, known.standard_errors("a1"), result.standard_errors
    slopes, difficulties, guessing = errors_by_differences(known, result)
    theirs = known.log_likelihood + float(known.raw["logPrior"])
    return result, [
        one("log-posterior", theirs, result.log_posterior, LIKELIHOOD),
        near("slope", known.of_items("a1"), items.discrimination, errors),
        near("intercept", known.of_items("d"), -items.discrimination * items.difficulty, errors),
        near("guessing", known.of_items("g"), items.guessing, np.zeros(items.n_items)),
        alike("slope (Hessian)", slopes, spread.discrimination),
        alike("difficulty (Hessian)", difficulties, spread.difficulty),
        alike("guessing (Hessian)", guessing, spread.guessing),
    ]


def of_two_groups() -> tuple[Calibration, list[Row]]:
    """LSAT6 and LSAT7 as two groups, on the grid of R mirt."""
    known = read("lsat67_multigroup_2pl")
    result = calibrate(two_groups(known), nodes=MIRT_GRID, tolerance=1e-6)
    levels, errors = intercepts(result)
    second, slopes = result.groups[1], result.standard_errors.discrimination
    return result, [
        one("log-likelihood", known.log_likelihood, result.log_likelihood, LIKELIHOOD),
        near("slope", known.of_items("a1", "g1"), result.items.discrimination, slopes),
        near("intercept", known.of_items("d", "g1"), levels, errors),
        one("mean of group 2", known.of_group("MEAN_1", "g2"), second.mean, max(PARAMETER, OF_ERROR * second.se_mean)),
        one(
            "variance of group 2",
            known.of_group("COV_11", "g2"),
            second.sd**2,
            max(PARAMETER, OF_ERROR * 2.0 * second.sd * second.se_sd),
        ),
    ]


def of_tam(name: str, model: Model) -> tuple[Calibration, list[Row]]:
    """One of TAM's, in its intercepts of each category."""
    known: dict[str, Any] = read(name).raw
    codes = [[-1 if code is None else code for code in row] for row in known["responses"]]
    covariates = np.array(known["Y"], dtype=np.float64).reshape(-1, 1) if "Y" in known else None
    result = calibrate(Responses.from_dense(codes, covariates=covariates), model=model, tolerance=1e-6)
    rises = [np.cumsum(result.items.steps(item)) for item in range(result.items.n_items)]
    levels = np.array([level for row in known["AXsi"] for level in row[1:] if level is not None])
    errors = np.repeat(result.standard_errors.difficulty, [rise.size for rise in rises])
    rows = [
        one("log-likelihood", known["logLik"], result.log_likelihood, LIKELIHOOD),
        near("intercept", levels, -np.concatenate(rises), errors),
        one("variance", known["variance"], result.groups[0].sd ** 2),
    ]
    if covariates is not None:
        rows.append(one("regression on Taiwan", known["beta"][1][0], result.coefficients[0]))
    return result, rows


def main() -> int:
    """Print the table; 1 where a difference is larger than allowed."""
    console, gates = Console(width=130), Gates()
    if not FOLDER.is_dir():
        console.print(f"no reference calibrations at {FOLDER}: nothing to compare with")
        return 0
    columns = "file", "the farthest", "reference", "ours", "difference", "allowed", "cycles"
    table = Table(*columns, title="reference calibrations of R mirt 1.47 and TAM 4.4")
    found = [(name, *of_mirt(name)) for name in MODELS]
    found.append(("lsat7_3pl_mmap", *of_three_parameters()))
    found.append(("lsat67_multigroup_2pl", *of_two_groups()))
    found.append(("tam_rasch", *of_tam("tam_rasch", "rasch")))
    found.append(("tam_timss_pcm_latreg", *of_tam("tam_timss_pcm_latreg", "pcm")))
    for name, result, rows in found:
        for row in rows:
            off = row.ours - row.reference
            gates.at_most(f"{name}, {row.what}, distance", abs(off), row.allowed)
            figures = f"{row.reference:.6f}", f"{row.ours:.6f}", f"{off:+.1e}", f"{row.allowed:.1e}"
            table.add_row(name, row.what, *figures, str(result.n_cycles))
    console.print(table)
    missing = {path.stem for path in FOLDER.glob("*.json")} - {name for name, _, _ in found}
    gates.at_most(f"reference files left out {sorted(missing)}", len(missing), 0)
    return gates.close(console)


if __name__ == "__main__":
    sys.exit(main())
