"""Programs that calibrate, each run in a process of its own: seconds, peak memory, estimates."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

N_NODES = 61
TIGHT = 1e-8  # of every parameter's distance to the maximum


def run(program: str, case: str, runs: int, folder: Path) -> dict[str, Any]:
    """Run a program on a case in a process of its own; what it found is in a file there."""
    command = [sys.executable, __file__, program, case, str(runs), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program} on case {case} failed:\n{done.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    report |= dict(np.load(folder / file_of(program, case)))
    return report


def file_of(program: str, case: str) -> str:
    """Name of the file of what a program found on a case."""
    return f"{program.replace(', ', '_')}_{case}.npz"


def peil(case: Any, *, errors: bool, tight: bool = False) -> dict[str, Any]:
    """Fit with our engine, as it comes or until it no longer moves."""
    from engine import calibrate
    from engine.calibration.calibrate import TOLERANCE

    kind: Any = "information" if errors else "none"
    tolerance = TIGHT if tight else TOLERANCE
    result = calibrate(case.responses, model=case.model, priors=case.priors, errors=kind, tolerance=tolerance)
    spread = result.standard_errors
    return {
        "a": result.items.discrimination,
        "b": result.items.difficulty,
        "c": result.items.guessing,
        "step": result.items.step,
        "mean": [group.mean for group in result.groups],
        "sd": [group.sd for group in result.groups],
        "n_cycles": result.n_cycles,
        "n_nodes": result.n_nodes,
        "converged": result.converged,
        "se a": spread.discrimination,
        "se b": spread.difficulty,
        "se c": spread.guessing,
        "se step": spread.step,
        "se mean": [group.se_mean for group in result.groups],
        "se sd": [group.se_sd for group in result.groups],
    }


def mirt(case: Any, *, errors: bool, accelerate: Any = "none") -> dict[str, Any]:
    """Fit with Python's mirt on 61 nodes."""
    import mirt as program

    codes = case.codes.astype(np.int64)
    if case.name == "e":
        fit = program.fit_multigroup(codes, case.responses.group, "2PL", invariance="scalar", n_quadpts=N_NODES)
        found = fit.model.group_models[0].parameters
        latent = fit.latent_distributions
        return {
            "a": np.asarray(found["discrimination"]),
            "b": np.asarray(found["difficulty"]),
            "mean": [float(np.ravel(one.mean)[0]) for one in latent],
            "sd": [float(np.sqrt(np.ravel(one.cov)[0])) for one in latent],
            "log_likelihood": fit.log_likelihood,
        }
    priors = None
    if case.name == "c":
        from mirt.estimation.priors import BetaPrior, LogNormalPrior

        priors = {"discrimination": LogNormalPrior(0.2, 0.5), "guessing": BetaPrior(5.0, 17.0)}
    name: Any = {"2pl": "2PL", "3pl": "3PL", "gpcm": "GPCM"}[case.model]
    fit = program.fit_mirt(
        codes, name, n_quadpts=N_NODES, compute_standard_errors=errors, priors=priors, accelerate=accelerate
    )
    found = {key: np.asarray(values, dtype=np.float64) for key, values in fit.model.parameters.items()}
    report = {"a": found["discrimination"], "log_likelihood": fit.log_likelihood}
    if "difficulty" in found:
        report |= {"b": found["difficulty"], "c": found.get("guessing", np.zeros(found["difficulty"].size))}
    if "steps" in found:
        report |= {"step": found["steps"].ravel(), "b": found["steps"].mean(axis=1)}
    return report


def girth(case: Any, *, errors: bool) -> dict[str, Any]:  # noqa: ARG001 - every program is called alike
    """Fit with girth on 61 nodes; it has no standard errors."""
    from girth import twopl_mml

    options = {"quadrature_n": N_NODES, "quadrature_bounds": (-6, 6)}
    result = twopl_mml(case.codes.T.astype(np.int64), options=options)
    return {"a": np.asarray(result["Discrimination"]), "b": np.asarray(result["Difficulty"])}


PROGRAMS: dict[str, Callable[..., dict[str, Any]]] = {
    "peil": peil,
    "peil, tight": partial(peil, tight=True),
    "mirt": mirt,
    "mirt, squarem": partial(mirt, accelerate="squarem"),
    "girth": girth,
}


def forget_peak() -> None:
    """Count the peak of memory from here on: making the data is no part of the fit."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")


def peak_megabytes() -> float:
    """Peak of resident memory in MB, the interpreter and its libraries included."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024.0


def _work(program: str, name: str, runs: int, folder: Path) -> None:
    """Make the case, run the program, say how long it took; ``program`` ends in ``+`` where errors are asked."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.bench.calibration_cases import make_case

    case = make_case(name)
    if program.startswith("peil"):
        case = replace(case, codes=None)  # ours takes the sparse form; the matrix is for the others
    forget_peak()
    best, found = np.inf, {}
    for _ in range(runs):
        begun = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = PROGRAMS[program.rstrip("+")](case, errors=program.endswith("+"))
        best = min(best, time.perf_counter() - begun)
    arrays: dict[str, Any] = {key: np.asarray(values) for key, values in found.items()}
    np.savez(folder / file_of(program, name), **arrays)
    print(json.dumps({"seconds": best, "megabytes": peak_megabytes()}))  # noqa: T201 - its result


if __name__ == "__main__":
    _work(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
