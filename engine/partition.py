"""Work that is a sum over persons: one function, any executor, the same bits however many workers there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from itertools import chain
from typing import TypeVar

SHARES = 4  # that parts are dealt out in: handing over a part costs as much as working out a small one
IN_FLIGHT = 16  # parts that wait for an executor at one time, where they are made as they are taken: memory is bounded

Portion = TypeVar("Portion")
Result = TypeVar("Result")


def over_parts(
    work: Callable[[Portion], Result], parts: Iterable[Portion], executor: Executor | None = None
) -> Iterator[Result]:
    """Results of each part, in the order of the parts, whoever works them out and whenever they are done.

    Whoever adds them up in that order gets the same bits with one worker as with many.

    Parameters
    ----------
    work
        Pure function of one part; picklable where the executor's workers are other processes.
    parts
        What the persons were divided into, or references to it that ``work`` can follow. A sequence is dealt out
        in a few shares; of anything else a few parts are taken at a time, so that they are never all there at once.
    executor
        Threads, processes, or a cluster's; None works here.
    """
    if executor is None:
        return map(work, parts)
    if not isinstance(parts, Sequence):
        return _handed_over(work, parts, executor)
    if len(parts) < 2:
        return map(work, parts)
    size = -(-len(parts) // SHARES)
    shares = [parts[first : first + size] for first in range(0, len(parts), size)]
    return chain.from_iterable(_handed_over(partial(_each, work), shares, executor))


def _handed_over(work: Callable[[Portion], Result], parts: Iterable[Portion], executor: Executor) -> Iterator[Result]:
    """Results in order, with few parts in flight; what still waits when one fails is called off."""
    waiting: deque[Future[Result]] = deque()
    try:
        for part in parts:
            waiting.append(executor.submit(work, part))
            if len(waiting) == IN_FLIGHT:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _each(work: Callable[[Portion], Result], parts: Sequence[Portion]) -> list[Result]:
    """Results of some parts."""
    return [work(part) for part in parts]
