"""Parameters of the item on each row of a bank: short names (a, b, c, d) or those that a calibration writes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import ItemParameters, Kind
from itembank.banks.cells import Row, Rows
from itembank.errors import BankFileError

KINDS = {
    **dict.fromkeys(("", "logistic", "rasch", "1pl", "2pl", "3pl", "4pl"), Kind.LOGISTIC),
    **dict.fromkeys(("partial_credit", "pcm", "gpcm", "rsm"), Kind.PARTIAL_CREDIT),
    **dict.fromkeys(("graded", "grm"), Kind.GRADED),
    "nominal": Kind.NOMINAL,
}
KIND_NAMES = ("model", "kind")
SLOPE, LOCATION = ("a", "discrimination"), ("b", "difficulty")
LOWER, UPPER = ("c", "guessing"), ("d", "upper")


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns with parameters; "" where a file has none.

    Attributes
    ----------
    kind, slope, location, lower, upper : as the file calls them
    """

    kind: str
    slope: str
    location: str
    lower: str
    upper: str


def read_parameters(table: Rows) -> ItemParameters:
    """Parameters of all items, in the order of the rows.

    Raises
    ------
    BankFileError
        If a column is missing, or a value missing or out of range; names line, column and item.
    """
    columns = Columns(
        kind=_optional(table, KIND_NAMES, "the model"),
        slope=table.column(SLOPE, "the slope"),
        location=_optional(table, LOCATION, "the difficulty"),
        lower=_optional(table, LOWER, "the lower asymptote"),
        upper=_optional(table, UPPER, "the upper asymptote"),
    )
    return ItemParameters.join([_item(row, columns) for row in table.rows])


def _optional(table: Rows, names: tuple[str, ...], purpose: str) -> str:
    """Name of a column that need not be there."""
    return table.column(names, purpose) if any(name in table.columns for name in names) else ""


def _item(row: Row, columns: Columns) -> ItemParameters:
    """Parameters of one item."""
    name = row.cells.get(columns.kind, "")
    if name.lower() not in KINDS:
        known = ", ".join(known for known in KINDS if known)
        raise row.wrong(columns.kind, f"{name!r} is no model; the models are {known}")
    kind = KINDS[name.lower()]
    if kind is Kind.NOMINAL:
        return _nominal(row)
    slope = _slope(row, columns.slope)
    return _logistic(row, columns, slope) if kind is Kind.LOGISTIC else _stepped(row, kind, slope)


def _slope(row: Row, column: str) -> float:
    """Slope that can measure."""
    slope = row.number(column)
    if slope <= 0.0:
        raise row.wrong(column, f"the slope {slope:g} must be above 0; leave the item out, or check its key")
    return slope


def _logistic(row: Row, columns: Columns, slope: float) -> ItemParameters:
    """Return an item of two categories."""
    if not columns.location:
        raise BankFileError(f"{row.file} has no column b or difficulty, and item {row.item!r} needs one")
    if row.cells.get("step_1"):
        raise row.wrong("step_1", "has steps; say in column model whether it is gpcm, pcm, rsm or grm")
    location = row.number(columns.location)
    lower, upper = row.number(columns.lower, 0.0), row.number(columns.upper, 1.0)
    if not 0.0 <= lower < 1.0:
        raise row.wrong(columns.lower, f"the lower asymptote {lower:g} must be from 0 to below 1")
    if not lower < upper <= 1.0:
        raise row.wrong(columns.upper, f"the upper asymptote {upper:g} must be above {lower:g}, and at most 1")
    return ItemParameters(*(np.array([value]) for value in (slope, location, lower, upper)))


def _stepped(row: Row, kind: Kind, slope: float) -> ItemParameters:
    """Return an item of ordered categories."""
    return ItemParameters.from_steps(kind, [slope], [_series(row, "step")])


def _nominal(row: Row) -> ItemParameters:
    """Return an item of categories without order."""
    slopes, intercepts = _series(row, "slope"), _series(row, "intercept")
    if len(slopes) != len(intercepts):
        raise row.wrong(
            f"intercept_{len(intercepts)}",
            f"{len(slopes)} slopes and {len(intercepts)} intercepts; give one of each a category",
        )
    if slopes[-1] == 0.0:
        raise row.wrong(
            f"slope_{len(slopes)}", "the slope of the last category must not be 0; order the categories anew"
        )
    return ItemParameters.nominal([[0.0, *slopes]], [[0.0, *intercepts]])


def _series(row: Row, name: str) -> list[float]:
    """Numbers in ``name_1``, ``name_2`` and so on, as far as they go."""
    values: list[float] = []
    while row.cells.get(f"{name}_{len(values) + 1}"):
        values.append(row.number(f"{name}_{len(values) + 1}"))
    if not values:
        raise row.wrong(f"{name}_1", f"is blank, and a {name} is needed for every category from 1 on")
    later = [column for column, cell in row.cells.items() if cell and _number_of(column, name) > len(values)]
    if later:
        raise row.wrong(f"{name}_{len(values) + 1}", f"is blank, though {later[0]} is not")
    return values


def _number_of(column: str, name: str) -> int:
    """Number of a column in a series, 0 when it is of another one."""
    start, _, number = column.rpartition("_")
    return int(number) if start == name and number.isdecimal() else 0
