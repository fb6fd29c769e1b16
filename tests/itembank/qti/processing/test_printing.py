"""Values as text: C's printf for numbers (ISO C, 7.21.6.1), and what a pupil reads without a format."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itembank.qti.processing.printing import LONGEST, format_fault, printed
from itembank.qti.processing.values import Value, single


@pytest.mark.parametrize(
    ("base_type", "item", "pattern", "expected"),
    [
        ("integer", 7, "", "7"),
        ("integer", 7, "%03d", "007"),
        ("integer", 7, "%.2f", "7.00"),
        ("integer", 255, "%x", "ff"),
        ("float", 0.1 + 0.2, "", "0.3"),
        ("float", 2.0, "", "2"),
        ("float", 2.5, "%i", "2"),
        ("float", 1234567.5, "", "1234567.5"),
        ("float", 1234.5, "%.1e", "1.2e+03"),
        ("float", -0.0, "", "0"),
        ("float", -0.04, "%.1f", "0.0"),
        ("float", -0.04, "%+.1f", "+0.0"),
        ("float", -0.05, "%.2f", "-0.05"),
        ("float", -0.4, "%d", "0"),
        ("float", 0.00001, "", "0.00001"),
        ("float", 1e15, "", "1000000000000000"),
        ("float", -2.5e21, "", "-2500000000000000000000"),
        ("string", "3.5-4", "%d", "3.5-4"),
        ("boolean", True, "", "true"),
        ("pair", ("a", "b"), "", "a b"),
    ],
)
def test_a_value_is_printed(base_type: str, item: object, pattern: str, expected: str) -> None:
    assert format_fault(pattern) == ""
    assert printed(Value(base_type, "single", (item,)), pattern) == expected  # type: ignore[arg-type]  # of many types


def test_null_prints_nothing_and_a_container_all_its_members() -> None:
    assert printed(None) == ""
    assert printed(Value("integer", "ordered", (1, 2)), "%02d") == "01;02"


def test_a_text_keeps_its_points_where_numbers_have_commas() -> None:
    assert printed(single("string", "a-b."), comma=True) == "a-b."
    assert printed(single("float", -1.5), comma=True) == "\u22121,5"


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**30), 10**30), st.text(max_size=12))
def test_a_format_without_a_fault_prints_any_number(number: float, text: str) -> None:
    for pattern in ("", "%d", "%.99f", "%#20.5G", "%-+ 0#9x", text, f"%{text}f"):
        if not format_fault(pattern):
            kind = "integer" if type(number) is int else "float"
            assert 0 < len(printed(single(kind, number), pattern)) <= LONGEST
