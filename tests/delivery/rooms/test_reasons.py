"""Reasons of staff: a name of the room is refused however it is typed, and a plain sentence is not."""

from __future__ import annotations

import pytest
from sqlmodel import Session, col, select

from delivery.isolation import in_school
from delivery.rooms import ReasonError, check_reason
from delivery.tables import PupilRow
from tests.delivery.delivery_world import Site


def check(site: Site, first_name: str, last_name: str, reason: str) -> str:
    """Check a reason in a room where one pupil has this name."""
    room = site.world.rooms[0]
    with Session(site.world.owner) as db, db.begin():
        in_school(db, room.school_id)
        query = select(PupilRow).where(PupilRow.school_id == room.school_id, col(PupilRow.discimus_id) == "90000000000")
        pupil = db.exec(query).one()
        pupil.first_name, pupil.last_name = first_name, last_name
        db.add(pupil)
        db.flush()
        return check_reason(db, room.school_id, room.administration_id, reason)


pytestmark = pytest.mark.anyio

NAMED = (
    ("Zoë", "Şahin", "zoe was ziek"),
    ("Zoë", "Şahin", "Zoe\u0308s laptop viel uit"),
    ("Zoë", "Şahin", "laptop van sahin viel uit"),
    ("Zoe\u0308", "Peeters-Claes", "zoë was ziek"),
    ("Flo", "Van den Bossche", "juf zegt: bossche was ziek"),
    ("Lou", "Peeters-Claes", "Claes kwam te laat"),
    ("An", "El Amrani", "An kwam te laat"),
)


@pytest.mark.parametrize(("first_name", "last_name", "reason"), NAMED)
async def test_a_name_is_refused_however_it_is_typed(
    sqlite_site: Site, first_name: str, last_name: str, reason: str
) -> None:
    with pytest.raises(ReasonError, match="Schrijf ze zonder namen"):
        check(sqlite_site, first_name, last_name, reason)


async def test_words_that_names_are_made_of_do_not_refuse_a_sentence(sqlite_site: Site) -> None:
    reason = "de laptop van een leerling viel uit, de wifi in den hoek ook"
    assert check(sqlite_site, "Flo", "Van den Bossche", reason) == reason
    assert check(sqlite_site, "Jo", "De Smet", "jo, ’t alarm ging af") == "jo, ’t alarm ging af"
