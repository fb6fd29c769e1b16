"""Simulated persons."""

from __future__ import annotations

import numpy as np
import pytest

from engine import (
    DesignError,
    ItemParameters,
    Kind,
    linear_booklets,
    probability_correct,
    response_table,
    simulate_responses,
)

ITEMS = ItemParameters.two_parameter(np.array([0.8, 1.2, 1.6]), np.array([-1.0, 0.0, 1.0]))


def test_simulated_proportions_are_the_probabilities() -> None:
    n = 40_000
    responses = simulate_responses(np.full(n, 0.3), ITEMS, np.ones((n, 3), dtype=np.bool_), np.random.default_rng(1))
    p = probability_correct(np.array([0.3]), ITEMS)[0]
    assert np.all(np.abs(responses.proportion_correct() - p) < 4.0 * np.sqrt(p * (1.0 - p) / n))


@pytest.mark.parametrize("ability", [-1.0, 0.7])
def test_simulated_proportions_of_any_model_are_those_of_the_table(ability: float) -> None:
    items = ItemParameters.join(
        [
            ItemParameters(np.array([1.2]), np.array([0.0]), np.array([0.25]), np.array([0.95])),
            ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [0.9], [[-1.0, 0.2, 1.0]]),
            ItemParameters.from_steps(Kind.GRADED, [1.5], [[-0.5, 0.8]]),
            ItemParameters.nominal([[0.0, 0.7, -0.4]], [[0.0, 0.2, 0.1]]),
        ]
    )
    n = 40_000
    everything = np.ones((n, 4), dtype=np.bool_)
    responses = simulate_responses(np.full(n, ability), items, everything, np.random.default_rng(1))
    table = response_table(items, np.array([ability]))
    p = np.exp(table.log_probability[:, 0])
    found = np.bincount(table.offset[responses.item] + responses.category, minlength=p.size) / n
    assert np.all(np.abs(found - p) < 4.0 * np.sqrt(p * (1.0 - p) / n))


def test_only_what_is_presented_is_answered() -> None:
    presented = np.random.default_rng(2).random((500, 3)) < 0.4
    responses = simulate_responses(np.zeros(500), ITEMS, presented, np.random.default_rng(3))
    assert responses.n_responses == presented.sum()
    assert presented[responses.person, responses.item].all()


def test_presented_must_fit_persons_and_items() -> None:
    with pytest.raises(DesignError, match=r"\(2, 3\)"):
        simulate_responses(np.zeros(2), ITEMS, np.ones((3, 3), dtype=np.bool_), np.random.default_rng(1))


@pytest.mark.parametrize("rng", [None, np.random.default_rng(4)])
@pytest.mark.parametrize(("n_items", "n_booklets", "overlap"), [(50, 5, 4), (53, 4, 1), (10, 10, 2), (7, 3, 9)])
def test_booklets_cover_all_items_and_hang_together(
    n_items: int, n_booklets: int, overlap: int, rng: np.random.Generator | None
) -> None:
    booklets = linear_booklets(n_items, n_booklets, overlap=overlap, rng=rng)
    assert booklets.any(axis=0).all()
    shared = (booklets.astype(int) @ booklets.T.astype(int)) > 0
    reached = np.linalg.matrix_power(shared.astype(np.int64), n_booklets) > 0
    assert reached.all()


def test_a_single_booklet_holds_everything() -> None:
    assert linear_booklets(9, 1, overlap=0).all()


@pytest.mark.parametrize(("n_items", "n_booklets", "overlap"), [(3, 4, 1), (10, 2, 0), (10, 0, 1), (10, 2, -1)])
def test_booklets_that_would_not_be_connected_are_refused(n_items: int, n_booklets: int, overlap: int) -> None:
    with pytest.raises(DesignError):
        linear_booklets(n_items, n_booklets, overlap=overlap)
