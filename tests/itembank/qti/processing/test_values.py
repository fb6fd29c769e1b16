"""Values of QTI variables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itembank.qti.processing.values import BASE_TYPES, parse_scalar, parse_value, same


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("3,5", 3.5),
        ("3.5", 3.5),
        (" 3,50 ", 3.5),
        ("007", 7.0),
        ("0,5", 0.5),
        (",5", 0.5),
        ("12 500", 12500.0),
        ("1.234,5", 1234.5),
        ("−4", -4.0),
        ("+4", 4.0),
        ("2e3", 2000.0),
    ],
)
def test_a_number_is_read_as_a_pupil_types_it(typed: str, number: float) -> None:
    assert parse_scalar("float", typed) == number


@pytest.mark.parametrize(
    "typed", ["", " ", "drie", "3,5,1", "3 euro", "1/0", "1//2", "1/2/3", "NaN", "inf", "--3", "0x10", "9" * 60]
)
def test_what_is_no_number_is_null(typed: str) -> None:
    assert parse_scalar("float", typed) is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12),
        ("12,0", 12),
        ("012", 12),
        ("12.500", 12500),
        ("12 500", 12500),
        ("1.250.000", 1_250_000),
        ("12,5", None),
    ],
)
def test_a_whole_number_may_have_separated_thousands(typed: str, number: int | None) -> None:
    assert parse_scalar("integer", typed) == number


@pytest.mark.parametrize(
    ("text", "seconds"),
    # ISO 8601: hours, minutes and seconds after T
    [
        ("PT1S", 1.0),
        ("PT1M30S", 90.0),
        ("PT1H", 3600.0),
        ("P1DT1H", 90_000.0),
        ("12.5", 12.5),
        ("P", None),
        ("x", None),
    ],
)
def test_durations_are_seconds(text: str, seconds: float | None) -> None:
    assert parse_scalar("duration", text) == seconds


def test_text_is_compared_without_outer_spaces_and_with_one_kind_of_apostrophe() -> None:
    assert parse_scalar("string", "  foto’s \n") == "foto's"
    assert parse_scalar("string", "cafe\u0301") == "café"
    assert parse_scalar("string", "Hond") == "Hond"


def test_a_pair_has_no_direction_and_a_directed_pair_has() -> None:
    assert parse_scalar("pair", "B A") == parse_scalar("pair", "A  B")
    assert parse_scalar("directedPair", "B A") != parse_scalar("directedPair", "A B")


def test_multiple_values_are_bags_and_ordered_values_are_sequences() -> None:
    def values(cardinality: str, *texts: str) -> bool:
        one, other = (parse_value(cardinality, "identifier", order) for order in (texts, texts[::-1]))
        assert one is not None
        assert other is not None
        return same(one, other)

    assert values("multiple", "A", "B")
    assert not values("ordered", "A", "B")
    bag, set_of = parse_value("multiple", "identifier", "AAB"), parse_value("multiple", "identifier", "ABB")
    assert bag is not None
    assert set_of is not None
    assert not same(bag, set_of)


@given(base_type=st.sampled_from(sorted(BASE_TYPES)), text=st.text(max_size=60))
def test_no_text_is_too_strange_to_read(base_type: str, text: str) -> None:
    first = parse_scalar(base_type, text)
    assert first == parse_scalar(base_type, text)


@given(number=st.decimals(min_value=-10_000, max_value=10_000, places=2))
def test_comma_and_point_mean_the_same(number: object) -> None:
    assert parse_scalar("float", str(number).replace(".", ",")) == parse_scalar("float", str(number))
