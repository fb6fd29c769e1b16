"""Sequential classification: its ratios by hand, and its error rates by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.arrays import FloatArray, IntArray
from engine.classification import (
    ClassificationTable,
    Classified,
    CutScores,
    add_to_likelihoods,
    classification_table,
    is_certain,
    levels,
    log_ratios,
)
from engine.errors import DesignError
from engine.models import ItemParameters, Kind
from engine.stopping import MaximumLength, Progress, StoppingRule, StopReason, reasons_to_stop
from engine.table import response_table
from tests.engine.selection.random_banks import mixed_bank


def rasch(n: int, difficulty: float = 0.0) -> ItemParameters:
    return ItemParameters(np.ones(n), np.full(n, difficulty), np.zeros(n), np.ones(n))


def classify(
    table: ClassificationTable, items: ItemParameters, theta: FloatArray, longest: int, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Level and length of each person's test: the same items in the same order for all."""
    nodes, node = np.unique(theta, return_inverse=True)
    answers = response_table(items, nodes)
    likelihood = np.zeros((theta.size, table.n_points))
    level, length = np.full(theta.size, -1), np.zeros(theta.size, dtype=np.int64)
    rules: list[StoppingRule] = [Classified(table.cuts), MaximumLength(longest)]
    for position in range(longest):
        rows = slice(answers.offset[position], answers.offset[position + 1])
        cumulative = np.exp(answers.log_probability[rows]).cumsum(axis=0)[:-1, node]
        category = (rng.random(theta.size) > cumulative).sum(axis=0)
        likelihood = add_to_likelihoods(table, likelihood, np.full(theta.size, position), category)
        ratio = log_ratios(table, likelihood)
        over = reasons_to_stop(rules, Progress(np.full(theta.size, position + 1), log_ratio=ratio)) > 0
        ending = over & (level < 0)
        level[ending], length[ending] = levels(table.cuts, ratio)[ending], position + 1
    return level, length


def test_the_ratio_of_one_answer_by_hand() -> None:
    """Rasch item at 0, cut 0, delta .5: right gives log(P(.5) / P(-.5)) = .5, for the logit of P(.5) is .5."""
    table = classification_table(rasch(1), CutScores(np.array([0.0]), 0.5))
    likelihood = add_to_likelihoods(table, np.zeros((3, 2)), np.array([0, 0, -1]), np.array([1, 0, -1]))
    assert log_ratios(table, likelihood)[:, 0] == pytest.approx([0.5, -0.5, 0.0])


def test_bounds_are_walds() -> None:
    assert CutScores(np.array([0.0]), 0.3, alpha=0.05, beta=0.1).bounds == pytest.approx((np.log(2 / 19), np.log(18)))


@given(seed=st.integers(0, 2**32 - 1), generalised=st.booleans())
def test_ratios_of_any_models_are_those_of_their_likelihoods(seed: int, generalised: bool) -> None:
    rng = np.random.default_rng(seed)
    bank = mixed_bank(rng, 8, steepest=2.0)
    cuts = CutScores(np.array([-0.6, 0.5]), 0.25, generalised=generalised)
    table = classification_table(bank, cuts)
    likelihood = np.zeros((4, table.n_points))
    total = np.zeros((4, table.n_points))
    points = response_table(bank, np.array([-0.85, 0.25, -0.35, 0.75]))
    at_sides = np.zeros((4, 4))
    for item in range(8):
        category = rng.integers(0, bank.n_categories[item], 4)
        likelihood = add_to_likelihoods(table, likelihood, np.full(4, item), category)
        total += table.row[table.offset[item] + category]
        at_sides += points.log_probability[points.offset[item] + category]
    assert np.array_equal(total, likelihood)
    ratio = log_ratios(table, likelihood)
    plain = at_sides[:, 2:] - at_sides[:, :2]
    if generalised:
        above = likelihood[:, table.high[0]].max(axis=1) - likelihood[:, table.low[0]].max(axis=1)
        assert np.all(np.abs(ratio[:, 0]) <= np.abs(above) + 1e-12)  # a mean is at most the highest
        assert np.all(ratio[:, 0] * above >= 0.0)
    else:
        assert ratio == pytest.approx(plain, abs=1e-9)


def test_levels_are_those_between_the_cuts() -> None:
    cuts = CutScores(np.array([-1.0, 0.0, 1.0]), 0.3, alpha=0.05, beta=0.05)  # bounds -2.94 and 2.94
    ratio = np.array([[3.0, 3.0, -3.0], [-3.0, -3.0, -3.0], [3.0, 1.0, -3.0], [-3.0, 3.0, -3.0], [3.0, 3.0, 3.0]])
    assert is_certain(cuts, ratio).tolist() == [True, True, False, False, True]
    assert levels(cuts, ratio).tolist() == [2, 0, 2, 0, 3]


def test_a_truncated_test_says_why_it_ended() -> None:
    rules: list[StoppingRule] = [Classified(CutScores(np.array([0.0]), 0.3)), MaximumLength(10)]
    progress = Progress(np.array([5, 5, 10]), log_ratio=np.array([[3.0], [1.0], [1.0]]))
    assert reasons_to_stop(rules, progress).tolist() == [
        StopReason.CLASSIFIED,
        StopReason.GOING_ON,
        StopReason.FULL_LENGTH,
    ]


@pytest.mark.parametrize("generalised", [False, True])
def test_error_rates_are_kept_at_the_borders_of_indifference(generalised: bool) -> None:
    """Wald's bounds keep alpha / (1 - beta) and beta / (1 - alpha), and steps over them make the rates smaller.

    The generalised ratio keeps alpha and beta themselves.
    """
    n, longest, alpha, beta = 2000, 300, 0.05, 0.1
    cuts = CutScores(np.array([0.2]), 0.4, alpha, beta, generalised)
    table, items = classification_table(rasch(longest), cuts), rasch(longest)
    rng = np.random.default_rng(20261123)
    too_high, low_length = classify(table, items, np.full(n, -0.2), longest, rng)
    too_low, _ = classify(table, items, np.full(n, 0.6), longest, rng)
    noise = 3.0 * np.sqrt(alpha * (1 - alpha) / n), 3.0 * np.sqrt(beta * (1 - beta) / n)
    assert (too_high == 1).mean() <= alpha + noise[0]
    assert (too_low == 0).mean() <= beta + noise[1]
    assert (low_length == longest).mean() < 0.005
    _, far = classify(table, items, np.full(n, 2.0), longest, rng)
    assert far.mean() < 0.7 * low_length.mean()


def test_the_generalised_ratio_decides_sooner_far_from_the_cut() -> None:
    items, theta = rasch(200), np.full(2000, 2.0)
    lengths = []
    for generalised in (False, True):
        cuts = CutScores(np.array([0.0]), 0.2, generalised=generalised)
        _, length = classify(classification_table(items, cuts), items, theta, 200, np.random.default_rng(1))
        lengths.append(length.mean())
    assert lengths[1] < 0.8 * lengths[0]


def test_error_rates_are_kept_for_several_cuts_and_partial_credit() -> None:
    """At delta above or below a cut the level next to it is wrong about as seldom as with that cut alone."""
    n, longest, rate = 4000, 300, 0.05
    shifts = np.random.default_rng(1).uniform(-1.0, 1.0, longest)
    steps = [np.array([-1.0, 1.0]) + shift for shift in shifts]
    items = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, np.ones(longest).tolist(), steps)
    cuts = CutScores(np.array([-0.8, 0.8]), 0.3, rate, rate)
    table, rng = classification_table(items, cuts), np.random.default_rng(20261123)
    for theta, level in ((-1.1, 0), (-0.5, 1), (0.5, 1), (1.1, 2)):
        found, _ = classify(table, items, np.full(n, theta), longest, rng)
        assert (found != level).mean() <= rate + 3.0 * np.sqrt(rate * (1.0 - rate) / n)


def test_what_means_nothing_is_refused() -> None:
    cut = np.array([0.0])
    with pytest.raises(DesignError, match="delta must be positive"):
        CutScores(cut, 0.0)
    with pytest.raises(DesignError, match="increase by 2 delta"):
        CutScores(np.array([0.0, 0.5]), 0.3)
    with pytest.raises(DesignError, match="error rates"):
        CutScores(cut, 0.3, alpha=0.5)
    with pytest.raises(DesignError, match="one finite cut score"):
        CutScores(np.array([np.nan]), 0.3)
    table = classification_table(rasch(2), CutScores(cut, 0.3))
    for item, category in ((2, 0), (0, 2)):
        with pytest.raises(DesignError, match="unknown items or categories"):
            add_to_likelihoods(table, np.zeros((1, 2)), np.array([item]), np.array([category]))
    with pytest.raises(DesignError, match="log_ratio must hold 1 cuts"):
        Classified(table.cuts).stops(Progress(np.array([1]), log_ratio=np.zeros((1, 2))))
