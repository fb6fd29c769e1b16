"""What can befall a message on its way."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of a request and its reply."""

    CARRIED = "carried"
    REQUEST_LOST = "request lost"
    REPLY_LOST = "reply lost"
    DELAYED = "delayed"
    DOUBLED = "doubled"
    REPEATED_LATE = "repeated late"
    REORDERED = "reordered"


FAULTS = (Fate.REQUEST_LOST, Fate.REPLY_LOST, Fate.DELAYED, Fate.DOUBLED, Fate.REPEATED_LATE)


@dataclass(frozen=True, slots=True)
class MessageFaults:
    """How many messages each fault befalls.

    Attributes
    ----------
    share : of all requests, for each fault, at most 0.2
    doubled : of all requests, that reach two servers at the same time; ``share`` when left out
    """

    share: float = 0.0
    doubled: float | None = None

    def draw(self, rng: random.Random, head: bytes) -> Fate:
        """Decide on one request; only an answer comes a second time later on (a claim would move the pupil away)."""
        if self.doubled is not None and rng.random() < self.doubled:
            return Fate.DOUBLED
        place = rng.random() / self.share if self.share else len(FAULTS)
        fate = FAULTS[int(place)] if place < len(FAULTS) else Fate.CARRIED
        is_answer = head.startswith(b"PUT ")
        return Fate.CARRIED if fate is Fate.REPEATED_LATE and not is_answer else fate
