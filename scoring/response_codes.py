"""From the text of a response to its code: a category, not presented, omitted or not reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from engine import NOT_REACHED, OMITTED
from scoring.errors import ResponseFileError
from scoring.response_tables import TextTable

OTHER_BLANKS = frozenset({"na", "n/a", "#n/a", "nan", "null", "none", "missing", "-", "."})  # meant as NA, perhaps
HIGHEST = 126
"""Highest category that is read at all; the engine refuses an item of so many, by name."""


@dataclass(frozen=True, slots=True)
class MissingLabels:
    """How a file writes answers that are not there; blank and ``NA`` are always *not presented*.

    Attributes
    ----------
    omitted : what is written for an item that the person saw and left open
    not_reached : what is written for an item after the last answer

    Raises
    ------
    ResponseFileError
        If a label stands for both, or is blank or ``NA``.
    """

    omitted: tuple[str, ...] = ()
    not_reached: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        both = sorted(set(self.omitted) & set(self.not_reached))
        if both:
            raise ResponseFileError(f"{both[0]!r} cannot stand for both omitted and not reached")
        for label in (*self.omitted, *self.not_reached):
            if label.strip() in {"", "NA"}:
                raise ResponseFileError(f"{label!r} always means not presented; choose another label")

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.omitted or self.not_reached)


def read_codes(table: TextTable, column: str, highest: int, labels: MissingLabels) -> npt.NDArray[np.int8]:
    """Codes in a column: categories, and those of `engine` where there is none; "1.0" is 1, as some programs write it.

    Parameters
    ----------
    table
        The file.
    column
        Where the responses are.
    highest
        Highest category that an item can have.
    labels
        How answers that are not there are written.

    Raises
    ------
    ResponseFileError
        If a cell is no response; the message names line, column and value.
    """
    text = table.cells[column].cast(pl.String)
    number = text.cast(pl.Float64, strict=False)
    valid = (number >= 0) & (number <= highest) & (number == number.floor())
    codes = pl.select(pl.when(valid).then(number).otherwise(None)).to_series()
    for names, code in ((labels.omitted, OMITTED), (labels.not_reached, NOT_REACHED)):
        if names:
            found = _is_label(text, number, names)
            codes = pl.select(pl.when(found).then(pl.lit(float(code))).otherwise(codes)).to_series()
    wrong = (text.is_not_null() & codes.is_null()).arg_true()
    if wrong.len():
        row = int(wrong[0])
        raise ResponseFileError(f"{table.place(row)}, column {column!r}: {_complaint(text[row], number[row], highest)}")
    read: npt.NDArray[np.int8] = codes.fill_null(-1).cast(pl.Int8).to_numpy()
    return read


def _is_label(text: pl.Series, number: pl.Series, names: tuple[str, ...]) -> pl.Series:
    """Which cells hold one of these labels; where a label is a number, 9.0 is 9."""
    found = text.is_in(list(names))
    numbers = pl.Series(names).cast(pl.Float64, strict=False).drop_nulls()
    if numbers.len():
        found = found | number.is_in(numbers.to_list())
    return found.fill_null(value=False)


def _complaint(text: str, number: float | None, highest: int) -> str:
    """What is wrong with one response, and what to do."""
    expected = "0 or 1" if highest == 1 else f"a whole number from 0 to {highest}"
    if text.casefold() in OTHER_BLANKS:
        return f"{text!r} is no response; write NA, in capitals, or leave blank what was not presented"
    if number is None:
        hint = "--id names the column of persons, --group that of groups, --ignore one to leave out"
        return f"{text!r} is no response; expected {expected}, blank or NA ({hint})"
    if number < 0:
        return f"{text!r} is negative; leave blank what was not presented"
    hint = "--omitted and --not-reached name codes for answers that are not there"
    return f"{text!r} is a response that no item has; expected {expected}, blank or NA ({hint})"
