"""Responses of right or wrong and of points for parts, calibrated into what the item bank keeps."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from engine import ResponseError, Responses, calibrate, simulate_responses
from itembank import item_parameters, parameters_of
from peil.calibrating import calibrate_items
from peil.calibration.limits import MAX_CYCLES

SLOPES = (1.2, 0.9, 1.5, 1.0, 1.3, 1.1)
STEPS = ((-0.5,), (-1.2, 0.4), (0.8,), (-0.6, 0.2, 1.1), (0.0,), (-1.0, 0.0))
N_PERSONS = 4000


def test_the_program_gives_up_when_the_engine_does() -> None:
    """The command line does not load the engine to know its limit."""
    assert inspect.signature(calibrate).parameters["max_cycles"].default == MAX_CYCLES


def test_each_item_gets_the_steps_that_its_points_have_and_they_are_found_back() -> None:
    rng = np.random.default_rng(8)
    presented = np.ones((N_PERSONS, len(SLOPES)), dtype=np.bool_)
    responses = simulate_responses(rng.standard_normal(N_PERSONS), item_parameters(SLOPES, STEPS), presented, rng)
    names = [f"{letter}@1" for letter in "ABCDEF"]
    calibration = calibrate_items(
        "c", names, responses, ("all",), points=[len(steps) for steps in STEPS], simulated=True
    )
    assert calibration.model == "gpcm"
    assert [len(entry.steps) for entry in calibration.items] == [0, 2, 0, 3, 0, 2]
    for entry, slope, steps in zip(calibration.items, SLOPES, STEPS, strict=True):
        # four standard errors; those of single steps are not kept
        assert abs(entry.discrimination - slope) < 4.0 * entry.discrimination_error
        assert abs(entry.difficulty - np.mean(steps)) < 4.0 * entry.difficulty_error
        found = np.array(entry.steps or (entry.difficulty,))
        assert np.all(np.abs(found - steps) < 0.3)
    assert parameters_of(calibration.items).n_categories.tolist() == [2, 3, 2, 4, 2, 3]


def test_without_points_for_parts_the_model_is_the_2pl() -> None:
    rng = np.random.default_rng(9)
    presented = np.ones((500, 3), dtype=np.bool_)
    items = item_parameters([1.0, 1.2, 0.8], [[-0.5], [0.0], [0.5]])
    responses = simulate_responses(rng.standard_normal(500), items, presented, rng)
    calibration = calibrate_items("c", ["A@1", "B@1", "C@1"], responses, ("all",), points=[1, 1, 1], simulated=True)
    assert calibration.model == "2pl"
    assert {entry.steps for entry in calibration.items} == {()}


def test_an_item_whose_most_points_nobody_earned_is_refused_by_its_name() -> None:
    responses = Responses.from_dense(np.array([[1, 1, 1], [0, 1, 0], [1, 0, 1], [0, 1, 1]], np.int8))
    with pytest.raises(ResponseError, match=r"^B@1 \(worth 2, at most 1 earned\): the step"):
        calibrate_items("c", ["A@1", "B@1", "C@1"], responses, ("all",), points=[1, 2, 1], simulated=True)
    more = Responses.from_dense(np.array([[2, 1, 1], [0, 1, 0], [1, 0, 1], [0, 1, 1]], np.int8))
    with pytest.raises(ResponseError, match=r"^A@1 \(worth 1, at most 2 earned\)"):
        calibrate_items("c", ["A@1", "B@1", "C@1"], more, ("all",), points=[1, 1, 1], simulated=True)
