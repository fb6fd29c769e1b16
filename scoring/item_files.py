"""What files say of items before a calibration: their models, known parameters, numbers of options."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt

from engine import ItemParameters, Kind, Model, ParameterError
from scoring.errors import ItemFileError
from scoring.response_tables import TextTable, read_table

MODELS: tuple[Model, ...] = get_args(Model)
DICHOTOMOUS = frozenset({"rasch", "1pl", "2pl", "3pl", "4pl"})
KINDS = {
    **dict.fromkeys(DICHOTOMOUS, Kind.LOGISTIC),
    **dict.fromkeys(("pcm", "gpcm", "rsm"), Kind.PARTIAL_CREDIT),
    "grm": Kind.GRADED,
    "nominal": Kind.NOMINAL,
}
NAMED_AT_MOST = 10


@dataclass(frozen=True, slots=True, eq=False)
class FixedItems:
    """Items whose parameters are known.

    Attributes
    ----------
    parameters : item index in the responses to parameters of one item
    models : item index to name of the model
    absent : names of items of the file that the responses do not have
    sha256 : of the file
    """

    parameters: Mapping[int, ItemParameters]
    models: Mapping[int, Model]
    absent: tuple[str, ...]
    sha256: str


def name_some(names: Sequence[str]) -> str:
    """At most ten names, and how many more there are."""
    more = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")


def read_models(path: Path, items: Sequence[str], default: Model) -> tuple[Model, ...]:
    """Model of every item: the file's (columns ``item`` and ``model``), or the default where it has none.

    Raises
    ------
    ItemFileError
        If an item is not in the responses or is there twice, or a model is unknown; names line and item.
    """
    table = _item_table(path, "model")
    models = dict.fromkeys(items, default)
    for row, (item, model) in enumerate(table.cells.select("item", "model").iter_rows()):
        if item not in models:
            raise ItemFileError(f"{table.place(row)}: the responses have no item {item!r}")
        models[item] = known_model(model, table.place(row))
    return tuple(models[item] for item in items)


def known_model(name: str | None, place: str) -> Model:
    """Return the model of this name.

    Parameters
    ----------
    name
        As in `engine.MODELS`.
    place
        Where it stands, for the message.

    Raises
    ------
    ItemFileError
        If there is none.
    """
    for model in MODELS:
        if model == name:
            return model
    raise ItemFileError(f"{place}: {name or ''!r} is no model; choose one of {', '.join(MODELS)}")


def read_fixed(path: Path, items: Sequence[str]) -> FixedItems:
    """Known parameters from an ``items.csv`` that an earlier calibration wrote.

    Parameters
    ----------
    path
        File with columns ``item``, ``model`` and parameters.
    items
        Names of the items in the responses.

    Raises
    ------
    ItemFileError
        If no item of the file is in the responses, or one's parameters are missing or out of range; names
        line and item.
    """
    table = _item_table(path, "model")
    place = {item: index for index, item in enumerate(items)}
    parameters: dict[int, ItemParameters] = {}
    models: dict[int, Model] = {}
    absent = []
    for row, entry in enumerate(table.cells.iter_rows(named=True)):
        item, where = entry["item"], table.place(row)
        if item not in place:
            absent.append(item)
            continue
        models[place[item]] = known_model(entry["model"], where)
        parameters[place[item]] = _parameters(entry, where)
    if not parameters:
        raise ItemFileError(f"{table.name}: none of its items is in the responses, such as {name_some(absent[:3])}")
    return FixedItems(parameters, models, tuple(absent), table.sha256)


def read_options(text: str, items: Sequence[str]) -> npt.NDArray[np.int64]:
    """Answers that each item offers to choose from: one number for all, or a CSV with ``item`` and ``n_options``.

    Raises
    ------
    ItemFileError
        If a number is none, or an item is missing or unknown; names line and item.
    """
    if text.isdecimal():
        return np.full(len(items), _options(text, "--n-options"), dtype=np.int64)
    table = _item_table(Path(text), "n_options")
    place = {item: index for index, item in enumerate(items)}
    options = np.full(len(items), -1, dtype=np.int64)
    for row, (item, number) in enumerate(table.cells.select("item", "n_options").iter_rows()):
        if item not in place:
            raise ItemFileError(f"{table.place(row)}: the responses have no item {item!r}")
        options[place[item]] = _options(number, table.place(row))
    missing = [items[index] for index in np.flatnonzero(options < 0).tolist()]
    if missing:
        raise ItemFileError(f"{table.name} says nothing of {name_some(missing)}; 0 is an item without options")
    return options


def _options(text: str | None, place: str) -> int:
    """A number of options: 0, or 2 and more."""
    if text is None or not text.isdecimal() or int(text) == 1:
        raise ItemFileError(f"{place}: {text or ''!r} is no number of options; expected 0, or 2 or more")
    return int(text)


def _item_table(path: Path, column: str) -> TextTable:
    """Table with a row an item and this column."""
    table = read_table(path)
    for name in ("item", column):
        if name not in table.cells.columns:
            raise ItemFileError(
                f"{table.name} has no column {name!r}; its columns are {', '.join(table.cells.columns[:10])}"
            )
    names = table.cells["item"]
    for row in range(names.len()):
        if names[row] is None:
            raise ItemFileError(f"{table.place(row)}: no item is named")
    twice = (~names.is_first_distinct()).arg_true()
    if twice.len():
        row = int(twice[0])
        raise ItemFileError(f"{table.place(row)}: item {names[row]!r} is there already")
    return table


def _parameters(entry: Mapping[str, str | None], place: str) -> ItemParameters:
    """Parameters of one item from its row."""
    kind = KINDS[entry["model"] or ""]
    try:
        if kind is Kind.NOMINAL:
            slopes, intercepts = _series(entry, "slope", place), _series(entry, "intercept", place)
            if len(slopes) != len(intercepts):
                raise ItemFileError(f"{place}: item {entry['item']!r} needs as many intercepts as slopes")
            return ItemParameters.nominal([[0.0, *slopes]], [[0.0, *intercepts]])
        slope = _number(entry, "discrimination", place)
        if kind is not Kind.LOGISTIC:
            return ItemParameters.from_steps(kind, [slope], [_series(entry, "step", place)])
        guessing, upper = _number(entry, "guessing", place, 0.0), _number(entry, "upper", place, 1.0)
        location = _number(entry, "difficulty", place)
        return ItemParameters(*(np.array([value]) for value in (slope, location, guessing, upper)))
    except ParameterError as error:
        raise ItemFileError(f"{place}: item {entry['item']!r}: {str(error).partition(';')[0]}") from error


def _series(entry: Mapping[str, str | None], name: str, place: str) -> list[float]:
    """Numbers in ``name_1``, ``name_2`` and so on, as far as they go."""
    values: list[float] = []
    while entry.get(f"{name}_{len(values) + 1}") is not None:
        values.append(_number(entry, f"{name}_{len(values) + 1}", place))
    if not values:
        raise ItemFileError(f"{place}: item {entry['item']!r} of model {entry['model']} has no {name}_1")
    beyond = [key for key, text in entry.items() if text is not None and key.rpartition("_")[0] == name]
    if len(beyond) > len(values):
        raise ItemFileError(f"{place}: item {entry['item']!r} has no {name}_{len(values) + 1}, and has {beyond[-1]}")
    return values


def _number(entry: Mapping[str, str | None], name: str, place: str, default: float | None = None) -> float:
    """A finite number of a row, or the default where nothing stands."""
    text = entry.get(name)
    if text is None and default is not None:
        return default
    try:
        value = float(text or "nan")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ItemFileError(f"{place}: item {entry['item']!r}: {name} is {text or 'blank'!r}, not a number")
    return value
