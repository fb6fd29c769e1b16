"""Blueprints that a pool cannot meet, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine import Blueprint, BlueprintError, Pool, check_blueprint

if TYPE_CHECKING:
    from tests.engine.adaptive.conftest import Worlds


def blueprint_of(length: int, low: list[int], high: list[int]) -> Blueprint:
    return Blueprint(length, ("lezen", "spelling"), np.array(low), np.array(high))


ALONE, NO_ENEMIES = [-1] * 10, [-1] * 10
AREAS = [0] * 6 + [1] * 4
TWO_PASSAGES = [0] * 3 + [1] * 3 + [-1] * 4
ALL_PASSAGES = [0] * 3 + [1] * 3 + [2] * 2 + [3] * 2


@pytest.mark.parametrize(
    ("passage", "enemy", "blueprint", "words"),
    [
        (ALONE, NO_ENEMIES, blueprint_of(7, [0, 5], [7, 7]), "spelling: at least 5 items are asked, the pool holds 4"),
        (TWO_PASSAGES, NO_ENEMIES, blueprint_of(6, [4, 0], [5, 4]), "lezen: 4 to 5 items .* give only 0, 3, 6"),
        (TWO_PASSAGES, NO_ENEMIES, blueprint_of(8, [0, 0], [6, 4]), None),
        (TWO_PASSAGES, NO_ENEMIES, blueprint_of(8, [0, 0], [6, 3]), None),
        (ALL_PASSAGES, NO_ENEMIES, blueprint_of(9, [0, 0], [6, 3]), "lezen 0, 3, 6; spelling 0, 2"),
        (ALONE, [0] * 5 + [1] * 5, blueprint_of(3, [0, 0], [3, 3]), "at most one item of each of the 2 enemy sets"),
    ],
)
def test_the_reason_is_given_in_words(
    passage: list[int], enemy: list[int], blueprint: Blueprint, words: str | None, worlds: Worlds
) -> None:
    pool: Pool = worlds.make_pool(AREAS, passage, enemy, 0)
    possible = any(True for _ in worlds.whole_tests(pool, blueprint))
    assert possible == (words is None)
    if words is None:
        check_blueprint(pool, blueprint)
    else:
        with pytest.raises(BlueprintError, match=words):
            check_blueprint(pool, blueprint)


def test_an_area_without_a_name_is_refused(worlds: Worlds) -> None:
    pool = worlds.make_pool([0, 2], [-1, -1], [-1, -1], 0)
    with pytest.raises(BlueprintError, match=r"areas 2, the blueprint names only 2: lezen, spelling"):
        check_blueprint(pool, blueprint_of(2, [0, 0], [2, 2]))


def test_enemies_that_counting_gets_wrong_are_solved(worlds: Worlds) -> None:
    """The first item of each set in bank order leads to a dead end; another choice does not."""
    pool = worlds.make_pool([0, 1, 1, 0], [-1] * 4, [0, 0, 1, 1], 0)
    check_blueprint(pool, blueprint_of(2, [1, 1], [1, 1]))
    pool = worlds.make_pool([0, 1, 0, 0], [-1] * 4, [0, 0, 1, 1], 0)
    check_blueprint(pool, blueprint_of(2, [1, 1], [1, 1]))  # only item 1 is in area 1, so item 0 must stay out
