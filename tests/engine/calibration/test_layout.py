"""Dense and sparse layouts of the same responses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Responses
from engine.calibration.expectation import expect
from engine.calibration.layout import FEWEST_IN_A_BOOKLET, lay_out
from engine.calibration.parameters import Estimates

NODES = np.linspace(-4.0, 4.0, 21)


def some_responses(seed: int, n_alike: int) -> Responses:
    """Persons of two groups: some share a booklet, some were given items at random, one was given none."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 2, (n_alike + 20, 7)).astype(np.int8)
    codes[:n_alike, 5:] = -1
    codes[n_alike:][rng.random((20, 7)) < 0.5] = -1
    codes[-1] = -1
    order = rng.permutation(len(codes))
    return Responses.from_dense(codes[order], weight=rng.uniform(0.5, 2.0, len(codes)), group=np.arange(len(codes)) % 2)


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), n_alike=st.sampled_from([0, 10, 2 * FEWEST_IN_A_BOOKLET, 150]))
def test_expected_counts_are_sums_over_persons_however_laid_out(seed: int, n_alike: int) -> None:
    responses = some_responses(seed, n_alike)
    rng = np.random.default_rng(seed)
    estimates = Estimates(rng.uniform(0.5, 2.0, 7), rng.normal(size=7), np.array([0.0, 0.5]), np.array([0.0, 0.2]))
    counts = expect(lay_out(responses, 2), estimates, NODES)

    p = 1.0 / (1.0 + np.exp(-(np.outer(estimates.slope, NODES) + estimates.intercept[:, np.newaxis])))
    n_correct, n_answered, n_persons = np.zeros((7, 21)), np.zeros((7, 21)), np.zeros((2, 21))
    log_likelihood = 0.0
    for person in range(responses.n_persons):
        part = slice(responses.start[person], responses.start[person + 1])
        item, category, group = responses.item[part], responses.category[part], responses.group[person]
        joint = np.exp(estimates.log_prior(NODES)[group])
        joint = joint * np.where(category[:, np.newaxis] == 1, p[item], 1.0 - p[item]).prod(axis=0)
        log_likelihood += responses.weight[person] * np.log(joint.sum())
        posterior = responses.weight[person] * joint / joint.sum()
        n_persons[group] += posterior
        n_answered[item] += posterior
        n_correct[item[category == 1]] += posterior
    assert counts.log_likelihood == pytest.approx(log_likelihood, rel=1e-11)
    assert counts.n_correct == pytest.approx(n_correct, abs=1e-9)
    assert counts.n_answered == pytest.approx(n_answered, abs=1e-9)
    assert counts.n_persons == pytest.approx(n_persons, abs=1e-9)


def test_persons_alike_become_booklets_and_others_do_not() -> None:
    layout = lay_out(some_responses(1, 150), 2)
    assert sum(booklet.weight.size for booklet in layout.booklets) == 150
    assert {tuple(booklet.items.tolist()) for booklet in layout.booklets} == {(0, 1, 2, 3, 4)}
    assert sum(scatter.weight.size for scatter in layout.scatters) == 20


def test_the_order_of_items_within_a_person_does_not_matter() -> None:
    rng = np.random.default_rng(4)
    category = rng.integers(0, 2, (60, 3)).astype(np.int8)
    order = np.stack([rng.permutation(3) for _ in range(60)])
    shuffled = Responses(
        start=np.arange(0, 181, 3),
        item=order.ravel().astype(np.int32),
        category=np.take_along_axis(category, order, axis=1).ravel(),
        weight=np.ones(60),
        group=np.zeros(60, dtype=np.int32),
        n_items=3,
    )
    estimates = Estimates(np.ones(3), np.array([-1.0, 0.0, 1.0]), np.zeros(1), np.zeros(1))
    expected = expect(lay_out(Responses.from_dense(category), 1), estimates, NODES)
    assert expect(lay_out(shuffled, 1), estimates, NODES).n_correct == pytest.approx(expected.n_correct)
