"""Charts of a simulation: accuracy by ability, exposure, blueprint, estimates against abilities."""

from __future__ import annotations

from itertools import pairwise

from reports.drawing import (
    DASHES,
    GRID,
    INK,
    QUIET,
    REFERENCE,
    SCHOOL,
    SCHOOL_LIGHT,
    Axis,
    Picture,
    shortened,
    text_width,
)
from reports.plotting import Line, Scale, draw_grid, line_chart
from reports.simulation.values import AccuracyRow, RuleRow, SimulationReport
from reports.widths import WIDE

FEWEST = 30
"""Persons in a band of ability below whom its figures are mostly chance, and not drawn."""
MOST_RULES = 40
ROW = 32.0
FAINTEST = 0.08


def drawn_bands(report: SimulationReport) -> tuple[AccuracyRow, ...]:
    """Bands with enough persons to draw; all where none has."""
    return tuple(band for band in report.bands if band.n_persons >= FEWEST) or report.bands


def accuracy_chart(report: SimulationReport, picture: Picture) -> str:
    """Error, mean standard error and bias by true ability."""
    bands = drawn_bands(report)
    x = [band.theta for band in bands]
    lines = [
        Line(x, [band.rmse for band in bands], "RMSE"),
        Line(x, [band.standard_error for band in bands], "mean standard error"),
        Line(x, [band.bias for band in bands], "bias"),
    ]
    low = min(min(line.y) for line in lines)
    high = max(max(line.y) for line in lines)
    margin = 0.05 * (high - min(low, 0.0)) or 0.1
    across = Scale("true ability (logits)", min(x) - 0.1, max(x) + 0.1)
    return line_chart(picture, across, Scale("logits", min(low, 0.0) - margin, high + margin), lines)


def exposure_chart(report: SimulationReport, picture: Picture) -> str:
    """Exposure rate of every item, sorted; a dashed line at the limit."""
    n = len(report.exposure)
    rank = [float(number) for number in range(1, n + 1)]
    lines = [Line(rank, list(report.exposure), "exposure rate")]
    if report.exposure_limit < 1.0:
        lines.append(Line([1.0, float(max(n, 2))], [report.exposure_limit] * 2, "limit"))
    highest = max(max(line.y) for line in lines)
    x = Scale("items, the most used first", 1.0, float(max(n, 2)))
    return line_chart(picture, x, Scale("share of the tests", 0.0, highest * 1.05 or 1.0), lines)


def heat_chart(report: SimulationReport, picture: Picture) -> str:
    """Persons by true ability and estimate: the darker a cell, the more; a dashed line where both are equal."""
    drawing, heat = picture.drawing(), report.heat
    side = min(picture.width - 40.0, 420.0)
    low, high = heat.edges[0], heat.edges[-1]
    across, up = Axis(low, high, 30.0, 30.0 + side), Axis(low, high, 24.0 + side, 24.0)
    drawing.label(0.0, 12.0, "estimate (logits)", fill=QUIET)
    ticks = Scale("", low, high).marks(int(side / 60.0))
    draw_grid(drawing, across, up, (ticks, ticks))
    most = max(max(row) for row in heat.count) or 1
    for row, (left, right) in zip(heat.count, pairwise(heat.edges), strict=True):
        for number, (bottom, top) in zip(row, pairwise(heat.edges), strict=True):
            if number:
                width, height = across(right) - across(left), up(bottom) - up(top)
                opacity = FAINTEST + (1.0 - FAINTEST) * (number / most) ** 0.5
                drawing.rectangle(across(left), up(top), width, height, fill=SCHOOL, opacity=opacity)
    drawing.line(across(low), up(low), across(high), up(high), stroke=REFERENCE, width=1.5, dashes=DASHES)
    drawing.label(across.end, 24.0 + side + 34.0, "true ability (logits)", fill=QUIET, anchor="end")
    return drawing.svg(24.0 + side + 42.0)


def counted_rules(report: SimulationReport) -> tuple[RuleRow, ...]:
    """Rules that count items or passages, as many as are drawn."""
    return tuple(rule for rule in report.rules if rule.is_count)[:MOST_RULES]


def blueprint_chart(report: SimulationReport, picture: Picture) -> str:
    """Of every rule that counts: the bounds as a bar, what tests hold as a line with the mean as a dot."""
    drawing, rules = picture.drawing(), counted_rules(report)
    highest = max(max(rule.highest, rule.maximum) for rule in rules)
    room = 0.0 if picture.width < WIDE else min(240.0, max(text_width(rule.name) for rule in rules) + 16.0)
    x = Axis(0.0, highest, room + 6.0, picture.width - 12.0)
    height = ROW * 0.75 if room else ROW * 1.3
    bottom = 6.0 + height * len(rules)
    marks = Scale("", 0.0, highest).marks(int((x.end - x.start) / 50.0))
    for tick, words in marks:
        drawing.line(x(tick), 4.0, x(tick), bottom, stroke=GRID)
        drawing.label(x(tick), bottom + 16.0, words, fill=QUIET, anchor="middle")
    for number, rule in enumerate(rules):
        middle = 6.0 + height * (number + (0.5 if room else 0.72))
        label = shortened(rule.name, room - 10.0 if room else picture.width)
        drawing.label(0.0, middle + 4.0 if room else middle - 12.0, label)
        low, high = x(rule.minimum), x(min(rule.maximum, highest))
        drawing.rectangle(low - 2.0, middle - 7.0, high - low + 4.0, 14.0, fill=SCHOOL_LIGHT)
        colour = REFERENCE if rule.misses else INK
        drawing.line(x(rule.lowest), middle, x(rule.highest), middle, stroke=colour, width=2.0)
        for end in (rule.lowest, rule.highest):
            drawing.line(x(end), middle - 5.0, x(end), middle + 5.0, stroke=colour, width=2.0)
        drawing.dot(x(rule.mean), middle, 3.5, fill=colour)
    drawing.line(x.start, bottom, x.end, bottom, stroke=INK)
    drawing.label(x.end, bottom + 32.0, "items or passages in a test", fill=QUIET, anchor="end")
    return drawing.svg(bottom + 40.0)
