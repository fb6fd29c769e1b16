"""What can go wrong in the engine; each error says what, which, why and what to do."""

from __future__ import annotations

from collections.abc import Iterable

NAMED_AT_MOST = 10


class EngineError(Exception):
    """Base of every error that this package raises."""


class ParameterError(EngineError):
    """Parameters of items, quadrature or estimation are not valid."""


class ResponseError(EngineError):
    """Responses are not valid, or cannot be calibrated.

    Attributes
    ----------
    items : indices of the items at fault, empty where the fault is not an item's; a caller that knows
        the items' names can name them
    reason : what is wrong with them, without the indices
    """

    def __init__(self, message: str, *, items: Iterable[int] = (), reason: str = "") -> None:
        super().__init__(message)
        self.items = tuple(items)
        self.reason = reason or message


class DesignError(EngineError):
    """A pool, a state of a test or a booklet design is not valid."""


class BlueprintError(EngineError):
    """A blueprint is not valid, or no test from the pool can meet it."""


def name_indices(indices: Iterable[int]) -> str:
    """At most ten indices, and how many more there are."""
    known = [str(int(index)) for index in indices]
    more = len(known) - NAMED_AT_MOST
    return ", ".join(known[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
