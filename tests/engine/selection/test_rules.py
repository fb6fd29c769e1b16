"""Every rule against its formula, worked out item by item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.integrate import quad

from engine.arrays import FloatArray
from engine.errors import DesignError
from engine.models import ItemParameters, item_information
from engine.selection import (
    AStratified,
    KullbackLeibler,
    MaximumInformation,
    MinimumExpectedVariance,
    PosteriorKullbackLeibler,
    PosteriorWeightedInformation,
    Progressive,
    RandomOfBest,
    Rule,
    SelectionTables,
    Standing,
    TargetSuccess,
    best_candidates,
    choose,
    information_share,
    stand,
)
from engine.table import response_table
from tests.engine.selection.random_banks import brute_force, mixed_bank, posterior_after, seeds, three_parameter_bank

N_PERSONS, N_GIVEN, LENGTH = 5, 6, 20


def drawn_state(seed: int) -> tuple[SelectionTables, Standing, FloatArray]:
    """Tables of a mixed bank, persons who answered six items, and a number for each."""
    rng = np.random.default_rng(seed)
    tables = SelectionTables(mixed_bank(rng, 24, steepest=2.5))
    item = np.array([rng.permutation(24)[:N_GIVEN] for _ in range(N_PERSONS)])
    category = np.minimum(rng.integers(0, 3, item.shape), tables.items.n_categories[item] - 1)
    return tables, stand(tables, posterior_after(tables, item, category), N_GIVEN), rng.random(N_PERSONS)


def curves(tables: SelectionTables, item: int, theta: FloatArray) -> FloatArray:
    """Probabilities of an item's categories, (n_categories, n_theta)."""
    return np.exp(response_table(tables.items.take([item]), theta).log_probability)


def weighted(tables: SelectionTables, standing: Standing, person: int, item: int) -> float:
    information = item_information(tables.nodes, tables.items.take([item]))[:, 0]
    return float((standing.weights[person] * information).sum())


def variance_fall(tables: SelectionTables, standing: Standing, person: int, item: int) -> float:
    """Variance now, less the variances after each category times their probabilities."""
    weights, x = standing.weights[person], tables.nodes

    def variance(mass: FloatArray) -> float:
        mass = mass / mass.sum()
        return float((mass * (x - (mass * x).sum()) ** 2).sum())

    joint = weights * curves(tables, item, x)
    return variance(weights) - sum(float(one.sum()) * variance(one) for one in joint)


def divergence(tables: SelectionTables, standing: Standing, person: int, item: int, theta: FloatArray) -> FloatArray:
    """Kullback-Leibler information of abilities against the estimate, (n_theta,)."""
    here, there = curves(tables, item, standing.theta[person : person + 1]), curves(tables, item, theta)
    result: FloatArray = (here * np.log(here / there)).sum(axis=0)
    return result


def point_divergence(tables: SelectionTables, standing: Standing, person: int, item: int) -> float:
    delta, middle = 3.0 / np.sqrt(N_GIVEN), float(standing.theta[person])

    def value(theta: float) -> float:
        return float(divergence(tables, standing, person, item, np.array([theta]))[0])

    return float(quad(value, middle - delta, middle + delta, epsabs=1e-10)[0])


def mean_divergence(tables: SelectionTables, standing: Standing, person: int, item: int) -> float:
    return float(standing.weights[person] @ divergence(tables, standing, person, item, tables.nodes))


@settings(max_examples=10)
@given(seed=seeds)
@pytest.mark.parametrize(
    ("rule", "formula", "within"),
    [
        (PosteriorWeightedInformation(), weighted, 1e-12),
        (MinimumExpectedVariance(), variance_fall, 1e-9),
        (PosteriorKullbackLeibler(), mean_divergence, 1e-9),
        (KullbackLeibler(width=3.0), point_divergence, 1e-3),
    ],
)
def test_scores_are_those_of_the_formula(
    rule: Rule, formula: Callable[[SelectionTables, Standing, int, int], float], within: float, seed: int
) -> None:
    tables, standing, _ = drawn_state(seed)
    found = rule.scores(tables, standing, None)
    assert found.shape == (N_PERSONS, tables.n_items)
    for person in range(2):
        expected = [formula(tables, standing, person, item) for item in range(tables.n_items)]
        assert found[person] == pytest.approx(np.array(expected), abs=within, rel=within)


def every_rule(tables: SelectionTables) -> list[Rule]:
    return [
        MaximumInformation(),
        PosteriorWeightedInformation(),
        MinimumExpectedVariance(),
        KullbackLeibler(),
        PosteriorKullbackLeibler(),
        AStratified.by_slope(tables.items, LENGTH),
        Progressive(LENGTH),
        TargetSuccess(0.6),
    ]


@settings(max_examples=20)
@given(seed=seeds)
def test_every_rule_chooses_its_best_free_item_and_never_one_that_is_excluded(seed: int) -> None:
    tables, standing, draw = drawn_state(seed)
    rng = np.random.default_rng(seed)
    excluded = rng.random((N_PERSONS, tables.n_items)) < rng.choice([0.2, 0.9, 1.0], (N_PERSONS, 1))
    for rule in every_rule(tables):
        chosen = choose(tables, rule, standing, excluded, draw)
        assert chosen.tolist() == brute_force(rule.scores(tables, standing, draw), excluded)
        assert best_candidates(tables, rule, standing, excluded, draw)[0][:, 0].tolist() == chosen.tolist()
        one = [
            choose(tables, rule, standing.take(slice(p, p + 1)), excluded[p : p + 1], draw[p : p + 1]).item()
            for p in range(N_PERSONS)
        ]
        assert one == chosen.tolist()


@settings(max_examples=20)
@given(seed=seeds)
def test_one_of_the_best_few_is_drawn_by_the_number_given(seed: int) -> None:
    tables, standing, draw = drawn_state(seed)
    rng = np.random.default_rng(seed)
    excluded = rng.random((N_PERSONS, tables.n_items)) < rng.choice([0.2, 0.9, 1.0], (N_PERSONS, 1))
    for rule in (MaximumInformation(), PosteriorWeightedInformation()):
        item, score = best_candidates(tables, rule, standing, excluded, k=4)
        n = np.count_nonzero(item >= 0, axis=1)
        expected = [item[p, int(draw[p] * n[p])] if n[p] else -1 for p in range(N_PERSONS)]
        assert choose(tables, RandomOfBest(rule, 4), standing, excluded, draw).tolist() == expected
        assert np.all(np.diff(score, axis=1) <= 0.0)


def test_each_of_the_best_five_comes_as_often() -> None:
    tables = SelectionTables(three_parameter_bank(200))
    n = 1000
    standing = stand(tables, np.tile(tables.log_prior, (n, 1)))
    excluded = np.zeros((n, 200), dtype=np.bool_)
    chosen = choose(tables, RandomOfBest(MaximumInformation(), 5), standing, excluded, np.arange(n) / n)
    assert np.unique(chosen, return_counts=True)[1].tolist() == [200] * 5


def test_strata_rise_with_the_test_and_give_way_when_empty() -> None:
    items = ItemParameters.two_parameter([0.5, 2.0, 1.0, 0.6, 1.9, 1.1], [0.0, 0.1, 0.2, 0.3, 0.4, 0.5])
    tables = SelectionTables(items)
    rule = AStratified.by_slope(tables.items, 6, 3)
    assert rule.stratum.tolist() == [0, 2, 1, 0, 2, 1]
    excluded = np.zeros((1, 6), dtype=np.bool_)
    chosen = []
    for n_given in range(6):
        standing = stand(tables, np.tile(tables.log_prior, (1, 1)), n_given)
        chosen.append(choose(tables, rule, standing, excluded).item())
        excluded[0, chosen[-1]] = True
    assert chosen == [0, 3, 2, 5, 1, 4]
    excluded[0] = [False, False, True, False, False, True]  # the middle stratum is used up: the lower one serves
    standing = replace(stand(tables, np.tile(tables.log_prior, (1, 1)), 2), theta=np.array([0.1]))
    assert choose(tables, rule, standing, excluded).item() == 0  # though item 1 of the higher one is nearer


def test_chance_gives_way_to_information_as_the_test_goes_on() -> None:
    tables = SelectionTables(three_parameter_bank(300))
    n = 400
    excluded, draw = np.zeros((n, 300), dtype=np.bool_), np.random.default_rng(2).random(n)
    used = []
    for n_given in (0, LENGTH // 2, LENGTH):
        standing = stand(tables, np.tile(tables.log_prior, (n, 1)), n_given)
        used.append(np.unique(choose(tables, Progressive(LENGTH), standing, excluded, draw)).size)
    assert used[0] > 200  # of 300 items, 400 random ones leave 300 (1 - 1/300)^400 = 79 unused
    assert used[0] > used[1] > used[2] == 1


def test_numbers_spread_over_items_are_uniform_and_independent() -> None:
    numbers = SelectionTables(three_parameter_bank(50))
    standing = stand(numbers, np.tile(numbers.log_prior, (2000, 1)), 0)
    draw = np.random.default_rng(3).random(2000)
    highest = item_information(standing.theta[:1], numbers.items).max()
    chance = Progressive(10).scores(numbers, standing, draw) / highest
    assert np.all((chance >= 0.0) & (chance < 1.0))
    assert np.abs(chance.mean(axis=0) - 0.5).max() < 5.0 * np.sqrt(1 / 12 / 2000)
    correlation = np.corrcoef(chance.T)[np.triu_indices(50, 1)]
    assert np.abs(correlation).max() < 5.5 / np.sqrt(2000)


def test_children_succeed_as_often_as_is_asked_and_it_is_known_what_that_costs() -> None:
    tables = SelectionTables(three_parameter_bank())
    standing = replace(stand(tables, np.tile(tables.log_prior, (1, 1))), theta=np.array([-0.7]))
    excluded = np.zeros((1, 1000), dtype=np.bool_)
    cost = []
    for rate in (0.6, 0.75, 0.9):
        chosen = choose(tables, TargetSuccess(rate), standing, excluded)
        assert curves(tables, chosen.item(), standing.theta)[1].item() == pytest.approx(rate, abs=0.01)
        cost.append(information_share(tables, standing.theta, chosen, excluded).item())
    assert 1.0 > cost[0] > cost[1] > cost[2] > 0.0
    best = choose(tables, MaximumInformation(), standing, excluded)
    assert information_share(tables, standing.theta, best, excluded).item() == 1.0


def test_what_does_not_fit_is_refused() -> None:
    tables, standing, draw = drawn_state(2)
    excluded = np.zeros((N_PERSONS, tables.n_items), dtype=np.bool_)
    with pytest.raises(DesignError, match="excluded must be true or false for 5 persons and 24 items"):
        choose(tables, MaximumInformation(), standing, excluded[:, :-1])
    with pytest.raises(DesignError, match="one number for each of 5 persons"):
        choose(tables, RandomOfBest(MaximumInformation()), standing, excluded, draw[:2])
    for chance in (RandomOfBest(MaximumInformation()), Progressive(LENGTH)):
        with pytest.raises(DesignError, match="needs a number"):
            choose(tables, chance, standing, excluded)
    for wrong in (
        lambda: RandomOfBest(MaximumInformation(), 0),
        lambda: KullbackLeibler(0.0),
        lambda: Progressive(0),
        lambda: TargetSuccess(1.0),
        lambda: TargetSuccess(0.6, 0.0),
        lambda: AStratified.by_slope(tables.items, 10, 25),
        lambda: AStratified(0, np.zeros(24, dtype=np.int64)),
    ):
        with pytest.raises(DesignError):
            wrong()
