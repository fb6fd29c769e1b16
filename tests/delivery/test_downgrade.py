"""Going back to an earlier release with rooms that this one made, as an owner whom row-level security binds too."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from delivery.isolation import in_school
from peil.migrating import downgrade, upgrade
from tests.delivery.delivery_world import World

BEFORE_RESERVE_SEATS = "0011_metadata"


def seats(world: World, school_id: UUID) -> tuple[int, int]:
    """How many seats a school has, and how many of them are for a pupil."""
    with Session(world.owner) as db:
        in_school(db, school_id)
        found = db.execute(
            text("SELECT count(*), count(pupil_id) FROM delivery_seat WHERE school_id = :school"),
            {"school": school_id if world.name == "postgresql" else school_id.hex},
        ).one()
    return int(found[0]), int(found[1])


def test_reserve_seats_go_and_the_seats_of_pupils_stay(world: World) -> None:
    schools = [room.school_id for room in world.rooms]
    for school in schools:
        world.make_room(school, n_reserves=3)
        assert seats(world, school) == (7, 4)
    downgrade(world.owner, BEFORE_RESERVE_SEATS)
    assert [seats(world, school) for school in schools] == [(4, 4)] * 2
    upgrade(world.owner)
    if world.name == "postgresql":
        with world.owner.connect() as connection:
            forced = connection.execute(
                text("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'delivery_seat'")
            ).scalar_one()
        assert forced
        world.make_room(schools[0], n_reserves=3)
        assert seats(world, schools[0]) == (4 + 2 + 3, 4 + 2)
