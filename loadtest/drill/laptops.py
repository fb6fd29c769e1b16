"""One pupil of a drill, who changes laptops in the middle of a question: both have the same codes, and both answer."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from loadtest.errors import LoadtestError, Refused
from loadtest.pupils import Acknowledged, VirtualPupil

T = TypeVar("T")

RACE, SWAP = "device races", "laptops swapped in mid-answer"
RACES_OF_MOVES = 2 / 3
TYPE_AGAIN = frozenset({"moved", "ticket_expired"})
"""Refusals after which a child types the codes again."""
MOST_ENTRIES = 30


@dataclass(slots=True)
class RestlessPupil:
    """Takes a test to the end, whatever becomes of laptops.

    Attributes
    ----------
    open_laptop : makes another laptop for the same seat
    rng : decides when laptops are changed
    moves : share of the questions at which that happens
    happened : counts it
    reentries : seconds from the codes to the first item, for every laptop after the first
    """

    open_laptop: Callable[[], VirtualPupil]
    rng: random.Random
    moves: float
    happened: Counter[str]
    reentries: list[float]
    _answers: list[Acknowledged] = field(default_factory=list, init=False)
    _n_entries: int = field(default=0, init=False)

    async def run(self) -> None:
        """Enter, answer to the end, hand in and seal.

        Raises
        ------
        LoadtestError
            If the pupil cannot go on.
        """
        for _ in range(MOST_ENTRIES):
            try:
                await self._sit()
            except Refused as refusal:
                if refusal.code == "already_finished" and self._answers:
                    return  # a laptop that was replaced meanwhile had sealed it
                if refusal.code not in TYPE_AGAIN:
                    raise
                self.happened[f"codes typed again: {refusal.code}"] += 1
            else:
                return
        raise LoadtestError(f"a pupil typed the codes {MOST_ENTRIES} times and is not done")

    async def _sit(self) -> None:
        """Work at one laptop after the other, until the end."""
        laptop, head = await self._enter()
        while head["current"] is not None:
            await asyncio.sleep(laptop.think())
            if self.rng.random() >= self.moves:
                head = await self._answer(laptop, head)
            elif self.rng.random() < RACES_OF_MOVES:
                laptop, head = await self._race(laptop, head)
            else:
                laptop, head = await self._swap(laptop, head)
        await laptop.finish(head)

    async def _enter(self) -> tuple[VirtualPupil, dict[str, Any]]:
        """Type the codes on another laptop."""
        laptop = self.open_laptop()
        begun = time.monotonic()
        head = await laptop.enter()
        if self._n_entries:
            self.reentries.append(time.monotonic() - begun)
        self._n_entries += 1
        return laptop, head

    async def _answer(self, laptop: VirtualPupil, head: dict[str, Any]) -> dict[str, Any]:
        """Answer; where another laptop was first, go on with what comes next."""
        try:
            return await laptop.answer_current(head, self._answers)
        except Refused as refusal:
            if refusal.code == "already_answered":
                return refusal.body
            raise

    async def _race(self, holder: VirtualPupil, head: dict[str, Any]) -> tuple[VirtualPupil, dict[str, Any]]:
        """Both laptops answer the same question, each in its own way, at the same time."""
        other, there = await self._enter()
        if there["current"] is None or there["current"]["position"] != head["current"]["position"]:
            return other, there
        head = await _both(self._leave(holder, head), self._answer(other, there))
        self.happened[RACE] += 1
        return other, head

    async def _swap(self, holder: VirtualPupil, head: dict[str, Any]) -> tuple[VirtualPupil, dict[str, Any]]:
        """Another laptop comes in while the first one's answer is on its way."""
        entered = await _both(self._leave(holder, head), self._enter())
        self.happened[SWAP] += 1
        return entered

    async def _leave(self, holder: VirtualPupil, head: dict[str, Any]) -> None:
        """Send the answer of a laptop that loses, or just lost, the sitting."""
        try:
            await holder.answer_current(head, self._answers)
        except Refused as refusal:
            if refusal.code not in {"moved", "already_answered"}:
                raise


async def _both(leaving: Awaitable[None], staying: Awaitable[T]) -> T:
    """Let two laptops act at once; return what the second one has, when both are done."""
    left, stays = await asyncio.gather(leaving, staying, return_exceptions=True)
    if isinstance(left, BaseException):
        raise left
    if isinstance(stays, BaseException):
        raise stays
    return stays
