"""What a design says of choosing reaches the engine, and changes what it does."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from engine import AdaptiveBank, Blueprint, Count, ItemParameters, Passages, Pool, Simulation, make_bank
from engine.adaptive import AdaptiveState, Answered, Estimator, Started, decide, fold
from engine.arrays import FloatArray
from engine.selection import KullbackLeibler, PosteriorKullbackLeibler
from engine.simulation import simulate_adaptive
from engine.stopping import BlueprintComplete, PredictedReduction, StopReason
from itembank import Design, design_from_text
from itembank.choosing import strategy_of

N_ITEMS, LENGTH = 60, 12
HEAD = 'identifier = "t"\ntitle = "T"\nsubject = "s"\n'
THETA = np.random.default_rng(2).normal(size=80)


def make_pool(n_passages: int = 0) -> Pool:
    """Sixty items of two areas in turn; the first four of every six belong to a passage."""
    rng = np.random.default_rng(4)
    items = ItemParameters.two_parameter(np.exp(rng.normal(0.0, 0.4, N_ITEMS)), rng.normal(size=N_ITEMS))
    place = np.arange(N_ITEMS)
    passage = np.where((place % 6 < 4) & (place // 6 < n_passages), place // 6, -1)
    return Pool(items=items, passage=passage, labels={"area": tuple("xy"[at % 2] for at in range(N_ITEMS))})


def read(parts: str = "", length: str = str(LENGTH)) -> Design:
    """A design of two areas with some parts more."""
    return design_from_text(f"{HEAD}length = {length}\n[counts.area]\nx = {{ minimum = 4 }}\n{parts}")


def bank_of(design: Design, pool: Pool | None = None, blueprint: Blueprint | None = None) -> AdaptiveBank:
    """The items made ready for a design."""
    chosen = make_pool() if pool is None else pool
    plan = blueprint or design.blueprint
    return make_bank(chosen, plan, strategy_of(design, chosen.items, plan.length))


def given_by(design: Design) -> Simulation:
    """Tests of eighty persons."""
    bank = bank_of(design)
    return simulate_adaptive(bank, THETA, bank.pool.items, 1)


def after(bank: AdaptiveBank, categories: list[int]) -> tuple[FloatArray, FloatArray, list[int]]:
    """Ability, its standard error and the items given, after answers of one person."""
    nothing = np.empty((0, 0), dtype=np.int32)
    started = Started(bank.start_plan[[0]], nothing, np.empty((1, 0)), np.zeros(1, dtype=np.int64))
    state = AdaptiveState.begin(started, bank.n_positions)
    given = []
    for category in categories:
        chosen = decide(bank, state, [0.5])
        given.append(int(chosen.item[0]))
        state = fold(
            fold(state, chosen.event), Answered(np.array([category], dtype=np.int8), np.ones(1, dtype=np.bool_))
        )
    found = decide(bank, state, [0.5])
    return found.theta, found.standard_error, given


def slope_of_likelihood(items: ItemParameters, given: list[int], categories: list[int], theta: float) -> float:
    """First derivative of the log-likelihood of the 2PL, by hand."""
    a, b = items.discrimination[given], items.difficulty[given]
    return float(np.sum(a * (np.array(categories) - 1.0 / (1.0 + np.exp(-a * (theta - b))))))


def warm(items: ItemParameters, given: list[int], theta: float) -> float:
    """Warm's (1989) term J / 2I of the 2PL: J = Σ a³ P Q (1 - 2P), I = Σ a² P Q."""
    a, b = items.discrimination[given], items.difficulty[given]
    p = 1.0 / (1.0 + np.exp(-a * (theta - b)))
    return float(np.sum(a**3 * p * (1 - p) * (1 - 2 * p)) / (2.0 * np.sum(a**2 * p * (1 - p))))


@pytest.mark.parametrize("name", ["ml", "map", "wle"])
def test_choices_rest_on_the_estimator_that_the_design_names(name: str) -> None:
    bank = bank_of(read(f'[selection]\nestimator = "{name}"'))
    assert bank.strategy.estimator is Estimator(name)
    answers = [1, 0, 0, 1, 1, 0]
    theta, _, given = after(bank, answers)

    def is_zero(at: float) -> float:
        extra = {"ml": 0.0, "map": -at, "wle": warm(bank.pool.items, given, at)}[name]
        return slope_of_likelihood(bank.pool.items, given, answers, at) + extra

    assert theta[0] == pytest.approx(brentq(is_zero, -5.0, 5.0, xtol=1e-12), abs=2e-9)  # told to 1e-9


def test_without_a_word_the_estimator_is_eap() -> None:
    assert bank_of(read()).strategy.estimator is Estimator.EAP


@pytest.mark.parametrize(("part", "step"), [("", 0.5), ("start_step = 0.8", 0.8)])
@pytest.mark.parametrize("category", [0, 1])
def test_while_all_answers_are_alike_maximum_likelihood_moves_by_the_step_of_the_design(
    part: str, step: float, category: int
) -> None:
    bank = bank_of(read(f'[selection]\nestimator = "ml"\n{part}'))
    for n in range(1, 4):
        theta, _, _ = after(bank, [category] * n)
        assert theta[0] == pytest.approx((1 if category else -1) * n * step, abs=1e-9)
    theta, _, given = after(bank, [category, category, 1 - category])
    answers = [category, category, 1 - category]
    root = brentq(lambda at: slope_of_likelihood(bank.pool.items, given, answers, at), -9.0, 9.0, xtol=1e-12)
    assert theta[0] == pytest.approx(root, abs=2e-9)


@pytest.mark.parametrize(("alone", "first"), [(0, {0, 1}), (3, {3}), (7, {7})])
def test_no_passage_begins_before_as_many_single_items_as_the_design_asks(alone: int, first: set[int]) -> None:
    pool = make_pool(n_passages=8)
    blueprint = Blueprint(LENGTH, passages=Passages(1, 1))
    bank = bank_of(read(f"[selection]\nalone_first = {alone}"), pool, blueprint)
    tests = simulate_adaptive(bank, THETA, pool.items, 1)
    begins = np.argmax(pool.passage[tests.item] >= 0, axis=1)
    assert np.all((pool.passage[tests.item] >= 0).sum(axis=1) == 4)
    assert begins.min() in first


def test_kullback_leibler_at_the_estimate_and_over_the_posterior_are_two_rules() -> None:
    banks = [bank_of(read(f'[selection]\nrule = "{rule}"\nmethod = "information"')) for rule in KULLBACK_LEIBLER]
    assert [type(bank.strategy.rule) for bank in banks] == list(KULLBACK_LEIBLER.values())
    one, other = (simulate_adaptive(bank, THETA, bank.pool.items, 1).item for bank in banks)
    assert np.any(one != other)


KULLBACK_LEIBLER = {"kullback_leibler": PosteriorKullbackLeibler, "point_kullback_leibler": KullbackLeibler}


def test_a_test_ends_when_no_item_left_would_take_enough_off_the_standard_error() -> None:
    design = read("[stopping]\npredicted_reduction = 0.02", f"{{ minimum = 4, maximum = {LENGTH} }}")
    rule = strategy_of(design, make_pool().items, LENGTH).ending
    assert rule is not None
    assert rule.rules == (PredictedReduction(0.02),)
    tests = given_by(design)
    assert (tests.reason == StopReason.LITTLE_TO_GAIN).mean() > 0.5
    assert tests.n_scored.min() >= 4
    sooner = given_by(read("[stopping]\npredicted_reduction = 0.04", f"{{ minimum = 4, maximum = {LENGTH} }}"))
    assert sooner.n_scored.mean() < tests.n_scored.mean()


def test_a_test_ends_as_soon_as_its_blueprint_is_met() -> None:
    design = read(
        "y = { minimum = 3 }\n[stopping]\nends_when_complete = true", f"{{ minimum = 2, maximum = {LENGTH} }}"
    )
    rule = strategy_of(design, make_pool().items, LENGTH).ending
    assert rule is not None
    assert rule.rules == (BlueprintComplete(),)
    bank = bank_of(design)
    assert bank.blueprint.counts == (Count({"area": "x"}, 4, LENGTH), Count({"area": "y"}, 3, LENGTH))
    tests = given_by(design)
    ended = np.flatnonzero(tests.reason == StopReason.COMPLETE)
    assert 0.5 * THETA.size < ended.size
    assert np.all(np.delete(tests.n_scored, ended) == LENGTH)
    for person in ended.tolist():
        is_x = np.array([bank.pool.labels["area"][item] == "x" for item in tests.scored_items(person)])
        assert is_x.sum() >= 4
        assert (~is_x).sum() >= 3
        assert is_x[:-1].sum() < 4 or (~is_x[:-1]).sum() < 3  # not yet, one item earlier
