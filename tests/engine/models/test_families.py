"""Curves and derivatives of every family: probabilities sum to 1, derivatives are those of differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import ItemParameters, Kind, response_table
from engine.arrays import FloatArray
from engine.models import Family, blocks_of
from engine.models.asymptotes import Asymptotes
from engine.models.divided import nominal, partial_credit, rating_scale
from engine.models.graded import Graded

NODES = np.linspace(-4.0, 4.0, 9)
H = 1e-5


def free(rng: np.random.Generator, family: Family) -> FloatArray:
    return rng.normal(size=(3, family.n_parameters))


def falling(rng: np.random.Generator, family: Family) -> FloatArray:
    """Intercepts at least 0.3 apart, as a graded item's must be."""
    gaps = rng.uniform(0.3, 2.0, (3, family.n_categories - 1))
    return np.column_stack([rng.uniform(0.5, 2.0, 3), 2.0 - np.cumsum(gaps, axis=1)])


def four(rng: np.random.Generator, _: Family) -> FloatArray:
    logits = [rng.normal(-1.4, 0.5, 3), rng.normal(3.0, 0.5, 3)]
    return np.column_stack([rng.uniform(0.5, 2.0, 3), rng.normal(size=3), *logits])


FAMILIES: list[tuple[Family, Callable[[np.random.Generator, Family], FloatArray]]] = [
    (partial_credit(2), free),
    (partial_credit(4), free),
    (rating_scale(4), free),
    (rating_scale(2), free),
    (nominal(3), free),
    (Graded(2), falling),
    (Graded(4), falling),
    (Asymptotes(), four),
]


def difference(of: Callable[[FloatArray], FloatArray], at: FloatArray) -> list[FloatArray]:
    """Central differences to each parameter in turn."""
    return [(of(at + H * one) - of(at - H * one)) / (2.0 * H) for one in np.eye(at.shape[1])]


@pytest.mark.parametrize(("family", "draw"), FAMILIES)
@given(seed=st.integers(0, 2**32))
def test_probabilities_sum_to_one(
    family: Family, draw: Callable[[np.random.Generator, Family], FloatArray], seed: int
) -> None:
    at = draw(np.random.default_rng(seed), family)
    assert np.exp(family.log_probability(at, NODES)).sum(axis=1) == pytest.approx(np.ones((3, 9)), abs=1e-12)


@pytest.mark.parametrize(("family", "draw"), FAMILIES)
@given(seed=st.integers(0, 2**32))
def test_scores_gradients_and_information_are_those_of_differences(
    family: Family, draw: Callable[[np.random.Generator, Family], FloatArray], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    at = draw(rng, family)
    log_p = family.log_probability(at, NODES)
    counts = rng.uniform(1.0, 5.0, log_p.shape)
    by_difference = np.stack(difference(lambda x: family.log_probability(x, NODES), at), axis=2)
    assert family.score(at, NODES) == pytest.approx(by_difference, abs=1e-5)
    gradient, curvature = family.ascend(at, NODES, log_p, counts)
    assert gradient == pytest.approx((family.score(at, NODES) * counts[:, :, np.newaxis]).sum(axis=(1, 3)), abs=1e-8)
    assert np.linalg.eigvalsh(curvature).min() > -1e-8

    def slope(x: FloatArray) -> FloatArray:
        return np.asarray((family.score(x, NODES) * counts[:, :, np.newaxis]).sum(axis=(1, 3)))

    bends = -np.stack(difference(slope, at), axis=2)
    assert family.information(at, NODES, log_p, counts) == pytest.approx(bends, rel=1e-4, abs=1e-3)


@pytest.mark.parametrize(("family", "draw"), FAMILIES)
@given(seed=st.integers(0, 2**32))
def test_derivatives_to_ability_are_those_of_differences(
    family: Family, draw: Callable[[np.random.Generator, Family], FloatArray], seed: int
) -> None:
    at = draw(np.random.default_rng(seed), family)
    log_p = family.log_probability(at, NODES)
    first, second = family.by_ability(at, NODES, log_p)
    above, below = family.log_probability(at, NODES + H), family.log_probability(at, NODES - H)
    assert first == pytest.approx((above - below) / (2.0 * H), abs=1e-6)
    wide = [family.log_probability(at, NODES + move) for move in (1e-3, -1e-3)]
    assert second == pytest.approx((wide[0] - 2.0 * log_p + wide[1]) / 1e-6, abs=1e-4)


def test_a_fixed_asymptote_leaves_a_slope_however_far_out() -> None:
    """Where a probability is 0 its logarithm falls by the slope for each logit, as in the 2PL model."""
    at = np.array([[1.5, 0.3, -np.inf, np.inf], [1.5, 0.3, -1.0, np.inf], [1.5, 0.3, -np.inf, 2.0]])
    far = np.array([-4_000.0, 4_000.0])
    first, second = Asymptotes().by_ability(at, far, Asymptotes().log_probability(at, far))
    wrong, right = first[:, 0], first[:, 1]
    assert wrong == pytest.approx(np.array([[0.0, -1.5], [0.0, -1.5], [0.0, 0.0]]), abs=1e-12)
    assert right == pytest.approx(np.array([[1.5, 0.0], [0.0, 0.0], [1.5, 0.0]]), abs=1e-12)
    assert second == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(("family", "draw"), FAMILIES)
def test_nodes_may_be_each_items_own(family: Family, draw: Callable[[np.random.Generator, Family], FloatArray]) -> None:
    at = draw(np.random.default_rng(1), family)
    own = np.stack([NODES, NODES + 1.0, NODES - 2.0])
    together = family.log_probability(at, own)
    for item in range(3):
        assert together[item] == pytest.approx(family.log_probability(at[item : item + 1], own[item])[0], abs=1e-12)


@given(theta=st.floats(-1e3, 1e3), a=st.sampled_from([-30.0, 0.01, 4.0, 30.0]))
def test_log_probabilities_are_finite_everywhere(theta: float, a: float) -> None:
    steps = [[-4.0, -4.0 + 1e-9, 4.0]]
    items = ItemParameters.join(
        [
            ItemParameters.two_parameter([a, 4.0], [0.0, -4.0]),
            ItemParameters([a], [0.0], [0.2], [0.95]),  # type: ignore[arg-type]  # sequences are taken too
            ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [a], steps),
            ItemParameters.from_steps(Kind.GRADED, [abs(a)], steps),
            ItemParameters.nominal([[0.0, a, -a, 1.0]], [[0.0, 2.0, 1.0, -1.0]]),
        ]
    )
    assert np.isfinite(response_table(items, np.array([theta])).log_probability).all()


def test_a_step_of_partial_credit_is_where_neighbouring_curves_cross() -> None:
    items = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.3], [[-1.0, 0.5, 2.0]])
    rows = response_table(items, np.array([-1.0, 0.5, 2.0])).log_probability
    for k in range(3):
        assert rows[k, k] == pytest.approx(rows[k + 1, k], abs=1e-12)


def test_a_step_of_a_graded_item_is_where_that_category_or_a_higher_has_even_odds() -> None:
    items = ItemParameters.from_steps(Kind.GRADED, [1.3], [[-1.0, 0.5, 2.0]])
    p = np.exp(response_table(items, np.array([-1.0, 0.5, 2.0])).log_probability)
    for k in range(3):
        assert p[k + 1 :, k].sum() == pytest.approx(0.5, abs=1e-12)


def test_a_nominal_items_origin_does_not_matter() -> None:
    one = ItemParameters.nominal([[0.0, 0.5, 1.2]], [[0.0, 0.3, -0.4]])
    other = ItemParameters.nominal([[-1.0, -0.5, 0.2]], [[2.0, 2.3, 1.6]])
    tables = [response_table(items, NODES).log_probability for items in (one, other)]
    assert tables[0] == pytest.approx(tables[1], abs=1e-12)


def test_blocks_keep_every_item_in_its_place() -> None:
    parts = [
        ItemParameters.two_parameter([1.0], [0.5]),
        ItemParameters.from_steps(Kind.GRADED, [1.2], [[-1.0, 1.0]]),
        ItemParameters(np.array([1.0]), np.array([0.5]), np.array([0.2]), np.array([0.9])),
        ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [0.8], [[0.0, 0.4]]),
    ]
    together = response_table(ItemParameters.join(parts), NODES)
    for item, part in enumerate(parts):
        rows = slice(together.offset[item], together.offset[item + 1])
        assert together.log_probability[rows] == pytest.approx(response_table(part, NODES).log_probability, abs=1e-12)
    assert sorted(int(i) for block in blocks_of(ItemParameters.join(parts)) for i in block.items) == [0, 1, 2, 3]
