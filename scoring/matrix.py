"""From records to the sparse response matrix that the engine works on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine import Responses
from scoring.errors import RecordError
from scoring.records import AnswerRecord, SittingRecord

HIGHEST_CATEGORY = np.iinfo(np.int8).max
NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True, eq=False)
class ResponseMatrix:
    """Responses of n_persons sittings to n_items item versions.

    Attributes
    ----------
    responses : the engine's sparse responses; row p belongs to ``sittings[p]``, item i is ``item_ids[i]``
    sittings : the sittings in person order, as they were given
    item_ids : item versions in item order
    n_left_out : answers that do not count: not rated yet (category -1) or not scored (pretest)
    """

    responses: Responses
    sittings: tuple[SittingRecord, ...]
    item_ids: tuple[str, ...]
    n_left_out: int


def build_responses(records: Sequence[SittingRecord], item_ids: Sequence[str]) -> ResponseMatrix:
    """Put the answers that count in the engine's form; a sitting is one row, in the order given.

    Every accepted answer counts, late ones too, and their order does not matter (PROTOCOL 11). Left out
    are answers that a person must still rate (category -1) and answers to items that are not scored.

    Parameters
    ----------
    records
        Sealed sittings.
    item_ids
        Item versions (``identifier@version``), in the order of the item parameters.

    Raises
    ------
    RecordError
        If an item version is listed twice, an answer names one that is not listed, a sitting answers the
        same one twice, or a category does not fit; the message names sitting and item.
    """
    index = _item_index(item_ids)
    person: list[int] = []
    item: list[int] = []
    category: list[int] = []
    n_left_out = 0
    for row, record in enumerate(records):
        counted = list(_counted_answers(record, index))
        n_left_out += len(record.answers) - len(counted)
        person.extend([row] * len(counted))
        item.extend(index[answer.item] for answer in counted)
        category.extend(answer.category for answer in counted)
    responses = Responses.from_triplets(
        np.asarray(person, dtype=np.int64),
        np.asarray(item, dtype=np.int32),
        np.asarray(category, dtype=np.int8),
        n_persons=len(records),
        n_items=len(item_ids),
    )
    return ResponseMatrix(responses, tuple(records), tuple(item_ids), n_left_out)


def stack_responses(parts: Sequence[Responses]) -> Responses:
    """Put several sets of persons under one another, each part as a group of its own.

    A field test and the live answers are such parts: their ability distributions differ, so the
    calibration must give each its own mean and spread. Groups that a part already has stay apart.

    Raises
    ------
    RecordError
        If there is no part, or the parts are not over the same number of items.
    """
    sizes = {part.n_items for part in parts}
    if len(sizes) != 1:
        raise RecordError(
            f"parts must be over the same items, these are over {sorted(sizes) or 'none'}; build every part "
            "with the same list of item versions"
        )
    rows, groups, n_persons, n_groups = [], [], 0, 0
    for part in parts:
        rows.append(np.repeat(np.arange(part.n_persons), np.diff(part.start)) + n_persons)
        groups.append(part.group + n_groups)
        n_persons += part.n_persons
        n_groups += int(part.group.max(initial=-1)) + 1
    return Responses.from_triplets(
        np.concatenate(rows),
        np.concatenate([part.item for part in parts]),
        np.concatenate([part.category for part in parts]),
        n_persons=n_persons,
        n_items=sizes.pop(),
        weight=np.concatenate([part.weight for part in parts]),
        group=np.concatenate(groups).astype(np.int32),
    )


def _item_index(item_ids: Sequence[str]) -> dict[str, int]:
    """Item version to column; refuses a version listed twice."""
    index = {item: column for column, item in enumerate(item_ids)}
    if len(index) != len(item_ids):
        twice = sorted({item for item in item_ids if list(item_ids).count(item) > 1})
        raise RecordError(f"item versions listed more than once: {_names(twice)}; list each version once")
    return index


def _counted_answers(record: SittingRecord, index: dict[str, int]) -> Iterator[AnswerRecord]:
    """Answers of one sitting that count, checked against the items."""
    unknown = sorted({answer.item for answer in record.answers if answer.scored} - index.keys())
    if unknown:
        raise RecordError(
            f"sitting {record.sitting} of test {record.test} answered item versions that are not in the list "
            f"of {len(index)}: {_names(unknown)}; give the items of bank {record.bank[:12]}"
        )
    seen: set[str] = set()
    for answer in record.answers:
        if answer.item in seen:
            raise RecordError(f"sitting {record.sitting} answered {answer.item} twice; export it again")
        seen.add(answer.item)
        if not -1 <= answer.category <= HIGHEST_CATEGORY:
            raise RecordError(f"sitting {record.sitting}, item {answer.item}: category {answer.category} is not one")
        if answer.scored and answer.category >= 0:
            yield answer


def _names(items: Sequence[str]) -> str:
    """At most a handful of names, and how many more there are."""
    more = len(items) - NAMED_AT_MOST
    return ", ".join(items[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
