"""The reserve: items that are sent ahead, so that a pupil goes on without a network (points 9, 10, 16 and 17).

It is a queue without positions, taken from the plan that the log already holds, and chosen before the next answer is
known. What may still be shown of it follows from the state; nothing here is remembered.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

import numpy as np

from delivery.sittings.banks import IndexedBank
from delivery.sittings.choosing import Progress, accommodation_number, draw_for, engine_state
from delivery.sittings.decisions import Decision, decide, decide_look
from delivery.sittings.events import EventKind, Offered
from delivery.sittings.granted import as_granted, passage_of
from delivery.sittings.offers import Presentation, Reserved, plan_after
from delivery.sittings.phases import SHOWN_IN, Phase
from delivery.sittings.state import SittingState
from engine import Chosen, EngineError, fold
from engine.adaptive import Underway, items_ahead, still_ahead

UNSHOWN_FACTOR = 2
"""Over a sitting's whole life at most so many times the size of the reserve is sent and never shown (K = 2k)."""
TOLERATED = 1
"""Items that may be missing before the laptop asks for more: half as many requests, and with the item on the screen
there are still k items to work on."""


def queue_of(state: SittingState, bank: IndexedBank) -> tuple[str, ...]:
    """Items that were sent ahead and that the pupil may go on with now, in order.

    What was sent before two pupils got each other's names may not suit the one who has the sitting now.
    """
    if not state.reserve or state.current is None or state.started is None or state.phase not in SHOWN_IN:
        return ()
    rows, started = bank.rows, state.started
    given = tuple(rows[item] for item in (*(answer.item for answer in state.answers), state.current.item))
    pretest = tuple((at - 1, rows[item]) for at, item in started.pretest if item not in state.skipped)
    unused = frozenset(rows[item] for item in state.plan if item not in state.skipped).difference(given)
    suits = bank.adaptive.suitable[accommodation_number(bank, started.accommodations)]
    tried_out = {row for _, row in pretest}  # those were drawn at the start, and stay
    sent = [row for row in map(rows.__getitem__, state.reserve) if suits[row] or row in tried_out]
    ahead = still_ahead(bank.adaptive, Underway(given, unused, pretest), sent)
    names = tuple(bank.bank.views[row].item for row in chain(*ahead))
    return names[: started.length - len(given)]


def wants_more(state: SittingState, n_ahead: int, size: int) -> bool:
    """Whether the laptop should ask for more items.

    Parameters
    ----------
    state
        The sitting.
    n_ahead
        Items that it may go on with now.
    size
        Items that are sent ahead, at least, where there are as many (k).
    """
    if not size or state.phase is not Phase.OPEN or state.current is None or state.started is None:
        return False
    if len(state.disclosed) >= UNSHOWN_FACTOR * size:
        return False
    left = state.started.length - len(state.answers) - 1
    missing = min(size, left) - n_ahead
    return missing > (TOLERATED if left > size else 0)


def decide_reserve(state: SittingState, epoch: int, bank: IndexedBank, size: int, now: int) -> Decision:
    """Send more items ahead, if there is a question on the screen and room for more; whole passages only."""
    seen = decide_look(state, epoch)
    if seen.code or not size or state.phase is not Phase.OPEN or state.current is None:
        return seen
    added = _added(state, bank, size)
    if not added:
        return seen
    assert state.started is not None
    views = [bank.shown(item, state.started.draw_key) for item in added]
    reserve = tuple(Reserved(item=view.item, rendering_hash=view.rendering_hash) for view in views)
    return decide(state, EventKind.OFFERED, Offered(at=now, offer=None, reserve=reserve))


def _added(state: SittingState, bank: IndexedBank, size: int) -> list[str]:
    """Items to send besides those that were sent: up to ``size``, rounded up to whole passages, K kept."""
    assert state.started is not None
    assert state.current is not None
    answered = tuple((answer.item, answer.category) for answer in state.answers)
    progress = Progress(state.started, state.plan, answered, state.used_ms, state.skipped)
    draws = np.array([draw_for(state.started.draw_key, at + 1) for at in range(state.started.length)])
    room = UNSHOWN_FACTOR * size - len(state.disclosed)
    counted = set(state.disclosed)
    added: list[str] = []
    n_ahead = n_counted = 0
    try:
        reading = Chosen(np.array([bank.rows[state.current.item]]))
        test = fold(engine_state(bank, progress), reading)
        sent = [bank.rows[item] for item in state.reserve]
        for group in items_ahead(bank.adaptive, test, sent, draws):
            names = [bank.bank.views[row].item for row in group]
            n_counted += sum(name not in counted for name in names)
            if n_ahead >= size or n_counted > room:
                break
            added += [name for name in names if name not in state.reserve]
            n_ahead += len(names)
    except EngineError:
        return []  # a log that the engine cannot choose from: the next item comes by another way
    return added


def present(state: SittingState, bank: IndexedBank, position: int, item: str) -> Presentation:
    """That the laptop shows an item by itself; the plan is made one that holds it.

    What was chosen and not shown is undone: the items that were sent ahead are of the plan before that choice.
    """
    assert state.started is not None
    current, given = state.current, {answer.item for answer in state.answers}
    swaps: tuple[tuple[str, str], ...] = ()
    if current is not None and current.position < position:
        given.add(current.item)
    elif current is not None:
        swaps = tuple((into, out) for out, into in reversed(current.swaps))
    before = plan_after(state.plan, swaps)
    if before and item not in before and item not in {tried for _, tried in state.started.pretest}:
        swaps = () if item in state.plan else (*swaps, (_least_missed(bank, before, given, item), item))
    view = bank.shown(item, state.started.draw_key)
    return Presentation(position=position, item=item, rendering_hash=view.rendering_hash, swaps=swaps)


def _least_missed(bank: IndexedBank, plan: tuple[str, ...], given: Collection[str], item: str) -> str:
    """Planned item, not given yet, without which a plan with another one breaks the fewest rules."""
    rules = bank.adaptive.plans.rules

    def n_broken(out: str) -> int:
        return len(rules.broken(np.array([bank.rows[item if one == out else one] for one in plan])))

    return min((one for one in plan if one not in given), key=n_broken, default=plan[-1])


def reserve_content(state: SittingState, bank: IndexedBank, held: Collection[str]) -> dict[str, object]:
    """What the laptop keeps of the items ahead, ready for JSON: no key, no score, no ability.

    Parameters
    ----------
    state, bank
        The sitting and its bank.
    held
        Items that the laptop holds already.
    """
    names = queue_of(state, bank)
    assert state.started is not None
    granted = state.started.accommodations
    views = [bank.shown(item, state.started.draw_key) for item in names if item not in held]
    stimuli = [bank.bank.stimuli[name] for name in dict.fromkeys(view.stimulus for view in views) if name]
    return {
        "head": state.event_number,
        "reserve": names,
        "items": [
            {"item": view.item, "html": as_granted(view.html, granted), "stimulus": view.stimulus or None}
            for view in views
        ],
        "stimuli": [passage_of(one, granted) for one in stimuli],
    }
