"""The files of reference calibrations, each as answers, curves and populations that one evaluator reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine import Calibration, Kind, LogNormalPrior, Model, NormalPrior, Priors, Responses
from engine.arrays import FloatArray
from tests.engine.calibration.evaluator import Answers, Curve

MIRT_GRID = np.linspace(-6.0, 6.0, 61)  # meta.quadrature of mirt's files
TAM_GRID = np.linspace(-12.0, 12.0, 241)  # nodes of TAM's
PRIORS = Priors(discrimination=LogNormalPrior(0.2, 0.5), guessing=NormalPrior(-1.386, 0.5))  # "prior" of the 3PL's
MODELS: dict[str, Model] = {
    "lsat6_2pl": "2pl",
    "lsat6_rasch": "rasch",
    "lsat7_2pl": "2pl",
    "lsat7_3pl_mmap": "3pl",
    "lsat67_multigroup_2pl": "2pl",
    "science_gpcm": "gpcm",
    "science_graded": "grm",
    "tam_rasch": "rasch",
    "tam_timss_pcm_latreg": "pcm",
}
LEVELS = ("d", "d1", "d2", "d3")


@dataclass(frozen=True, eq=False)
class Found:
    """What a program found."""

    curves: tuple[Curve, ...]
    means: tuple[float, ...]
    sds: tuple[float, ...]

    @property
    def slopes(self) -> FloatArray:
        return np.array([curve.slope for curve in self.curves])

    @property
    def levels(self) -> FloatArray:
        """Intercepts of all items, one after the other."""
        return np.concatenate([curve.levels for curve in self.curves])


@dataclass(frozen=True, eq=False)
class ReferenceFile:
    """One file: the data, what its program found, and on which grid."""

    name: str
    raw: dict[str, Any]

    @property
    def model(self) -> Model:
        return MODELS[self.name]

    @property
    def is_mirt(self) -> bool:
        return "params" in self.raw

    @property
    def has_errors(self) -> bool:
        """Whether its standard errors are a reference: R mirt's of one group are, TAM's are approximations."""
        return self.is_mirt and not set(self.raw["items"]) - set(self.raw.get("se", {}))

    @property
    def log_likelihood(self) -> float:
        return float(self.raw["logLik"])

    @property
    def nodes(self) -> FloatArray:
        return MIRT_GRID if self.is_mirt else TAM_GRID

    @property
    def priors(self) -> Priors | None:
        return PRIORS if self.model == "3pl" else None

    @property
    def answers(self) -> Answers:
        """Rows and how often they occur; groups are mirt's groups, or values of TAM's only covariate."""
        if "group_patterns" in self.raw:
            pairs = [
                (g, row) for g, name in enumerate(("g1", "g2")) for row in self.raw["group_patterns"][name].items()
            ]
            rows = [([int(code) for code in pattern], n, g) for g, (pattern, n) in pairs if n]
            codes, n, group = (np.array(column) for column in zip(*rows, strict=True))
            return Answers(codes, n.astype(np.float64), group)
        if self.is_mirt:
            codes = np.array(self.raw["patterns"])
            return Answers(codes - codes.min(), np.array(self.raw["freq"], float), np.zeros(len(codes), int))
        codes = np.array([[-1 if code is None else code for code in row] for row in self.raw["responses"]])
        return Answers(codes, np.ones(len(codes)), np.array(self.raw.get("Y", np.zeros(len(codes))), int).ravel())

    @property
    def responses(self) -> Responses:
        """The same for the engine; TAM's covariate as a covariate."""
        answers = self.answers
        if "Y" in self.raw:
            return Responses.from_dense(answers.codes, covariates=answers.group[:, np.newaxis].astype(np.float64))
        return Responses.from_dense(answers.codes, weight=answers.n, group=answers.group)

    @property
    def found(self) -> Found:
        """What the program found."""
        if not self.is_mirt:
            curves = [np.array([level for level in row[1:] if level is not None]) for row in self.raw["AXsi"]]
            means = tuple(float(np.sum([row[0] for row in self.raw["beta"]][: g + 1])) for g in range(2))
            return Found(tuple(Curve(1.0, levels) for levels in curves), means, (self.raw["variance"] ** 0.5,) * 2)
        rows = self.raw["params"]
        groups = sorted({row["group"] for row in rows})
        group = {(row["group"], row["name"]): row["value"] for row in rows if row["item"] == "GROUP"}
        means = tuple(float(group[name, "MEAN_1"]) for name in groups)
        return Found(
            tuple(self._curve(item, groups[0]) for item in self.raw["items"]),
            means,
            tuple(float(group[name, "COV_11"]) ** 0.5 for name in groups),
        )

    def _curve(self, item: str, group: str) -> Curve:
        own = {row["name"]: row["value"] for row in self.raw["params"] if (row["item"], row["group"]) == (item, group)}
        levels = np.array([own[name] for name in LEVELS if name in own])
        return Curve(float(own["a1"]), levels, float(own.get("g", 0.0)), self.model == "grm")

    def standard_errors(self, *names: str) -> FloatArray:
        """Of parameters of these names, item after item; none where a parameter was not estimated."""
        found = []
        for item in self.raw["items"]:
            entry = self.raw["se"][item]
            pairs = zip(entry["names"], entry["SE"], strict=True)
            found += [error for name, error in pairs if name in names and error is not None]
        return np.array(found)


def read_reference(folder: Path, name: str) -> ReferenceFile:
    """One file of the folder ``calibration``."""
    return ReferenceFile(name, json.loads((folder / "calibration" / f"{name}.json").read_text()))


def ours(result: Calibration) -> Found:
    """Our estimates as curves: slopes and steps back to slopes and intercepts; by group, or by value of a covariate."""
    items = result.items
    curves = []
    for item in range(items.n_items):
        a, steps = float(items.discrimination[item]), items.steps(item)
        is_graded = bool(items.kind[item] == Kind.GRADED)
        levels = -a * (steps if is_graded else np.cumsum(steps))
        curves.append(Curve(a, levels, float(items.guessing[item]), is_graded))
    means = tuple(group.mean for group in result.groups)
    sds = tuple(group.sd for group in result.groups)
    if result.coefficients.size:
        means, sds = (means[0], means[0] + float(result.coefficients[0])), sds * 2
    return Found(tuple(curves), means, sds)
