"""Populations of subgroups."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest

from engine import DesignError, Persons, Subgroup, draw_persons

GROUPS = (Subgroup("most", 6.0), Subgroup("late", 3.0, -0.5, 0.8), Subgroup("braille", 1.0, 0.2, 1.1, "braille"))


def test_subgroups_have_their_size_and_their_distribution() -> None:
    persons = draw_persons(GROUPS, 20_000, 1)
    assert np.bincount(persons.group) / 20_000 == pytest.approx([0.6, 0.3, 0.1], abs=0.012)
    for number, group in enumerate(GROUPS):
        own = persons.theta[persons.group == number]
        assert kstest((own - group.mean) / group.sd, "norm").pvalue > 1e-4


def test_the_first_persons_are_the_same_however_many_are_drawn() -> None:
    few, many = draw_persons(GROUPS, 300, 1), draw_persons(GROUPS, 3000, 1)
    assert np.array_equal(few.theta, many.theta[:300])
    assert np.array_equal(few.group, many.group[:300])
    assert not np.array_equal(few.theta, draw_persons(GROUPS, 300, 2).theta)


def test_accommodations_are_found_by_name() -> None:
    persons = draw_persons(GROUPS, 500, 1)
    assert np.array_equal(persons.accommodations(("", "braille")), (persons.group == 2).astype(int))
    with pytest.raises(DesignError, match="subgroup braille: there is no accommodation 'braille'; there are speech"):
        persons.accommodations(("", "speech"))


def test_impossible_populations_are_refused() -> None:
    with pytest.raises(DesignError, match="subgroup x: its share must be above 0, not 0"):
        Subgroup("x", share=0.0)
    with pytest.raises(DesignError, match="subgroup x: needs a finite mean"):
        Subgroup("x", mean=float("inf"))
    with pytest.raises(DesignError, match="two subgroups are called x"):
        draw_persons([Subgroup("x"), Subgroup("x")], 5, 1)
    with pytest.raises(DesignError, match="a subgroup and a person or more"):
        draw_persons([], 5, 1)
    with pytest.raises(DesignError, match="subgroups go from 0 to 0, persons are in 1"):
        Persons((Subgroup("x"),), np.zeros(1), np.ones(1, dtype=np.int64))
    with pytest.raises(DesignError, match="finite ability"):
        Persons((Subgroup("x"),), np.array([np.nan]), np.zeros(1, dtype=np.int64))
