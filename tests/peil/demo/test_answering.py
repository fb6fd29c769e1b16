from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from engine import response_table
from itembank import item_parameters
from itembank.demo import CatalogueEntry, read_catalogue, read_keys
from loadtest.fragments import Field
from peil.demo.answering import GeneratingModel, Keys, SimulatedPupil

CHOICE = Field("RESPONSE", "choice", ("A", "B", "C", "D"), 1)


def pupil(theta: float, seed: int = 0) -> SimulatedPupil:
    """Pupil before an item that is right or wrong, and one with two points for four words."""
    entries = {
        "X-1": CatalogueEntry("X-1", "mathematics", "meten", "G", 1.5, 0.5),
        "X-2": CatalogueEntry("X-2", "mathematics", "meten", "G", 1.2, 0.3, points=2),
    }
    keys: Keys = {"X-1": {"RESPONSE": ("B",)}, "X-2": {"RESPONSE": ("A", "B", "C", "D")}}
    return SimulatedPupil(GeneratingModel(entries, keys), theta, np.random.default_rng(seed))


@pytest.mark.parametrize("theta", [-1.5, 0.5, 2.0])
def test_answers_are_right_as_often_as_the_model_says(theta: float) -> None:
    someone = pupil(theta)
    n = 4000
    right = sum(someone('<div data-item="X-1@1"></div>', [CHOICE])["RESPONSE"] == "B" for _ in range(n))
    expected = 1.0 / (1.0 + np.exp(-1.5 * (theta - 0.5)))  # the 2PL, D = 1
    assert abs(right / n - expected) < 4.0 * np.sqrt(expected * (1.0 - expected) / n)  # four standard errors


@pytest.mark.parametrize("theta", [-1.0, 0.3, 1.6])
def test_points_for_parts_come_as_often_as_the_model_says(theta: float) -> None:
    words = Field("RESPONSE", "multiple_hottext", tuple("ABCDEFGH"), 4)
    someone, n = pupil(theta, seed=1), 4000
    points: Counter[int] = Counter()
    for _ in range(n):
        given = someone('<div data-item="X-2@1"></div>', [words])["RESPONSE"]
        assert isinstance(given, list)
        points[len(set(given) & set("ABCD")) // 2] += 1
    table = response_table(item_parameters([1.2], [(0.3 - 0.4, 0.3 + 0.4)]), np.array([theta]))
    for level, expected in enumerate(np.exp(table.log_probability[:, 0])):  # the engine's own partial credit
        assert abs(points[level] / n - expected) < 4.0 * np.sqrt(
            expected * (1.0 - expected) / n
        )  # four standard errors


def test_every_demo_item_has_a_key_for_a_virtual_pupil() -> None:
    keys = read_keys()
    in_tests = {entry.identifier for entry in read_catalogue() if entry.area != "sjablonen"}  # drawn: in no demo test
    assert in_tests == set(keys)
    silent = {item for item, held in keys.items() if not all(held.values())}
    assert silent == {entry.identifier for entry in read_catalogue() if entry.area == "schrijven"}  # a person rates it
