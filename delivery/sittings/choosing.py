"""Choosing the next item, and writing down why."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec
import numpy as np

from delivery.access import keyed_hash
from delivery.sittings.banks import IndexedBank
from delivery.sittings.events import Choice, Offer
from engine import AdaptiveState, choose_next
from engine import Choice as EngineChoice

DRAW_BITS = 53  # as many as a float64 between 0 and 1 can hold
UNIT = 2.0**-DRAW_BITS


def draw_for(draw_key: str, position: int) -> float:
    """Random number in [0, 1) for one choice; the same on every worker, unknown to whoever lacks the key."""
    digest = keyed_hash(bytes.fromhex(draw_key), "draw", str(position))
    return (int.from_bytes(digest[:8], "big") >> (64 - DRAW_BITS)) * UNIT


def choose_offer(bank: IndexedBank, answered: Sequence[tuple[str, int]], draw_key: str) -> Offer | None:
    """The next item after these answers, with the reasons; None when the test is complete.

    Parameters
    ----------
    bank
        The bank that the sitting pins.
    answered
        (item version, category) of all accepted answers, in order.
    draw_key
        Hexadecimal key from the event ``started``.
    """
    length = bank.bank.blueprint.length
    if len(answered) >= length:
        return None
    position = len(answered) + 1
    draw = draw_for(draw_key, position)
    items = [bank.rows[item] for item, _ in answered]
    categories = [category for _, category in answered]
    state = AdaptiveState.of_one(items, categories, length)
    chosen = choose_next(bank.bank.pool, bank.bank.blueprint, state, np.array([draw]))
    row = int(chosen.item[0])
    if row < 0:
        return None
    inputs = msgspec.json.encode([bank.bank.hash, items, categories, length, draw])
    view = bank.bank.views[row]
    return Offer(
        position=position,
        item=view.item,
        rendering_hash=view.rendering_hash,
        role="next",
        choice=_reasons(bank, chosen, draw, hashlib.sha256(inputs).hexdigest()),
    )


def _reasons(bank: IndexedBank, chosen: EngineChoice, draw: float, inputs: str) -> Choice:
    """What the engine says about its choice, in the words of the log."""
    best = tuple(
        (bank.bank.views[int(row)].item, round(float(score), 9))
        for row, score in zip(chosen.best[0], chosen.best_score[0], strict=True)
        if row >= 0 and np.isfinite(score)
    )
    return Choice(
        inputs=inputs,
        best=best,
        draw=draw,
        binding=tuple(chosen.binding[0]),
        theta=round(float(chosen.theta[0]), 6),
        standard_error=round(float(chosen.standard_error[0]), 6),
        fallback=bool(chosen.fallback[0]),
    )
