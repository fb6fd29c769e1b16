"""Choosing the next item, and writing down why."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import numpy as np

from delivery.access import keyed_hash
from delivery.sittings.banks import IndexedBank
from delivery.sittings.events import Started
from delivery.sittings.offers import Choice, Offer
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
    skipped : items that were taken away, and are never given again
    """

    started: Started
    plan: tuple[str, ...]
    answered: tuple[tuple[str, int], ...]
    used_ms: int
    skipped: tuple[str, ...] = ()


class Next(NamedTuple):
    """What comes next: an item with its reasons, or nothing, and why (a `StopReason` by name, in small letters)."""

    offer: Offer | None
    ended: str = ""


def choose_offer(bank: IndexedBank, progress: Progress) -> Next:
    """The next item of one sitting (see `choose_offers`)."""
    return choose_offers(bank, [progress])[0]


def choose_offers(bank: IndexedBank, sittings: Sequence[Progress]) -> list[Next]:
    """The next item of each sitting, with the reasons; none where the test is complete.

    Sittings do not influence one another: each gets what it would get alone, and together they cost less. A sitting
    never fails because of selection: where the engine refuses, a planned item that was not seen is taken.

    Parameters
    ----------
    bank
        The bank that the sittings pin.
    sittings
        The sittings so far.
    """
    found = [Next(None, StopReason.FULL_LENGTH.name.lower())] * len(sittings)
    going_on = [place for place, each in enumerate(sittings) if len(each.answered) < each.started.length]
    if going_on:
        chosen = _choose(bank, [sittings[place] for place in going_on])
        for place, following in zip(going_on, chosen, strict=True):
            found[place] = following
    return found


def _choose(bank: IndexedBank, sittings: Sequence[Progress]) -> list[Next]:
    """The next item of each sitting, none of which has its full length."""
    draws = [draw_for(each.started.draw_key, len(each.answered) + 1) for each in sittings]
    try:
        state = engine_state(bank, *sittings)
        decision = decide(bank.adaptive, state, draws, elapsed_ms=[each.used_ms for each in sittings])
    except EngineError:
        if len(sittings) > 1:  # one of them, and it may harm no other
            return [following for each in sittings for following in _choose(bank, [each])]
        return [_offer(bank, sittings[0], _unseen(bank, sittings[0]), _fallback(bank, sittings[0], draws[0]), "")]
    chosen = []
    for person, each in enumerate(sittings):
        reason = StopReason(int(decision.reason[person])) or StopReason.NOTHING_LEFT  # it should go on, and cannot
        choice = _reasons(bank, decision, person, _inputs(each))
        chosen.append(_offer(bank, each, int(decision.item[person]), choice, reason.name.lower()))
    return chosen


def _offer(bank: IndexedBank, progress: Progress, row: int, choice: Choice, ended: str) -> Next:
    """A chosen item as it is offered; where no row was found (-1), why the test is over."""
    if row < 0:
        return Next(None, ended)
    view = bank.shown(bank.bank.views[row].item, progress.started.draw_key)
    position = len(progress.answered) + 1
    return Next(
        Offer(position=position, item=view.item, rendering_hash=view.rendering_hash, role="next", choice=choice)
    )


def _inputs(progress: Progress) -> str:
    """SHA-256 of everything that a choice depends on, hexadecimal."""
    facts: list[object] = [progress.started, progress.answered, progress.plan, progress.used_ms]
    if progress.skipped:
        facts.append(progress.skipped)
    return hashlib.sha256(msgspec.json.encode(facts, order="sorted")).hexdigest()


def engine_state(bank: IndexedBank, *sittings: Progress) -> AdaptiveState:
    """Sittings as the engine sees them: the folds of their logs, with rows of the bank for names of items."""
    rows = [_Rows.of(bank, each) for each in sittings]
    skipped = np.full((len(rows), max(len(each.skipped) for each in sittings)), -1, dtype=np.int32)
    for row, each in zip(skipped, sittings, strict=True):
        row[: len(each.skipped)] = [bank.rows[name] for name in each.skipped]
    return AdaptiveState(
        item=np.array([each.item for each in rows], dtype=np.int32),
        category=np.array([each.category for each in rows]),  # of a type that any number fits: the engine refuses
        n_answered=np.array([len(each.answered) for each in sittings]),
        plan=np.array([each.plan for each in rows], dtype=np.int32),
        pretest=np.array([each.pretest for each in rows], dtype=np.int32),
        draws=np.concatenate([_eligibility_draws(bank, each.started.draw_key) for each in sittings]),
        accommodation=np.array([accommodation_number(bank, each.started.accommodations) for each in sittings]),
        skipped=skipped,
    )


class _Rows(NamedTuple):
    """One row of the engine's state: of each position the item, its category, the field-test item; and the plan."""

    item: list[int]
    category: list[int]
    pretest: list[int]
    plan: list[int]

    @classmethod
    def of(cls, bank: IndexedBank, progress: Progress) -> _Rows:
        """Row of a sitting; planned items that were given come first."""
        started, rows = progress.started, bank.rows
        given = [rows[item] for item, _ in progress.answered]
        rest = [-1] * (started.length - len(given))
        pretest = [-1] * started.length
        for position, name in started.pretest:
            if name not in progress.skipped:  # a field test goes on without it
                pretest[position - 1] = rows[name]
        planned, tried_out = {rows[name] for name in progress.plan}, {rows[name] for _, name in started.pretest}
        scored = [row for row in given if row not in tried_out]  # one may come later than drawn: after a passage
        plan = [*scored, *sorted(planned.difference(scored))] if planned else []
        return cls([*given, *rest], [*(category for _, category in progress.answered), *rest], pretest, plan)


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


def _reasons(bank: IndexedBank, decision: Decision, person: int, inputs: str) -> Choice:
    """What the engine says about one choice, in the words of the log."""
    views = bank.bank.views
    best = tuple(
        (views[row].item, round(score, 9))
        for row, score in zip(decision.best[person].tolist(), decision.best_score[person].tolist(), strict=True)
        if row >= 0
    )
    route = decision.route[person]
    return Choice(
        inputs=inputs,
        best=best,
        draw=float(decision.draw[person]),
        binding=decision.binding[person],
        theta=round(float(decision.theta[person]), 6),
        standard_error=round(float(decision.standard_error[person]), 6),
        fallback=route in FALLBACKS,
        route=str(route),
        swaps=tuple((views[out].item, views[into].item) for out, into in decision.swaps[person]),
        lifted=bool(decision.lifted[person]),
    )


def _unseen(bank: IndexedBank, progress: Progress) -> int:
    """Row of an item that was not seen and may be given, a planned one if there is one; -1 for none."""
    seen = {item for item, _ in progress.answered}.union(progress.skipped)
    for item in progress.plan:
        if item not in seen:
            return bank.rows[item]
    suitable = bank.adaptive.suitable[accommodation_number(bank, progress.started.accommodations)]
    open_to = [row for row in np.flatnonzero(suitable).tolist() if bank.bank.views[row].item not in seen]
    return open_to[0] if open_to else -1


def _fallback(bank: IndexedBank, progress: Progress, draw: float) -> Choice:
    """Reasons of a choice that the engine refused to make."""
    blueprint = bank.adaptive.blueprint
    return Choice(
        inputs=_inputs(progress),
        best=(),
        draw=draw,
        binding=(),
        theta=blueprint.prior_mean,
        standard_error=blueprint.prior_sd,
        fallback=True,
        route="refused",
    )
