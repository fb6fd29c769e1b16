"""From a calibration to the value that its report shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version

import numpy as np

from engine import Abilities, Calibration, Kind, item_information
from peil.calibration.running import Plan
from reports.calibration import (
    Band,
    CalibrationReport,
    Coefficient,
    CurveKind,
    GroupResult,
    ItemResult,
    Parameter,
)
from scoring.calibration_figures import (
    FloatArray,
    Observed,
    abilities_by_group,
    curve_nodes,
    observed_by_ability,
    reliability,
)
from scoring.calibration_files import CalibrationRun, criteria
from scoring.response_files import ResponseFile

STRIP = 0.25  # logits
KINDS = {
    Kind.LOGISTIC: CurveKind.LOGISTIC,
    Kind.PARTIAL_CREDIT: CurveKind.PARTIAL_CREDIT,
    Kind.GRADED: CurveKind.GRADED,
    Kind.NOMINAL: CurveKind.NOMINAL,
}


def build_report(plan: Plan, calibration: Calibration, run: CalibrationRun, *, made_on: date) -> CalibrationReport:
    """Put everything together that the report shows.

    Parameters
    ----------
    plan
        What was calibrated.
    calibration
        The result.
    run
        How it came about.
    made_on
        Date on the report.
    """
    source, answers = plan.source, plan.answers()
    abilities = abilities_by_group(answers, calibration)
    nodes = curve_nodes(calibration)
    edges, shares = _histogram(abilities.theta[np.diff(answers.start) > 0], answers.weight[np.diff(answers.start) > 0])
    observed = observed_by_ability(answers, abilities.theta, calibration.items)
    return CalibrationReport(
        title=f"Calibration of {source.name}",
        made_on=made_on,
        converged=calibration.converged,
        convergence=calibration.convergence.words(),
        history=calibration.convergence.history,
        log_posterior=calibration.log_posterior,
        facts=_facts(plan, calibration, run, abilities),
        settings=_settings(source, run),
        notes=(*run.notes, *calibration.warnings),
        items=_items(source, calibration, run.models, observed),
        groups=_groups(source, calibration),
        coefficients=_coefficients(source, calibration),
        grid=tuple(calibration.densities[0].nodes.tolist()),
        nodes=tuple(nodes.tolist()),
        information=tuple(item_information(nodes, calibration.items).sum(axis=1).tolist()),
        ability_edges=edges,
        ability_shares=shares,
    )


def _histogram(theta: FloatArray, weight: FloatArray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Edges and shares of strips of the scale."""
    low, high = np.floor(theta.min() / STRIP) * STRIP, np.floor(theta.max() / STRIP + 1.0) * STRIP
    edges = np.arange(low, high + STRIP / 2.0, STRIP)
    counts, _ = np.histogram(theta, edges, weights=weight)
    return tuple(edges.tolist()), tuple((counts / counts.sum()).tolist())


def _facts(
    plan: Plan, calibration: Calibration, run: CalibrationRun, abilities: Abilities
) -> tuple[tuple[str, str], ...]:
    """Key figures, with the words above them."""
    aic, bic = criteria(calibration)
    responses = plan.source.responses
    models = ", ".join(f"{name} ({run.models.count(name)})" for name in dict.fromkeys(run.models))
    return (
        ("model (items)", models),
        ("persons", f"{responses.n_persons:,}"),
        ("items", f"{responses.n_items:,}"),
        ("answers", f"{plan.answers().n_responses:,}"),
        ("log-likelihood", f"{calibration.log_likelihood:,.3f}".replace("-", "\u2212")),
        ("parameters", f"{calibration.n_free:,}"),
        ("AIC", f"{aic:,.1f}"),
        ("BIC", f"{bic:,.1f}"),
        ("EAP reliability", f"{reliability(plan.answers(), abilities):.3f}"),
        ("cycles", f"{calibration.n_cycles:,}"),
        ("seconds", f"{run.seconds:.2f}"),
    )


def _settings(source: ResponseFile, run: CalibrationRun) -> tuple[tuple[str, str], ...]:
    """Settings in words."""
    said = [(name.replace("_", " "), _said(value)) for name, value in run.settings.items() if value]
    origin = f"mean of group {source.groups[0]}" if len(source.groups) > 1 else "mean of all persons"
    if "fixed" in run.settings:
        origin = "the fixed items"
    return (
        ("origin of the scale", origin),
        *said,
        ("data", f"{source.name}, SHA-256 {source.sha256}"),
        ("program", f"peil {version('peil')}"),
    )


def _said(value: object) -> str:
    """A setting as words."""
    if isinstance(value, dict):
        return "; ".join(f"{name.replace('_', ' ')}: {_said(inside)}" for name, inside in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _parameter(value: float, error: float) -> Parameter:
    """An estimate; an error that there is not, or that is infinite, is none."""
    return Parameter(value, error if 0.0 < error < float("inf") else None)


def _items(
    source: ResponseFile, calibration: Calibration, models: Sequence[str], observed: Observed
) -> tuple[ItemResult, ...]:
    """Every item with all that is known of it."""
    n, p = source.responses.n_answered().tolist(), source.responses.proportion_correct().tolist()
    flags = defaultdict(list)
    for flag in calibration.flags:
        flags[flag.item].append(flag.reason)
    return tuple(
        _item(calibration, index, (name, models[index]), (n[index], p[index]), tuple(flags[index]), observed)
        for index, name in enumerate(source.items)
    )


def _item(
    calibration: Calibration,
    index: int,
    names: tuple[str, str],
    counts: tuple[float, float],
    flags: tuple[str, ...],
    observed: Observed,
) -> ItemResult:
    """One item: name and model, answers and p-value, parameters."""
    items, errors = calibration.items, calibration.standard_errors
    single = [
        _parameter(float(getattr(items, name)[index]), float(getattr(errors, name)[index]))
        for name in ("discrimination", "difficulty", "guessing", "upper")
    ]
    is_nominal = items.kind[index] == Kind.NOMINAL
    inside = slice(int(items.step_start[index]), int(items.step_start[index + 1]))
    several = {
        name: tuple(map(_parameter, getattr(items, name)[inside].tolist(), getattr(errors, name)[inside].tolist()))
        for name in ("step", "category_slope", "category_intercept")
    }
    return ItemResult(
        *names,
        is_fixed=calibration.models[index] == "fixed",
        kind=KINDS[Kind(int(items.kind[index]))],
        discrimination=single[0],
        difficulty=single[1],
        guessing=single[2],
        upper=single[3],
        steps=() if is_nominal else several["step"],
        slopes=several["category_slope"] if is_nominal else (),
        intercepts=several["category_intercept"] if is_nominal else (),
        n=counts[0],
        p_value=counts[1],
        flags=flags,
        bands=_bands(observed, index),
    )


def _bands(observed: Observed, index: int) -> tuple[Band, ...]:
    """Observed answers to one item, of bands in which there are any."""
    counts = observed.counts[observed.offset[index] : observed.offset[index + 1]].T.tolist()
    rows = zip(observed.ability[index].tolist(), counts, strict=True)
    return tuple(Band(ability, tuple(of_band)) for ability, of_band in rows if sum(of_band) > 0.0)


def _groups(source: ResponseFile, calibration: Calibration) -> tuple[GroupResult, ...]:
    """Every group with its distribution."""
    flags = defaultdict(list)
    for flag in calibration.group_flags:
        flags[flag.group].append(flag.reason)
    rows = zip(source.groups, calibration.groups, calibration.densities, strict=True)
    return tuple(
        GroupResult(
            name,
            group.n,
            _parameter(group.mean, group.se_mean),
            _parameter(group.sd, group.se_sd),
            tuple((density.weights / np.gradient(density.nodes)).tolist()),
            tuple(flags[number]),
        )
        for number, (name, group, density) in enumerate(rows)
    )


def _coefficients(source: ResponseFile, calibration: Calibration) -> tuple[Coefficient, ...]:
    """Latent regression, on the covariates' own scales."""
    known = source.covariates
    if known is None:
        return ()
    columns = (calibration.coefficients / known.scale, calibration.coefficient_errors / known.scale, known.centre)
    rows = zip(known.names, *(column.tolist() for column in columns), strict=True)
    return tuple(Coefficient(name, _parameter(value, error), centre) for name, value, error, centre in rows)
