"""What a laptop gets to see of a sitting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from delivery.access import SittingRef, keyed_hash
from delivery.sittings.banks import IndexedBank
from delivery.sittings.breaks import breaks_head
from delivery.sittings.decisions import Moment, limit_ms, worked_ms
from delivery.sittings.events import Started
from delivery.sittings.granted import as_granted, passage_of
from delivery.sittings.kept import KeptAnswer
from delivery.sittings.phases import SHOWN_IN, Phase
from delivery.sittings.reserving import queue_of, wants_more
from delivery.sittings.state import SittingState
from itembank import ResponseValue


def build_head(
    state: SittingState,
    bank: IndexedBank,
    first_name: str,
    moment: Moment,
    draft: Mapping[str, ResponseValue] | None = None,
    *,
    reserve_items: int = 0,
) -> dict[str, object]:
    """The head: everything a laptop needs to go on, ready for JSON; no key, no score, no ability.

    Of items that were sent ahead it only names those that may be shown now, and says whether to ask for more.
    """
    started = state.started
    assert started is not None
    reserve = queue_of(state, bank)
    return {
        "sitting": str(state.ref.sitting_id),
        "epoch": state.epoch,
        "head": state.event_number,
        "state": str(state.phase),
        "test": {"title": bank.bank.title, "length": started.length},
        "pupil": {"first_name": first_name},
        "answered": len(state.answers),
        "complete": state.complete,
        "current": _current(state, started, bank),
        "draft": draft,
        "time": {"limit_ms": limit_ms(state), "used_ms": state.used_ms + worked_ms(state, moment)},
        "accommodations": started.accommodations,
        "breaks": breaks_head(state, moment.now),
        "help": state.help_at > 0,
        "skipped": state.skipped,
        "reserve": reserve,
        "refill": wants_more(state, len(reserve), reserve_items),
        "server_time": datetime.fromtimestamp(moment.now / 1000, UTC).isoformat(timespec="milliseconds"),
    }


def _current(state: SittingState, started: Started, bank: IndexedBank) -> dict[str, object] | None:
    """The item that the pupil has before them; while a room closes, only where an answer may have to be given again."""
    offer = state.current
    is_asked = state.phase in SHOWN_IN or (state.phase is Phase.CLOSING and state.evidence)
    if offer is None or not is_asked:
        return None
    view = bank.shown(offer.item, started.draw_key)
    stimulus = bank.bank.stimuli.get(view.stimulus) if view.stimulus else None
    shown = stimulus and passage_of(stimulus, started.accommodations)
    html = as_granted(view.html, started.accommodations)
    return {"position": offer.position, "item": offer.item, "html": html, "stimulus": shown, "revision": 0}


def make_receipt(key: bytes, ref: SittingRef, answer: KeptAnswer) -> str:
    """Proof that an answer is stored: HMAC over sitting, position, revision, body hash and event number."""
    parts = (answer.position, answer.revision, answer.body_hash, answer.event_number)
    return keyed_hash(key, str(ref.sitting_id), *(str(part) for part in parts)).hex()
