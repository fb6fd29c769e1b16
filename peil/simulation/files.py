"""A simulation as files: persons, items, blueprint, summary, report."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from engine import Accuracy, Simulation
from engine.stopping import StopReason
from peil.errors import CommandError
from peil.simulation.running import Outcome

FILES = (
    "persons.csv",
    "persons.parquet",
    "items.csv",
    "blueprint.csv",
    "answers.parquet",
    "report.html",
    "summary.json",
)
MOST_IN_CSV = 100_000
"""Persons beyond whom a table is Parquet."""


def require_no_simulation(folder: Path) -> None:
    """Refuse a folder that holds a simulation already.

    Raises
    ------
    CommandError
        Says what is there, and what to do.
    """
    there = [name for name in FILES if (folder / name).exists()]
    if there:
        raise CommandError(
            f"{folder} holds {', '.join(there)} already; name another folder, so that nothing is overwritten"
        )


def write_simulation(folder: Path, outcome: Outcome, report: str, *, with_answers: bool) -> tuple[Path, ...]:
    """Write what came out; a missing folder is made.

    Parameters
    ----------
    folder
        Where to write.
    outcome
        What came out.
    report
        The HTML page; empty for none.
    with_answers
        Whether ``answers.parquet`` is written: person, item, response, as ``peil calibrate`` reads it.

    Returns
    -------
    tuple of Path
        The files, in the order in which they were written.

    Raises
    ------
    CommandError
        If the folder holds one of these files already.
    """
    require_no_simulation(folder)
    folder.mkdir(parents=True, exist_ok=True)
    persons = _persons(outcome)
    written = []
    if persons.height > MOST_IN_CSV:
        written.append(folder / "persons.parquet")
        persons.write_parquet(written[-1])
    else:
        written.append(folder / "persons.csv")
        persons.write_csv(written[-1], float_precision=6)
    for name, table in (("items.csv", _items(outcome)), ("blueprint.csv", _blueprint(outcome))):
        written.append(folder / name)
        table.write_csv(written[-1], float_precision=6)
    if with_answers:
        written.append(folder / "answers.parquet")
        _answers(outcome).write_parquet(written[-1])
    if report:
        written.append(folder / "report.html")
        written[-1].write_text(report, encoding="utf-8", newline="\n")
    written.append(folder / "summary.json")
    text = json.dumps(summary_data(outcome), indent=2, ensure_ascii=False)
    written[-1].write_text(text + "\n", encoding="utf-8", newline="\n")
    return tuple(written)


def _persons(outcome: Outcome) -> pl.DataFrame:
    """Table of persons."""
    tests, groups = outcome.tests, outcome.persons.groups
    member = outcome.persons.group
    words = np.array([reason.name.lower() for reason in StopReason])
    return pl.DataFrame(
        {
            "person": np.arange(1, tests.n_persons + 1),
            "group": np.array([group.name for group in groups])[member],
            "accommodation": np.array([group.accommodation for group in groups])[member],
            "theta": tests.theta,
            "estimate": tests.estimate,
            "standard_error": tests.standard_error,
            "scored_items": tests.n_scored,
            "ended": words[tests.reason],
            "fallbacks": tests.fallbacks,
            "lifted": tests.lifted,
        }
    )


def _items(outcome: Outcome) -> pl.DataFrame:
    """Table of items."""
    pool, use = outcome.plan.pool, outcome.summary.items
    return pl.DataFrame(
        {
            "item": pool.name,
            "exposure": use.scored,
            "field_test": use.pretest,
            "passage": [None if number < 0 else number for number in pool.passage.tolist()],
        },
        schema_overrides={"passage": pl.Int64},
    )


def _blueprint(outcome: Outcome) -> pl.DataFrame:
    """Table of rules."""
    rows = [asdict(rule) for rule in outcome.summary.rules]
    for row in rows:
        row["maximum"] = None if row["maximum"] == float("inf") else row["maximum"]
    return pl.DataFrame(rows).rename({"name": "rule"})


def _answers(outcome: Outcome) -> pl.DataFrame:
    """Every scored answer, one a row."""
    tests: Simulation = outcome.tests
    person, position = np.nonzero(tests.scored)
    names = pl.Series("item", outcome.plan.pool.name)
    return pl.DataFrame(
        {
            "person": person + 1,
            "item": names.gather(tests.item[person, position]),
            "response": tests.category[person, position],
        }
    )


def summary_data(outcome: Outcome) -> Mapping[str, object]:
    """All figures, as plain data.

    Parameters
    ----------
    outcome
        What came out.
    """
    plan, summary, use = outcome.plan, outcome.summary, outcome.summary.items
    levels = summary.levels
    return {
        "design": plan.design.identifier,
        "kind": plan.design.kind,
        "persons": plan.request.n_persons,
        "seed": plan.request.seed,
        "overall": _rounded(summary.overall),
        "groups": [_rounded(group) for group in summary.groups],
        "ability": [_rounded(band) for band in summary.bands],
        "exposure": {
            "highest": round(use.highest, 6),
            "overlap": round(use.overlap, 6),
            "items": use.usable,
            "unused": use.n_unused,
        },
        "blueprint_misses": summary.n_misses,
        "ended": dict(summary.reasons),
        "routes": dict(summary.routes),
        "tests_with_fallbacks": summary.n_fallbacks,
        "tests_with_eligibility_lifted": summary.n_lifted,
        "information_share": round(summary.information_share, 6),
        "levels": None
        if levels is None
        else {
            "cuts": levels.cuts.tolist(),
            "accuracy": round(levels.accuracy, 6),
            "accuracy_by_cut": [round(share, 6) for share in levels.accuracy_by_cut.tolist()],
            "placed_too_high": round(levels.too_high, 6),
            "placed_too_low": round(levels.too_low, 6),
            "count": levels.count.tolist(),
        },
        "behaviour": asdict(plan.request.behaviour),
        "seconds": round(outcome.seconds, 3),
        "seconds_for_exposure": round(outcome.seconds_for_exposure, 3),
        "workers": outcome.workers,
        "bank_hash": plan.bank.hash,
        "design_sha256": _sha256(plan.request.design),
        "bank_sha256": plan.source.digest,
        "program": f"peil {version('peil')}",
    }


def _rounded(figures: Accuracy) -> dict[str, object]:
    """Figures with six decimals."""
    return {key: round(value, 6) if isinstance(value, float) else value for key, value in asdict(figures).items()}


def _sha256(path: Path) -> str:
    """Digest of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
