"""A budget of wrong passwords, per account and per network, so that guessing is slow and nobody is locked out long."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from threading import Lock

from starlette.requests import Request

WINDOW_S = 300.0
PER_PERSON = 5
"""Wrong passwords for one account from one network; a colleague elsewhere notices nothing."""
PER_ACCOUNT = 20
PER_NETWORK = 60
"""A whole school shares one address."""
MOST_KEYS = 10_000
"""Where more are counted the oldest are forgotten: a flood must not fill the memory."""


class FailureBudget:
    """Counts failures in a sliding window, in the memory of one worker.

    Parameters
    ----------
    clock : seconds that only go forward
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str, deque[float]] = {}
        self._lock = Lock()

    def draw(self, budgets: Sequence[tuple[str, int]]) -> int:
        """Count a failure before it is known to be one; 0, or the seconds to wait, and then nothing is counted.

        One step, so that of many tries at the same instant no more go through than the budget allows.
        """
        now = self._clock()
        with self._lock:
            wait = max((self._wait(key, most, now) for key, most in budgets), default=0)
            if wait:
                return wait
            for key, _ in budgets:
                self._failures.setdefault(key, deque()).append(now)
            while len(self._failures) > MOST_KEYS:
                del self._failures[next(iter(self._failures))]
        return 0

    def give_back(self, budgets: Sequence[tuple[str, int]]) -> None:
        """Take back the latest draw: it was no failure."""
        with self._lock:
            for key, _ in budgets:
                if failures := self._failures.get(key):
                    failures.pop()

    def forget(self, key: str) -> None:
        """Start afresh after a right password."""
        with self._lock:
            self._failures.pop(key, None)

    def _wait(self, key: str, most: int, now: float) -> int:
        """Seconds until one key has room; old failures are dropped on the way."""
        failures = self._failures.get(key, deque())
        while failures and failures[0] <= now - WINDOW_S:
            failures.popleft()
        return 0 if len(failures) < most else max(1, round(failures[-most] + WINDOW_S - now))


def budgets_of(request: Request, email: str) -> list[tuple[str, int]]:
    """Keys and sizes of the budgets that a sign-in draws on."""
    network = request.client.host if request.client else "unknown"
    return [
        (f"person {network} {email}", PER_PERSON),
        (f"account {email}", PER_ACCOUNT),
        (f"network {network}", PER_NETWORK),
    ]


def budget_of(request: Request) -> FailureBudget:
    """Budget of this application, made at the first sign-in."""
    state = request.app.state
    if not hasattr(state, "signin_failures"):
        state.signin_failures = FailureBudget()
    budget: FailureBudget = state.signin_failures
    return budget
