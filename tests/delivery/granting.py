"""Accommodations that the school's list grants to a pupil, before the room is opened."""

from __future__ import annotations

from sqlmodel import Session, select

from delivery.isolation import in_school
from delivery.tables import AccommodationRow, PupilRow
from tests.delivery.delivery_world import Laptop, Site


def grant(site: Site, granted: dict[str, str], seat: int = 0) -> None:
    """Let the list of the first school grant these to a pupil."""
    room = site.world.rooms[0]
    with Session(site.world.owner) as db, db.begin():
        in_school(db, room.school_id)
        own = select(PupilRow.pupil_id).where(
            PupilRow.school_id == room.school_id, PupilRow.first_name == f"Voornaam{seat}"
        )
        pupil = db.exec(own).one()
        for kind, value in granted.items():
            db.add(AccommodationRow(school_id=room.school_id, pupil_id=pupil, kind=kind, value=value))


async def granted_laptop(site: Site, granted: dict[str, str], seat: int = 0, room: int = 0) -> Laptop:
    """The laptop of a pupil who is granted these."""
    grant(site, granted, seat)
    return await site.laptop(seat, room)
