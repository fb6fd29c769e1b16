"""Choosing the next item, and writing down why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import numpy as np

from delivery.access import keyed_hash
from delivery.sittings.banks import IndexedBank
from delivery.sittings.events import Choice, Offer, Started
from engine import AdaptiveState, Decision, EngineError, decide
from engine.adaptive import draw_field_test
from engine.arrays import FloatArray
from engine.assembly import Route
from engine.exposure import unit_draws
from engine.stopping import StopReason

FALLBACKS = frozenset(route.value for route in Route if not route.keeps_rules)
DRAW_BITS = 53  # as many as a float64 between 0 and 1 can hold
UNIT = 2.0**-DRAW_BITS
ACCOMMODATION = "items"
"""Kind of accommodation that names the pool of items a pupil is given."""


def draw_for(draw_key: str, position: int) -> float:
    """Random number in [0, 1) for one choice; the same on every worker, unknown to whoever lacks the key."""
    return _number(keyed_hash(bytes.fromhex(draw_key), "draw", str(position)))


def _number(digest: bytes) -> float:
    """Number in [0, 1) that a digest stands for."""
    return (int.from_bytes(digest[:8], "big") >> (64 - DRAW_BITS)) * UNIT


@dataclass(frozen=True, slots=True)
class Progress:
    """What a choice depends on besides the bank.

    Attributes
    ----------
    started : what the sitting pinned
    plan : items planned for the whole test, as the choices so far changed it
    answered : (item version, category) of all accepted answers, in order
    used_ms : working time so far
    """

    started: Started
    plan: tuple[str, ...]
    answered: tuple[tuple[str, int], ...]
    used_ms: int


class Next(NamedTuple):
    """What comes next: an item with its reasons, or nothing, and why (a `StopReason` by name, in small letters)."""

    offer: Offer | None
    ended: str = ""


def choose_offer(bank: IndexedBank, progress: Progress) -> Next:
    """The next item, with the reasons; none when the test is complete.

    A sitting never fails because of selection: where the engine refuses, a planned item that was not seen is taken.

    Parameters
    ----------
    bank
        The bank that the sitting pins.
    progress
        The sitting so far.
    """
    started, answered = progress.started, progress.answered
    if len(answered) >= started.length:
        return Next(None, StopReason.FULL_LENGTH.name.lower())
    position = len(answered) + 1
    draw = draw_for(started.draw_key, position)
    facts = [started, answered, progress.plan, progress.used_ms]
    inputs = hashlib.sha256(msgspec.json.encode(facts, order="sorted")).hexdigest()
    try:
        decision = decide(bank.adaptive, engine_state(bank, progress), [draw], elapsed_ms=[progress.used_ms])
    except EngineError:
        row, choice, ended = _unseen(bank, progress), _fallback(bank, inputs, draw), ""
    else:
        row, choice = int(decision.item[0]), _reasons(bank, decision, inputs)
        reason = StopReason(int(decision.reason[0]))
        ended = (reason or StopReason.NOTHING_LEFT).name.lower()  # where it should go on, and nothing is left
    if row < 0:
        return Next(None, ended)
    view = bank.shown(bank.bank.views[row].item, started.draw_key)
    offer = Offer(position=position, item=view.item, rendering_hash=view.rendering_hash, role="next", choice=choice)
    return Next(offer)


def engine_state(bank: IndexedBank, progress: Progress, reading: str = "") -> AdaptiveState:
    """The sitting as the engine sees it: the fold of its log, with rows of the bank for names of items.

    Parameters
    ----------
    bank, progress
        As for `choose_offer`.
    reading
        Item that the pupil has before them and did not answer; "" for none.
    """
    started, rows = progress.started, bank.rows
    given = [rows[item] for item, _ in progress.answered]
    n, nothing = len(given), [-1] * started.length
    given += [rows[reading]] if reading else []
    item, category, pretest = nothing.copy(), nothing.copy(), nothing
    item[: len(given)] = given
    category[:n] = [category for _, category in progress.answered]
    for position, name in started.pretest:
        pretest[position - 1] = rows[name]
    planned, tried_out = [rows[name] for name in progress.plan], {rows[name] for _, name in started.pretest}
    scored = [row for row in given if row not in tried_out]  # one may come later than drawn: after a passage
    rest = sorted(set(planned).difference(scored))
    return AdaptiveState(
        item=np.array([item], dtype=np.int32),
        category=np.array([category]),  # of a type that any number fits: the engine refuses what it cannot hold
        n_answered=np.array([n]),
        plan=np.array([[*scored, *rest] if planned else []], dtype=np.int32),
        pretest=np.array([pretest], dtype=np.int32),
        draws=_eligibility_draws(bank, started.draw_key),
        accommodation=np.array([accommodation_number(bank, started.accommodations)]),
    )


def first_plan(bank: IndexedBank, accommodations: dict[str, str]) -> tuple[str, ...]:
    """Items that a pupil's test is planned with before the first answer; empty where nothing is planned."""
    plan = bank.adaptive.start_plan[accommodation_number(bank, accommodations)]
    return tuple(bank.bank.views[row].item for row in plan.tolist())


def drawn_pretest(bank: IndexedBank, draw_key: str, accommodations: dict[str, str]) -> tuple[tuple[int, str], ...]:
    """Position and item of each field-test item, drawn with the sitting's own key; empty where the test has none."""
    key = _number(keyed_hash(bytes.fromhex(draw_key), "pretest"))
    drawn = draw_field_test(bank.adaptive, accommodation_number(bank, accommodations), np.array([key]))
    views = bank.bank.views
    places = zip(drawn.position[0].tolist(), drawn.item[0].tolist(), strict=True)
    return tuple((at, views[row].item) for at, row in places)


def accommodation_number(bank: IndexedBank, accommodations: dict[str, str]) -> int:
    """Number of the pool of items for a pupil; 0, everything, where the blueprint does not know the accommodation."""
    names = bank.adaptive.accommodations
    wanted = accommodations.get(ACCOMMODATION, "")
    return names.index(wanted) if wanted in names else 0


def _eligibility_draws(bank: IndexedBank, draw_key: str) -> FloatArray:
    """Numbers that decide who may be given which item, (1, n_units), from the sitting's own key."""
    eligibility = bank.bank.eligibility
    if eligibility is None:
        return np.empty((1, 0))
    key = _number(keyed_hash(bytes.fromhex(draw_key), "eligibility"))
    return unit_draws(eligibility, np.array([key]))


def _reasons(bank: IndexedBank, decision: Decision, inputs: str) -> Choice:
    """What the engine says about its choice, in the words of the log."""
    views = bank.bank.views
    best = tuple(
        (views[row].item, round(score, 9))
        for row, score in zip(decision.best[0].tolist(), decision.best_score[0].tolist(), strict=True)
        if row >= 0
    )
    route = decision.route[0]
    return Choice(
        inputs=inputs,
        best=best,
        draw=float(decision.draw[0]),
        binding=decision.binding[0],
        theta=round(float(decision.theta[0]), 6),
        standard_error=round(float(decision.standard_error[0]), 6),
        fallback=route in FALLBACKS,
        route=str(route),
        swaps=tuple((views[out].item, views[into].item) for out, into in decision.swaps[0]),
        lifted=bool(decision.lifted[0]),
    )


def _unseen(bank: IndexedBank, progress: Progress) -> int:
    """Row of an item that was not seen and may be given, a planned one if there is one; -1 for none."""
    seen = {item for item, _ in progress.answered}
    for item in progress.plan:
        if item not in seen:
            return bank.rows[item]
    suitable = bank.adaptive.suitable[accommodation_number(bank, progress.started.accommodations)]
    open_to = [row for row in np.flatnonzero(suitable).tolist() if bank.bank.views[row].item not in seen]
    return open_to[0] if open_to else -1


def _fallback(bank: IndexedBank, inputs: str, draw: float) -> Choice:
    """Reasons of a choice that the engine refused to make."""
    blueprint = bank.adaptive.blueprint
    return Choice(
        inputs=inputs,
        best=(),
        draw=draw,
        binding=(),
        theta=blueprint.prior_mean,
        standard_error=blueprint.prior_sd,
        fallback=True,
        route="refused",
    )
