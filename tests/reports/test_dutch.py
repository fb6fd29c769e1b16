"""Numbers and dates as a Flemish reader writes them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.dutch import capital, long_date, number, percentage, span
from reports.values import Estimate


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (0.0, 0, "0"),
        (1234.5, 1, "1.234,5"),
        (1234567.0, 0, "1.234.567"),
        (0.25, 2, "0,25"),
        (-3.0, 0, "−3"),
        (-0.04, 1, "0,0"),
        (999.0, 0, "999"),
    ],
)
def test_a_number_has_a_decimal_comma_and_points_between_thousands(value: float, decimals: int, written: str) -> None:
    assert number(value, decimals) == written


@given(value=st.integers(-10_000_000, 10_000_000))
def test_a_written_number_reads_back(value: int) -> None:
    assert int(number(value).replace(".", "").replace("−", "-")) == value


def test_margins_and_percentages_are_words() -> None:
    assert span(Estimate(250.0, 241.5, 1258.5), 1) == "241,5 tot 1.258,5"
    assert percentage(24) == "24%"
    assert capital("normgroep") == "Normgroep"


@pytest.mark.parametrize(
    ("day", "written"), [(date(2027, 5, 5), "5\xa0mei 2027"), (date(2026, 12, 31), "31\xa0december 2026")]
)
def test_a_date_is_written_in_words(day: date, written: str) -> None:
    assert long_date(day) == written
