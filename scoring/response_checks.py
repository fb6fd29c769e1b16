"""What a calibration would refuse by number is refused here by name, before it starts, or said as a note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from engine import DesignError, EngineError, ResponseError, Responses
from scoring.errors import CalibrationError
from scoring.item_files import DICHOTOMOUS, FixedItems, name_some
from scoring.response_files import ResponseFile

CODES_HINT = " (--omitted and --not-reached name codes for answers that are not there)"


def check_categories(source: ResponseFile, models: Sequence[str], fixed: FixedItems | None) -> None:
    """Refuse answers in categories that an item's model does not have.

    Parameters
    ----------
    source
        What is to be calibrated.
    models
        Of each item.
    fixed
        Items with known parameters; None: none.

    Raises
    ------
    CalibrationError
        Names the items.
    """
    responses = source.responses
    highest = np.zeros(responses.n_items, dtype=np.int64)
    np.maximum.at(highest, responses.item, responses.category.astype(np.int64))
    known = {} if fixed is None else fixed.parameters
    for item, parameters in known.items():
        if highest[item] >= parameters.n_categories[0]:
            raise CalibrationError(
                f"{source.name}: {source.items[item]} is fixed with categories 0 to {parameters.n_categories[0] - 1}, "
                f"but has answers in {highest[item]}"
            )
    wrong = [i for i, model in enumerate(models) if model in DICHOTOMOUS and highest[i] > 1 and i not in known]
    if wrong:
        names = name_some([source.items[item] for item in wrong])
        raise CalibrationError(
            f"{source.name}: {names}: answers above 1, and {models[wrong[0]]} knows 0 and 1; give such items another "
            f"model, with --model or --models{CODES_HINT}"
        )


def check_groups(source: ResponseFile) -> None:
    """Refuse a group in which nobody answered anything.

    Raises
    ------
    CalibrationError
        Names the group.
    """
    responses = source.responses
    answers = np.bincount(responses.group, np.diff(responses.start), minlength=len(source.groups))
    silent = [source.groups[group] for group in np.flatnonzero(answers == 0)]
    if silent and len(silent) < len(source.groups):
        raise CalibrationError(f"{source.name}: nobody in group {name_some(silent)} answered anything; leave it out")


def name_fault(source: ResponseFile, error: EngineError, fixed: Sequence[int] = ()) -> str:
    """Say what the engine refused, with the names that the file uses.

    Parameters
    ----------
    source
        What was to be calibrated.
    error
        Of the engine.
    fixed
        Items with known parameters.
    """
    if isinstance(error, DesignError):
        return f"{source.name}: {_islands(source, fixed)}"
    if not isinstance(error, ResponseError) or not error.items:
        return f"{source.name}: {error}"
    hint = CODES_HINT if "categor" in error.reason else ""
    return f"{source.name}: {name_some([source.items[item] for item in error.items])}: {error.reason}{hint}"


def _islands(source: ResponseFile, fixed: Sequence[int]) -> str:
    """Groups and items that nothing puts on one scale."""
    responses, n_groups = source.responses, len(source.groups)
    island = _components(responses.group[responses.person], responses.item, (n_groups, responses.n_items), fixed)
    parts = []
    for one in dict.fromkeys(island[:n_groups].tolist()):
        groups = [source.groups[group] for group in np.flatnonzero(island[:n_groups] == one)]
        items = [source.items[item] for item in np.flatnonzero(island[n_groups:] == one)]
        parts.append(f"group {name_some(groups)} with {name_some(items)}")
    return (
        f"the groups share no items, so nothing puts them on one scale. There are {len(parts)} islands: "
        f"{'; '.join(parts)}. Add items in common, calibrate them apart, or fix items of each with --fixed"
    )


def _components(
    row: npt.NDArray[np.int32], item: npt.NDArray[np.int32], shape: tuple[int, int], known: Sequence[int]
) -> npt.NDArray[np.int32]:
    """Island of every row and, after those, of every item; what is known lies on one island."""
    n_rows, n_items = shape
    start = np.concatenate([row, np.full(len(known), n_rows + n_items)])
    end = np.concatenate([item, np.asarray(known, dtype=np.int32)]) + n_rows
    size = n_rows + n_items + 1
    links = sparse.coo_array((np.ones(start.size, dtype=np.int8), (start, end)), shape=(size, size)).tocsr()
    _, island = connected_components(links, directed=False)
    found: npt.NDArray[np.int32] = island[:-1]
    return found


def notes_on(source: ResponseFile, fixed: FixedItems | None) -> Iterator[str]:
    """Say what a reader should know of responses that can be calibrated, in sentences.

    Parameters
    ----------
    source
        What is calibrated.
    fixed
        Items with known parameters; None: none.
    """
    yield from source.notes
    silent = persons_without_answers(source)
    if silent:
        who = "1 person" if len(silent) == 1 else f"{len(silent)} persons"
        yield f"{who} without answers: {name_some(silent)}; they count in the size of their group and in nothing else"
    if fixed is not None and fixed.absent:
        yield f"fixed, and not in the data: {name_some(fixed.absent)}; left out"
    yield from _apart(source.responses, source.items, () if fixed is None else tuple(fixed.parameters))


def persons_without_answers(source: ResponseFile) -> tuple[str, ...]:
    """Names of persons who answered nothing that counts."""
    return tuple(source.persons[person] for person in np.flatnonzero(np.diff(source.responses.start) == 0))


def _apart(responses: Responses, items: Sequence[str], fixed: Sequence[int]) -> Iterator[str]:
    """Say where items hang together only because the persons of a group are taken to be alike."""
    person = responses.person.astype(np.int32)
    island = _components(person, responses.item, (responses.n_persons, responses.n_items), fixed)[responses.n_persons :]
    parts = [np.flatnonzero(island == one) for one in np.unique(island)]
    if len(parts) > 1:
        largest = sorted(parts, key=lambda part: -part.size)[1:]
        names = "; ".join(name_some([items[item] for item in part.tolist()]) for part in largest[:3])
        yield (
            f"nobody answered both {names} and the other items: they are on one scale only if the persons of a group "
            "are alike, whichever items they got"
        )
