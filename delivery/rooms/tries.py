"""Wrong codes of a room, counted in the database for each network: when new devices need one click of the proctor."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from delivery.access import keyed_hash
from delivery.config import Secrets
from delivery.direct import as_instant
from delivery.isolation import in_school
from delivery.rooms.administrations import load_administration, lock_administration
from delivery.tables import AdministrationRow, TryRow

FREE_TRIES = 40
"""Wrong codes that a room takes from its own network, and from all strange networks together, before new devices need
a click. A class of 25 that mistypes every second code once does not meet it."""
LAPSES_AFTER = timedelta(hours=12)
"""What was noted so long ago counts no more: a room that stays open for another day has its budget again."""
CLEARED_AT_ONCE = 200
"""Lapsed rows of a school that one writing clears away: more than a room that was guessed at leaves."""
IPV6_NETWORK_BITS = 64
"""A household or a school has at least this much of IPv6 to itself (RFC 6177, section 2)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A room that somebody named by its code."""

    school_id: UUID
    administration_id: UUID


def network_of(host: str) -> str:
    """The network that an address stands for: itself on IPv4, where a school shares one; 64 bits of it on IPv6."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ipaddress.ip_network((int(address), IPV6_NETWORK_BITS), strict=False))
    return str(address)


def must_wait(db: Session, secrets: Secrets, place: Place, network: str) -> bool:
    """Whether a new device on this network needs a click, in a room where a budget was used up.

    Where every budget that was used up has lapsed, the room's guard is lifted. The caller commits.
    """
    in_school(db, place.school_id)
    tries, own = _tries(db, place), hashed_network(secrets, place, network)
    if not _is_any_spent(tries):
        lock_administration(db, place.school_id, place.administration_id)
        tries = _tries(db, place)  # of before the lock nothing is sure
        if not _is_any_spent(tries):
            _set_guarded(db, place, guarded=False)
    return _is_spent(tries, own)


def lift_guard(db: Session, school_id: UUID, administration_id: UUID) -> None:
    """Staff let new devices in without a click again: every network has its whole budget. The caller commits.

    Raises
    ------
    UnknownRecordError
        If the school has no such administration.
    """
    load_administration(db, school_id, administration_id)
    lock_administration(db, school_id, administration_id)
    place = Place(school_id, administration_id)
    for row in _tries(db, place):
        if row.is_known:
            row.n_wrong = 0
            db.add(row)
        else:
            db.delete(row)
    _set_guarded(db, place, guarded=False)


def note_wrong(db: Session, secrets: Secrets, place: Place, network: str) -> bool:
    """Count a wrong code; False where no budget is left: then nobody may be told that it was wrong. The caller commits.

    The room is locked first, so that of many tries at the same instant, on any number of workers, no more are told
    than the budget allows; a room never has more rows than that.
    """
    lock_administration(db, place.school_id, place.administration_id)
    tries, own = _tries(db, place), hashed_network(secrets, place, network)
    if _is_spent(tries, own):
        return False
    row = _row(db, place, own)
    row.n_wrong += 1
    _note(db, row)
    if _is_spent(_tries(db, place), own):
        _set_guarded(db, place, guarded=True)
    return True


def note_known(db: Session, secrets: Secrets, place: Place, network: str) -> None:
    """Remember that a pupil of the room works on this network: strange networks cannot use up its budget."""
    lock_administration(db, place.school_id, place.administration_id)
    row = _row(db, place, hashed_network(secrets, place, network))
    row.is_known = True
    _note(db, row)


def lapsed_before() -> datetime:
    """Instant before which whatever was noted counts no more."""
    return datetime.now(UTC) - LAPSES_AFTER


def _note(db: Session, row: TryRow) -> None:
    """Write a row, and clear away what has lapsed in those rooms of the school that nobody locks."""
    row.noted_at = datetime.now(UTC)
    db.add(row)
    db.flush()
    lapsed = (
        select(TryRow)
        .join(
            AdministrationRow,
            (col(AdministrationRow.school_id) == TryRow.school_id)
            & (col(AdministrationRow.administration_id) == TryRow.administration_id),
        )
        .where(TryRow.school_id == row.school_id, TryRow.noted_at < lapsed_before())
        .limit(CLEARED_AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)  # locks the rooms too
    )
    for old in db.exec(lapsed):
        db.delete(old)
    db.flush()


def _set_guarded(db: Session, place: Place, *, guarded: bool) -> None:
    """Say whether new devices need a click; only who holds the room's lock may."""
    row = db.get_one(AdministrationRow, (place.school_id, place.administration_id), populate_existing=True)
    row.guarded = guarded
    db.add(row)
    db.flush()


def _is_any_spent(tries: Sequence[TryRow]) -> bool:
    """Whether the budget of any network is used up."""
    return _is_spent(tries, b"") or any(_is_spent(tries, row.network) for row in tries if row.is_known)


def _is_spent(tries: Sequence[TryRow], own: bytes) -> bool:
    """Whether the budget of a network is used up: its own where pupils work on it, else the one of all strange ones."""
    known = [row.n_wrong for row in tries if row.is_known and row.network == own]
    return (known[0] if known else sum(row.n_wrong for row in tries if not row.is_known)) >= FREE_TRIES


def _tries(db: Session, place: Place) -> Sequence[TryRow]:
    """Networks of a room, without what has lapsed."""
    return db.exec(
        select(TryRow).where(
            TryRow.school_id == place.school_id,
            TryRow.administration_id == place.administration_id,
            TryRow.noted_at >= lapsed_before(),
        )
    ).all()


def _row(db: Session, place: Place, own: bytes) -> TryRow:
    """Row of one network of a room, perhaps a new one; only who holds the room's lock may ask."""
    found = db.get(TryRow, (place.school_id, place.administration_id, own), populate_existing=True)
    now = datetime.now(UTC)
    row = found or TryRow(
        school_id=place.school_id, administration_id=place.administration_id, network=own, noted_at=now
    )
    if as_instant(row.noted_at) < lapsed_before():
        row.n_wrong, row.is_known = 0, False
    return row


def hashed_network(secrets: Secrets, place: Place, network: str) -> bytes:
    """A network as the table knows it: no address is kept, and no two rooms can be compared."""
    return keyed_hash(secrets.code_key, "network", str(place.administration_id), network)
