"""Subgroups of simulated persons, from a file."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

from engine import Blueprint, EngineError, Subgroup
from peil.errors import CommandError

SIZES = ("share", "n")
COLUMNS = "group, share (or n), mean, sd and, where pupils have one, accommodation"


def read_groups(path: Path | None, blueprint: Blueprint) -> tuple[Subgroup, ...]:
    """Subgroups from a CSV file; the ``groups.csv`` of ``peil calibrate`` is one.

    Parameters
    ----------
    path : columns group, share or n, mean, sd and accommodation; None: one group with the prior of the blueprint
    blueprint : knows the accommodations

    Raises
    ------
    CommandError
        Names the file, the line and the column, and says what would be right.
    """
    if path is None:
        return (Subgroup("all", 1.0, blueprint.prior_mean, blueprint.prior_sd),)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            reader.fieldnames = columns = [name.strip() for name in reader.fieldnames or []]
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{path}: this is no CSV file in UTF-8 ({error})") from None
    size = next((name for name in SIZES if name in columns), None)
    missing = [name for name in ("group", "mean", "sd") if name not in columns] + ([] if size else ["share"])
    if missing:
        raise CommandError(f"{path}: there is no column {', '.join(missing)}; the columns are {COLUMNS}")
    assert size is not None
    if not rows:
        raise CommandError(f"{path}: there are no groups; write one line for each")
    groups = tuple(_group(path, line, row, size, blueprint) for line, row in enumerate(rows, 2))
    names = [group.name for group in groups]
    for line, name in enumerate(names, 2):
        if name in names[: line - 2]:
            raise CommandError(f"{path}, line {line}: group {name!r} is there twice; give each its own name")
    return groups


def _group(path: Path, line: int, row: Mapping[str, str | None], size: str, blueprint: Blueprint) -> Subgroup:
    """One subgroup."""
    place = f"{path}, line {line}"
    name, accommodation = (row.get("group") or "").strip(), (row.get("accommodation") or "").strip()
    if not name:
        raise CommandError(f"{place}, column group: the group has no name")
    if accommodation and accommodation not in blueprint.pools:
        known = ", ".join(blueprint.pools) or "none"
        raise CommandError(
            f"{place}, column accommodation: the design has no accommodation {accommodation!r}; it has {known}"
        )
    share, mean, sd = (_number(place, row, column) for column in (size, "mean", "sd"))
    try:
        return Subgroup(name, share, mean, sd, accommodation)
    except EngineError as error:
        raise CommandError(f"{place}: {error}") from error


def _number(place: str, row: Mapping[str, str | None], column: str) -> float:
    """Finite number of a column."""
    text = (row.get(column) or "").strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CommandError(f"{place}, column {column}: {text!r} is no number; write one such as 0.5")
    return value
