"""Simulate, estimate, compare, many times over: for the gates of the tests and the table of the bench alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import (
    Calibration,
    ItemParameters,
    Kind,
    LogNormalPrior,
    Model,
    NormalPrior,
    Priors,
    Responses,
    calibrate,
    simulate_responses,
)
from engine.arrays import FloatArray

SEED = 20261125
N_PERSONS, N_REPLICATIONS = 1500, 200
Z = 1.959964  # of a 95 % interval
PRIORS = Priors(discrimination=LogNormalPrior(0.2, 0.5), guessing=NormalPrior(-1.386, 0.5))  # of the case c


@dataclass(frozen=True, eq=False)
class Case:
    """A model, and the items that generate its data."""

    title: str
    model: Model
    items: ItemParameters
    priors: Priors | None = None


def _cases() -> dict[str, Case]:
    rng = np.random.default_rng(SEED)
    steps = list(np.linspace(-1.5, 1.5, 10)[:, np.newaxis] + np.array([-1.0, 0.0, 1.0]))
    slopes, spread = rng.uniform(0.7, 1.6, 15), np.linspace(-2.0, 2.0, 15)
    guessing = ItemParameters(rng.uniform(0.9, 1.6, 15), spread * 0.75, np.full(15, 0.2), np.ones(15))
    credit = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, slopes[:10], steps)
    graded = ItemParameters.from_steps(Kind.GRADED, slopes[:10] + 0.5, steps)
    cases = (
        Case("2PL, 15 items", "2pl", ItemParameters.two_parameter(slopes, spread)),
        Case("3PL with priors, 15 items", "3pl", guessing, PRIORS),
        Case("GPCM, 10 items of 4", "gpcm", credit),
        Case("graded, 10 items of 4", "grm", graded),
    )
    return {case.model: case for case in cases}


CASES = _cases()
KINDS = {
    "2pl": ("slope", "location"),
    "3pl": ("slope", "location", "guessing"),
    "gpcm": ("slope", "location", "step"),
    "grm": ("slope", "location", "step"),
}


@dataclass(frozen=True, eq=False)
class Recovery:
    """Estimates of one kind of parameter, minus the truth, and their standard errors.

    Attributes
    ----------
    error, spread : (n_replications, n_parameters)
    """

    error: FloatArray
    spread: FloatArray

    @property
    def coverage(self) -> float:
        """Share of 95 % intervals that hold the truth, over parameters and replications."""
        return float(np.mean(np.abs(self.error) <= Z * self.spread))

    @property
    def bias(self) -> FloatArray:
        """Mean error of every parameter, (n_parameters,)."""
        bias: FloatArray = self.error.mean(axis=0)
        return bias

    @property
    def chance(self) -> FloatArray:
        """Monte-Carlo standard error of every parameter's bias, (n_parameters,)."""
        chance: FloatArray = self.error.std(axis=0, ddof=1) / np.sqrt(len(self.error))
        return chance

    @property
    def mean_bias(self) -> float:
        """Bias over all parameters of the kind."""
        return float(self.error.mean())

    @property
    def mean_chance(self) -> float:
        """Monte-Carlo standard error of that."""
        return float(self.error.mean(axis=1).std(ddof=1) / np.sqrt(len(self.error)))


def draw(theta: FloatArray, items: ItemParameters, rng: np.random.Generator) -> Responses:
    """Everybody's responses to everything."""
    return simulate_responses(theta, items, np.ones((theta.size, items.n_items), dtype=np.bool_), rng)


def replicate(case: Case, n_replications: int = N_REPLICATIONS) -> dict[str, Recovery]:
    """Calibrations of fresh samples of N(0, 1), by kind of parameter."""
    rng = np.random.default_rng(SEED)
    results = [
        calibrate(draw(rng.normal(size=N_PERSONS), case.items, rng), model=case.model, priors=case.priors)
        for _ in range(n_replications)
    ]
    return {kind: _of_kind(kind, results, case.items) for kind in KINDS[case.model]}


def _of_kind(kind: str, results: list[Calibration], truth: ItemParameters) -> Recovery:
    name = {"slope": "discrimination", "location": "difficulty"}.get(kind, kind)
    error = np.stack([getattr(result.items, name) for result in results]) - getattr(truth, name)
    return Recovery(error, np.stack([getattr(result.standard_errors, name) for result in results]))
