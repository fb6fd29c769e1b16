"""Read a bank as the pool that a design asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine import EngineError
from engine.assembly import Pool
from itembank.banks.cells import Row, Rows, read_rows
from itembank.banks.parameters import read_parameters
from itembank.designs import Design
from itembank.errors import BankFileError

NONE = frozenset({"", "-1"})  # of a passage or an enemy set: the item is in none
FLAGS = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}
NAMED_AT_MOST = 10


def read_bank(path: Path, design: Design) -> Pool:
    """Read a bank in CSV: one row an item, with what a design asks for.

    Columns are ``id`` or ``item``; ``a, b, c, d`` or ``discrimination, difficulty, guessing, upper``; for polytomous
    items ``model`` and ``step_1, step_2, …``, or ``slope_1, …`` and ``intercept_1, …``, as in the ``items.csv`` of
    ``peil calibrate``; optionally ``passage`` (a name; blank or -1: none), ``enemy`` (name of a set), ``enemies``
    (names of items, with blanks between), ``pretest`` (yes or no) and ``goals`` (codes, with blanks between); and one
    for every label and quantity of the design. Other columns are left alone.

    Parameters
    ----------
    path : the file
    design : says which labels and quantities are read, and which items belong to the test

    Returns
    -------
    Pool
        Of the items that the design takes, in the order of the file.

    Raises
    ------
    BankFileError
        If anything in the file is missing, doubled, no number or out of range, or the design names an item that is
        not there; names the file, the line, the column and the item.
    """
    table = _named(read_rows(path))
    _check_columns(table, design)
    parameters = read_parameters(table)
    quantities = {name: _quantity(table, name) for name in design.quantities}
    places = {row.item: place for place, row in enumerate(table.rows)}
    enemies = {**_enemy_sets(table), **_enemy_pairs(table, places), **_design_enemies(table, design, places)}
    _check_passages(table)
    pretest = [_flag(row, "pretest") for row in table.rows]
    taken = [place for place, row in enumerate(table.rows) if design.filter.takes(row.cells, _goals(row))]
    _check_taken(table, design, places, taken)
    now = {place: index for index, place in enumerate(taken)}
    sets = [tuple(now[place] for place in members if place in now) for members in enemies]
    try:
        return Pool(
            items=parameters.take(taken),
            passage=np.array(_numbered([_name(table.rows[place], "passage") for place in taken]), dtype=np.int32),
            enemies=tuple(members for members in sets if len(members) > 1),
            labels={name: tuple(table.rows[place].cells[name] for place in taken) for name in design.labels},
            quantities={name: values[taken] for name, values in quantities.items()},
            pretest=np.array(pretest)[taken],
            name=tuple(table.rows[place].item for place in taken),
        )
    except EngineError as error:
        raise BankFileError(f"{table.file}: {error}") from error


def _named(table: Rows) -> Rows:
    """Rows that know their items, each of which is there once."""
    column = table.column(("id", "item"), "the item's name")
    lines: dict[str, int] = {}
    rows = []
    for row in table.rows:
        item = row.cells[column]
        if not item:
            raise row.wrong(column, "no item is named")
        if item in lines:
            raise row.wrong(column, f"item {item!r} is there already, on line {lines[item]}")
        lines[item] = row.line
        rows.append(replace(row, item=item))
    return replace(table, rows=tuple(rows))


def _check_columns(table: Rows, design: Design) -> None:
    """Everything that the design asks for is there."""
    for name in design.labels:
        table.require(name, f"design {design.identifier!r} asks for that label")
    for name in design.quantities:
        table.require(name, f"design {design.identifier!r} has a budget of it")
    if design.filter.goals or design.filter.goals_of:
        table.require("goals", f"design {design.identifier!r} asks for curriculum goals")


def _check_taken(table: Rows, design: Design, places: Mapping[str, int], taken: Sequence[int]) -> None:
    """Items are left, those that a linear form names among them."""
    if not taken:
        raise BankFileError(f"{table.file}: no item is left by [items] and the goals of design {design.identifier!r}")
    kept = set(taken)
    for item in design.form:
        if item not in places:
            raise BankFileError(
                f"{table.file}: the form of design {design.identifier!r} names {item!r}, which is not there"
            )
        if places[item] not in kept:
            raise BankFileError(f"{table.file}: the form names {item!r}, which [items] or the goals leave out")


def _quantity(table: Rows, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Numbers of 0 or more of all items."""
    values = []
    for row in table.rows:
        value = row.number(name)
        if value < 0.0:
            raise row.wrong(name, f"{value:g} must be 0 or more")
        values.append(value)
    return np.array(values)


def _name(row: Row, column: str) -> str:
    """Name of the passage or set that an item is in, "" for none."""
    name = row.cells.get(column, "")
    return "" if name in NONE else name


def _numbered(names: Sequence[str]) -> list[int]:
    """Numbers of names in order of appearance, -1 for ""."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(name, len(numbers)) if name else -1 for name in names]


def _goals(row: Row) -> list[str]:
    """Codes of an item's curriculum goals."""
    return row.cells.get("goals", "").split()


def _flag(row: Row, column: str) -> bool:
    """Yes or no."""
    text = row.cells.get(column, "").lower()
    if text not in FLAGS:
        raise row.wrong(column, f"{text!r} must be yes or no")
    return FLAGS[text]


def _check_passages(table: Rows) -> None:
    """Where passages are numbered, and -1 is none, a number that is left out is a passage without items."""
    names = {row.cells.get("passage", "") for row in table.rows}
    if "-1" not in names:
        return
    for row in table.rows:
        name = row.cells["passage"]
        if name and name != "-1" and not name.isdecimal():
            raise row.wrong("passage", f"{name!r} must be a number, as -1 stands for none elsewhere in the column")
    numbers = {int(name) for name in names - NONE}
    missing = sorted(set(range(max(numbers, default=-1) + 1)) - numbers)
    if missing:
        shown = ", ".join(str(number) for number in missing[:NAMED_AT_MOST])
        raise BankFileError(
            f"{table.file}, column passage: passage {shown} has no items; number them 0, 1, … without gaps"
        )


def _enemy_sets(table: Rows) -> dict[tuple[int, ...], None]:
    """Sets of items that carry one name in the column ``enemy``."""
    members: dict[str, list[int]] = {}
    for place, row in enumerate(table.rows):
        if name := _name(row, "enemy"):
            members.setdefault(name, []).append(place)
    for name, places in members.items():
        if len(places) == 1:
            raise table.rows[places[0]].wrong("enemy", f"no other item is in enemy set {name!r}; an enemy is missing")
    return dict.fromkeys(tuple(places) for places in members.values())


def _enemy_pairs(table: Rows, places: Mapping[str, int]) -> dict[tuple[int, ...], None]:
    """Pairs of items of which one names the other in the column ``enemies``."""
    pairs: dict[tuple[int, ...], None] = {}
    for place, row in enumerate(table.rows):
        for name in row.cells.get("enemies", "").split():
            if name not in places:
                raise row.wrong("enemies", f"its enemy {name!r} is not in the file")
            if places[name] == place:
                raise row.wrong("enemies", "names itself")
            pairs[tuple(sorted((place, places[name])))] = None
    return pairs


def _design_enemies(table: Rows, design: Design, places: Mapping[str, int]) -> dict[tuple[int, ...], None]:
    """Sets that the design names."""
    for number, members in enumerate(design.enemies, 1):
        for name in members:
            if name not in places:
                raise BankFileError(
                    f"{table.file} has no item {name!r}, which enemies[{number}] of design {design.identifier!r} names"
                )
    return dict.fromkeys(tuple(sorted(places[name] for name in members)) for members in design.enemies)
