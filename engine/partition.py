"""Work that is a sum over persons: one function, any executor, the same bits however many workers there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from typing import TypeVar

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
    return map(work, parts) if executor is None or len(parts) < 2 else executor.map(work, parts)
