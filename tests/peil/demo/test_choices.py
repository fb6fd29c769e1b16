"""The simulated field test pushes what simulees chose, and the bank holds what NumPy computes from it."""

from __future__ import annotations

import numpy as np
import pytest
from sqlmodel import Session

import itembank
from engine import Responses
from engine.arrays import BoolArray, CodeArray, FloatArray, IntArray
from itembank.demo import read_keys
from peil.demo.field_test import FieldTest
from tests.peil.place import Place


@pytest.fixture
def dutch(place: Place) -> FieldTest:
    """The Dutch test."""
    return place.prepared.field_tests["nederlands-4"]


def test_who_is_right_chose_the_key_and_who_is_wrong_did_not(dutch: FieldTest) -> None:
    responses, keys = dutch.responses, read_keys()
    known = zip(responses.person.tolist(), responses.item.tolist(), responses.category.tolist(), strict=True)
    category = {(person, item): code for person, item, code in known}
    assert len(dutch.details) > 10_000
    for detail in dutch.details[::50]:
        key = keys[dutch.item_ids[detail.item].partition("@")[0]]
        is_right = all(chosen == key[field] for field, chosen in detail.chosen)
        assert is_right == (category[detail.person, detail.item] == dutch.entries[detail.item].points)


def test_the_bank_holds_the_statistics_of_the_field_test(place: Place, dutch: FieldTest) -> None:
    """One item with options, booklet by booklet: deviations from the mean of whoever had the same booklet."""
    with Session(place.installation.database) as db:
        kept = {one.item: one for one in itembank.load_statistics(db, "veldtest-nederlands-4")}
    assert set(kept) == set(dutch.item_ids)
    item = dutch.item_ids.index("N4-001@1")
    codes, points = dense(dutch.responses), np.array([entry.points for entry in dutch.entries])
    given = np.flatnonzero(codes[:, item] >= 0)
    one = kept["N4-001@1"]
    assert one.n == given.size
    assert one.proportion == pytest.approx(codes[given, item].mean())
    chosen = {detail.person: detail.chosen[0][1][0] for detail in dutch.details if detail.item == item}
    for part in one.options:
        has_it = np.array([chosen[person] == part.value for person in given.tolist()])
        assert part.n == has_it.sum()
        assert part.share == pytest.approx(has_it.mean())
        within = [
            centred(np.maximum(codes[rows], 0), (codes[rows] >= 0) * points, has_it[np.isin(given, rows)], item)
            for rows in booklets(codes, given)
        ]
        x, rest = (np.concatenate(both) for both in zip(*within, strict=True))
        assert part.correlation == pytest.approx(x @ rest / np.sqrt((x @ x) * (rest @ rest)))


def dense(responses: Responses) -> CodeArray:
    """Responses as a matrix, -1 not given."""
    codes = np.full((responses.n_persons, responses.n_items), -1, np.int8)
    codes[responses.person, responses.item] = responses.category
    return codes


def booklets(codes: CodeArray, given: IntArray) -> list[IntArray]:
    """Persons of each booklet that holds the item."""
    _, number = np.unique(codes[given] >= 0, axis=0, return_inverse=True)
    return [given[number.ravel() == one] for one in range(int(number.max()) + 1)]


def centred(earned: IntArray, most: IntArray, has_it: BoolArray, item: int) -> tuple[FloatArray, FloatArray]:
    """Having an option and the rest score, as deviations from their means in a booklet: points, of all there were."""
    rest = (earned.sum(axis=1) - earned[:, item]) / (most.sum(axis=1) - most[:, item])
    return has_it - has_it.mean(), rest - rest.mean()
