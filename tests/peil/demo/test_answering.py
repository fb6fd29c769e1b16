from __future__ import annotations

import numpy as np
import pytest

from itembank.demo import CatalogueEntry, read_catalogue, read_keys
from loadtest.fragments import Field
from peil.demo.answering import GeneratingModel, SimulatedPupil

CHOICE = Field("RESPONSE", "choice", ("A", "B", "C", "D"), 1)


def pupil(theta: float, seed: int = 0) -> SimulatedPupil:
    """Pupil before one easy and one typical item."""
    entries = {"X-1": CatalogueEntry("X-1", "mathematics", "meten", "G", 1.5, 0.5)}
    return SimulatedPupil(GeneratingModel(entries, {"X-1": {"RESPONSE": ("B",)}}), theta, np.random.default_rng(seed))


@pytest.mark.parametrize("theta", [-1.5, 0.5, 2.0])
def test_answers_are_right_as_often_as_the_model_says(theta: float) -> None:
    someone = pupil(theta)
    n = 4000
    right = sum(someone('<div data-item="X-1@1"></div>', [CHOICE])["RESPONSE"] == "B" for _ in range(n))
    expected = 1.0 / (1.0 + np.exp(-1.5 * (theta - 0.5)))  # the 2PL, D = 1
    assert abs(right / n - expected) < 4.0 * np.sqrt(expected * (1.0 - expected) / n)  # four standard errors


def test_every_demo_item_has_a_key_for_a_virtual_pupil() -> None:
    keys = read_keys()
    assert {entry.identifier for entry in read_catalogue()} == set(keys)
    assert all(values for item in keys.values() for values in item.values())
