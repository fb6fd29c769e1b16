"""Plans: what a log needs to repeat them, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from engine.assembly import Choice, Plan, Route, fold, swaps_between
from engine.errors import DesignError


def test_given_items_keep_their_order_and_the_others_stand_by_index() -> None:
    plan = Plan(np.array([7, 3, 9, 1, 5]), 2)
    assert plan.given.tolist() == [7, 3]
    assert plan.unused.tolist() == [1, 5, 9]


def test_a_choice_is_folded_as_its_swaps_and_then_its_item() -> None:
    plan = Plan(np.array([7, 3, 9, 1, 5]), 2)
    choice = Choice(8, ((1, 8), (9, 2)), Route.PLAN)
    folded = fold(plan, choice)
    assert folded.items.tolist() == plan.swap(choice.swaps).give(8).items.tolist() == [7, 3, 8, 2, 5]
    assert folded.n_given == 3


def test_swaps_between_two_plans_lead_from_one_to_the_other() -> None:
    before, after = Plan(np.array([4, 1, 2, 3]), 1), Plan(np.array([4, 3, 8, 9]), 1)
    swaps = swaps_between(before, after.unused)
    assert swaps == ((1, 8), (2, 9))
    assert before.swap(swaps).items.tolist() == after.items.tolist()


@pytest.mark.parametrize(("item", "swaps"), [(7, ()), (4, ()), (1, ((2, 6),)), (1, ((9, 5),)), (9, ((9, 6),))])
def test_a_choice_of_another_plan_is_refused_by_name(item: int, swaps: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(DesignError, match="item"):
        fold(Plan(np.array([7, 1, 5, 9]), 1), Choice(item, swaps, Route.PLAN))


def test_a_plan_never_holds_an_item_twice_nor_gives_more_than_it_has() -> None:
    with pytest.raises(DesignError, match="twice"):
        Plan(np.array([1, 2, 1]))
    with pytest.raises(DesignError, match="cannot have 4 given"):
        Plan(np.array([1, 2, 3]), 4)
    with pytest.raises(DesignError, match="item 3"):
        Plan(np.array([1, 2, 3]), 3).give(3)
    with pytest.raises(DesignError, match="item 8"):
        Plan(np.array([1, 2, 3]), 1).swap(((8, 4),))
