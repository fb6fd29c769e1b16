"""The table of items: which columns a calibration needs, and the text of their cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from reports.calibration.values import CurveKind, ItemResult, Parameter


@dataclass(frozen=True, slots=True)
class Heading:
    """One column.

    Attributes
    ----------
    label : what stands above it
    title : the same in full
    is_number : numbers are sorted as such, and stand to the right
    """

    label: str
    title: str
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class ItemTable:
    """Headings of all columns, the item's name first, and the cells of each row after its name."""

    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def table_of(items: tuple[ItemResult, ...]) -> ItemTable:
    """Lay items out, with those columns only that at least one of them fills."""
    columns = [(Heading("model", "Response model", False), _model), *_parameters(items)]
    if any(item.steps for item in items):
        columns.append((Heading("steps", "Step locations", False), _steps))
    columns += [
        (Heading("n", "Answers"), lambda item: f"{item.n:.6g}"),
        (Heading("p", "Mean category divided by the highest"), lambda item: _number(item.p_value)),
        (Heading("look at", "Reasons to look at the item", False), lambda item: "; ".join(item.flags)),
    ]
    rows = tuple((item.name, tuple(write(item) for _, write in columns)) for item in items)
    return ItemTable((Heading("item", "Item", False), *(heading for heading, _ in columns)), rows)


def _parameters(items: tuple[ItemResult, ...]) -> list[tuple[Heading, Callable[[ItemResult], str]]]:
    """Columns of the parameters that items have, each followed by its standard errors where there are any."""
    asymptotic = any(item.guessing.value > 0.0 for item in items)
    ceiling = any(item.upper.value < 1.0 for item in items)
    wanted = [("discrimination", "a", True), ("difficulty", "b", True)]
    wanted += [("guessing", "c", asymptotic), ("upper", "d", ceiling)]
    columns: list[tuple[Heading, Callable[[ItemResult], str]]] = []
    for name, letter, is_there in wanted:
        if not is_there:
            continue
        columns.append((Heading(letter, name.capitalize()), partial(_value_of, name=name)))
        if any(_of(item, name).error is not None for item in items):
            heading = Heading(f"se({letter})", f"Standard error of the {name}")
            columns.append((heading, partial(_error_of, name=name)))
    return columns


def _of(item: ItemResult, name: str) -> Parameter:
    """One parameter of an item."""
    parameter: Parameter = getattr(item, name)
    return parameter


def _value_of(item: ItemResult, name: str) -> str:
    """Value of one parameter, written."""
    return _number(_of(item, name).value)


def _error_of(item: ItemResult, name: str) -> str:
    """Standard error of one parameter, written."""
    return _error(_of(item, name))


def _model(item: ItemResult) -> str:
    """Model, and whether the parameters were known."""
    return f"{item.model}, fixed" if item.is_fixed else item.model


def _steps(item: ItemResult) -> str:
    """Step locations; of a nominal item none, it has intercepts."""
    if item.kind is CurveKind.NOMINAL:
        return ""
    return "  ".join(_number(step.value, 2) for step in item.steps)


def _number(value: float, decimals: int = 3) -> str:
    """Write a number with a real minus sign; never minus zero."""
    text = f"{value:.{decimals}f}"
    return f"{float(text) + 0.0:.{decimals}f}".replace("-", "\u2212")


def _error(parameter: Parameter) -> str:
    """Write a standard error; nothing where there is none."""
    return "" if parameter.error is None else _number(parameter.error)
