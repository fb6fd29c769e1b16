"""Passwords of staff."""

from __future__ import annotations

from delivery.signin.passwords import LONGEST_PASSWORD, hash_password, is_password


def test_a_password_belongs_to_its_own_hash_only() -> None:
    kept = hash_password("een heel gewone zin")
    assert kept.startswith("$argon2id$")
    assert "gewone" not in kept
    assert is_password("een heel gewone zin", kept)
    assert not is_password("een heel gewone zin ", kept)
    assert hash_password("een heel gewone zin") != kept  # salted


def test_a_hash_that_cannot_be_read_belongs_to_nobody() -> None:
    assert not is_password("x", "")
    assert not is_password("x", "$argon2id$broken")


def test_a_password_of_a_megabyte_is_not_hashed() -> None:
    long = "a" * (LONGEST_PASSWORD + 1)
    assert not is_password(long, hash_password(long))
