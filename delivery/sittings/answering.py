"""What happens to an answer (points 7, 8, 15, 16 and 17 of the protocol), as pure functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from delivery.access import SittingRef, keyed_hash
from delivery.journal import AnswerKey
from delivery.sittings.banks import IndexedBank
from delivery.sittings.bodies import AnswerBody, body_hash, content_hash, seal_bytes, split_typed, unseal_bytes
from delivery.sittings.choosing import Next, Progress
from delivery.sittings.choosing_together import Wanted
from delivery.sittings.decisions import Decision, Moment, bar, decide, limit_ms, worked_ms
from delivery.sittings.events import Answered, EventKind, Evidence, Judged, Presented
from delivery.sittings.offers import Presentation
from delivery.sittings.phases import ANSWERABLE, Phase
from delivery.sittings.reserving import present
from delivery.sittings.state import SittingState, after_presentation
from itembank import ResponseError

MOST_EVIDENCE = 50
MOST_EVIDENCE_BYTES = 1_000_000
"""Bodies of one sitting that are kept though not accepted. A laptop with a whole test in its outbox, moved twice, stays
below it; a pupil who floods the log does not. Above it nothing is stored or lost: the laptop keeps its row."""


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """An authenticated answer as it came in.

    Attributes
    ----------
    position : from the address
    epoch : from the token, which says who holds the laptop now; a body that waited in its outbox may name an older one
    raw : the bytes of the body; ``body`` is None where they cannot be read
    """

    position: int
    epoch: int
    raw: bytes
    body: AnswerBody | None


@dataclass(frozen=True, slots=True)
class Desk:
    """What deciding on answers of one sitting needs besides its state."""

    bank: IndexedBank
    text_key: bytes


def decide_answer(state: SittingState, desk: Desk, request: AnswerRequest, moment: Moment) -> Decision | Wanted:
    """Accept an answer, recognise it, or keep it as evidence; only a gap, a closed log and a flood store nothing.

    An accepted one wants the choice of the next item, where one may be given.
    """
    if code := bar(state, Phase.ABSENT, Phase.ERASED, Phase.READ_ONLY):
        return Decision(code=code)
    body = request.body
    if body is None:
        return _evidence(state, desk, request, "malformed", moment)
    if body.epoch > request.epoch or request.epoch > state.epoch:
        return _evidence(state, desk, request, "not_yours", moment)
    content = content_hash(request.position, body)
    if content != body.hash:
        return _evidence(state, desk, request, "hash_mismatch", moment)
    return _place(state, desk, request, body, content, moment)


def _place(
    state: SittingState, desk: Desk, request: AnswerRequest, body: AnswerBody, content: str, moment: Moment
) -> Decision | Wanted:
    """Compare a sound answer with what the log holds at its position."""
    moved = request.epoch < state.epoch
    kept = state.kept(request.position)
    if kept is not None:
        known = body_hash(desk.bank.view(kept.item), desk.text_key, content)
        if kept.revision == body.revision and kept.body_hash == known:
            return Decision(code="moved", receipt=True) if moved else _recognise(state, desk, request, body, moment)
        code = "moved" if moved else "already_answered"
        return _evidence(state, desk, request, code, moment, receipt=not moved)
    if request.position > state.expected and not moved and state.phase not in {Phase.SEALED, Phase.VOID}:
        return Decision(code="gap", fields={"expected": state.expected})
    if code := _objection(state, desk, request, body):
        return _evidence(state, desk, request, code, moment, reply="moved" if moved else "")
    code = "moved" if moved else ""
    return with_answer(state, desk, request, body, moment, lambda answered: _accept(state, answered, code))


def _accept(state: SittingState, answered: Answered, code: str) -> Decision:
    """Append an answer."""
    entry = state.next_entry(EventKind.ANSWERED, answered, _key(answered))
    return Decision(entry=entry, code=code, receipt=True)


def _key(answered: Answered) -> AnswerKey:
    """Unique key of an answer."""
    return AnswerKey(answered.position, answered.revision, bytes.fromhex(answered.body_hash))


def _objection(state: SittingState, desk: Desk, request: AnswerRequest, body: AnswerBody) -> str:
    """Why an answer at a position that holds none is not accepted; "" accepts it."""
    if state.phase not in ANSWERABLE:
        return bar(state, Phase.READY, Phase.SEALED, Phase.VOID)
    if request.epoch < state.epoch and state.epoch_answered:
        return "moved"
    return fits_offer(state, desk, request.position, body)


def _recognise(state: SittingState, desk: Desk, request: AnswerRequest, body: AnswerBody, moment: Moment) -> Decision:
    """Answer as before; where the laptop went on meanwhile with an item that it had, the log hears of it."""
    item = _shown_next(state, request.position, body)
    if not item or state.phase not in ANSWERABLE or (state.current is not None and item == state.current.item):
        return Decision(receipt=True)
    shown = present(state, desk.bank, request.position + 1, item)
    return Decision(state.next_entry(EventKind.PRESENTED, Presented(at=moment.now, shown=shown)), receipt=True)


def _shown_next(state: SittingState, position: int, body: AnswerBody) -> str:
    """Item that the laptop shows by itself after an answer that the log holds: one that it was sent; "" for none."""
    showing = body.showing
    if showing is None or showing.position != position + 1 or not state.may_answer(showing.position, showing.item):
        return ""
    return showing.item


def claimed_ms(state: SittingState, request: AnswerRequest) -> int:
    """Working time on the present item that a laptop's clock claims; an answer to another item says nothing of it."""
    body = request.body
    if body is None or not state.may_answer(request.position, body.item):
        return 0
    return body.elapsed_ms


def fits_offer(state: SittingState, desk: Desk, position: int, body: AnswerBody) -> str:
    """Whether an answer is to the item that was offered, in a form the item takes: "" or the refusal's code."""
    if body.item in state.skipped:
        return "item_skipped"
    if not state.may_answer(position, body.item):
        return "not_offered"
    if body.revision:
        return "invalid_response"  # the first answer at a position has revision 0
    try:
        desk.bank.check(body.item, body.response)
    except ResponseError:
        return "invalid_response"
    return ""


def with_answer(
    state: SittingState,
    desk: Desk,
    request: AnswerRequest,
    body: AnswerBody,
    moment: Moment,
    then: Callable[[Answered], Decision],
) -> Decision | Wanted:
    """Decide with the event of an accepted answer: its score, and the next item where one may be given.

    An item that was sent ahead may stand in the place of the one that was chosen, and one may be on the screen by now.
    """
    assert state.started is not None
    position, is_open = request.position, state.phase is Phase.OPEN
    view = desk.bank.view(body.item)
    result = desk.bank.score(body.item, state.started.draw_key, body.response)
    chosen, typed = split_typed(view, body.response)
    worked = worked_ms(state, moment, body.elapsed_ms)
    presented = _presented(state, desk, position, body)
    before = state if presented is None else after_presentation(state, presented, moment.now)
    answered = (*((answer.item, answer.category) for answer in state.answers), (body.item, result.category))
    showing = _showing(before, desk, position, body)
    place = f"answer/{position}/{body.revision}"
    event = Answered(
        at=moment.now,
        position=position,
        revision=body.revision,
        item=body.item,
        response=chosen,
        typed=seal_bytes(desk.text_key, state.ref, place, msgspec.json.encode(typed)) if typed else "",
        category=result.category,
        score=result.score,
        elapsed_ms=body.elapsed_ms,
        worked_ms=worked,
        epoch=request.epoch,
        late=_lateness(state, worked),
        body_hash=body_hash(view, desk.text_key, content_hash(position, body)),
        following=None,
        complete=showing is None and len(answered) >= state.started.length,
        presented=presented,
        showing=showing,
    )
    if not is_open or showing is not None:
        return then(event)
    progress = Progress(state.started, before.plan, answered, state.used_ms + worked, state.skipped)
    return Wanted(desk.bank, progress, lambda found: then(_followed(event, found)))


def _followed(event: Answered, found: Next) -> Answered:
    """An answer with what follows."""
    following, ended = found
    return msgspec.structs.replace(event, following=following, complete=following is None, ended=ended)


def _presented(state: SittingState, desk: Desk, position: int, body: AnswerBody) -> Presentation | None:
    """That an answered item was shown in the place of the one that was chosen; None where it is that one."""
    is_current = state.current is not None and body.item == state.current.item
    return None if is_current else present(state, desk.bank, position, body.item)


def _showing(state: SittingState, desk: Desk, position: int, body: AnswerBody) -> Presentation | None:
    """Item that the laptop shows by itself after the answer; None where it waits for one."""
    ahead = body.showing
    known = ahead is not None and ahead.position == position + 1 and ahead.item in state.disclosed
    if ahead is None or not known or state.started is None or ahead.position > state.started.length:
        return None
    return present(state, desk.bank, ahead.position, ahead.item)


def _lateness(state: SittingState, worked: int) -> str:
    """Why an answer is marked late; "" when it is not."""
    limit = limit_ms(state)
    if limit is not None and state.used_ms + worked > limit:
        return "deadline"
    return "" if state.phase in {Phase.OPEN, Phase.PAUSED} else "closing"


def _evidence(
    state: SittingState,
    desk: Desk,
    request: AnswerRequest,
    cause: str,
    moment: Moment,
    *,
    reply: str = "",
    receipt: bool = False,
) -> Decision:
    """Keep a body that is not accepted, sealed, once; answer with ``reply`` or the cause."""
    content = request.raw if request.body is None else content_hash(request.position, request.body)
    keyed = keyed_hash(desk.text_key, "evidence", str(request.position), content).hex()
    if keyed in state.evidence:
        return Decision(code=reply or cause, receipt=receipt)
    if len(state.evidence) >= MOST_EVIDENCE or state.evidence_bytes + len(request.raw) > MOST_EVIDENCE_BYTES:
        return Decision(code="too_many_bodies")
    evidence = Evidence(
        at=moment.now,
        cause=cause,
        position=request.position,
        epoch=request.epoch,
        hash=keyed,
        body=seal_bytes(desk.text_key, state.ref, f"evidence/{keyed}", request.raw),
    )
    entry = state.next_entry(EventKind.EVIDENCE, evidence)
    return Decision(entry=entry, code=reply or cause, receipt=receipt)


def open_evidence(desk: Desk, ref: SittingRef, evidence: Evidence) -> bytes:
    """The bytes that a laptop sent and that were not accepted."""
    return unseal_bytes(desk.text_key, ref, f"evidence/{evidence.hash}", evidence.body)


def judge(state: SittingState, kind: EventKind, judged: Judged) -> Decision:
    """Staff admit or reject evidence."""
    return decide(state, kind, judged, _key(judged.answer) if judged.answer else None)
