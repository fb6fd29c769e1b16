"""Compiled banks in use, each with an index from item version to row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from engine import AdaptiveBank
from itembank import (
    CompiledBank,
    DeliveryView,
    ItemScore,
    Response,
    adaptive_bank,
    check_response,
    pupil_view,
    score,
    template_seed,
)

MOST_SCORES = 20_000
"""Responses that are remembered with their scores: pupils choose among few, and give the same ones again."""


@dataclass(frozen=True, slots=True)
class IndexedBank:
    """A compiled bank, the row of each item version, and what the engine chooses from.

    ``scores`` remembers what responses were worth, by item and canonical response; never what somebody typed.
    """

    bank: CompiledBank
    rows: Mapping[str, int]
    adaptive: AdaptiveBank
    scores: dict[tuple[str, bytes], ItemScore] = field(default_factory=dict, repr=False, compare=False)

    def view(self, item: str) -> DeliveryView:
        """Delivery view of an item version, as it is for everybody: what it asks for does not depend on a draw."""
        return self.bank.views[self.rows[item]]

    def shown(self, item: str, draw_key: str) -> DeliveryView:
        """Delivery view of an item version as the pupil of one sitting sees it."""
        return pupil_view(self.bank, self.rows[item], draw_key)

    def check(self, item: str, response: Response) -> None:
        """Refuse a response that the item cannot have (see `check_response`); one that was scored is known to fit."""
        if (item, msgspec.json.encode(response)) not in self.scores:
            check_response(self.view(item), response)

    def score(self, item: str, draw_key: str, response: Response) -> ItemScore:
        """Score a response, which was checked, to an item version as the pupil of one sitting sees it."""
        place = (item, msgspec.json.encode(response))
        known = self.scores.get(place)
        if known is not None:
            return known
        rules = self.bank.scoring[self.rows[item]]
        seed = template_seed(draw_key, item, rules)
        found = score(rules, response, seed)
        if not seed and not any(asked.is_typed for asked in self.view(item).fields) and len(self.scores) < MOST_SCORES:
            self.scores[place] = found
        return found


def index_bank(bank: CompiledBank) -> IndexedBank:
    """Number the items of a bank, and make it ready for choosing."""
    return IndexedBank(bank, {view.item: row for row, view in enumerate(bank.views)}, adaptive_bank(bank))


class Banks:
    """Banks by hash, loaded once (they never change)."""

    def __init__(self, load: Callable[[str], CompiledBank]) -> None:
        self._load = load
        self._known: dict[str, IndexedBank] = {}
        self._loading = asyncio.Lock()

    async def get(self, bank_hash: str) -> IndexedBank:
        """Bank with this hash; loading takes a thread, not the answers' time, and whoever comes meanwhile waits."""
        known = self._known.get(bank_hash)
        if known is not None:
            return known
        async with self._loading:
            if bank_hash not in self._known:
                self._known[bank_hash] = await asyncio.to_thread(lambda: index_bank(self._load(bank_hash)))
            return self._known[bank_hash]
