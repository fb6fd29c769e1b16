"""The report of a calibration as one self-contained page."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from reports.calibration.charts import (
    MOST_GROUPS,
    convergence_chart,
    error_chart,
    group_chart,
    information_chart,
)
from reports.calibration.item_data import items_json
from reports.calibration.item_rows import table_of
from reports.calibration.values import CalibrationReport, Parameter
from reports.calibration.wright import wright_map
from reports.drawing import Picture
from reports.environment import template_environment
from reports.plotting import short
from reports.widths import Chart, both_widths

SCRIPTS = ("curves.js", "figures.js", "table.js")
MOST_CYCLES = 40  # rows of the table beside the plot of convergence
MOST_FLAGGED = 30


def render_calibration(report: CalibrationReport) -> str:
    """Render a calibration as one HTML file that needs no network and no other file.

    The same report always gives the same text. The page allows its own script alone, by digest. Curves of an
    item are drawn when a reader opens it, so that a report on 1,000 items opens at once.

    Parameters
    ----------
    report
        What to show.
    """
    script = _script()
    digest = base64.b64encode(hashlib.sha256(f"\n{script}\n".encode()).digest()).decode()
    flagged = [item for item in report.items if item.flags]
    return (
        template_environment()
        .get_template("calibration/page.html.j2")
        .render(
            report=report,
            table=table_of(report.items),
            charts=_charts(report),
            cycles=_cycles(report.history),
            flagged=flagged,
            most_flagged=MOST_FLAGGED,
            most_groups=MOST_GROUPS,
            number=number,
            with_error=with_error,
            significant=significant,
            data=Markup(items_json(report.items)),
            script=Markup(script),
            policy=f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'",
        )
    )


@cache
def _script() -> str:
    """The page's script, one module: what each file exports stays inside it."""
    folder = files("reports").joinpath("templates", "calibration")
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS).strip()


def number(value: float, decimals: int = 3) -> str:
    """Write a number with a real minus sign; never minus zero.

    Parameters
    ----------
    value, decimals
        What to write, and how exactly.
    """
    text = f"{value:.{decimals}f}"
    return f"{float(text) + 0.0:.{decimals}f}".replace("-", "\u2212")


def with_error(parameter: Parameter) -> str:
    """Write an estimate with its standard error in brackets, where it has one."""
    return number(parameter.value) + ("" if parameter.error is None else f" ({number(parameter.error)})")


def significant(parameter: Parameter) -> str:
    """Write an estimate of any size with its standard error: four digits, not decimals."""
    error = "" if parameter.error is None else f" ({parameter.error:.2g})"
    return f"{parameter.value:.4g}{error}".replace("-", "\u2212")


def _charts(report: CalibrationReport) -> dict[str, Chart]:
    """All charts that are there when the page opens, by name."""
    best = max(range(len(report.nodes)), key=lambda index: report.information[index])
    peak = f"Largest, {short(round(report.information[best], 2))}, at ability {short(round(report.nodes[best], 2))}."
    words = {
        "convergence": (convergence_chart, "Convergence", report.convergence),
        "wright": (wright_map, "Wright map", "Persons and items beside the same scale; figures are in the tables."),
        "information": (information_chart, "Information of all items together", peak),
        "error": (error_chart, "Standard error of an ability", "One over the root of the information."),
        "groups": (group_chart, "Ability distributions", "Means and standard deviations are in the table."),
    }
    return {
        name: both_widths(draw, report, Picture(f"chart-{name}", title, description, 0.0))
        for name, (draw, title, description) in words.items()
    }


def _cycles(history: tuple[float, ...]) -> list[tuple[int, str]]:
    """Number and log-posterior of the cycles, evenly thinned where there are many."""
    step = -(-len(history) // MOST_CYCLES)
    kept = sorted({*range(0, len(history), max(step, 1)), len(history) - 1}) if history else []
    return [(index + 1, number(history[index], 4)) for index in kept]
