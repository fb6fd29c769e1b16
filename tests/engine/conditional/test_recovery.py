"""Simulate, calibrate, compare: linear, partial-credit, and multistage with and without its routing."""

from __future__ import annotations

import numpy as np
import pytest

from engine import ConditionalCalibration, MultistageDesign, Responses, calibrate_conditional
from engine.arrays import FloatArray, IntArray
from tests.engine.conditional.designs import booklet

pytestmark = pytest.mark.slow

START, EASY, HARD = np.arange(10), np.arange(10, 30), np.arange(30, 50)
Codes = np.ndarray[tuple[int, int], np.dtype[np.int64]]


def standardised(result: ConditionalCalibration, true: FloatArray) -> FloatArray:
    """Errors in standard errors; the mean of all true locations is 0."""
    errors: FloatArray = (result.step - true) / result.standard_error
    return errors


def module_contrast(result: ConditionalCalibration, true: FloatArray) -> tuple[float, float]:
    """How far apart the hard and the easy module are estimated too much, in logits and in standard errors."""
    weights = np.zeros(50)
    weights[EASY], weights[HARD] = -1.0 / EASY.size, 1.0 / HARD.size
    bias = float(weights @ (result.step - true))
    return bias, bias / float(np.sqrt(weights @ result.covariance @ weights))


def routed(n_persons: int) -> tuple[Codes, FloatArray]:
    """Ten items, then twenty easy or hard ones by a score of 5; abilities in two lumps.

    As in the vignette of dexterMST, multistage_fundamentals, after Zwitser & Maris (2015).
    """
    rng = np.random.default_rng(2015)
    true = np.concatenate([np.linspace(-0.6, 2.0, 10), np.linspace(-2.3, 0.0, 20), np.linspace(1.2, 2.4, 20)])
    true -= true.mean()
    ability = np.where(rng.random(n_persons) < 0.6, rng.normal(-0.7, 1.5, n_persons), rng.normal(0.3, 0.5, n_persons))
    codes = (rng.random((n_persons, 50)) < 1.0 / (1.0 + np.exp(true - ability[:, np.newaxis]))).astype(np.int64)
    low = codes[:, START].sum(axis=1) <= 5
    codes[np.ix_(low, HARD)] = -1
    codes[np.ix_(~low, EASY)] = -1
    return codes, true


def partial_credit(ability: FloatArray, step: FloatArray, rng: np.random.Generator) -> IntArray:
    """Answers to one partial-credit item (Masters, 1982)."""
    logs = np.concatenate([np.zeros((ability.size, 1)), np.cumsum(ability[:, np.newaxis] - step, axis=1)], axis=1)
    cumulative = np.cumsum(np.exp(logs), axis=1)
    above: IntArray = (cumulative < rng.random((ability.size, 1)) * cumulative[:, -1:]).sum(axis=1)
    return above


def test_routing_biases_a_calibration_that_ignores_it_and_not_one_that_knows_it() -> None:
    codes, true = routed(10_000)
    responses = Responses.from_dense(codes)
    modules = [START.tolist(), EASY.tolist()], [START.tolist(), HARD.tolist()]
    design = MultistageDesign([booklet(modules[0], (0, 5)), booklet(modules[1], (6, 10))])
    knowing = calibrate_conditional(responses, design=design)
    bias, in_errors = module_contrast(knowing, true)
    assert abs(in_errors) < 3.0
    assert abs(bias) < 0.15
    assert 0.5 < np.mean(standardised(knowing, true) ** 2) < 1.6  # mean of 50 squares of N(0, 1): 1 ± 3 x 0.2
    ignoring = calibrate_conditional(responses)
    bias, in_errors = module_contrast(ignoring, true)
    assert abs(in_errors) > 10.0
    assert abs(bias) > 0.5


def test_partial_credit_steps_are_recovered_with_abilities_of_any_form() -> None:
    rng = np.random.default_rng(8)
    steps = [np.sort(rng.normal(0.0, 1.0, n))[rng.permutation(n)] + rng.normal() for n in (1, 2, 3, 4) * 5]
    shift = float(np.mean([step.mean() for step in steps]))
    steps = [step - shift for step in steps]
    ability = rng.exponential(1.5, 6_000) - 1.0  # far from normal: nothing is assumed of it
    codes = np.stack([partial_credit(ability, step, rng) for step in steps], axis=1)
    codes[:2_000, :7], codes[2_000:4_000, 7:14] = -1, -1
    result = calibrate_conditional(Responses.from_dense(codes))
    errors = standardised(result, np.concatenate(steps))
    assert errors.size == 50
    assert 0.5 < np.mean(errors**2) < 1.6
    assert np.abs(errors).max() < 4.0
