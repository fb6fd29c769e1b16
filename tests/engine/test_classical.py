"""Classical item statistics agree with SciPy, on real data and on forms that share items."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import pearsonr, pointbiserialr

from engine import Marks, ResponseError, Responses, classical_statistics, mark_statistics
from engine.arrays import CodeArray, FloatArray

PATTERNS = ("lsat6_2pl", "lsat7_2pl", "science_gpcm")
EXACT = 1e-12


def everybody(shared_data: Path, name: str) -> tuple[CodeArray, CodeArray, FloatArray]:
    """Response patterns of a file, a row a person; and the patterns with how often each occurs."""
    raw = json.loads((shared_data / "calibration" / f"{name}.json").read_text())
    patterns = np.array(raw["patterns"], dtype=np.int8)
    patterns = patterns - patterns.min(axis=0)  # Science is coded 1 to 4
    times = np.array(raw["freq"])
    return np.repeat(patterns, times, axis=0), patterns, times.astype(np.float64)


@pytest.mark.parametrize("name", PATTERNS)
def test_statistics_of_real_data_are_those_of_scipy(shared_data: Path, name: str) -> None:
    codes, patterns, times = everybody(shared_data, name)
    highest = codes.max(axis=0)
    by_person = classical_statistics(Responses.from_dense(codes))
    by_pattern = classical_statistics(Responses.from_dense(patterns, weight=times))
    for found in (by_person, by_pattern):
        assert found.n.tolist() == [len(codes)] * codes.shape[1]
        assert found.n_compared.tolist() == found.n.tolist()
        assert found.proportion == pytest.approx(codes.mean(axis=0) / highest, abs=EXACT)
        for item in range(codes.shape[1]):
            rest = np.delete(codes, item, axis=1).sum(axis=1)
            assert found.item_rest[item] == pytest.approx(pearsonr(codes[:, item], rest)[0], abs=1e-10)
            most = np.delete(highest, item).sum()
            for category in range(highest[item] + 1):
                row = found.category_start[item] + category
                has_it = codes[:, item] == category
                assert found.categories.share[row] == pytest.approx(has_it.mean(), abs=EXACT)
                assert found.categories.mean_rest[row] == pytest.approx(rest[has_it].mean() / most, abs=1e-10)
                assert found.categories.correlation[row] == pytest.approx(pointbiserialr(has_it, rest)[0], abs=1e-10)


def test_twenty_items_of_a_thousand_persons_are_those_of_scipy(shared_data: Path) -> None:
    codes = np.array(json.loads((shared_data / "calibration" / "tam_rasch.json").read_text())["responses"], np.int8)
    found = classical_statistics(Responses.from_dense(codes))
    expected = [
        pointbiserialr(codes[:, item] == 1, codes.sum(axis=1) - codes[:, item])[0] for item in range(codes.shape[1])
    ]
    assert found.item_rest == pytest.approx(np.array(expected), abs=1e-10)


def test_persons_are_compared_with_those_of_their_own_form(shared_data: Path) -> None:
    """Two booklets of the same persons' answers: deviations from each booklet's mean, by hand."""
    codes = np.array(json.loads((shared_data / "calibration" / "tam_rasch.json").read_text())["responses"], np.int8)
    codes[:400, 12:] = -1
    codes[400:, :5] = -1
    found = classical_statistics(Responses.from_dense(codes))
    item, deviations = 7, []
    for part in (codes[:400], codes[400:]):
        given = part[:, part[0] >= 0].astype(float)
        rest = (given.sum(axis=1) - part[:, item]) / (given.shape[1] - 1)
        deviations.append((part[:, item] - part[:, item].mean(), rest - rest.mean()))
    points, rest = (np.concatenate(both) for both in zip(*deviations, strict=True))
    assert found.item_rest[item] == pytest.approx(points @ rest / np.sqrt((points @ points) * (rest @ rest)), abs=1e-12)


def test_a_form_of_ones_own_adds_to_shares_and_to_no_correlation() -> None:
    alike = np.array([[1, 1, 0, 1], [0, 1, 0, 0], [1, 0, 1, 1], [0, 0, 0, 1]], dtype=np.int8)
    alone = np.array([[1, 0, -1, 1]], dtype=np.int8)
    without, within = (
        classical_statistics(Responses.from_dense(codes)) for codes in (alike, np.concatenate([alike, alone]))
    )
    assert within.item_rest == pytest.approx(without.item_rest, abs=1e-14)
    assert within.n.tolist() == [5, 5, 4, 5]
    assert within.n_compared.tolist() == [4, 4, 4, 4]
    assert within.proportion[0] == pytest.approx(3 / 5)


def test_options_have_shares_and_correlations_of_their_own(shared_data: Path) -> None:
    """The answers 0 … 3 of Science as options; only those of the first 300 persons are known."""
    codes, _, _ = everybody(shared_data, "science_gpcm")
    n_known, item = 300, 2
    option = codes[:n_known, item].astype(np.int64)
    marks = Marks(np.arange(n_known), np.full(n_known, item), np.arange(n_known), option, np.full(4, item))
    found = mark_statistics(Responses.from_dense(codes), marks)
    rest = np.delete(codes, item, axis=1).sum(axis=1)[:n_known]
    for number in range(4):
        chosen = option == number
        assert found.n[number] == chosen.sum()
        assert found.share[number] == pytest.approx(chosen.mean(), abs=EXACT)
        assert found.correlation[number] == pytest.approx(pointbiserialr(chosen, rest)[0], abs=1e-10)


def test_an_answer_may_carry_several_marks_or_none() -> None:
    codes = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 0], [0, 0, 1], [1, 1, 1]], dtype=np.int8)
    carried = np.array([[1, 1], [0, 1], [0, 0], [1, 0], [1, 1]])  # (n_persons, n_marks)
    answer, mark = np.nonzero(carried)
    marks = Marks(np.arange(5), np.zeros(5, np.int64), answer, mark, np.zeros(2, np.int64))
    found = mark_statistics(Responses.from_dense(codes), marks)
    rest = codes[:, 1:].sum(axis=1)
    assert found.share.tolist() == [3 / 5, 3 / 5]
    assert found.correlation == pytest.approx([pointbiserialr(column, rest)[0] for column in carried.T], abs=1e-12)


def test_what_does_not_vary_has_no_correlation() -> None:
    found = classical_statistics(Responses.from_dense(np.array([[1, 1], [1, 0], [1, 1]], dtype=np.int8)))
    assert np.isnan(found.item_rest).all()
    alone = classical_statistics(Responses.from_dense(np.array([[1], [0]], dtype=np.int8)))
    assert np.isnan(alone.item_rest[0])
    assert alone.proportion[0] == 0.5


def test_points_are_shares_of_the_most_that_can_be_had() -> None:
    responses = Responses.from_dense(np.array([[1, 0], [0, 1], [-1, 1]], dtype=np.int8))
    assert classical_statistics(responses, [2, 1]).proportion.tolist() == pytest.approx([1 / 4, 2 / 3])
    with pytest.raises(ResponseError, match="no answer has more"):
        classical_statistics(responses, [0, 1])


def test_what_was_omitted_is_no_answer_and_gives_no_points() -> None:
    found = classical_statistics(Responses.from_dense(np.array([[1, -2], [0, 1], [1, 1], [1, 0]], dtype=np.int8)))
    assert found.n.tolist() == [4, 3]
    assert found.item_rest[0] == pytest.approx(pearsonr([1, 0, 1, 1], [0, 1, 1, 0])[0])


@pytest.mark.parametrize(
    ("person", "answer", "mark", "message"),
    [
        ([0, 1], [0, 0], [0, 0], "twice"),
        ([0, 1], [0, 1], [0, 1], "another item"),
        ([0, 1], [0, 2], [0, 0], "answer must be"),
        ([0, 7], [0, 1], [0, 0], "not among the responses"),
    ],
)
def test_marks_that_do_not_fit_are_refused(person: list[int], answer: list[int], mark: list[int], message: str) -> None:
    responses = Responses.from_dense(np.array([[1, 0], [0, 1]], dtype=np.int8))
    with pytest.raises(ResponseError, match=message):
        mark_statistics(responses, Marks(person, [0, 0], answer, mark, [0, 1]))  # type: ignore[arg-type]  # lists are taken too
