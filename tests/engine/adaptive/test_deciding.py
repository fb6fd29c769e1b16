"""The choice of the next item."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import (
    AdaptiveBank,
    AdaptiveState,
    Answered,
    Blueprint,
    Chosen,
    DesignError,
    FirstItem,
    ItemParameters,
    Method,
    Pool,
    Started,
    Strategy,
    decide,
    fold,
    fold_all,
    item_information,
    make_bank,
)
from engine.adaptive import decide_ahead
from engine.assembly import Plan, solve_plan
from engine.exposure import Eligibility, passage_units
from engine.selection import MaximumInformation, PosteriorWeightedInformation, Progressive, Rule, TargetSuccess
from tests.engine.adaptive import by_hand
from tests.engine.adaptive.sittings import LENGTH, Run, answers, make_blueprint, make_pool, own_bank, run, started


def test_every_test_meets_its_blueprint(bank: AdaptiveBank, taken: Run) -> None:
    assert [bank.plans.rules.broken(row) for row in taken.state.item] == [()] * 40
    assert {how for decision in taken.decisions for how in decision.route} == {"plan"}


def test_tests_differ_as_persons_do(taken: Run) -> None:
    assert len({tuple(sorted(row)) for row in taken.state.item.tolist()}) > 25


def test_a_begun_passage_is_finished_before_anything_else(bank: AdaptiveBank, taken: Run) -> None:
    passages = bank.pool.passage[taken.state.item]
    for row in passages.tolist():
        begun = [number for place, number in enumerate(row) if number >= 0 and (place == 0 or row[place - 1] != number)]
        assert len(begun) == len(set(begun)) == 2


def test_the_first_item_is_one_that_may_come_first(bank: AdaptiveBank, taken: Run) -> None:
    assert bank.first[taken.state.item[:, 0]].all()
    assert not bank.first.all()


def test_many_are_chosen_for_as_one_is(bank: AdaptiveBank, taken: Run) -> None:
    draw = np.random.default_rng(2).random(40)
    state = fold_all(AdaptiveState.begin(taken.start, bank.n_positions), taken.events[:20])
    many = decide(bank, state, draw)
    for person in range(40):
        one = decide(bank, state.take(slice(person, person + 1)), draw[person : person + 1])
        assert (one.item[0], one.swaps[0], one.theta[0], one.binding[0]) == (
            many.item[person],
            many.swaps[person],
            many.theta[person],
            many.binding[person],
        )


def test_the_chosen_item_is_the_best_of_the_plan_that_may_be_given_now(bank: AdaptiveBank, taken: Run) -> None:
    """Ability, plan, what may be given and what it is worth are worked out here from what was answered."""
    items = bank.pool.items
    for person in range(0, 40, 4):
        plan, given, answers = bank.start_plan[0].tolist(), list[int](), list[tuple[int, int]]()
        for position, decision in enumerate(taken.decisions):
            theta = by_hand.expected(items, answers)
            assert decision.theta[person] == pytest.approx(theta, abs=2e-9)
            swapped = dict(decision.swaps[person])
            plan = [swapped.get(item, item) for item in plan]
            best = by_hand.ranked(bank, by_hand.open_to(bank, given, plan), float(decision.theta[person]))
            assert decision.item[person] == best[0]
            assert [item for item in decision.best[person].tolist() if item >= 0] == best[:5]
            worth = [by_hand.information(items, item, theta) for item in best[:5]]
            assert decision.best_score[person, : len(worth)] == pytest.approx(worth, abs=1e-8)
            given.append(int(decision.item[person]))
            answers.append((given[-1], int(taken.state.category[person, position])))
        assert sorted(plan) == sorted(given)


def test_the_item_chosen_from_the_pool_is_the_best_of_all_that_are_left() -> None:
    bank = own_bank(Strategy(method=Method.INFORMATION))
    taken = run(bank, np.linspace(-2.0, 2.0, 6), 9)
    for person in range(6):
        given: list[int] = []
        for decision in taken.decisions:
            best = by_hand.ranked(bank, by_hand.free(bank, given).tolist(), float(decision.theta[person]))
            assert decision.item[person] == best[0]
            assert decision.best[person].tolist() == best[:5]
            given.append(best[0])


def test_a_better_item_that_stays_out_has_its_reason(bank: AdaptiveBank, taken: Run) -> None:
    reasons = {name for decision in taken.decisions for names in decision.binding for name in names}
    known = {f"{count.name} {bound}" for count in bank.blueprint.counts for bound in ("minimum", "maximum")}
    assert {"passages", "enemies"} <= reasons
    assert reasons <= known | {"passages", "enemies", "seconds"}
    assert len(reasons & known) >= 3


def test_pupils_with_an_accommodation_get_only_items_that_suit_it(bank: AdaptiveBank) -> None:
    taken = run(bank, np.linspace(-1.5, 1.5, 6), 3, accommodation=1)
    speech = np.array(bank.pool.labels["speech"])
    assert set(speech[taken.state.item].ravel()) == {"yes"}
    assert [bank.plans.rules.broken(row) for row in taken.state.item] == [()] * 6


def test_one_of_the_best_is_drawn_where_asked() -> None:
    bank = own_bank(Strategy(best_k=3))
    state = AdaptiveState.begin(started(bank, 300), bank.n_positions)
    decision = decide(bank, state, np.random.default_rng(1).random(300))
    names, counts = np.unique(decision.item, return_counts=True)
    assert len(set(decision.swaps)) == 1
    plan = Plan(bank.start_plan[0].astype(np.int64)).swap(decision.swaps[0]).items.tolist()
    assert set(names) == set(by_hand.ranked(bank, by_hand.open_to(bank, [], plan), 0.0)[:3])
    assert counts.min() > 70  # 100 expected, sd 8


@pytest.mark.parametrize("rule", [PosteriorWeightedInformation(), TargetSuccess(0.7)])
def test_any_rule_keeps_the_blueprint(rule: PosteriorWeightedInformation | TargetSuccess) -> None:
    bank = own_bank(Strategy(rule=rule))
    taken = run(bank, np.linspace(-2.0, 2.0, 6), 4)
    assert [bank.plans.rules.broken(row) for row in taken.state.item] == [()] * 6


def test_a_target_of_success_is_met_on_average() -> None:
    """Of tests of middling persons the share of the highest score is near .7, far from maximum information's."""
    theta = np.zeros(30)
    share = []
    for strategy in (Strategy(rule=TargetSuccess(0.75)), Strategy()):
        bank = own_bank(strategy)
        state = run(bank, theta, 8, explain=False).state
        most = bank.pool.items.n_categories[state.item] - 1
        share.append(float((state.category / most).mean()))
    assert share[0] == pytest.approx(0.75, abs=0.05)
    assert share[0] > share[1] + 0.05


def test_eligibility_holds_items_back_and_is_lifted_where_nothing_is_left() -> None:
    pool = make_pool()
    unit = passage_units(pool)
    n_units = int(unit.max()) + 1
    bank = own_bank(Strategy(eligibility=Eligibility(np.empty(0), unit, np.full((1, n_units), 0.6))))
    n = 12
    rng = np.random.default_rng(3)
    draws = rng.random((n, n_units))
    start = Started(np.repeat(bank.start_plan, n, axis=0)[:n], draws=draws)
    state = AdaptiveState.begin(start, bank.n_positions)
    lifted = np.zeros(n, dtype=np.bool_)
    for _ in range(LENGTH):
        decision = decide(bank, state, rng.random(n))
        lifted |= decision.lifted
        state = fold(fold(state, decision.event), Answered(np.ones(n, dtype=np.int8)))
    assert [bank.plans.rules.broken(row) for row in state.item] == [()] * n
    eligible = (draws < 0.6)[:, unit]
    held_back = ~np.take_along_axis(eligible, state.item.astype(np.int64), axis=1)
    assert not held_back[~lifted].any()
    assert (~lifted).sum() >= 3
    nothing = replace(start, draws=np.ones((n, n_units)) * 0.999)
    decision = decide(bank, AdaptiveState.begin(nothing, bank.n_positions), rng.random(n))
    assert decision.lifted.all()
    assert (decision.item >= 0).all()


@pytest.mark.parametrize("rule", [MaximumInformation(), Progressive(LENGTH)])
def test_the_first_item_may_come_first_where_eligibility_or_chance_took_the_planned_ones(rule: Rule) -> None:
    unit = passage_units(make_pool())
    n, n_units = 40, int(unit.max()) + 1
    strategy = Strategy(rule=rule, eligibility=Eligibility(np.empty(0), unit, np.full((1, n_units), 0.5)))
    few = replace(make_blueprint(), first=FirstItem(hardest=0.8, easiest=0.9, alone=True))  # far from the best items
    bank = make_bank(make_pool(), few, strategy)
    rng = np.random.default_rng(5)
    draws = rng.random((n, n_units))
    draws[:, unit[bank.start_plan[0][bank.first[bank.start_plan[0]]]]] = 0.9  # none of the planned ones is eligible
    start = Started(np.repeat(bank.start_plan[:1], n, axis=0), draws=draws)
    decision = decide(bank, AdaptiveState.begin(start, bank.n_positions), rng.random(n))
    assert bank.first[decision.item].all()
    assert (~decision.lifted).sum() > n / 2
    for person in range(n):
        plan = Plan(bank.start_plan[0].astype(np.int64)).swap(decision.swaps[person])
        assert bank.plans.rules.broken(plan.items) == ()


def test_the_order_in_which_accommodations_are_written_changes_nothing() -> None:
    blueprint = make_blueprint()
    pools = {"voorlezen": ("speech", "yes"), "rustig": ("level", "kennen")}
    counts = tuple(count for count in blueprint.counts if "level" not in count.where)
    one, other = (
        make_bank(make_pool(), replace(blueprint, counts=counts, pools=dict(pairs)))
        for pairs in (pools.items(), reversed(pools.items()))
    )
    assert one.accommodations == other.accommodations == ("", "rustig", "voorlezen")
    assert one.hash == other.hash


def test_a_test_whose_plan_was_broken_goes_on_and_says_so(bank: AdaptiveBank) -> None:
    """A faulty item is taken out, staff skip items: whatever was given, the next item comes."""
    spelling = np.flatnonzero(np.array(bank.pool.labels["area"]) == "spelling")
    given = [item for item in spelling.tolist() if bank.first[item]][:12]  # three more than the blueprint allows
    rest = np.setdiff1d(np.arange(bank.n_items), given)[: LENGTH - 12]
    plan = np.array([[*given, *rest.tolist()]])
    state = AdaptiveState.begin(Started(plan), bank.n_positions)
    for item in given:
        state = fold(fold(state, Chosen(np.array([item]))), Answered(np.array([1])))
    routes = []
    for _ in range(LENGTH - 12):
        decision = decide(bank, state, [0.5])
        assert decision.item[0] >= 0
        routes.append(decision.route[0])
        state = fold(fold(state, decision.event), Answered(np.array([0])))
    assert set(routes) <= {"plan", "penalty", "any"}
    assert "penalty" in routes
    assert len(set(state.item[0].tolist())) == LENGTH


@pytest.mark.parametrize("method", [Method.INFORMATION, Method.PRIORITY])
def test_without_plans_enemies_never_meet(method: Method) -> None:
    bank = own_bank(Strategy(method=method))
    taken = run(bank, np.linspace(-2.0, 2.0, 20), 9)
    for members in bank.pool.enemies:
        assert np.isin(taken.state.item, members).sum(axis=1).max() <= 1
    assert {how for decision in taken.decisions for how in decision.route} == {"pool"}
    assert bank.first[taken.state.item[:, 0]].all()


def test_the_priority_index_keeps_the_counts_nearly(bank: AdaptiveBank) -> None:
    state = run(own_bank(Strategy(method=Method.PRIORITY)), np.linspace(-2.0, 2.0, 20), 9, explain=False).state
    broken = [len(bank.plans.rules.broken(row)) for row in state.item]
    free = run(own_bank(Strategy(method=Method.INFORMATION)), np.linspace(-2.0, 2.0, 20), 9, explain=False).state
    assert np.mean(broken) < 1.0
    assert np.mean(broken) < 0.5 * np.mean([len(bank.plans.rules.broken(row)) for row in free.item])


def test_what_is_chosen_ahead_is_what_would_be_chosen_then(bank: AdaptiveBank, taken: Run) -> None:
    draw = np.random.default_rng(4).random(40)
    reading = fold_all(AdaptiveState.begin(taken.start, bank.n_positions), taken.events[:21])
    ahead = decide_ahead(bank, reading, draw)
    n_categories = bank.pool.items.n_categories[reading.item[:, 10]]
    assert len(ahead) == n_categories.max() == 3
    for category, before in enumerate(ahead):
        then = decide(bank, fold(reading, Answered(np.minimum(category, n_categories - 1))), draw)
        assert then.item.tolist() == before.item.tolist()
        assert then.swaps == before.swaps
    with pytest.raises(DesignError, match="never presented"):
        decide_ahead(bank, taken.state, draw)


def test_a_plan_is_solved_anew_after_the_answers_that_the_strategy_names() -> None:
    """Three right answers move the ability further than the swaps of three answers can follow."""
    value = {}
    for solve_after in ((), (3,)):
        bank = own_bank(Strategy(solve_after=solve_after))
        state = AdaptiveState.begin(started(bank, 1), bank.n_positions)
        for _ in range(3):
            state = fold(fold(state, decide(bank, state, [0.5]).event), Answered(np.array([1])))
        decision = decide(bank, state, [0.5])
        information = item_information(decision.theta, bank.pool.items)[0]
        plan = state.plan_of(0)
        best = solve_plan(bank.plans, information, given=plan.given).plan
        after = plan.swap(decision.swaps[0])
        assert bank.plans.rules.broken(after.items) == ()
        value[solve_after] = information[after.unused].sum() / information[best.unused].sum()
    assert value[3,] > 0.999
    assert value[()] < 0.995


def test_only_what_the_pupil_could_get_is_kept_out_by_a_rule() -> None:
    """Half of the items, the better ones, do not suit; no rule of exposure is there to name."""
    n = 20
    items = ItemParameters.two_parameter(np.where(np.arange(n) < 10, 0.7, 2.0), np.linspace(-0.3, 0.3, n))
    pool = Pool(items, np.full(n, -1), labels={"reader": ("yes",) * 10 + ("no",) * 10})
    bank = make_bank(pool, Blueprint(5, pools={"aloud": ("reader", "yes")}))
    start = Started(bank.start_plan[[1]], accommodation=np.array([1]))
    decision = decide(bank, AdaptiveState.begin(start, 5), [0.0])
    assert decision.item[0] < 10
    assert decision.binding == ((),)


def test_a_test_that_is_over_gets_no_item(bank: AdaptiveBank, taken: Run) -> None:
    decision = decide(bank, taken.state, np.zeros(40))
    assert (decision.item == -1).all()
    assert set(decision.route) == {""}


def test_nobody_is_chosen_for(bank: AdaptiveBank) -> None:
    state = AdaptiveState.begin(started(bank, 0), bank.n_positions)
    assert decide(bank, state, []).item.size == 0


def test_the_same_content_has_the_same_hash_and_other_content_another() -> None:
    pool, blueprint = make_pool(), make_blueprint()
    same, again = own_bank(), own_bank()
    assert same.hash == again.hash
    assert own_bank(Strategy(best_k=2)).hash != same.hash
    assert own_bank(seed=2).hash != same.hash
    assert (same.pool.n_items, same.blueprint) == (pool.n_items, blueprint)


@pytest.mark.parametrize(
    ("draw", "why"),
    [([1.0], "one number in"), ([-0.1], "one number in"), ([np.nan], "one number in"), ([0.1, 0.2], "each of 1")],
)
def test_chance_that_is_no_chance_is_refused(bank: AdaptiveBank, draw: list[float], why: str) -> None:
    with pytest.raises(DesignError, match=why):
        decide(bank, AdaptiveState.begin(started(bank, 1), bank.n_positions), draw)


def test_a_state_of_another_bank_is_refused(bank: AdaptiveBank) -> None:
    state = AdaptiveState.begin(started(bank, 1), bank.n_positions)
    beyond = bank.start_plan[0].copy()
    beyond[-1] = 5000
    for wrong, why in (
        (AdaptiveState.begin(started(bank, 1), 7), "7 positions"),
        (replace(state, plan=state.plan[:, :5]), "plans 5 items"),
        (replace(state, plan=beyond[np.newaxis]), "item 5000"),
        (replace(state, accommodation=np.array([4])), "accommodation 4"),
        (fold(state, Chosen(np.array([beyond[0]]))), "only after the answer"),
    ):
        with pytest.raises(DesignError, match=why):
            decide(bank, wrong, [0.5])
    answered = fold(fold(state, Chosen(np.array([int(bank.start_plan[0, 0])]))), Answered(np.array([9])))
    with pytest.raises(DesignError, match="category that its item does not have"):
        decide(bank, answered, [0.5])


def test_a_given_item_that_the_bank_does_not_have_is_named_first_whatever_else_is_wrong(bank: AdaptiveBank) -> None:
    state = AdaptiveState.begin(started(bank, 1), bank.n_positions)
    item, category = state.item.copy(), state.category.copy()
    item[0, 0], category[0, 0] = 5000, 2
    given = replace(state, item=item, category=category, n_answered=np.array([1]))
    with pytest.raises(DesignError, match="holds item 5000"):
        decide(bank, given, [0.5])
    with pytest.raises(DesignError, match="holds item 5000"):
        decide_ahead(bank, replace(given, category=state.category, n_answered=np.array([0])), [0.5])
    plain = replace(bank, strategy=replace(bank.strategy, method=Method.INFORMATION))
    with pytest.raises(DesignError, match="holds item 5000"):
        decide(plain, replace(state, plan=np.where(state.plan == state.plan[0, -1], 5000, state.plan)), [0.5])
    with pytest.raises(DesignError, match="accommodations are indices"):
        replace(state, accommodation=np.array([-1]))


@pytest.mark.parametrize("accommodation", [0, 1])
def test_the_choice_is_the_same_whether_its_reasons_are_asked_for_or_not(
    bank: AdaptiveBank, accommodation: int
) -> None:
    rng = np.random.default_rng(11)
    theta = 1.5 * rng.standard_normal(4)
    state = AdaptiveState.begin(started(bank, theta.size, accommodation=accommodation), bank.n_positions)
    for _ in range(bank.n_positions):
        draw = rng.random(theta.size)
        told, plain = decide(bank, state, draw), decide(bank, state, draw, explain=False)
        assert told.item.tolist() == plain.item.tolist()
        assert (told.swaps, told.route) == (plain.swaps, plain.route)
        assert told.reason.tolist() == plain.reason.tolist()
        given = Answered(answers(bank, theta, told.item, rng.random(theta.size)), told.item >= 0)
        state = fold(fold(state, told.event), given)


@pytest.mark.parametrize("held_back", [False, True])
def test_a_first_item_is_not_swapped_away_for_a_better_one(held_back: bool) -> None:
    """One item may come first, and it tells least: the plan needs it, and no rule of it does."""
    items = ItemParameters.two_parameter(np.linspace(2.0, 1.0, 6), np.zeros(6))
    pool = Pool(items, np.full(6, -1), labels={"suits": ("",) * 3 + ("start",) + ("",) * 2})
    eligibility = Eligibility(np.empty(0), np.arange(6), np.full((1, 6), 0.5)) if held_back else None
    bank = make_bank(pool, Blueprint(2, first=FirstItem(where={"suits": "start"})), Strategy(eligibility=eligibility))
    draws = np.where(np.arange(6) == 3, 0.9, 0.1)[np.newaxis] if held_back else np.empty((1, 0))
    decision = decide(bank, AdaptiveState.begin(Started(bank.start_plan, draws=draws), 2), [0.5])
    assert decision.item.tolist() == [3]
    assert decision.lifted.tolist() == [held_back]


def test_a_test_from_the_pool_goes_on_where_enemies_bar_everything() -> None:
    pool = Pool(
        items=ItemParameters.two_parameter([1.5, 1.0, 1.0], [0.0, 0.5, -0.5]),
        passage=np.full(3, -1),
        enemies=((0, 1), (0, 2)),
    )
    for method in (Method.INFORMATION, Method.PRIORITY):
        bank = make_bank(pool, Blueprint(2), Strategy(method=method))
        state = AdaptiveState.begin(Started(np.empty((1, 0), dtype=np.int32)), 2)
        state = fold(fold(state, Chosen(np.array([0]))), Answered(np.array([1])))
        decision = decide(bank, state, [0.5])
        assert (decision.item[0], decision.route) == (1, ("any",))
