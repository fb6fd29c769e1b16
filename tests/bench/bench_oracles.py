"""Every reference calibration beside ours: what R mirt and TAM found, what we find, and the difference.

    python tests/bench/bench_oracles.py

Reads `../shared/data/calibration`; the gates on these differences are in `tests/engine/calibration/test_references.py`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[2]))

from engine import Calibration, LogNormalPrior, Model, NormalPrior, Priors, Responses, calibrate

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "calibration"
MODELS: dict[str, Model] = {
    "lsat6_2pl": "2pl",
    "lsat7_2pl": "2pl",
    "lsat6_rasch": "rasch",
    "science_gpcm": "gpcm",
    "science_graded": "grm",
    "lsat7_3pl_mmap": "3pl",
}
PRIORS = Priors(discrimination=LogNormalPrior(0.2, 0.5), guessing=NormalPrior(-1.386, 0.5))
Row = tuple[str, float, float]


def of_mirt(name: str) -> tuple[Calibration, list[Row]]:
    """One of R mirt's: log-likelihood, slopes, locations of the first item."""
    known: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    codes = np.array(known["patterns"])
    model = MODELS[name]
    result = calibrate(
        Responses.from_dense(codes - codes.min(), weight=known["freq"]),
        model=model,
        priors=PRIORS if model == "3pl" else None,
        tolerance=1e-6,
    )
    rows: list[Row] = [("log-likelihood", float(known["logLik"]), result.log_likelihood)]
    slopes = [row["value"] for row in known["params"] if row["name"] == "a1"]
    worst = int(np.abs(np.array(slopes) - result.items.discrimination).argmax())
    rows.append((f"slope {worst + 1}, the farthest", slopes[worst], float(result.items.discrimination[worst])))
    errors = [known["se"][item]["SE"][0] for item in known["items"]]
    if model not in {"rasch", "3pl"}:
        ours = result.standard_errors.discrimination
        worst = int(np.abs(np.array(errors) / ours - 1.0).argmax())
        rows.append((f"SE of slope {worst + 1}", errors[worst], float(ours[worst])))
    return result, rows


def of_two_groups() -> tuple[Calibration, list[Row]]:
    """LSAT6 and LSAT7 as two groups, on the grid of R mirt."""
    known: dict[str, Any] = json.loads((FOLDER / "lsat67_multigroup_2pl.json").read_text())
    pairs = [(name, g) for g, name in enumerate(("g1", "g2"))]
    rows = [(code, n, g) for name, g in pairs for code, n in known["group_patterns"][name].items() if n]
    codes = [[int(character) for character in code] for code, _, _ in rows]
    responses = Responses.from_dense(codes, weight=[n for _, n, _ in rows], group=[g for _, _, g in rows])
    result = calibrate(responses, nodes=np.linspace(-6.0, 6.0, 61), tolerance=1e-6)
    mean = next(p["value"] for p in known["params"] if p["group"] == "g2" and p["name"] == "MEAN_1")
    return result, [
        ("log-likelihood", float(known["logLik"]), result.log_likelihood),
        ("mean of group 2", float(mean), result.groups[1].mean),
    ]


def of_tam(name: str, model: Model) -> tuple[Calibration, list[Row]]:
    """One of TAM's."""
    known: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    codes = [[-1 if code is None else code for code in row] for row in known["responses"]]
    covariates = np.array(known["Y"], dtype=np.float64).reshape(-1, 1) if "Y" in known else None
    result = calibrate(Responses.from_dense(codes, covariates=covariates), model=model, tolerance=1e-6)
    rows: list[Row] = [
        ("log-likelihood", float(known["logLik"]), result.log_likelihood),
        ("variance", float(known["variance"]), result.groups[0].sd ** 2),
    ]
    if covariates is not None:
        rows.append(("regression on Taiwan", float(known["beta"][1][0]), float(result.coefficients[0])))
    return result, rows


def main() -> int:
    """Print the table."""
    console = Console(width=110)
    if not FOLDER.is_dir():
        console.print(f"no reference calibrations at {FOLDER}: nothing to compare with")
        return 0
    table = Table("file", "what", "reference", "ours", "difference", "cycles", title="reference calibrations")
    found = [(name, *of_mirt(name)) for name in MODELS]
    found.append(("lsat67_multigroup_2pl", *of_two_groups()))
    found.append(("tam_rasch", *of_tam("tam_rasch", "rasch")))
    found.append(("tam_timss_pcm_latreg", *of_tam("tam_timss_pcm_latreg", "pcm")))
    for name, result, rows in found:
        for what, reference, ours in rows:
            table.add_row(
                name, what, f"{reference:.6f}", f"{ours:.6f}", f"{ours - reference:.1e}", str(result.n_cycles)
            )
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
