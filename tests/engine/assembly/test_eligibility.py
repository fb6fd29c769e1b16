"""Which items may be given to whom, and which may begin a test."""

from __future__ import annotations

from engine.assembly import Blueprint, FirstItem, first_items, make_rules, suitable_items
from tests.engine.assembly.small import make_pool


def test_a_first_item_is_neither_hard_nor_in_a_field_test_nor_in_a_passage() -> None:
    """Rasch at 0: difficulty -1 gives .73, 0 gives .5, 2 gives .12."""
    pool = make_pool(["x"] * 5, difficulty=[-1.0, 0.0, 2.0, -1.0, -1.0], passage=[-1, -1, -1, 0, -1], pretest=[4])
    first = FirstItem(0.5, 0.8, alone=True)
    assert first_items(pool, Blueprint(2, first=first)).tolist() == [True, True, False, False, False]
    assert first_items(pool, Blueprint(2)).tolist() == [True, True, True, True, False]


def test_the_prior_says_for_whom_a_first_item_is_easy() -> None:
    pool = make_pool(["x"] * 2, difficulty=[0.0, 2.0])
    blueprint = Blueprint(1, first=FirstItem(0.4, 0.6), prior_mean=2.0)
    assert first_items(pool, blueprint).tolist() == [False, True]


def test_an_accommodation_leaves_the_items_with_its_label() -> None:
    pool = make_pool(["x"] * 4, passage=[0, 0, 0, -1], labels={"speech": ["yes", "no", "yes", "yes"]})
    blueprint = Blueprint(3, pools={"voorlezen": ("speech", "yes")})
    assert suitable_items(pool, blueprint, "voorlezen").tolist() == [True, False, True, True]
    assert suitable_items(pool, blueprint).all()


def test_a_whole_passage_is_all_of_its_items_whether_they_suit_or_not() -> None:
    pool = make_pool(["x"] * 4, passage=[0, 0, 0, -1], labels={"speech": ["yes", "no", "yes", "yes"]})
    blueprint = Blueprint(3, pools={"voorlezen": ("speech", "yes")})
    assert make_rules(pool, blueprint, "voorlezen").broken([0, 2, 3]) == ("passage 0",)
    assert make_rules(pool, blueprint).broken([0, 1, 2]) == ()
    assert make_rules(pool, blueprint).broken([0, 2, 3]) == ("passage 0",)
