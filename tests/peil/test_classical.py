"""What the pipeline pushes about items is what SciPy computes from the same answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import pointbiserialr

from engine import Responses
from itembank import Interaction, PartStatistics, ResponseField
from peil.classical import MOST_COMBINATIONS, item_statistics
from scoring import AnswerDetail

CHOICE = ResponseField("RESPONSE", Interaction.CHOICE, ("A", "B", "C", "D", "E"))
LETTERS = "ABCD"
NAMES = ("Comfort@1", "Work@1", "Future@1", "Benefit@1")


def value_of(parts: tuple[PartStatistics, ...], value: str) -> PartStatistics:
    """The part with this value."""
    return next(part for part in parts if part.value == value)


def test_options_of_real_answers_are_those_of_scipy(shared_data: Path) -> None:
    """Science (mirt's data): the four answers of an attitude item as options A to D; every ninth left it open."""
    raw = json.loads((shared_data / "calibration" / "science_gpcm.json").read_text())
    codes = np.repeat(np.array(raw["patterns"], np.int8) - 1, raw["freq"], axis=0)
    item, blank = 1, np.arange(len(codes)) % 9 == 0
    details = [
        AnswerDetail(row, item, (("RESPONSE", () if blank[row] else (LETTERS[code],)),), 1000 + row)
        for row, code in enumerate(codes[:, item])
    ]
    found = item_statistics(NAMES, Responses.from_dense(codes), details, {"Work@1": (CHOICE,)})
    one = found[item]
    rest = codes.sum(axis=1) - codes[:, item]
    assert [part.value for part in one.options] == ["A", "B", "C", "D", "E", ""]
    for number, letter in enumerate(LETTERS):
        chosen, part = (codes[:, item] == number) & ~blank, value_of(one.options, letter)
        assert (part.field, part.n) == ("RESPONSE", chosen.sum())
        assert part.share == pytest.approx(chosen.mean())
        assert part.correlation == pytest.approx(pointbiserialr(chosen, rest)[0])
        assert part.mean_rest == pytest.approx(rest[chosen].mean() / 9)  # three other items of 3 points
    never, left_open = value_of(one.options, "E"), value_of(one.options, "")
    assert (never.n, never.share, never.correlation, never.mean_rest) == (0, 0.0, None, None)
    assert left_open.correlation == pytest.approx(pointbiserialr(blank, rest)[0])
    assert one.omitted == pytest.approx(blank.mean())
    assert one.median_ms == np.median(1000 + np.arange(len(codes)))
    assert one.proportion == pytest.approx(codes[:, item].mean() / 3)
    assert [part.value for part in one.categories] == ["0", "1", "2", "3"]


def test_where_only_scores_are_known_there_are_no_options() -> None:
    codes = np.array([[1, 0], [0, 1], [1, 1], [0, 0]], np.int8)
    found = item_statistics(("a@1", "b@1"), Responses.from_dense(codes), fields={"a@1": (CHOICE,)})
    assert [(one.options, one.omitted, one.median_ms) for one in found] == [((), None, None)] * 2


def test_an_item_that_nobody_answered_has_none() -> None:
    found = item_statistics(("a@1", "b@1"), Responses.from_dense(np.array([[1, -1], [0, -1]], np.int8)))
    assert [one.item for one in found] == ["a@1"]


def test_a_whole_order_is_one_option_and_the_rarest_are_not_listed() -> None:
    field = ResponseField("RESPONSE", Interaction.ORDER, ("A", "B", "C"))
    n = MOST_COMBINATIONS + 5
    orders = [("A", "B"), *(("C", f"X{number}") for number in range(n))]
    details = [AnswerDetail(row, 0, (("RESPONSE", orders[max(row - 2, 0)]),)) for row in range(n)]
    (one,) = item_statistics(("a@1",), Responses.from_dense(np.ones((n, 1), np.int8)), details, {"a@1": (field,)})
    assert len(one.options) == MOST_COMBINATIONS
    assert (one.options[0].value, one.options[0].n) == ("A B", 3)


def test_of_several_options_each_has_its_own_share() -> None:
    field = ResponseField("RESPONSE", Interaction.MULTIPLE_CHOICE, ("A", "B", "C"), maximum=0)
    given = [("A", "B"), ("A",), (), ("A", "C")]
    details = [AnswerDetail(row, 0, (("RESPONSE", chosen),)) for row, chosen in enumerate(given)]
    (one,) = item_statistics(("a@1",), Responses.from_dense(np.ones((4, 1), np.int8)), details, {"a@1": (field,)})
    assert [(part.value, part.share) for part in one.options] == [("A", 0.75), ("B", 0.25), ("C", 0.25), ("", 0.25)]


def test_what_is_typed_stays_out_and_whether_it_was_left_open_is_not_known() -> None:
    fields = (CHOICE, ResponseField("TYPED", Interaction.TEXT_ENTRY))
    details = [AnswerDetail(row, 0, (("RESPONSE", ("A",)),)) for row in range(3)]
    (one,) = item_statistics(("a@1",), Responses.from_dense(np.ones((3, 1), np.int8)), details, {"a@1": fields})
    assert {part.field for part in one.options} == {"RESPONSE"}
    assert one.omitted is None


def test_points_are_those_of_the_item_also_where_nobody_earned_them_all() -> None:
    codes = np.array([[1, 1], [0, 1], [1, 0], [0, 1]], np.int8)
    _, one = item_statistics(("a@1", "b@1"), Responses.from_dense(codes), points=(1, 2))
    assert (one.maximum, one.proportion) == (2, 0.375)  # (1 + 1 + 0 + 1) of 4 × 2 points
    assert [(part.value, part.n) for part in one.categories] == [("0", 1), ("1", 3), ("2", 0)]
