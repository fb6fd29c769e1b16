"""Sums over persons, whoever works them out."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

from engine.partition import over_parts


def double(part: int) -> int:
    return 2 * part


def test_results_come_in_the_order_of_the_parts() -> None:
    parts = list(range(37))
    expected = [2 * part for part in parts]
    assert list(over_parts(double, parts)) == expected
    with ThreadPoolExecutor(3) as threads:
        assert list(over_parts(double, parts, threads)) == expected
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert list(over_parts(abs, [-part for part in parts], processes)) == parts
