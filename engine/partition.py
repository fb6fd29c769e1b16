"""Work that is a sum over persons: one function, any executor, the same bits however many workers there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import chain
from typing import TypeVar

SHARES = 4  # that parts are dealt out in: handing over a part costs as much as working out a small one

Portion = TypeVar("Portion")
Result = TypeVar("Result")


def over_parts(
    work: Callable[[Portion], Result], parts: Sequence[Portion], executor: Executor | None = None
) -> Iterator[Result]:
    """Results of each part, in the order of the parts, whoever works them out and whenever they are done.

    Whoever adds them up in that order gets the same bits with one worker as with many.

    Parameters
    ----------
    work
        Pure function of one part; picklable where the executor's workers are other processes.
    parts
        What the persons were divided into, or references to it that ``work`` can follow.
    executor
        Threads, processes, or a cluster's; None works here.
    """
    if executor is None or len(parts) < 2:
        return map(work, parts)
    size = -(-len(parts) // SHARES)
    shares = [parts[first : first + size] for first in range(0, len(parts), size)]
    return chain.from_iterable(executor.map(partial(_each, work), shares))


def _each(work: Callable[[Portion], Result], parts: Sequence[Portion]) -> list[Result]:
    """Results of some parts."""
    return [work(part) for part in parts]
