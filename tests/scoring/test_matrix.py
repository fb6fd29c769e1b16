"""From records to the response matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring import RecordError, SittingRecord, build_responses, stack_responses

MakeSitting = Callable[..., SittingRecord]
ITEMS = ("a@1", "b@1", "c@1")


def dense(records: list[SittingRecord]) -> NDArray[np.int8]:
    """Responses as a table, -1 where there is none."""
    responses = build_responses(records, ITEMS).responses
    table = np.full((responses.n_persons, responses.n_items), -1, dtype=np.int8)
    for person in range(responses.n_persons):
        own = slice(responses.start[person], responses.start[person + 1])
        table[person, responses.item[own]] = responses.category[own]
    return table


def test_a_sitting_is_a_row_and_an_item_version_a_column(make_sitting: MakeSitting) -> None:
    records = [make_sitting(1, [("c@1", 1), ("a@1", 0)]), make_sitting(2, [("b@1", 1)])]
    assert dense(records).tolist() == [[0, -1, 1], [-1, 1, -1]]
    assert build_responses(records, ITEMS).sittings == tuple(records)


def test_a_sitting_without_answers_keeps_its_row(make_sitting: MakeSitting) -> None:
    assert dense([make_sitting(1, []), make_sitting(2, [("a@1", 1)])]).tolist() == [[-1, -1, -1], [1, -1, -1]]


def test_answers_to_be_rated_and_pretest_items_are_left_out_and_counted(make_sitting: MakeSitting) -> None:
    record = make_sitting(1, [("a@1", 1), ("b@1", -1), ("c@1", 1)])
    pretest = replace(record.answers[2], scored=False)
    matrix = build_responses([replace(record, answers=(*record.answers[:2], pretest))], ITEMS)
    assert matrix.responses.n_responses == 1
    assert matrix.n_left_out == 2


def test_a_pretest_item_need_not_be_calibrated(make_sitting: MakeSitting) -> None:
    record = make_sitting(1, [("a@1", 1), ("new@1", 1)])
    pretest = replace(record.answers[1], scored=False)
    assert dense([replace(record, answers=(record.answers[0], pretest))]).tolist() == [[1, -1, -1]]


def test_late_answers_count(make_sitting: MakeSitting) -> None:
    record = make_sitting(1, [("a@1", 1)])
    late = replace(record, answers=(replace(record.answers[0], late=True),))
    assert dense([late]).tolist() == [[1, -1, -1]]


def test_another_version_of_a_known_item_is_refused_by_name(make_sitting: MakeSitting) -> None:
    record = make_sitting(7, [("a@1", 1), ("b@2", 1), ("x@1", 0)])
    with pytest.raises(RecordError, match=r"00000007 .*wiskunde.*: b@2, x@1;"):
        build_responses([record], ITEMS)


def test_many_unknown_items_are_named_in_part(make_sitting: MakeSitting) -> None:
    record = make_sitting(1, [(f"x{number}@1", 1) for number in range(9)])
    with pytest.raises(RecordError, match="x4@1 and 4 more"):
        build_responses([record], ITEMS)


def test_an_item_answered_twice_in_a_sitting_is_refused(make_sitting: MakeSitting) -> None:
    with pytest.raises(RecordError, match="answered a@1 twice"):
        build_responses([make_sitting(1, [("a@1", 1), ("a@1", 0)])], ITEMS)


def test_an_item_listed_twice_is_refused(make_sitting: MakeSitting) -> None:
    with pytest.raises(RecordError, match=r"more than once: a@1;"):
        build_responses([make_sitting(1, [])], ("a@1", "b@1", "a@1"))


@pytest.mark.parametrize("category", [-2, 128])
def test_a_category_that_is_none_is_refused(make_sitting: MakeSitting, category: int) -> None:
    with pytest.raises(RecordError, match=f"category {category} is not one"):
        build_responses([make_sitting(1, [("a@1", category)])], ITEMS)


def test_stacked_parts_keep_their_rows_and_become_groups(make_sitting: MakeSitting) -> None:
    first = build_responses([make_sitting(1, [("a@1", 1)]), make_sitting(2, [])], ITEMS).responses
    second = build_responses([make_sitting(3, [("a@1", 0), ("c@1", 1)])], ITEMS).responses
    stacked = stack_responses([first, second])
    assert stacked.start.tolist() == [0, 1, 1, 3]
    assert stacked.group.tolist() == [0, 0, 1]
    assert list(zip(stacked.item.tolist(), stacked.category.tolist(), strict=True)) == [(0, 1), (0, 0), (2, 1)]


def test_parts_over_different_items_are_not_stacked(make_sitting: MakeSitting) -> None:
    first = build_responses([make_sitting(1, [])], ITEMS).responses
    second = build_responses([make_sitting(2, [])], ITEMS[:2]).responses
    with pytest.raises(RecordError, match="same items"):
        stack_responses([first, second])
    with pytest.raises(RecordError, match="none"):
        stack_responses([])
