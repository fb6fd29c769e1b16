"""Covariates of persons: read, centred, scaled, and refused where they say nothing."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.covariates import MOST_VALUES, Covariates, read_covariates
from scoring.errors import ResponseFileError
from scoring.response_tables import TextTable

AGES = [10.0, 11.0, 12.5, 11.5, 13.0, 10.5]


def read(
    group: list[int] | None = None, weight: list[float] | None = None, **columns: list[str] | list[float]
) -> Covariates:
    """Covariates of a file with these columns."""
    cells = pl.DataFrame({name: [str(value) for value in values] for name, values in columns.items()})
    groups = None if group is None else np.array(group, dtype=np.int32)
    weights = None if weight is None else np.array(weight)
    return read_covariates(TextTable("r.csv", cells, "sha"), tuple(columns), groups, weights)


def test_a_number_is_centred_at_the_weighted_mean_of_the_first_group_and_scaled_over_all() -> None:
    found = read(group=[0, 0, 1, 1, 1, 1], weight=[3.0, 1.0, 1.0, 1.0, 1.0, 1.0], age=AGES)
    assert found.names == ("age",)
    assert found.centre.tolist() == [10.25]  # (3 x 10 + 11) / 4
    assert found.scale[0] == pytest.approx(np.std(AGES))
    assert found.values[:, 0] * found.scale[0] + found.centre[0] == pytest.approx(np.array(AGES))


@given(shift=st.floats(-1e6, 1e6), unit=st.floats(1e-3, 1e3), seed=st.integers(0, 99))
def test_another_origin_and_unit_change_nothing_that_is_estimated(shift: float, unit: float, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=12)
    one, other = read(x=x.tolist()), read(x=(shift + unit * x).tolist())
    assert other.values == pytest.approx(one.values, abs=1e-5)  # 1e6 / 1e-3 leaves 7 of 16 digits


def test_text_becomes_a_covariate_for_every_value_but_the_first_by_name() -> None:
    found = read(language=["c", "a", "b", "a", "b", "a"])
    assert found.names == ("language=b", "language=c")
    raw = found.values * found.scale + found.centre
    assert raw == pytest.approx(np.array([[0, 1], [0, 0], [1, 0], [0, 0], [1, 0], [0, 0]]))


def test_several_columns_come_in_the_order_that_was_asked() -> None:
    assert read(language=["b", "a", "a", "b", "b", "a"], age=AGES).names == ("language=b", "age")


def test_numbers_far_from_nothing_are_told_apart() -> None:
    """Seconds since 1970 that differ by minutes are no constant."""
    stamps = [1.8e9 + 60.0 * minute for minute in range(6)]
    assert np.abs(read(begun=stamps).values).max() == pytest.approx(2.5 / np.std(range(6)))


def test_a_column_of_as_many_texts_as_there_may_be_is_read_and_one_more_is_an_identifier() -> None:
    texts = [f"v{number:02}" for number in range(MOST_VALUES)]
    assert len(read(code=[*texts, *texts]).names) == MOST_VALUES - 1
    with pytest.raises(ResponseFileError, match=f"has {MOST_VALUES + 1} different texts; is it an identifier"):
        read(code=[*texts, *texts, "one more"])


def test_a_covariate_that_adds_up_from_others_names_all_of_them() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, 40))
    with pytest.raises(ResponseFileError, match=r"r\.csv: covariate 'total' follows from 'a', 'b'; leave one"):
        read(a=a.tolist(), b=b.tolist(), total=(2.0 * a - b + 3.0).tolist())
    nearly = 2.0 * a - b + 1e-3 * rng.normal(size=40)
    assert read(a=a.tolist(), b=b.tolist(), total=nearly.tolist()).names == ("a", "b", "total")


def test_what_differs_between_groups_only_is_refused_and_the_same_in_one_group_is_not() -> None:
    stage = [1.0, 1.0, 1.0, 2.0, 2.0, 2.0]
    with pytest.raises(ResponseFileError, match="'stage' has one value within every group"):
        read(group=[0, 0, 0, 1, 1, 1], stage=stage)
    assert read(stage=stage).names == ("stage",)


def test_a_sum_that_holds_within_groups_only_is_refused_too() -> None:
    """Groups have means of their own: what a sum leaves between them says nothing."""
    with pytest.raises(ResponseFileError, match="'months' follows from 'age'"):
        read(group=[0, 0, 0, 1, 1, 1], age=AGES, months=[12.0 * age + 5.0 * (row > 2) for row, age in enumerate(AGES)])


def test_a_column_is_of_numbers_when_half_of_it_is() -> None:
    with pytest.raises(ResponseFileError, match=r"r\.csv, row 4: covariate 'age' is 'old', not a finite number"):
        read(age=["10", "11", "12", "old", "older", "13"])
    assert read(age=["10", "old", "old", "old", "young", "13"]).names == ("age=13", "age=old", "age=young")
