"""One run of ``peil calibrate``: read, check by name, estimate."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine import (
    NOT_REACHED,
    OMITTED,
    Calibration,
    EngineError,
    MissingRules,
    Model,
    Priors,
    Responses,
    calibrate,
    treat_missing,
)
from peil.calibration.choices import Density, Errors
from peil.calibration.priors import describe_priors, require_priors_apply
from peil.errors import CommandError
from scoring.calibration_files import CalibrationRun
from scoring.item_files import DICHOTOMOUS, FixedItems, read_fixed, read_models, read_options
from scoring.response_checks import check_categories, check_groups, name_fault, notes_on
from scoring.response_codes import HIGHEST
from scoring.response_files import FileColumns, MissingLabels, ResponseFile, read_responses

FRACTIONAL = "fractional"


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked.

    Attributes
    ----------
    file : responses
    model : of all items that have no other
    models, fixed : files of models and of known parameters
    columns, labels, where : how the file is read
    rules, n_options : what answers that are not there count as
    priors, errors, density, max_cycles : as `engine.calibrate` takes them
    with_covariance : whether the covariance is written
    """

    file: Path
    model: Model
    models: Path | None
    fixed: Path | None
    columns: FileColumns
    labels: MissingLabels
    where: Mapping[str, str]
    rules: MissingRules
    n_options: str | None
    priors: Priors
    errors: Errors
    density: Density
    max_cycles: int
    with_covariance: bool


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is to be calibrated, checked by name.

    Attributes
    ----------
    source : the file, every answer with a category
    raw : its responses as they were read
    models : of each item
    fixed : known items; None where none are asked
    """

    source: ResponseFile
    raw: Responses
    models: tuple[Model, ...]
    fixed: FixedItems | None

    def answers(self) -> Responses:
        """Answers that were given, each as one: what is part right, part wrong was not given."""
        if self.source.responses.share is None:
            return self.source.responses
        return treat_missing(self.raw, MissingRules("not_presented", "not_presented"))


def make_plan(request: Request) -> Plan:
    """Read all files, and refuse by name what cannot be calibrated.

    Raises
    ------
    ScoringError, CommandError
        Says what, which and why.
    """
    if request.columns.cluster is not None and request.errors is not Errors.SANDWICH:
        raise CommandError("--cluster is for --errors sandwich: other standard errors take no notice of it")
    mixed = request.models is not None or request.fixed is not None or request.model not in DICHOTOMOUS
    source = read_responses(
        request.file,
        request.columns,
        labels=request.labels,
        where=request.where,
        highest=HIGHEST if mixed else 1,
    )
    models: tuple[Model, ...] = (request.model,) * len(source.items)
    if request.models is not None:
        models = read_models(request.models, source.items, request.model)
    fixed = None if request.fixed is None else read_fixed(request.fixed, source.items)
    if fixed is not None:
        models = tuple(fixed.models.get(item, model) for item, model in enumerate(models))
    check_categories(source, models, fixed)
    known = {} if fixed is None else fixed.parameters
    require_priors_apply(request.priors, [model for item, model in enumerate(models) if item not in known])
    raw = source.responses
    source = _treated(source, request)
    check_groups(source)
    return Plan(source, raw, models, fixed)


def _treated(source: ResponseFile, request: Request) -> ResponseFile:
    """The file with a category for every answer."""
    options: npt.NDArray[np.int64] | None = None
    rules = (request.rules.omitted, request.rules.not_reached)
    if FRACTIONAL in rules and request.n_options is None:
        raise CommandError("fractional needs the number of answers that an item offers: --n-options 4, or a CSV")
    if request.n_options is not None:
        if FRACTIONAL not in rules:
            raise CommandError("--n-options is for the rule fractional: --omitted-as fractional")
        options = read_options(request.n_options, source.items)
    if not np.any(source.responses.category < 0):
        return source
    try:
        treated = treat_missing(source.responses, request.rules, n_options=options)
    except EngineError as error:
        raise CommandError(name_fault(source, error)) from error
    return replace(source, responses=treated)


def estimate(plan: Plan, request: Request, on_cycle: Callable[[int, float], None]) -> tuple[Calibration, float]:
    """Calibrate; returns the result and the seconds that it took.

    Raises
    ------
    CommandError
        If the engine refuses; names items and groups as the file does.
    """
    known = {} if plan.fixed is None else plan.fixed.parameters
    begun = time.monotonic()
    try:
        result = calibrate(
            plan.source.responses,
            model=plan.models,
            priors=request.priors,
            fixed=known,
            density=request.density.value,
            errors=request.errors.value,
            on_cycle=on_cycle,
            max_cycles=request.max_cycles,
        )
    except EngineError as error:
        raise CommandError(name_fault(plan.source, error, tuple(known))) from error
    return result, time.monotonic() - begun


def describe(plan: Plan, request: Request, seconds: float) -> CalibrationRun:
    """How the calibration came about, for its files."""
    return CalibrationRun(
        model=request.model,
        models=plan.models,
        settings=_settings(plan, request),
        seconds=seconds,
        notes=tuple(notes_on(plan.source, plan.fixed)),
        with_covariance=request.with_covariance,
    )


def _settings(plan: Plan, request: Request) -> dict[str, object]:
    """Settings by name, as plain data."""
    settings: dict[str, object] = {
        "errors": request.errors.value,
        "density": request.density.value,
        "priors": describe_priors(request.priors),
        "missing": _missing(plan.raw, request),
    }
    if request.where:
        settings["where"] = dict(request.where)
    for name in ("group", "weight", "cluster"):
        if getattr(request.columns, name) is not None:
            settings[f"{name}_column"] = getattr(request.columns, name)
    if plan.fixed is not None:
        names: Sequence[str] = [plan.source.items[item] for item in plan.fixed.parameters]
        absent = {"not_in_the_data": list(plan.fixed.absent)} if plan.fixed.absent else {}
        settings["fixed"] = {"sha256": plan.fixed.sha256, "items": names, **absent}
    return settings


def _missing(raw: Responses, request: Request) -> dict[str, object]:
    """How many answers were not there, and what they count as."""
    kinds = (
        ("omitted", request.labels.omitted, request.rules.omitted, OMITTED),
        ("not_reached", request.labels.not_reached, request.rules.not_reached, NOT_REACHED),
    )
    return {
        name: {"labels": list(labels), "n": int(np.count_nonzero(raw.category == code)), "counts_as": rule}
        for name, labels, rule, code in kinds
        if labels
    }
