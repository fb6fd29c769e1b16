"""The reference bank: plans kept by swaps alone stay near the best plans there are."""

from __future__ import annotations

import numpy as np
import pytest

from engine.assembly import Route, choose_next, fold, make_library, make_rules, make_tables, solve_plan
from engine.assembly.shadow.library import NODES
from engine.models import item_information
from tests.engine.assembly.banks import reference_blueprint, reference_pool


@pytest.mark.usefixtures("shared_data")
@pytest.mark.parametrize("target", [-1.4, 0.3, 1.9])
def test_a_plan_kept_by_swaps_is_worth_97_percent_of_a_solved_one_after_every_answer(target: float) -> None:
    pool = reference_pool()
    tables = make_tables(make_rules(pool, reference_blueprint()))
    library = make_library(tables, item_information(NODES, pool.items))
    plan, shares = solve_plan(tables, item_information(np.zeros(1), pool.items)[0]).plan, []
    for number in range(40):
        # An estimate on its way to the target, and wavering as estimates do.
        ability = target * (1.0 - np.exp(-number / 4.0)) + 0.3 * np.sin(2.0 * number) / np.sqrt(number + 1.0)
        score = item_information(np.array([ability]), pool.items)[0]
        choice = choose_next(tables, plan, score, charge=library.charge_at(ability))
        assert choice.route is Route.PLAN
        best = solve_plan(tables, score, given=plan.given)
        assert best.gap <= 0.005
        shares.append(score[plan.swap(choice.swaps).unused].sum() / score[best.plan.unused].sum())
        plan = fold(plan, choice)
        assert not tables.rules.broken(plan.items)
    values = np.array(shares[8:])  # before that, two swaps an answer still follow the estimate
    assert values.min() >= 0.9
    assert np.median(values) >= 0.97
