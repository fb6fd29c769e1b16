"""Support codes: read aloud to a help desk, they find one sitting and tell no name."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlmodel import Session

from delivery import find_cases
from delivery.errors import UnknownRecordError
from delivery.rooms.codes import ALPHABET
from delivery.support import support_code
from tests.delivery.delivery_world import Site

pytestmark = pytest.mark.anyio


async def test_the_code_that_a_pupil_gets_finds_the_sitting_however_it_is_typed(site: Site) -> None:
    laptop = await site.laptop()
    await laptop.answer()
    await site.contacts_written()
    key = site.sittings.config.secrets.code_key
    code = support_code(key, UUID(laptop.sitting))
    assert set(code.replace(" ", "")) <= set(ALPHABET)
    assert [len(group) for group in code.split(" ")] == [3, 3, 3]
    with Session(site.world.database) as db:
        for typed in (code, code.lower(), code.replace(" ", "-"), code.replace(" ", "")):
            [case] = find_cases(db, key, typed)
            assert case.state.ref == laptop.ref
        with pytest.raises(UnknownRecordError, match="no sitting has it"):
            find_cases(db, key, "AAA AAA AAA")
        with pytest.raises(UnknownRecordError, match="no sitting has it"):
            find_cases(db, b"another key" * 3, code)
    assert (len(case.state.answers), case.state.epoch, case.status) == (1, 1, "open")
    assert case.last_contact is not None
    assert [kind for _, kind, _ in case.recent] == await site.kinds(laptop)


async def test_both_sittings_of_a_pupil_have_codes_of_their_own_and_a_new_laptop_gets_the_same(site: Site) -> None:
    room = await site.open_room()
    ticket = {"room_code": room.room_code, "seat_code": room.seat_codes[0]}
    codes = set()
    for _ in range(2):
        entered = await site.client.post("/api/v1/entry", json=ticket)
        confirmed = await site.client.post("/api/v1/entry/confirm", json={"ticket": entered.json()["ticket"]})
        codes.add(confirmed.json()["support"])
    assert codes == {support_code(site.sittings.config.secrets.code_key, UUID(confirmed.json()["sitting"]))}
    assert len({support_code(b"k" * 32, UUID(int=n)) for n in range(20_000)}) == 20_000
