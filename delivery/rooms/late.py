"""What was kept apart for a pupil, for staff to judge all at once."""

from __future__ import annotations

from delivery.access import SittingRef
from delivery.errors import RefusedError
from delivery.rooms.remedies import Ground
from delivery.sittings.evidence import admit_evidence, list_evidence, reject_evidence
from delivery.sittings.service import Sittings

FOR_GOOD = frozenset({"erased", "read_only"})
"""Refusals after which nothing can be judged."""


async def judge_late(sittings: Sittings, ref: SittingRef, ground: Ground, *, admit: bool) -> None:
    """Decide on all evidence of a sitting that nobody judged yet; doing it twice changes nothing.

    Parameters
    ----------
    sittings, ref
        The sitting, and the service that holds it.
    ground
        Why, and who.
    admit
        Let count, by position, whatever can be an answer. What cannot, for another answer stands there or its item was
        skipped, is rejected on the same ground; so is everything where this is False.

    Raises
    ------
    RefusedError
        ``erased``, ``read_only``.
    """
    kept = await sittings.in_database(lambda db: list_evidence(db, ref))
    for piece in sorted((one for one in kept if not one.is_judged), key=lambda one: one.position):
        if not (admit and await _is_admitted(sittings, ref, piece.hash, ground)):
            await reject_evidence(sittings, ref, piece.hash, ground.reason, ground.by)


async def _is_admitted(sittings: Sittings, ref: SittingRef, evidence_hash: str, ground: Ground) -> bool:
    """Whether a body counts now."""
    try:
        await admit_evidence(sittings, ref, evidence_hash, ground.reason, ground.by)
    except RefusedError as refusal:
        if refusal.code in FOR_GOOD:
            raise
        return False
    return True
