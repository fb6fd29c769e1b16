"""Small numbers never become figures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import FEWEST_PUPILS, DisclosureError
from reports.disclosure import check_schools, enough_pupils, merge_small_groups

groups = st.dictionaries(st.text("ABCDEF", min_size=1, max_size=2), st.integers(0, 30), max_size=8)


@given(sizes=groups)
def test_no_group_is_too_small_unless_all_together_are(sizes: dict[str, int]) -> None:
    merged = merge_small_groups({name: [name] * size for name, size in sizes.items()})
    if sum(sizes.values()) >= FEWEST_PUPILS:
        assert all(enough_pupils(len(members)) for members in merged.values())
    else:
        assert len(merged) <= 1


@given(sizes=groups)
def test_everybody_is_in_one_group_that_names_their_class(sizes: dict[str, int]) -> None:
    merged = merge_small_groups({name: [name] * size for name, size in sizes.items()})
    assert sorted(member for members in merged.values() for member in members) == sorted(
        name for name, size in sizes.items() for _ in range(size)
    )
    assert all(set(members) == set(names) for names, members in merged.items())


def test_large_classes_stay_apart() -> None:
    assert list(merge_small_groups({"4B": [1] * 5, "4A": [1] * 20})) == [("4A",), ("4B",)]


def test_a_small_class_joins_the_smallest_other_one() -> None:
    merged = merge_small_groups({"4A": [1] * 20, "4B": [1] * 3, "4C": [1] * 12})
    assert {names: len(members) for names, members in merged.items()} == {("4A",): 20, ("4B", "4C"): 15}


def test_a_reference_of_two_schools_is_refused_and_of_three_is_not() -> None:
    with pytest.raises(DisclosureError, match="rests on 2 school"):
        check_schools(["s1", "s2", "s1"], "Vlaanderen")
    check_schools(["s1", "s2", "s3"], "Vlaanderen")
