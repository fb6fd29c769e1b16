"""Compiled banks in use, each with an index from item version to row."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from itembank import CompiledBank, DeliveryView


@dataclass(frozen=True, slots=True)
class IndexedBank:
    """A compiled bank and the row of each item version."""

    bank: CompiledBank
    rows: Mapping[str, int]

    def view(self, item: str) -> DeliveryView:
        """Delivery view of an item version."""
        return self.bank.views[self.rows[item]]


def index_bank(bank: CompiledBank) -> IndexedBank:
    """Number the items of a bank."""
    return IndexedBank(bank, {view.item: row for row, view in enumerate(bank.views)})


class Banks:
    """Banks by hash, loaded once (they never change)."""

    def __init__(self, load: Callable[[str], CompiledBank]) -> None:
        self._load = load
        self._known: dict[str, IndexedBank] = {}

    async def get(self, bank_hash: str) -> IndexedBank:
        """Bank with this hash; loading takes a thread, not the answers' time."""
        known = self._known.get(bank_hash)
        if known is None:
            known = index_bank(await asyncio.to_thread(self._load, bank_hash))
            self._known[bank_hash] = known
        return known
