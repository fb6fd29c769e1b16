"""Multistage designs that cannot be."""

from __future__ import annotations

import pytest

from engine import DesignError, MultistageDesign
from engine.conditional.checks import require_known_items
from tests.engine.conditional.designs import booklet


def test_a_booklet_knows_its_items_whatever_the_order_of_modules() -> None:
    assert booklet([[4, 2], [0]], (0, 1)).items.tolist() == [0, 2, 4]


@pytest.mark.parametrize(
    ("modules", "routes", "said"),
    [
        ([], [], "at least one module"),
        ([[0], []], [(0, 1)], "at least one item"),
        ([[0, 1], [1, 2]], [(0, 1)], "items 1 are there twice"),
        ([[-1, 1]], [], "numbered from 0"),
        ([[0, 1], [2]], [], "2 modules need 1 ranges of scores, not 0"),
        ([[0, 1], [2]], [(2, 1)], "no score is in the range 2 … 1"),
        ([[0, 1], [2]], [(-3, -1)], "no score is in the range -3 … -1"),
    ],
)
def test_a_booklet_that_cannot_be_is_refused(
    modules: list[list[int]], routes: list[tuple[int, int]], said: str
) -> None:
    with pytest.raises(DesignError, match=said):
        booklet(modules, *routes)


def test_a_design_needs_booklets_and_a_known_routing() -> None:
    with pytest.raises(DesignError, match="at least one booklet"):
        MultistageDesign(())
    with pytest.raises(DesignError, match="routing 'first' is not known"):
        MultistageDesign([booklet([[0, 1]])], routing="first")  # type: ignore[arg-type]  # that is the test


def test_a_design_cannot_have_items_that_are_not_there() -> None:
    design = MultistageDesign([booklet([[0, 7]]), booklet([[9, 1]])])
    with pytest.raises(DesignError, match="items 7, 9, the responses only 0 … 5"):
        require_known_items(design, 6)
