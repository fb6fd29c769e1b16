"""Sums over persons, whoever works them out."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from threading import Event

import pytest

from engine.partition import IN_FLIGHT, over_parts


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
        assert list(over_parts(abs, (-part for part in parts), processes)) == parts


def test_parts_that_are_made_as_they_are_taken_are_never_all_there_at_once() -> None:
    made = 0

    def making() -> Iterator[int]:
        nonlocal made
        for part in range(100):
            made += 1
            yield part

    with ThreadPoolExecutor(3) as threads:
        results = over_parts(double, making(), threads)
        assert next(results) == 0
        assert made == IN_FLIGHT
        assert list(results) == [2 * part for part in range(1, 100)]
    assert list(over_parts(double, iter([]), None)) == []


def test_when_a_part_fails_those_that_wait_are_called_off() -> None:
    done: list[int] = []
    gate = Event()

    def work(part: int) -> int:
        if part == 0:
            raise ValueError("part 0")
        gate.wait(10.0)  # the only worker is held here until the failure was seen
        done.append(part)
        return part

    with ThreadPoolExecutor(1) as threads:
        with pytest.raises(ValueError, match="part 0"):
            list(over_parts(work, iter(range(12)), threads))
        gate.set()
    assert set(done) <= {1}
