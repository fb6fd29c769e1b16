"""From what a simulation gave to the value that its report shows."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from importlib.metadata import version
from itertools import pairwise

import numpy as np

from engine import Accuracy, Simulation
from engine.simulation import Levels, RuleUse
from peil.simulation.files import summary_data
from peil.simulation.running import Outcome
from peil.simulation.words import behaviour_words, remarks, route_words, verdict
from reports.simulation import AccuracyRow, Heat, LevelTable, RuleRow, SimulationReport

CELL = 0.25  # logits
FARTHEST = 4.0  # logits that the heat map shows around 0, or as far as persons go
MOST_USED = 12
COUNTS = {"count", "passages"}


def build_report(outcome: Outcome, *, made_on: date) -> SimulationReport:
    """Put everything together that the report shows.

    Parameters
    ----------
    outcome
        What came out.
    made_on
        Date on the report.
    """
    plan, summary, use = outcome.plan, outcome.summary, outcome.summary.items
    usable = plan.bank.plans.rules.usable
    rates = np.sort(use.scored[usable])[::-1]
    most = np.argsort(-use.scored, kind="stable")[:MOST_USED]
    return SimulationReport(
        title=f"Simulation of {plan.design.title}",
        made_on=made_on,
        is_good=not summary.n_misses,
        verdict=verdict(outcome),
        facts=_facts(outcome),
        settings=_settings(outcome),
        notes=tuple(remarks(outcome)),
        groups=tuple(_accuracy(row) for row in _with_everyone(outcome)),
        bands=tuple(replace(_accuracy(band), name=band.name.replace("-", "\u2212")) for band in summary.bands),
        exposure=tuple(rates.tolist()),
        exposure_limit=plan.design.exposure.item_limit,
        most_used=tuple((plan.pool.name[item], float(use.scored[item])) for item in most.tolist()),
        rules=tuple(_rule(rule) for rule in summary.rules),
        ended=tuple(summary.reasons.items()),
        routes=tuple((route_words(route), n) for route, n in summary.routes.items()),
        levels=None if summary.levels is None else _levels(summary.levels),
        heat=_heat_of(outcome.tests),
    )


def _with_everyone(outcome: Outcome) -> tuple[Accuracy, ...]:
    """Everyone, and the subgroups where there are several."""
    groups = outcome.summary.groups
    return (outcome.summary.overall, *(groups if len(groups) > 1 else ()))


def _facts(outcome: Outcome) -> tuple[tuple[str, str], ...]:
    """Key figures, with the words above them."""
    summary, use = outcome.summary, outcome.summary.items
    overall = summary.overall
    facts = [
        ("persons", f"{overall.n_persons:,}"),
        ("scored items", f"{overall.length:.1f}"),
        ("RMSE", f"{overall.rmse:.3f}"),
        ("bias", f"{overall.bias:.3f}".replace("-", "\u2212")),
        ("mean standard error", f"{overall.standard_error:.3f}"),
        ("95 % interval holds", f"{100.0 * overall.coverage:.1f} %"),
        ("highest exposure", f"{100.0 * use.highest:.1f} %"),
        ("overlap of two tests", f"{100.0 * use.overlap:.1f} %"),
        ("items never used", f"{use.n_unused:,} of {use.usable:,}"),
        ("blueprint missed", f"{summary.n_misses:,} times"),
        ("tests with a fall-back", f"{summary.n_fallbacks:,}"),
    ]
    if outcome.eligibility is not None:
        facts.append(("eligibility lifted", f"{summary.n_lifted:,} tests"))
    if outcome.tests.information_share.size:
        facts.append(("share of best information", f"{100.0 * summary.information_share:.1f} %"))
    if summary.levels is not None:
        facts.append(("on the true level", f"{100.0 * summary.levels.accuracy:.1f} %"))
    return (*facts, ("seconds", f"{outcome.seconds:.1f}"))


def _settings(outcome: Outcome) -> tuple[tuple[str, str], ...]:
    """Settings in words."""
    plan, data = outcome.plan, summary_data(outcome)
    design = plan.design
    chosen = "a form for everyone"
    if not plan.is_linear:
        chosen = f"{design.selection.rule.replace('_', ' ')}, method {design.selection.method}"
        chosen += f", one of the best {design.selection.best_k}" if design.selection.best_k > 1 else ""
        if design.selection.target_success:
            chosen += f", success rate {design.selection.target_success:g}"
        chosen += f", ability by {design.selection.estimator.upper()}"
    exposure = design.exposure
    limit = "no limit"
    if exposure.method != "none":
        limit = f"{exposure.method.replace('_', ' ')}, item {exposure.item_limit:g}, overlap {exposure.overlap_limit:g}"
        if exposure.intervals:
            limit += f", in {len(exposure.intervals) + 1} intervals of ability"
    groups = "; ".join(f"{group.name}: N({group.mean:g}, {group.sd:g}²)" for group in plan.groups)
    return (
        ("design", f"{design.identifier} ({design.kind}), SHA-256 {data['design_sha256']}"),
        ("bank", f"{plan.source.name}, {plan.pool.n_items:,} items, SHA-256 {data['bank_sha256']}"),
        ("items chosen by", chosen),
        ("exposure", limit),
        ("groups", groups),
        ("behaviour", behaviour_words(plan.request.behaviour)),
        ("seed", str(plan.request.seed)),
        ("workers", str(outcome.workers)),
        ("program", f"peil {version('peil')}"),
    )


def _accuracy(row: Accuracy) -> AccuracyRow:
    """One row of accuracy."""
    figures = {field.name: getattr(row, field.name) for field in fields(AccuracyRow)}
    return AccuracyRow(**figures)


def _rule(rule: RuleUse) -> RuleRow:
    """One rule."""
    return RuleRow(
        rule.name,
        rule.sort,
        rule.minimum,
        rule.maximum,
        rule.lowest,
        rule.mean,
        rule.highest,
        rule.misses,
        is_count=rule.sort in COUNTS,
    )


def _levels(levels: Levels) -> LevelTable:
    """Levels with names of their bounds."""
    cuts = [f"{cut:g}".replace("-", "\u2212") for cut in levels.cuts.tolist()]
    between = [f"{low} to {high}" for low, high in pairwise(cuts)]
    names = (f"below {cuts[0]}", *between, f"{cuts[-1]} or more")
    return LevelTable(names, tuple(tuple(row) for row in levels.count.tolist()), levels.accuracy)


def _heat_of(tests: Simulation) -> Heat:
    """Persons by true ability and estimate; those beyond the map are at its edge.

    Parameters
    ----------
    tests
        Simulated tests.
    """
    middle = CELL * round(float(np.median(tests.theta)) / CELL)
    reach = max(np.abs(tests.theta - middle).max(), np.abs(tests.estimate - middle).max(), CELL)
    n_cells = int(np.ceil(min(reach, FARTHEST) / CELL))
    edges = middle + CELL * np.arange(-n_cells, n_cells + 1)
    row, column = (
        np.clip(np.searchsorted(edges, values, side="right") - 1, 0, 2 * n_cells - 1)
        for values in (tests.theta, tests.estimate)
    )
    count = np.bincount(row * 2 * n_cells + column, minlength=(2 * n_cells) ** 2).reshape(2 * n_cells, -1)
    return Heat(tuple(edges.tolist()), tuple(tuple(cells) for cells in count.tolist()))
