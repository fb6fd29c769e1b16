"""What ``peil calibrate`` says when it is done."""

from __future__ import annotations

from collections.abc import Iterator

from engine import Calibration
from peil.commands.saying import count
from scoring.calibration_files import CalibrationRun, criteria
from scoring.response_files import ResponseFile

MOST_FLAGS = 20


def closing_lines(source: ResponseFile, result: Calibration, run: CalibrationRun) -> Iterator[str]:
    """Return what was reached, what a reader should know, and what to look at.

    Parameters
    ----------
    source
        What was calibrated.
    result
        The calibration.
    run
        How it came about.
    """
    aic, bic = criteria(result)
    yield (
        f"{count(source.responses.n_persons, 'person')}, {count(source.responses.n_items, 'item')}, "
        f"log-likelihood {result.log_likelihood:.3f} after {count(result.n_cycles, 'cycle')}, {run.seconds:.2f} s; "
        f"{count(result.n_free, 'parameter')}, AIC {aic:.1f}, BIC {bic:.1f}"
    )
    yield result.convergence.words()
    for note in (*run.notes, *result.warnings):
        yield f"note: {note}"
    for flag in result.flags[:MOST_FLAGS]:
        yield f"look at {source.items[flag.item]}: {flag.reason}"
    if len(result.flags) > MOST_FLAGS:
        yield f"and {len(result.flags) - MOST_FLAGS} more reasons to look at items: see summary.json"
    for group in result.group_flags:
        yield f"look at group {source.groups[group.group]}: {group.reason}"
