from __future__ import annotations

import numpy as np
import pytest

from itembank.demo import CatalogueEntry, read_catalogue, read_keys
from loadtest.fragments import Field
from peil.demo.answering import GeneratingModel, SimulatedPupil, right_value, wrong_value

CHOICE = Field("RESPONSE", "choice", ("A", "B", "C", "D"), 1)
MULTIPLE = Field("RESPONSE", "multiple_choice", ("A", "B", "C", "D"), 2)
TYPED = Field("RESPONSE", "text_entry", (), 1)


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


def test_numbers_are_typed_with_a_comma() -> None:
    assert right_value(TYPED, ("3.5",)) == "3,5"
    assert right_value(TYPED, ("De kat.",)) == "De kat."
    assert right_value(MULTIPLE, ("A", "D")) == ["A", "D"]


@pytest.mark.parametrize(
    ("field", "key"), [(CHOICE, ("B",)), (MULTIPLE, ("A", "D")), (TYPED, ("3.5",)), (TYPED, ("12",)), (TYPED, ("kat",))]
)
def test_a_wrong_answer_is_never_the_key(field: Field, key: tuple[str, ...]) -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        value = wrong_value(field, key, rng)
        assert value != right_value(field, key)
        if field.interaction == "multiple_choice":
            assert isinstance(value, list)
            assert len(set(value)) == len(key) <= field.maximum


def test_every_demo_item_has_a_key_for_a_virtual_pupil() -> None:
    keys = read_keys()
    in_tests = {entry.identifier for entry in read_catalogue() if entry.area != "sjablonen"}  # drawn: in no demo test
    assert in_tests == set(keys)
    assert all(values for item in keys.values() for values in item.values())
