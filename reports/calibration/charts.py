"""Charts of a calibration: convergence, Wright map, information and its error, groups."""

from __future__ import annotations

import math

from reports.calibration.values import CalibrationReport
from reports.drawing import Picture
from reports.plotting import LINES, Line, Scale, line_chart

CLOSEST = 1e-6  # distances to the end below this are drawn as this
SUPER = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MOST_GROUPS = len(LINES)


def convergence_chart(report: CalibrationReport, picture: Picture) -> str:
    """How far the log-posterior was from its end after each cycle, on a logarithmic axis."""
    distance = [max(abs(report.log_posterior - value), CLOSEST) for value in report.history]
    powers = [math.log10(value) for value in distance]
    low, high = math.floor(min(powers)), math.ceil(max(max(powers), min(powers) + 1.0))
    step = max(1, round((high - low) / 6))
    ticks = tuple((float(power), f"10{str(power).translate(SUPER)}") for power in range(low, high + 1, step))
    cycles = [float(number) for number in range(1, len(powers) + 1)]
    x = Scale("cycle", 1.0, max(cycles[-1], 2.0))
    return line_chart(picture, x, Scale("distance to the last log-posterior", low, high, ticks), [Line(cycles, powers)])


def information_chart(report: CalibrationReport, picture: Picture) -> str:
    """Information of all items together by ability."""
    highest = max(report.information)
    x = Scale("ability (logits)", report.nodes[0], report.nodes[-1])
    y = Scale("information (1/logit²)", 0.0, highest * 1.05 or 1.0)
    return line_chart(picture, x, y, [Line(report.nodes, report.information)])


def error_chart(report: CalibrationReport, picture: Picture) -> str:
    """Standard error of an ability that all items together estimate; where it is large the line stops."""
    errors = [1.0 / math.sqrt(value) if value > 0.0 else math.inf for value in report.information]
    highest = min(4.0 * min(errors), max(errors))
    seen = [(node, error) for node, error in zip(report.nodes, errors, strict=True) if error <= highest]
    line = Line([node for node, _ in seen], [error for _, error in seen])
    x = Scale("ability (logits)", report.nodes[0], report.nodes[-1])
    return line_chart(picture, x, Scale("standard error (logits)", 0.0, highest * 1.05), [line])


def group_chart(report: CalibrationReport, picture: Picture) -> str:
    """Ability distribution of the first groups."""
    low, high = report.nodes[0], report.nodes[-1]
    inside = [index for index, node in enumerate(report.grid) if low <= node <= high]
    x = [report.grid[index] for index in inside]
    shown = report.groups[:MOST_GROUPS]
    lines = [Line(x, [group.density[index] for index in inside], group.name) for group in shown]
    highest = max((max(line.y, default=0.0) for line in lines), default=0.0)
    scale = Scale("ability (logits)", low, high)
    return line_chart(picture, scale, Scale("density (1/logit)", 0.0, highest * 1.05 or 1.0), lines)
