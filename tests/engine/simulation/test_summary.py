"""What a simulation says about a design."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import (
    DesignError,
    Method,
    Persons,
    Simulation,
    Strategy,
    Subgroup,
    draw_persons,
    make_bank,
    simulate_adaptive,
    simulate_linear,
)
from engine.arrays import FloatArray, IndexArray, IntArray
from engine.assembly import Blueprint, Count, Pool, make_rules
from engine.models import ItemParameters
from engine.simulation import accuracy, accuracy_by_ability, accuracy_by_group, classify, summarise, use_of_items
from engine.simulation.rule_counts import count_rules
from engine.simulation.usage import use_of_rules
from tests.engine.assembly.worlds import make_world
from tests.engine.simulation.simulated_banks import rich_blueprint, rich_pool

GROUPS = (Subgroup("most", 3.0), Subgroup("spoken", 1.0, -0.5, 1.0, "spoken"))


def some_tests(
    theta: FloatArray, estimate: FloatArray, error: float = 0.5, item: IntArray | IndexArray | None = None
) -> Simulation:
    """Tests with these results, of items given by hand."""
    n = theta.size
    given = np.tile(np.arange(3), (n, 1)) if item is None else item
    return Simulation(
        theta=theta,
        estimate=estimate,
        standard_error=np.full(n, error),
        item=given.astype(np.int32),
        category=np.zeros(given.shape, dtype=np.int8),
        scored=given >= 0,
        interval=np.empty((n, 0), dtype=np.int8),
        reason=np.full(n, 7, dtype=np.int8),
        lifted=np.zeros(n, dtype=np.int16),
        fallbacks=np.zeros(n, dtype=np.int16),
        routes={"form": given.size},
        information_share=np.empty(0),
    )


def test_accuracy_of_four_persons_by_hand() -> None:
    """Errors .3, -.1, 1 and .4: bias .4, mean square (.09 + .01 + 1 + .16) / 4; only 1 is beyond 1.96 x .5."""
    tests = some_tests(np.array([0.0, 1.0, -1.0, 2.0]), np.array([0.3, 0.9, 0.0, 2.4]))
    found = accuracy(tests, "all")
    assert (found.bias, found.rmse) == pytest.approx((0.4, np.sqrt(1.26 / 4)))
    assert (found.coverage, found.standard_error, found.length, found.theta) == (0.75, 0.5, 3.0, 0.5)
    with pytest.raises(DesignError, match="others: nobody"):
        accuracy(tests, "others", np.zeros(4, dtype=np.bool_))


def test_bands_and_subgroups_hold_everyone_once() -> None:
    theta = np.array([-9.0, -2.5, -0.2, 0.0, 0.4, 7.0])
    tests = some_tests(theta, theta + 0.1)
    bands = accuracy_by_ability(tests)
    assert [(band.name, band.n_persons) for band in bands] == [
        ("below -2.5", 1),
        ("-2.5 to -2", 1),
        ("-0.5 to 0", 1),
        ("0 to 0.5", 2),
        ("2.5 or more", 1),
    ]
    groups = accuracy_by_group(tests, Persons((*GROUPS, Subgroup("nobody")), theta, np.array([0, 1, 0, 0, 1, 0])))
    assert [(group.name, group.n_persons) for group in groups] == [("most", 4), ("spoken", 2)]


def test_levels_are_counted_by_truth_and_by_estimate() -> None:
    tests = some_tests(np.array([-2.0, -2.0, 0.0, 0.0, 2.0, 1.0]), np.array([-1.5, 0.0, 0.1, 3.0, 0.9, 1.0]))
    levels = classify(tests, (-1.0, 1.0))
    assert levels.count.tolist() == [[1, 1, 0], [0, 1, 1], [0, 1, 1]]
    assert levels.accuracy == 0.5
    assert levels.accuracy_by_cut == pytest.approx([5 / 6, 4 / 6])
    assert (levels.too_high, levels.too_low) == pytest.approx((2 / 6, 1 / 6))
    for wrong in ((), (1.0, 1.0), (0.0, float("nan"))):
        with pytest.raises(DesignError, match="finite cut score or more, and they must increase"):
            classify(tests, wrong)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), swaps=st.integers(0, 4))
def test_misses_are_those_that_the_rules_name_one_by_one(seed: int, swaps: int) -> None:
    world = make_world(seed)
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(12):
        test = rng.permutation(world.test)
        test[:swaps] = rng.integers(0, world.rules.n_items, swaps)
        unique = np.unique(test)
        rows.append(np.pad(unique, (0, test.size - unique.size), constant_values=-1))
    item = np.array(rows, dtype=np.int32)
    named = [[name for name in world.rules.broken(row[row >= 0]) if name != "length"] for row in item]
    assert count_rules(world.rules, item, item >= 0).misses.tolist() == [len(names) for names in named]
    uses = use_of_rules(some_tests(np.zeros(12), np.zeros(12), item=item), world.rules)
    for use in uses:
        if use.sort in {"count", "budget", "passages"}:
            assert use.misses == sum(use.name in names for names in named)


def test_use_of_items_is_counted() -> None:
    pool = Pool(ItemParameters.two_parameter(np.ones(5), np.zeros(5)), np.full(5, -1), pretest=np.arange(5) == 4)
    item = np.array([[0, 1, 4], [0, 2, 4], [0, 1, -1], [0, 1, -1]])
    tests = some_tests(np.zeros(4), np.zeros(4), item=item)
    tests = replace(tests, scored=(item >= 0) & (item != 4))
    use = use_of_items(tests, make_rules(pool, Blueprint(2)))
    assert use.scored.tolist() == [1.0, 0.75, 0.25, 0.0, 0.0]
    assert use.pretest.tolist() == [0.0, 0.0, 0.0, 0.0, 0.5]
    assert (use.highest, use.n_unused) == (1.0, 1)
    assert use.overlap == pytest.approx((3 * 2 + 3 * 1) / 6 / 2)  # three pairs share both items, three share one


@pytest.mark.parametrize("method", [Method.SHADOW, Method.INFORMATION])
def test_a_summary_holds_the_design_against_its_blueprint(method: Method) -> None:
    pool, blueprint = rich_pool(3), rich_blueprint(12)
    blueprint = replace(blueprint, counts=(Count({"area": "number"}, 6, 6),))
    bank = make_bank(pool, blueprint, Strategy(method=method))
    persons = draw_persons(GROUPS, 120, 1)
    who = persons.accommodations(bank.accommodations)
    tests = simulate_adaptive(bank, persons.theta, pool.items, 1, accommodation=who)
    summary = summarise(tests, persons, bank.plans.rules, cuts=(0.0,))
    assert summary.rules[0].misses == 0
    assert [rule.sort for rule in summary.rules] == ["length", "count", "enemies"]
    assert (summary.n_misses == 0) == (method is Method.SHADOW)
    assert summary.rules[1].lowest <= summary.rules[1].mean <= summary.rules[1].highest
    assert summary.items.scored.sum() == pytest.approx(12.0)
    assert summary.items.pretest.sum() == pytest.approx(2.0)
    assert summary.reasons == {"the test has its full length": 120}
    assert summary.levels is not None
    assert [group.name for group in summary.groups] == ["most", "spoken"]
    spoken = np.array([label == "yes" for label in pool.labels["speech"]])
    assert spoken[tests.item[persons.group == 1]].all()


def test_a_linear_test_is_summarised_in_the_same_way() -> None:
    pool = rich_pool(3)
    bank = make_bank(pool, replace(rich_blueprint(12), pretest=None), Strategy(method=Method.SHADOW))
    persons = draw_persons(GROUPS[:1], 50, 1)
    tests = simulate_linear(bank.selection, bank.start_plan[:1], persons.theta, pool.items, 1)
    summary = summarise(tests, persons, bank.plans.rules)
    assert summary.n_misses == 0
    assert summary.items.overlap == pytest.approx(1.0)
    assert summary.levels is None
    assert summary.information_share == 1.0
