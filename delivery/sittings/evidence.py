"""What was not accepted, for staff to judge: an answer that came after sealing, from a replaced laptop, or damaged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec
from sqlmodel import Session

from delivery.access import Claims, SittingRef
from delivery.errors import RefusedError, UnknownRecordError
from delivery.journal.reading import read_logs
from delivery.sittings.answering import AnswerRequest, fits_offer, judge, open_evidence, with_answer
from delivery.sittings.bodies import read_answer
from delivery.sittings.choosing_together import Wanted
from delivery.sittings.decisions import Decision, bar
from delivery.sittings.events import Answered, EventKind, Evidence, Judged, read_payload
from delivery.sittings.phases import Phase
from delivery.sittings.service import Sittings
from delivery.sittings.state import SittingState

JUDGEMENTS = frozenset({EventKind.EVIDENCE_ADMITTED, EventKind.EVIDENCE_REJECTED})


@dataclass(frozen=True, slots=True)
class KeptEvidence:
    """One body that was not accepted; what it says stays sealed.

    Attributes
    ----------
    hash : names it when it is judged
    cause : why it was not accepted
    """

    hash: str
    cause: str
    position: int
    epoch: int
    recorded_at: datetime
    is_judged: bool


def list_evidence(db: Session, ref: SittingRef) -> tuple[KeptEvidence, ...]:
    """All evidence of a sitting, in order of arrival.

    Raises
    ------
    UnknownEventError
        If a later release wrote some of it.
    """
    found: list[tuple[Evidence, datetime]] = []
    judged: set[str] = set()
    for _, log in read_logs(db, ref.school_id, [ref.sitting_id]):
        for recorded in log:
            if recorded.event.kind not in {EventKind.EVIDENCE, *JUDGEMENTS}:
                continue
            payload = read_payload(recorded.event)
            if isinstance(payload, Judged):
                judged.add(payload.hash)
            elif isinstance(payload, Evidence):
                found.append((payload, recorded.recorded_at))
    return tuple(
        KeptEvidence(each.hash, each.cause, each.position, each.epoch, recorded_at, each.hash in judged)
        for each, recorded_at in found
    )


async def admit_evidence(sittings: Sittings, ref: SittingRef, evidence_hash: str, reason: str, by: str = "") -> None:
    """Let a body count after all: it becomes an answer, marked late, at its position or where `place_of` says.

    Time is settled as for an answer that somebody else brings: that staff act is no sign of life of the laptop.

    Raises
    ------
    UnknownRecordError
        If the sitting has no such evidence.
    RefusedError
        ``already_answered`` where the position holds an answer (an accepted one is never replaced); ``not_offered``,
        ``item_skipped`` or ``invalid_response`` where it cannot be an answer to the question that is open;
        ``malformed`` where it cannot be read; ``erased``; ``read_only``.
    """
    kept = await _load(sittings, ref)
    evidence = _find(ref, kept, evidence_hash)
    desk = await sittings.desk(ref)
    raw = open_evidence(desk, ref, evidence)
    body = read_answer(raw)
    request = AnswerRequest(evidence.position, evidence.epoch, raw, body)

    def admit(state: SittingState) -> Decision | Wanted:
        if code := bar(state, Phase.ERASED, Phase.READ_ONLY):
            return Decision(code=code)
        position = place_of(state, evidence, kept)
        if evidence_hash in state.judged or state.kept(position) is not None:
            return Decision(code="already_answered")
        if body is None or (code := fits_offer(state, desk, position, body)):
            return Decision(code="malformed" if body is None else code)
        moment = sittings.moment(state)

        def count(answer: Answered) -> Decision:
            answer = msgspec.structs.replace(answer, late=answer.late or "admitted")
            judged = Judged(at=moment.now, hash=evidence_hash, reason=reason, answer=answer, by=by)
            return judge(state, EventKind.EVIDENCE_ADMITTED, judged)

        return with_answer(state, desk, replace(request, position=position), body, moment, count)

    state, decision = await sittings.hear(Claims(ref, evidence.epoch), admit, request, is_present=False)
    _allow(sittings, state, decision)


def place_of(state: SittingState, evidence: Evidence, kept: Iterable[Evidence]) -> int:
    """Position at which a body can be an answer: its own, or the next one.

    The next one where staff skipped items: a skipped item has no position, and a laptop that never heard of it counted
    it, so that all that it holds behind it stands too high, by one for each. So too where staff judged what the same
    laptop has at all positions between (``kept`` is all evidence): it was refused, or counts elsewhere, so that no
    answer of it can come in between.
    """
    judged = {each.position for each in kept if each.epoch == evidence.epoch and each.hash in state.judged}
    between = range(state.expected, evidence.position)
    is_free = len(between) <= len(state.skipped) or judged.issuperset(between)
    return state.expected if between and is_free else evidence.position


async def reject_evidence(sittings: Sittings, ref: SittingRef, evidence_hash: str, reason: str, by: str = "") -> None:
    """Decide that a body does not count; it stays in the log.

    Raises
    ------
    UnknownRecordError
        If the sitting has no such evidence.
    RefusedError
        ``erased``, ``read_only``.
    """
    _find(ref, await _load(sittings, ref), evidence_hash)

    def reject(state: SittingState) -> Decision:
        if code := bar(state, Phase.ERASED, Phase.READ_ONLY):
            return Decision(code=code)
        if evidence_hash in state.judged:
            return Decision()
        judged = Judged(at=sittings.clock(), hash=evidence_hash, reason=reason, by=by)
        return judge(state, EventKind.EVIDENCE_REJECTED, judged)

    _allow(sittings, *await sittings.ledger.perform(ref, reject))


async def _load(sittings: Sittings, ref: SittingRef) -> tuple[Evidence, ...]:
    """All evidence of a sitting, in order of arrival."""
    log = await sittings.ledger.journal.load(ref.school_id, ref.sitting_id)
    payloads = [read_payload(event) for event in log if event.kind == EventKind.EVIDENCE]
    return tuple(payload for payload in payloads if isinstance(payload, Evidence))


def _find(ref: SittingRef, kept: Iterable[Evidence], evidence_hash: str) -> Evidence:
    """The evidence with this hash."""
    for evidence in kept:
        if evidence.hash == evidence_hash:
            return evidence
    raise UnknownRecordError(f"sitting {ref.sitting_id} holds no evidence {evidence_hash[:12]}")


def _allow(sittings: Sittings, state: SittingState, decision: Decision) -> None:
    """Sign what was judged, or raise why it was not."""
    sittings.signer.note([state])
    if decision.code:
        raise RefusedError(decision.code)
