"""Taking sealed rows: each is an answer of the epoch that made it, and gets what that answer would have got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import msgspec
import structlog

from delivery.access import SittingRef
from delivery.errors import REFUSALS, DamagedLogError, RefusedError, refusal_of
from delivery.sealed.rows import OpenRow, RowOpener
from delivery.sittings import Phase, Sittings
from delivery.sittings.bodies import Showing, read_answer

LATER = frozenset({"gap", "not_open", "read_only", "too_many_bodies"})
"""Codes after which the same row may do better another time; every other answer is kept for good, or erased."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row.

    Attributes
    ----------
    status, code : as the answer itself would have got; code "" where it counts
    receipt : proof that this very answer counts; None where it does not
    is_new : it was not known before
    is_over : the sitting is sealed: with its receipt, the row may go
    ref : the sitting; None where the row proves none: then nothing of it is believed, and nothing is stored
    """

    status: int
    code: str
    receipt: str | None = None
    is_new: bool = False
    is_over: bool = False
    ref: SittingRef | None = None

    @property
    def is_settled(self) -> bool:
        """Whether sending the row again would change nothing, now or later."""
        return self.ref is not None and self.code not in LATER


def refused(code: str, ref: SittingRef | None = None) -> Outcome:
    """Outcome of a row that is not taken."""
    return Outcome(REFUSALS[code][0], code, ref=ref)


async def take_rows(
    sittings: Sittings, opener: RowOpener, rows: Sequence[str], school_id: UUID | None = None
) -> list[Outcome]:
    """Take the answers in these rows; doing it again changes nothing.

    Parameters
    ----------
    sittings, opener
        The service, and what opens rows of this installation.
    rows
        Of any number of sittings, in any order.
    school_id
        Take rows of this school only; None takes those of all.

    Returns
    -------
    list
        An outcome for each row, in the order of ``rows``.

    Raises
    ------
    JournalError
        If the log cannot be reached: the rows before it are stored, and asking again finds them known. A log that is
        damaged concerns the rows of its own sitting only: they wait (``read_only``).
    """
    outcomes: dict[int, Outcome] = {}
    opened: list[tuple[int, OpenRow]] = []
    for number, row in enumerate(rows):
        try:
            opened.append((number, _of_school(opener.open(row), school_id)))
        except RefusedError as refusal:
            outcomes[number] = refused(refusal.code)
    for number, answer in _with_showing(opened):
        outcomes[number] = await _take(sittings, answer)
    _report(outcomes.values())
    return [outcomes[number] for number in range(len(rows))]


def _of_school(row: OpenRow, school_id: UUID | None) -> OpenRow:
    """Refuse a row of another school."""
    if school_id is not None and row.claims.ref.school_id != school_id:
        raise RefusedError("other_school")
    return row


def _with_showing(rows: Iterable[tuple[int, OpenRow]]) -> list[tuple[int, OpenRow]]:
    """Rows in the order of answering; each says what the laptop then showed, where the next row tells."""
    ordered = sorted(rows, key=lambda row: (row[1].claims.ref.sitting_id, row[1].claims.epoch, row[1].position))
    following = {(row.claims, row.position): row for _, row in ordered}
    return [(number, _showing(row, following.get((row.claims, row.position + 1)))) for number, row in ordered]


def _showing(row: OpenRow, after: OpenRow | None) -> OpenRow:
    """Row whose body names the item that the laptop went on with; neither hash nor receipt depends on it."""
    body, following = read_answer(row.raw), read_answer(after.raw) if after else None
    if body is None or following is None or body.showing is not None:
        return row
    showing = Showing(row.position + 1, following.item)
    return replace(row, raw=msgspec.json.encode(msgspec.structs.replace(body, showing=showing)))


async def _take(sittings: Sittings, row: OpenRow) -> Outcome:
    """One answer, through the decision that every answer goes through."""
    ref = row.claims.ref
    try:
        reply = await sittings.answer(row.claims, row.position, row.raw, is_present=False)
    except (RefusedError, DamagedLogError) as error:
        return refused(refusal_of(error).code, ref)
    code = str(reply.body.get("code", ""))
    counts = code in {"", "moved"}
    receipt = reply.body.get("receipt") if counts else None  # of another code it is another answer's
    is_over = (await sittings.ledger.known(ref)).phase is Phase.SEALED
    return Outcome(reply.status, code, str(receipt) if receipt else None, reply.is_new, is_over, ref)


def _report(outcomes: Iterable[Outcome]) -> None:
    """Say how many rows proved nothing, and why: one line a request, and nothing of their content."""
    codes = Counter(outcome.code for outcome in outcomes if outcome.ref is None)
    if codes:
        log.warning("sealed rows refused", **codes)
