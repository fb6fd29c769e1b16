"""Choices that are wanted at the same moment are made together: many cost the engine little more than one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from delivery.sittings.banks import IndexedBank
from delivery.sittings.choosing import Next, Progress, choose_offer, choose_offers
from delivery.sittings.decisions import Decision

MOST_TOGETHER = 16
"""Sittings in one choice: more make none of them cheaper, and whoever asks something else waits longer."""
BEAT_S = 0.015
"""Between two rounds that are not full: what is chosen together is stored together too, in one commit."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision that waits for the choice of an item.

    Attributes
    ----------
    bank, progress : what the choice is made from
    then : the decision, once it is known what follows
    """

    bank: IndexedBank
    progress: Progress
    then: Callable[[Next], Decision]

    def alone(self) -> Decision:
        """Decide at once."""
        return self.then(choose_offer(self.bank, self.progress))


_Waiting = tuple[Wanted, asyncio.Future[Next]]


class Chooser:
    """Makes the choices of one worker; a lone one is made in the same round of the event loop."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._next_beat = 0.0
        self._round: asyncio.Handle | None = None

    async def decide(self, wanted: Wanted) -> Decision:
        """Decide when the choice is made; one that fails harms no other."""
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[Next] = loop.create_future()
        self._waiting.append((wanted, outcome))
        if self._round is None:
            self._round = loop.call_at(self._next_beat, self._choose)  # at once, where that is past
        elif len(self._waiting) == MOST_TOGETHER:
            self._round.cancel()
            self._round = loop.call_soon(self._choose)
        return wanted.then(await outcome)

    def _choose(self) -> None:
        """Choose for those who wait, as many as go together; the others go in the next round."""
        loop = asyncio.get_running_loop()
        self._next_beat = loop.time() + BEAT_S
        bank = self._waiting[0][0].bank
        fitting: list[_Waiting] = []
        others: list[_Waiting] = []
        for each in self._waiting:
            is_next = each[0].bank is bank and len(fitting) < MOST_TOGETHER
            (fitting if is_next else others).append(each)
        self._waiting = others
        self._round = loop.call_soon(self._choose) if self._waiting else None
        try:
            _settle(fitting, choose_offers(bank, [wanted.progress for wanted, _ in fitting]))
        except Exception:
            for each in fitting:
                _choose_alone(*each)


def _settle(waiting: Sequence[_Waiting], found: Sequence[Next]) -> None:
    """Hand out what was chosen; who does not wait any more is done already."""
    for (_, outcome), following in zip(waiting, found, strict=True):
        if not outcome.done():
            outcome.set_result(following)


def _choose_alone(wanted: Wanted, outcome: asyncio.Future[Next]) -> None:
    """Choose for one whose choice failed among others: the fault is its own, or not there."""
    if outcome.done():
        return
    try:
        outcome.set_result(choose_offer(wanted.bank, wanted.progress))
    except Exception as error:
        outcome.set_exception(error)
