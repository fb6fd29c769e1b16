"""The report of a simulation as one self-contained page."""

from __future__ import annotations

import math

from reports.calibration.page import number
from reports.drawing import Picture
from reports.environment import template_environment
from reports.simulation.charts import (
    FEWEST,
    MOST_RULES,
    accuracy_chart,
    blueprint_chart,
    counted_rules,
    exposure_chart,
    heat_chart,
)
from reports.simulation.values import SimulationReport
from reports.widths import Chart, both_widths

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"


def render_simulation(report: SimulationReport) -> str:
    """Render a simulation as one HTML file that needs no network, no script and no other file.

    The same report always gives the same text.

    Parameters
    ----------
    report
        What to show.
    """
    return (
        template_environment()
        .get_template("simulation/page.html.j2")
        .render(
            report=report,
            charts=_charts(report),
            number=number,
            amount=amount,
            percentage=percentage,
            fewest=FEWEST,
            most_rules=MOST_RULES,
            n_counted=sum(rule.is_count for rule in report.rules),
            policy=POLICY,
        )
    )


def amount(value: float) -> str:
    """Write what tests hold: whole where it is, else with two decimals; nothing where there is no bound."""
    if math.isinf(value):
        return ""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def percentage(share: float) -> str:
    """Write a share as a percentage with one decimal."""
    return f"{100.0 * share:.1f} %"


def _charts(report: SimulationReport) -> dict[str, Chart]:
    """All charts by name."""
    first = report.groups[0]
    words = {
        "accuracy": (
            accuracy_chart,
            "Accuracy by ability",
            f"RMSE, mean standard error and bias; over everyone {number(first.rmse)}, {number(first.standard_error)} "
            f"and {number(first.bias)}. Figures are in the table.",
        ),
        "heat": (
            heat_chart,
            "Estimates against true abilities",
            "The darker a cell, the more persons. Dashed: where estimate and ability are equal.",
        ),
        "exposure": (
            exposure_chart,
            "Exposure of items",
            f"From {percentage(report.exposure[0])} of the tests down to {percentage(report.exposure[-1])}.",
        ),
    }
    if counted_rules(report):
        said = "Bars are the bounds, lines what tests hold, dots the mean. Figures are in the table."
        words["blueprint"] = (blueprint_chart, "Blueprint", said)
    return {
        name: both_widths(draw, report, Picture(f"chart-{name}", title, description, 0.0))
        for name, (draw, title, description) in words.items()
    }
