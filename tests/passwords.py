"""Accounts of tests: a password that a server checks in no time, where the test is not about passwords."""

from __future__ import annotations

from argon2 import PasswordHasher

_QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def quick_hash(password: str) -> str:
    """Hash that is checked as any other, with the least work that argon2 knows; a real one takes .1 s."""
    return _QUICK.hash(password)
