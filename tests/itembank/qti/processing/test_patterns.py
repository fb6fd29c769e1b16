"""Patterns matched without trying back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itembank.qti.processing.patterns import MOST_WORK, fits, pattern_fault, read_pattern

_LEAVES = st.sampled_from(["a", "b", "ab", "[ab]", "[^a]", ".", r"\w", r"\d", r"\.", "^", "$", r"\b", ""])
_TIMES = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}", "*?", "+?"])
PATTERNS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: f"({'|'.join(options)})"),
        st.tuples(inner, _TIMES).map(lambda both: f"(?:{both[0]}){both[1]}"),
    ),
    max_leaves=6,
)


@given(pattern=PATTERNS, text=st.text("abc1. ", max_size=7))
def test_a_text_fits_exactly_when_python_says_so(pattern: str, text: str) -> None:
    assert not pattern_fault(pattern)
    assert fits(read_pattern(pattern), text)[0] is (re.fullmatch(pattern, text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        (r"[+-]?\d+([,.]\d{1,2})?", "-12,5", True),
        (r"[+-]?\d+([,.]\d{1,2})?", "-12,", False),
        ("a{,2}", "a", True),
        ("a{b", "a{b", True),
        ("[]a]+", "]a]", True),
        (r"[\]\-]+x\x41\u0042", "]-xAB", True),
    ],
)
def test_what_items_use_is_read_as_python_reads_it(pattern: str, text: str, answer: bool) -> None:
    assert fits(read_pattern(pattern), text)[0] is answer
    assert (re.fullmatch(pattern, text) is not None) is answer


def test_letters_of_either_case_fit_where_the_rule_says_so() -> None:
    assert fits(read_pattern("straat|[a-z]b", ignore_case=True), "STRAAT")[0] is True
    assert fits(read_pattern("straat|[a-z]b"), "STRAAT")[0] is False


@pytest.mark.parametrize("pattern", ["(a|aa)+b", "(a?){99}b", "a?" * 60 + "a" * 60 + "b", "((a|aa){9}){9}b", "(a*)*b"])
def test_a_pattern_with_countless_ways_takes_little_work(pattern: str) -> None:
    answer, work = fits(read_pattern(pattern), "a" * 99)
    assert answer is False
    assert work < MOST_WORK
