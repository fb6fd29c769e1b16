"""Islands, and estimates that run away."""

from __future__ import annotations

import numpy as np
import pytest

from engine import MultistageDesign, ResponseError, Responses, calibrate_conditional
from tests.engine.conditional.designs import booklet

ONE_RIGHT = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def refusal(codes: list[list[int]], design: MultistageDesign | None = None) -> ResponseError:
    with pytest.raises(ResponseError) as caught:
        calibrate_conditional(Responses.from_dense(codes), design=design)
    return caught.value


def test_booklets_without_a_common_item_are_islands() -> None:
    codes = [[1, 0, 0, -1, -1], [0, 1, 0, -1, -1], [0, 0, 1, -1, -1], [-1, -1, -1, 1, 0], [-1, -1, -1, 0, 1]]
    error = refusal(codes)
    assert error.items == (3, 4)
    assert "2 islands: items 0, 1, 2; items 3, 4" in str(error)


def test_a_common_item_whose_booklet_has_extreme_scores_only_is_no_bridge() -> None:
    codes = [[1, 0, -1, -1], [0, 1, -1, -1], [-1, -1, 1, 0], [-1, -1, 0, 1], [-1, 1, 1, -1], [-1, 0, 0, -1]]
    assert refusal(codes).items == (2, 3)


def test_a_route_of_one_score_links_no_modules() -> None:
    """The score of the first module is known, so that the total says no more than that of the second."""
    codes = [[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1]]
    design = MultistageDesign([booklet([[0, 1], [2, 3]], (1, 1))])
    error = refusal(codes, design)
    assert "items 0, 1; items 2, 3" in str(error)


@pytest.mark.parametrize("category", [0, 1])
def test_an_item_above_or_below_all_others_has_no_finite_estimate(category: int) -> None:
    """Item 3 is right (wrong) with everybody, but for one whose score is 0 (perfect): Fischer's condition fails."""
    extreme = [1 - category] * 4
    error = refusal([[*row, category] for row in ONE_RIGHT] + [extreme])
    assert error.items == (3,)
    assert "Fischer" in str(error)


def test_items_in_two_sets_that_only_one_way_differ_are_named() -> None:
    """Items 0, 1, 2 compare with one another, and so do 3 and 4; nobody had 3 or 4 right and one of 0, 1, 2 wrong."""
    error = refusal([[*row, 0, 0] for row in ONE_RIGHT] + [[1, 1, 1, 1, 0], [1, 1, 1, 0, 1]])
    assert error.items == (3, 4)


def test_the_last_arrow_that_was_missing_makes_the_estimate_finite() -> None:
    codes = [[*row, 0, 0] for row in ONE_RIGHT] + [[1, 1, 1, 1, 0], [1, 1, 1, 0, 1], [1, 1, 0, 1, 0]]
    result = calibrate_conditional(Responses.from_dense(codes))
    assert result.converged
    assert np.all(np.isfinite(result.standard_error))


def test_a_step_that_runs_away_is_noticed() -> None:
    """Of two items with score 2 nobody had 1 and 1, and no other score can say how rare that is."""
    error = refusal([[2, 0], [0, 2], [1, 0], [0, 1], [2, 1], [1, 2]])
    assert "no finite estimate" in str(error)


def test_an_item_that_runs_away_in_a_multistage_design_is_noticed() -> None:
    """Item 3 is right with everybody but the person whose score is 0."""
    design = MultistageDesign([booklet([[0, 1], [2, 3]], (0, 1))])
    error = refusal([[1, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0]], design)
    assert error.items == (3,)
    assert "no finite estimate" in str(error)


def test_one_person_is_link_enough_between_items_far_apart() -> None:
    """Item 1 is far harder than items 0 and 2; one person in a million had it right and the easy one wrong."""
    codes = [[1, 0, -1], [0, 1, -1], [-1, 1, 0], [-1, 0, 1]]
    weight = [1e6, 1.0, 1.0, 1e6]
    result = calibrate_conditional(Responses.from_dense(codes, weight=weight), reference=0)
    assert result.step == pytest.approx([0.0, np.log(1e6), 0.0], abs=1e-6)
    assert result.standard_error[1] == pytest.approx(np.sqrt(1.0 + 1e-6), rel=1e-6)
