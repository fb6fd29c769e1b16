"""Keyed pseudonyms."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import Pseudonyms, ReportError
from reports.pseudonyms import PSEUDONYM

KEY = bytes(range(32))
identifiers = st.text(min_size=1, max_size=40)


@given(identifier=identifiers)
def test_a_pseudonym_is_stable_and_looks_like_one(identifier: str) -> None:
    first = Pseudonyms(KEY, "research")(identifier)
    assert first == Pseudonyms(KEY, "research")(identifier)
    assert PSEUDONYM.fullmatch(first)
    assert first != identifier


@given(one=identifiers, other=identifiers)
def test_two_pupils_never_share_one(one: str, other: str) -> None:
    pseudonyms = Pseudonyms(KEY, "research")
    assert (pseudonyms(one) == pseudonyms(other)) == (one == other)


@given(identifier=identifiers)
def test_key_purpose_and_kind_each_change_it(identifier: str) -> None:
    research = Pseudonyms(KEY, "research")
    all_four = {
        research(identifier),
        Pseudonyms(KEY, "scoring")(identifier),
        Pseudonyms(bytes(32), "research")(identifier),
        research.within("school", identifier),
    }
    assert len(all_four) == 4


def test_it_is_hmac_sha_256_of_purpose_kind_and_identifier() -> None:
    expected = hmac.digest(KEY, b"research\0pupil\0abc", hashlib.sha256).hex()[:32]
    assert Pseudonyms(KEY, "research").within("pupil", "abc") == expected


def test_the_key_is_never_shown() -> None:
    assert "\\x01" not in repr(Pseudonyms(KEY, "research"))
    assert "key" not in repr(Pseudonyms(KEY, "research"))


def test_what_would_weaken_them_is_refused() -> None:
    with pytest.raises(ReportError, match="31 bytes"):
        Pseudonyms(KEY[:31], "research")
    with pytest.raises(ReportError, match="purpose"):
        Pseudonyms(KEY, "")
    with pytest.raises(ReportError, match="nothing to make a pseudonym of"):
        Pseudonyms(KEY, "research")("")
