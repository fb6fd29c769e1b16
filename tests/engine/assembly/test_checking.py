"""Blueprints that a pool cannot meet, in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from engine.assembly import (
    Blueprint,
    Budget,
    Count,
    FirstItem,
    Passages,
    Pool,
    Pretest,
    check_blueprint,
    make_rules,
    make_tables,
    solve_plan,
)
from engine.assembly.conflicts import is_feasible
from engine.assembly.statements import all_asked
from engine.errors import BlueprintError
from tests.engine.assembly.banks import reference_blueprint, reference_pool
from tests.engine.assembly.small import counts, make_pool, problems, whole_tests

SIX_AND_FOUR = ["lezen"] * 6 + ["spelling"] * 4
TWO_PASSAGES = [0] * 3 + [1] * 3 + [-1] * 4


def problem(pool: Pool, blueprint: Blueprint, accommodation: str | None = None) -> str:
    """The message."""
    with pytest.raises(BlueprintError) as caught:
        check_blueprint(pool, blueprint, accommodation)
    return str(caught.value)


@settings(max_examples=150, deadline=None)
@given(problems())
def test_a_blueprint_is_refused_exactly_when_no_test_from_the_pool_meets_it(case: tuple[Pool, Blueprint]) -> None:
    pool, blueprint = case
    groups = ["", *blueprint.pools]
    possible = {name: bool(whole_tests(pool, blueprint, name)) for name in groups}
    for name in groups:
        if possible[name]:
            check_blueprint(pool, blueprint, name)
        else:
            words = problem(pool, blueprint, name)
            assert words.startswith(f"accommodation '{name}': ") == bool(name)
    if all(possible.values()):
        check_blueprint(pool, blueprint)
    else:
        assert len(problem(pool, blueprint).splitlines()) == sum(not found for found in possible.values())


@settings(max_examples=100, deadline=None)
@given(problems())
def test_a_test_meets_a_blueprint_exactly_when_no_rule_says_it_is_broken(case: tuple[Pool, Blueprint]) -> None:
    pool, blueprint = case
    blueprint = replace(blueprint, first=None, pretest=None)
    allowed = whole_tests(pool, blueprint)
    rules = make_rules(pool, blueprint)
    for items in allowed:
        assert rules.broken(items) == ()


def test_the_reference_problem_is_found_possible_at_the_first_node_of_the_search() -> None:
    pool, blueprint = reference_pool(), reference_blueprint()
    check_blueprint(pool, blueprint)
    asked = all_asked(pool, blueprint)
    assert is_feasible(asked, asked.statements, nodes=1) is True


def test_a_count_that_asks_more_than_the_pool_holds() -> None:
    words = problem(make_pool(SIX_AND_FOUR), Blueprint(7, counts(spelling=(5, 7))))
    assert words == "at least 5 items of spelling are asked, the pool holds 4; ask at most 4, or add 1"


def test_several_causes_are_all_said() -> None:
    words = problem(make_pool(SIX_AND_FOUR), Blueprint(9, (*counts(spelling=(5, 7), lezen=(7, 8)),)))
    assert "5 items of spelling are asked, the pool holds 4" in words
    assert "7 items of lezen are asked, the pool holds 6; ask at most 6, or add 1" in words
    assert "area: the minima add up to 12, the test has 9 items" in words


def test_enemies_that_leave_too_few_of_a_count() -> None:
    words = problem(make_pool(SIX_AND_FOUR, enemies=[(6, 7, 8)]), Blueprint(5, counts(spelling=(3, 4))))
    assert "at least 3 items of spelling are asked, and of the 4 in the pool enemies leave 2 for one test" in words
    assert "ask at most 2, or add items that are nobody's enemy" in words


def test_enemies_that_leave_too_few_for_the_test() -> None:
    words = problem(make_pool(SIX_AND_FOUR, enemies=[tuple(range(5)), tuple(range(5, 10))]), Blueprint(3))
    assert "exactly 3 items in all are asked, and of the 10 in the pool enemies leave 2 for one test" in words


def test_a_pool_smaller_than_the_test() -> None:
    words = problem(make_pool(SIX_AND_FOUR, pretest=[0, 1]), Blueprint(9))
    assert words == (
        "a test of 9 items is asked, the pool holds 8 (2 more are in a field test or not suitable); add items"
    )


def test_maxima_that_do_not_fill_the_test() -> None:
    words = problem(make_pool(SIX_AND_FOUR), Blueprint(6, counts(lezen=(0, 3), spelling=(0, 2))))
    assert words == ("area: the maxima, or what the pool holds where it is less, add up to 5; the test has 6 items")


def test_maxima_and_uncounted_items_that_do_not_fill_the_test() -> None:
    words = problem(make_pool(SIX_AND_FOUR), Blueprint(6, counts(lezen=(0, 1))))
    assert "add up to 1, and 4 items have no other label that is counted; the test has 6 items" in words


def test_a_budget_that_the_cheapest_items_exceed() -> None:
    pool = make_pool(SIX_AND_FOUR, seconds=[60.0] * 6 + [20.0] * 4)
    words = problem(pool, Blueprint(5, budgets=(Budget("seconds", 0, 120),)))
    assert words == "seconds: at most 120 is asked, the 5 items with least give 140; allow that much"


def test_a_budget_that_the_dearest_items_do_not_reach() -> None:
    pool = make_pool(SIX_AND_FOUR, seconds=[60.0] * 6 + [20.0] * 4)
    words = problem(pool, Blueprint(7, budgets=(Budget("seconds", 400, 500),)))
    assert words == "seconds: at least 400 is asked, the 7 items with most give 380; ask no more"


def test_passages_that_are_too_few() -> None:
    words = problem(make_pool(SIX_AND_FOUR, passage=TWO_PASSAGES), Blueprint(10, passages=Passages(3, 4)))
    assert "passages: at least 3 are asked, the pool holds 2; ask fewer passages" in words


def test_passages_that_are_too_small() -> None:
    passages = Passages(2, 2, 4, 5)
    words = problem(make_pool(SIX_AND_FOUR, passage=[0] * 4 + [1] * 2 + [-1] * 4), Blueprint(8, passages=passages))
    assert "passages: at least 2 of 4 items or more are asked, the pool holds 1 (1 are too small or too large)" in words


def test_passages_that_take_more_than_the_test() -> None:
    words = problem(make_pool(SIX_AND_FOUR, passage=TWO_PASSAGES), Blueprint(5, passages=Passages(2, 2, 3, 3)))
    assert "passages: 2 of 3 items or more take 6 items or more, the test has 5; ask fewer" in words


def test_a_pool_without_passages_has_none_to_give() -> None:
    words = problem(make_pool(SIX_AND_FOUR), Blueprint(5, passages=Passages(1, 1)))
    assert "passages: at least 1 are asked, the pool holds 0" in words


def test_a_first_item_that_no_item_can_be() -> None:
    pool = make_pool(SIX_AND_FOUR, difficulty=[2.0] * 10)
    words = problem(pool, Blueprint(5, first=FirstItem(0.5, 0.8, alone=True)))
    assert words == (
        "first item: no item of the pool is one outside passages, with an expected score of 0.5 to 0.8 of its highest "
        "at 0; ask less of it"
    )


def test_field_test_items_that_are_too_few() -> None:
    words = problem(make_pool(SIX_AND_FOUR, pretest=[9]), Blueprint(5, pretest=Pretest(2, 2, 6)))
    assert words == "pretest: 2 field-test items are asked, the pool holds 1"


def test_field_test_items_that_are_enemies() -> None:
    pool = make_pool(SIX_AND_FOUR, pretest=[8, 9], enemies=[(8, 9)])
    words = problem(pool, Blueprint(5, pretest=Pretest(2, 2, 6)))
    assert words == "pretest: 2 field-test items are asked, enemies leave 1 for one test"


def test_an_accommodation_whose_pool_is_too_small() -> None:
    suits = ["yes"] * 4 + ["no"] * 4 + ["yes"] * 2
    pool = make_pool(SIX_AND_FOUR, labels={"speech": suits})
    blueprint = Blueprint(6, counts(spelling=(3, 4)), pools={"voorlezen": ("speech", "yes")})
    words = problem(pool, blueprint)
    assert words == (
        "accommodation 'voorlezen': at least 3 items of spelling are asked, the pool holds 2; ask at most 2, or add 1"
    )
    check_blueprint(pool, blueprint, "")
    with pytest.raises(BlueprintError, match="pool holds 2"):
        check_blueprint(pool, blueprint, "voorlezen")


def test_an_accommodation_that_the_blueprint_does_not_know() -> None:
    words = problem(make_pool(SIX_AND_FOUR), Blueprint(6, pools={"voorlezen": ("area", "lezen")}), "braille")
    assert words == "the blueprint has no accommodation 'braille'; it has voorlezen"


@pytest.mark.parametrize(
    ("blueprint", "expected"),
    [
        (Blueprint(3, (Count({"domain": "x"}, 1, 2),)), "domain x: the pool has no attribute 'domain'; it has area"),
        (Blueprint(3, (Count({"area": "x"}, 1, 2),)), "area x: no item of the pool has area x"),
        (Blueprint(3, budgets=(Budget("words", 1, 2),)), "words: the pool has no such quantity; it has seconds"),
        (Blueprint(3, first=FirstItem(where={"area": "x"})), "first item: no item of the pool has area x"),
        (Blueprint(3, pools={"groot": ("size", "yes")}), "accommodation 'groot': the pool has no attribute 'size'"),
    ],
)
def test_names_that_the_pool_does_not_have(blueprint: Blueprint, expected: str) -> None:
    assert expected in problem(make_pool(SIX_AND_FOUR), blueprint)


def test_a_passage_takes_more_of_an_area_than_it_may_have() -> None:
    """The example of the issue: each rule can be kept, both cannot."""
    pool = make_pool(["lezen"] * 12 + ["spelling"] * 8, passage=[0] * 4 + [1] * 4 + [2] * 4 + [-1] * 8)
    words = problem(pool, Blueprint(12, counts(lezen=(0, 9)), passages=Passages(3, 4, 4, 6)))
    assert words == (
        "these cannot be kept together: at most 9 items of lezen; at least 3 passages; at least 4 items of each "
        "passage. With the others a test has at least 12 items of lezen. One of these would do: at most 12 items of "
        "lezen (3 more); or at least 2 passages (1 fewer); or at least 3 items of each passage (1 fewer)"
    )


def test_whole_passages_that_never_add_up() -> None:
    pool = make_pool(SIX_AND_FOUR, passage=TWO_PASSAGES)
    words = problem(pool, Blueprint(7, counts(lezen=(4, 5))))
    assert "4 to 5 items of lezen; passages only as a whole" in words
    assert "at least 3 items of lezen (1 fewer)" in words
    assert "at most 6 items of lezen (1 more)" in words
    assert "or passages of which a test may give a part" in words


def test_enemies_are_named_when_they_are_part_of_it() -> None:
    """Five of six lezen items must hold 0 and 1, as only one of 2 and 3 may be there; then 6 and 7 are out."""
    pool = make_pool([*SIX_AND_FOUR, *["taal"] * 4], enemies=[(0, 6), (1, 7), (2, 3), (10, 11)])
    words = problem(pool, Blueprint(9, counts(lezen=(5, 6), spelling=(3, 4))))
    assert words == (
        "these cannot be kept together: at least 5 items of lezen; at least 3 items of spelling; at most one of 0, 6; "
        "at most one of 1, 7; at most one of 2, 3. With the others a test has at most 4 items of lezen. One of these "
        "would do: at least 4 items of lezen (1 fewer); or at least 2 items of spelling (1 fewer); or 0, 6 no longer "
        "enemies; or 1, 7 no longer enemies; or 2, 3 no longer enemies"
    )


def test_a_first_item_that_fits_in_no_test_is_part_of_a_contradiction() -> None:
    pool = make_pool(SIX_AND_FOUR, difficulty=[-1.0] * 6 + [3.0] * 4)
    words = problem(pool, Blueprint(4, counts(lezen=(0, 0)), first=FirstItem(0.5, 0.8)))
    assert "together: no items of lezen; a first item with an expected score of 0.5 to 0.8" in words
    assert "at most 1 item of lezen (1 more); or another rule for the first item" in words


def test_long_lists_of_remedies_are_cut_off() -> None:
    areas = [f"a{number}" for number in range(8)]
    pool = make_pool(areas * 3 + ["b"] * 2, seconds=[50.0] * 24 + [1.0] * 2)
    blueprint = Blueprint(8, counts(**dict.fromkeys(areas, (1, 3))), (Budget("seconds", 0, 399),))
    assert problem(pool, blueprint).endswith("; or 4 more")


def test_where_no_single_change_is_enough_several_are_given() -> None:
    """Two separate contradictions: passages against x, and a budget against y."""
    pool = make_pool(
        ["x"] * 4 + ["y"] * 4 + ["z"] * 6,
        passage=[0] * 4 + [-1] * 10,
        seconds=[1.0] * 4 + [50.0] * 4 + [1.0] * 6,
    )
    blueprint = Blueprint(9, counts(x=(0, 3), y=(2, 4)), (Budget("seconds", 0, 60),), Passages(1, 1))
    words = problem(pool, blueprint)
    assert "No single change is enough; these together would do: " in words
    assert "at most 4 items of x (1 more)" in words or "no passages (1 fewer)" in words
    assert "at least 1 item of y (1 fewer)" in words or "seconds in all (" in words


MINIMAL = {
    "time and cognitive levels": (
        {"budgets": (Budget("sec", 0, 2000), Budget("words", 0, 2100))},
        {
            "exactly 40 items in all",
            "at least 16 items of cog 1",
            "at least 6 items of cog 2",
            "at most 2000 sec in all",
        },
    ),
    "words and passages": (
        {"budgets": (Budget("sec", 0, 3200), Budget("words", 0, 900))},
        {
            "exactly 40 items in all",
            "at most 900 words in all",
            "at least 3 passages",
            "at least 4 items of each passage",
        },
    ),
    "domains and passages": (
        {"passages": Passages(9, 9, 4, 6)},
        {
            "exactly 40 items in all",
            "at least 3 items of domain 5",
            "at least 3 items of domain 6",
            "at least 9 passages",
            "at least 4 items of each passage",
        },
    ),
}


@pytest.mark.parametrize("name", MINIMAL)
def test_impossible_variants_of_the_reference_problem_give_their_contradiction(name: str) -> None:
    """That such sets are impossible, and that none of their rules can be spared, is shown in `test_conflicts.py`."""
    changes, rules = MINIMAL[name]
    words = problem(reference_pool(), replace(reference_blueprint(), **changes))  # type: ignore[arg-type]  # by name
    told = words.partition("together: ")[2].partition(". ")[0]
    assert set(told.split("; ")) == rules


def test_remedies_for_the_reference_problem_work_and_no_less_does() -> None:
    """Every number in the message is tried: the problem as relaxed has a test, one word less has none."""
    pool, blueprint = reference_pool(), reference_blueprint()
    time_limit = blueprint.budgets[0]
    words = problem(pool, replace(blueprint, budgets=(time_limit, Budget("words", 0, 900))))
    assert "; or at most 924 words in all (24 more); or at least 1 passage (2 fewer); or at least 3 items of" in words
    check_blueprint(pool, replace(blueprint, budgets=(time_limit, Budget("words", 0, 924))))
    a_word_less = all_asked(pool, replace(blueprint, budgets=(time_limit, Budget("words", 0, 923))))
    assert is_feasible(a_word_less, a_word_less.statements) is False
    few_words = replace(blueprint, budgets=(time_limit, Budget("words", 0, 900)))
    check_blueprint(pool, replace(few_words, passages=Passages(1, 3, 4, 6)))
    check_blueprint(pool, replace(few_words, passages=Passages(3, 3, 3, 6)))


def test_a_pool_of_the_reference_bank_without_a_domain_says_so() -> None:
    pool = reference_pool()
    keep = np.flatnonzero([label != "7" for label in pool.labels["domain"]])
    few = replace(
        pool,
        items=pool.items.take(keep),
        passage=np.full(keep.size, -1),
        enemies=(),
        labels={key: tuple(values[item] for item in keep) for key, values in pool.labels.items()},
        quantities={key: values[keep] for key, values in pool.quantities.items()},
        pretest=pool.pretest[keep],
        name=tuple(pool.name[item] for item in keep),
    )
    assert "domain 7: no item of the pool has domain 7" in problem(few, reference_blueprint())


def test_a_whole_passage_with_an_item_that_does_not_suit_is_not_for_that_accommodation() -> None:
    """A pupil would see part of a passage that is given whole; a plan never holds it."""
    pool = make_pool("xxxxxx", passage=[0, 0, 0, -1, -1, -1], labels={"suits": ["no", *["yes"] * 5]})
    blueprint = Blueprint(4, passages=Passages(1, 1), pools={"voorlezen": ("suits", "yes")})
    check_blueprint(pool, blueprint, "")
    with pytest.raises(BlueprintError, match="'voorlezen': passages: at least 1 are asked, the pool holds 0"):
        check_blueprint(pool, blueprint)


def test_enemies_may_share_a_passage_of_which_a_test_gives_a_part() -> None:
    pool = make_pool("xxxxxx", passage=[0, 0, 0, -1, -1, -1], enemies=[(0, 1)])
    tables = make_tables(make_rules(pool, Blueprint(3, passages=Passages(1, 1, 2, 2))))
    assert solve_plan(tables, np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1])).plan.items.tolist() == [0, 2, 3]
    words = problem(pool, Blueprint(3, passages=Passages(1, 1)))
    assert "at least 1 passage; passages only as a whole; at most one of 0, 1. With the others a test has at" in words
    assert "or passages of which a test may give a part; or 0, 1 no longer enemies" in words
