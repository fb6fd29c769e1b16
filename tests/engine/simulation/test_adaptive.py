"""A simulated cohort is what delivery would have done, person by person, on any executor."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from engine import (
    AdaptiveBank,
    AdaptiveState,
    Answered,
    Behaviour,
    Blueprint,
    DesignError,
    ItemParameters,
    Kind,
    Method,
    Pool,
    Simulation,
    Strategy,
    decide,
    fold,
    make_bank,
    simulate_adaptive,
)
from engine.exposure import Eligibility, passage_units
from engine.selection import MaximumInformation, Rule, TargetSuccess
from engine.simulation import adaptive
from engine.simulation.answering import Respondents, Source
from engine.simulation.chance import STREAM, Chance, Use
from engine.simulation.cohort import simulate_from_pool
from engine.simulation.folding import simulate_by_folding
from engine.simulation.starting import draw_start
from tests.engine.simulation.simulated_banks import (
    LENGTH,
    plain_bank,
    reference_items,
    reference_module,
    rich_blueprint,
    rich_pool,
    some_eligibility,
    unconstrained,
)

UNTIMED = np.empty(0)
ALL = Behaviour(slips=0.1, rapid_persons=0.3, rapid_after=5, rapid_items=0.7, unlucky=2, unlucky_persons=0.5)


def rich_bank(method: Method = Method.INFORMATION, *, best_k: int = 1, rule: Rule | None = None) -> AdaptiveBank:
    pool = rich_pool(3)
    strategy = Strategy(
        method=method,
        rule=rule or MaximumInformation(),
        best_k=best_k,
        eligibility=some_eligibility(pool.n_items, 4),
    )
    return make_bank(pool, rich_blueprint(12), strategy)


def both_ways(bank: AdaptiveBank, n: int, behaviour: Behaviour | None = None) -> tuple[Simulation, Simulation]:
    """The same persons by the fast loop and by decide and fold."""
    chance = Chance(5, 0, n)
    rng = np.random.default_rng(6)
    accommodation = rng.integers(0, len(bank.accommodations), n)
    started = draw_start(bank, accommodation, chance)
    odd = behaviour.draw(chance, bank.n_positions) if behaviour else None
    numbers = chance.numbers(Use.ANSWER, bank.n_positions)
    respondents = Respondents(Source.of(bank.pool.items), rng.normal(0.0, 1.5, n), numbers, odd)
    draw = chance.numbers(Use.CHOICE, bank.n_positions)
    fast, slow = (run(bank, UNTIMED, started, respondents, draw) for run in (simulate_from_pool, simulate_by_folding))
    return fast, slow


def assert_same(one: Simulation, other: Simulation) -> None:
    for name in Simulation.__slots__:
        if name != "routes":
            assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.routes == other.routes


@pytest.mark.parametrize("best_k", [1, 4])
@pytest.mark.parametrize("rule", [MaximumInformation(), TargetSuccess(0.7)])
def test_the_fast_loop_gives_what_decide_and_fold_give(best_k: int, rule: Rule) -> None:
    """With enemies, field-test items, two pools, a first-item rule, eligibility that is lifted, and odd behaviour."""
    fast, slow = both_ways(rich_bank(best_k=best_k, rule=rule), 200, ALL)
    assert_same(fast, slow)
    assert fast.lifted.sum() > 0
    assert fast.routes["pretest"] == 2 * 200
    assert np.count_nonzero(fast.scored) == 12 * 200


def test_a_begun_passage_stays_open_when_the_ability_passes_into_another_interval() -> None:
    rng = np.random.default_rng(1)
    n = 60
    items = ItemParameters.two_parameter(np.exp(rng.normal(0.0, 0.3, n)), rng.normal(size=n))
    pool = Pool(items, np.where(np.arange(n) < 30, np.arange(n) // 3, -1))
    unit = passage_units(pool)
    limits = Eligibility(np.array([-0.5, 0.5]), unit, rng.uniform(0.2, 1.0, (3, int(unit.max()) + 1)))
    bank = make_bank(pool, Blueprint(12), Strategy(method=Method.INFORMATION, eligibility=limits))
    fast, slow = both_ways(bank, 200)
    assert np.any(fast.item != slow.item)  # so the fast loop is not asked
    assert not adaptive.is_plain(bank)
    assert adaptive.is_plain(replace(bank, strategy=replace(bank.strategy, eligibility=None)))


def test_both_loops_go_on_where_enemies_bar_every_item_that_is_left() -> None:
    """Of forty items every one has eight enemies: some tests come where all the others are enemies of one."""
    rng = np.random.default_rng(8)
    enemies = tuple(tuple(rng.permutation(40)[:2].tolist()) for _ in range(160))
    items = ItemParameters.two_parameter(np.exp(rng.normal(0.0, 0.3, 40)), rng.normal(size=40))
    pool = Pool(items=items, passage=np.full(40, -1), enemies=enemies)
    bank = make_bank(pool, Blueprint(12), Strategy(method=Method.INFORMATION))
    fast, slow = both_ways(bank, 40)
    assert_same(fast, slow)
    assert np.all(fast.n_scored == 12)
    assert fast.fallbacks.any()
    assert fast.routes["any"] == int(fast.fallbacks.sum())


def test_in_3_500_decisions_of_a_plain_bank_the_items_are_the_same() -> None:
    fast, slow = both_ways(plain_bank(), 100)
    assert np.array_equal(fast.item, slow.item)
    assert fast.item.size == 3_500


@pytest.mark.slow
def test_in_35_000_decisions_of_the_reference_bank_the_items_are_the_same(shared_data: Path) -> None:
    reference = reference_module(shared_data)
    bank = unconstrained(reference_items(reference))
    theta, uniforms = reference.thetas(1000), reference.uniforms(1000)
    fast = simulate_adaptive(bank, theta, bank.pool.items, 1, chance=uniforms)
    respondents = Respondents(Source.of(bank.pool.items), theta, uniforms)
    started = draw_start(bank, np.zeros(1000, dtype=np.int64), Chance(1, 0, 1000))
    slow = simulate_by_folding(bank, UNTIMED, started, respondents, np.zeros((1000, LENGTH)))
    assert int(np.sum(fast.item == slow.item)) == 35_000
    assert np.array_equal(fast.estimate, slow.estimate)


def test_a_person_alone_is_given_what_the_cohort_was() -> None:
    """Delivery has one person at a time."""
    bank = rich_bank(best_k=3)
    cohort, _ = both_ways(bank, 60)
    chance = Chance(5, 0, 60)
    accommodation = np.random.default_rng(6).integers(0, len(bank.accommodations), 60)
    whole = AdaptiveState.begin(draw_start(bank, accommodation, chance), bank.n_positions)
    draw = chance.numbers(Use.CHOICE, bank.n_positions)
    for person in range(0, 60, 12):
        state = whole.take(slice(person, person + 1))
        for position in range(bank.n_positions):
            decision = decide(bank, state, draw[person : person + 1, position])
            assert decision.item[0] == cohort.item[person, position]
            state = fold(fold(state, decision.event), Answered(cohort.category[person : person + 1, position]))


@contextmanager
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
        yield pool


@pytest.mark.parametrize("method", [Method.INFORMATION, Method.SHADOW])
def test_any_executor_gives_the_same_tests(method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adaptive, "AT_ONCE_FROM_POOL", STREAM)
    bank = rich_bank(method)
    n = STREAM + 40
    theta = np.random.default_rng(7).normal(size=n)
    seen: list[int] = []

    def run(executor: Executor | None) -> Simulation:
        seen.clear()
        return simulate_adaptive(
            bank, theta, bank.pool.items, 8, behaviour=ALL, executor=executor, on_persons=seen.append
        )

    alone = run(None)
    for pool in (ThreadPoolExecutor(2), processes()):
        with pool as executor:
            assert_same(run(executor), alone)
        assert seen == [STREAM, 40]


def test_portions_of_another_size_give_the_same_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = rich_bank()
    theta = np.random.default_rng(7).normal(size=3 * STREAM)
    whole = simulate_adaptive(bank, theta, bank.pool.items, 8, behaviour=ALL)
    monkeypatch.setattr(adaptive, "AT_ONCE_FROM_POOL", STREAM)
    assert_same(simulate_adaptive(bank, theta, bank.pool.items, 8, behaviour=ALL), whole)


def test_the_first_persons_are_the_same_however_many_come_after_them() -> None:
    bank = plain_bank(120, 10)
    theta = np.random.default_rng(9).normal(size=500)
    few, many = (simulate_adaptive(bank, theta[:n], bank.pool.items, 3) for n in (100, 500))
    assert np.array_equal(few.item, many.item[:100])
    other = simulate_adaptive(bank, theta, bank.pool.items, 4)
    assert not np.array_equal(other.item, many.item)


def test_a_shadow_test_is_met_by_every_simulated_person() -> None:
    bank = rich_bank(Method.SHADOW)
    tests = simulate_adaptive(bank, np.random.default_rng(2).normal(size=60), bank.pool.items, 1)
    assert [bank.plans.rules.broken(tests.scored_items(person)) for person in range(60)] == [()] * 60
    assert tests.fallbacks.sum() == 0
    assert tests.routes == {"plan": 12 * 60, "pretest": 2 * 60}


def test_the_cost_of_a_success_rate_is_told() -> None:
    pool = rich_pool(5)
    bank = make_bank(pool, rich_blueprint(12), Strategy(method=Method.INFORMATION, rule=TargetSuccess(0.8)))
    theta = np.random.default_rng(2).normal(size=50)
    share = simulate_adaptive(bank, theta, pool.items, 1).information_share
    assert share.shape == (50,)
    assert np.all((share > 0.0) & (share <= 1.0))
    assert share.mean() < 0.95


def test_what_does_not_fit_the_bank_is_refused() -> None:
    bank, items = plain_bank(60, 5), plain_bank(60, 5).pool.items
    theta = np.zeros(4)
    with pytest.raises(DesignError, match="3 generating items for a pool of 60"):
        simulate_adaptive(bank, theta, items.take(np.arange(3)), 1)
    with pytest.raises(DesignError, match="item 0 has another number of categories"):
        simulate_adaptive(bank, theta, rich_items(), 1)
    with pytest.raises(DesignError, match="finite abilities"):
        simulate_adaptive(bank, np.array([0.0, np.nan]), items, 1)
    with pytest.raises(DesignError, match="finite abilities"):
        simulate_adaptive(bank, np.empty(0), items, 1)
    with pytest.raises(DesignError, match="3 accommodations or forms do not fit 4 persons"):
        simulate_adaptive(bank, theta, items, 1, accommodation=np.zeros(3, dtype=np.int64))
    with pytest.raises(DesignError, match="none of number 2"):
        simulate_adaptive(bank, theta, items, 1, accommodation=np.full(4, 2))
    with pytest.raises(DesignError, match=r"\(4, 60\), not \(4, 5\)"):
        simulate_adaptive(bank, theta, items, 1, chance=np.zeros((4, 5)))
    with pytest.raises(DesignError, match="seed must be 0 or more, not -1"):
        simulate_adaptive(bank, theta, items, -1)


def rich_items() -> ItemParameters:
    steps = ItemParameters.from_steps(Kind.PARTIAL_CREDIT, [1.0], [[-1.0, 1.0]])
    return ItemParameters.join([steps, plain_bank(60, 5).pool.items.take(np.arange(59))])


def test_a_pool_with_too_few_field_test_items_is_refused() -> None:
    pool = replace(rich_pool(3), pretest=np.zeros(120, dtype=np.bool_))
    bank = make_bank(pool, rich_blueprint(12), Strategy(method=Method.INFORMATION))
    with pytest.raises(DesignError, match="2 field-test items a sitting, but the pool has 0"):
        simulate_adaptive(bank, np.zeros(3), pool.items, 1)
