"""Every reference calibration beside ours: what R mirt and TAM found, what we find, and the difference.

    python tests/bench/bench_oracles.py

Of each file of `../shared/data/calibration` the log-likelihood, the parameter of every kind that is farthest from the
reference as a share of what is allowed, and the standard error that is. Allowed are 0.01 of a log-likelihood,
max(0.001, 0.05 standard errors) of a parameter, 1 % of a standard error. R mirt's own errors of the three-parameter
model are off by up to 6 %: there a numerical Hessian of the log-posterior is the reference. TAM's are approximations,
and the file of two groups has none. Ends with 1 when a difference is larger than allowed, and says which.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import Calibration, calibrate
from engine.arrays import FloatArray
from tests.bench.gates import Gates
from tests.engine.calibration.comparing import (
    ERROR,
    LIKELIHOOD,
    OF_ERROR,
    PARAMETER,
    hessian_errors,
    level_errors,
    on,
    variance_of,
)
from tests.engine.calibration.reference_files import LEVELS, MODELS, Found, ReferenceFile, ours, read_reference

DATA = Path(__file__).parents[3] / "shared" / "data"
OWN_GRID = ("lsat67_multigroup_2pl",)  # its program's grid cuts the second group off: compared on that grid


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


def compared(known: ReferenceFile, result: Calibration) -> list[Row]:
    """Log-likelihood, parameters and populations of a file beside ours."""
    found, theirs = ours(result), known.found
    nodes = known.nodes if known.name in OWN_GRID else None
    reference, own = (on(known, curves) if nodes is None else on(known, curves, nodes) for curves in (theirs, found))
    rows = [one("log-posterior" if known.priors else "log-likelihood", reference, own, LIKELIHOOD)]
    of_levels = known.standard_errors(*LEVELS) if known.has_errors else level_errors(result)
    rows.append(near("intercept", theirs.levels, found.levels, of_levels))
    if known.model not in ("rasch", "pcm"):
        of_slopes = known.standard_errors("a1") if known.has_errors else result.standard_errors.discrimination
        rows.append(near("slope", theirs.slopes, found.slopes, of_slopes))
    if known.priors:
        guessing = np.array([curve.guessing for curve in theirs.curves])
        rows.append(near("guessing", guessing, result.items.guessing, np.zeros(guessing.size)))
    return rows + populations(result, theirs, found)


def populations(result: Calibration, theirs: Found, found: Found) -> list[Row]:
    """Means and variances that are not fixed: of groups, or of one group with a covariate."""
    rows = []
    for number, (mean, sd) in enumerate(zip(found.means, found.sds, strict=True)):
        group = result.groups[min(number, len(result.groups) - 1)]
        if number:
            allowed = max(PARAMETER, OF_ERROR * group.se_mean) if len(result.groups) > 1 else PARAMETER
            rows.append(one(f"mean of population {number + 1}", theirs.means[number], mean, allowed))
        if group.se_sd > 0.0 and number < len(result.groups):
            allowed = max(PARAMETER, OF_ERROR * variance_of(result, number)[1])
            rows.append(one(f"variance of population {number + 1}", theirs.sds[number] ** 2, sd**2, allowed))
    return rows


def errors_compared(known: ReferenceFile, result: Calibration) -> list[Row]:
    """Standard errors beside R mirt's; with priors beside a numerical Hessian."""
    spread = result.standard_errors
    if known.priors:
        theirs = zip(("slope", "difficulty", "guessing"), hessian_errors(known, result), strict=True)
        own = (spread.discrimination, spread.difficulty, spread.guessing)
        return [alike(f"{what} (Hessian)", error, mine) for (what, error), mine in zip(theirs, own, strict=True)]
    if not known.has_errors:
        return []
    rows = [alike("intercept", known.standard_errors(*LEVELS), level_errors(result))]
    if known.model == "rasch":
        variance = np.array([known.raw["se"]["GroupPars"]["SE"][1]])
        return [*rows, alike("variance", variance, np.array([variance_of(result, 0)[1]]))]
    return [*rows, alike("slope", known.standard_errors("a1"), spread.discrimination)]


def main() -> int:
    """Print the table; 1 where a difference is larger than allowed."""
    console, gates = Console(width=130), Gates()
    if not DATA.is_dir():
        console.print(f"no reference calibrations at {DATA}: nothing to compare with")
        return 0
    columns = "file", "the farthest", "reference", "ours", "difference", "allowed", "cycles"
    table = Table(*columns, title="reference calibrations of R mirt 1.47 and TAM 4.4")
    for name in MODELS:
        known = read_reference(DATA, name)
        nodes = known.nodes if name in OWN_GRID else None
        tolerance = 1e-8 if known.priors else 1e-6
        result = calibrate(known.responses, model=known.model, priors=known.priors, tolerance=tolerance, nodes=nodes)
        for row in compared(known, result) + errors_compared(known, result):
            off = row.ours - row.reference
            gates.at_most(f"{name}, {row.what}, distance", abs(off), row.allowed)
            figures = f"{row.reference:.6f}", f"{row.ours:.6f}", f"{off:+.1e}", f"{row.allowed:.1e}"
            table.add_row(name, row.what, *figures, str(result.n_cycles))
    console.print(table)
    missing = {path.stem for path in (DATA / "calibration").glob("*.json")} - set(MODELS)
    gates.at_most(f"reference files left out {sorted(missing)}", len(missing), 0)
    return gates.close(console)


if __name__ == "__main__":
    sys.exit(main())
