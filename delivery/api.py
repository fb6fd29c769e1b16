"""What laptops ask: coming in, answers and drafts, the head, handing in; and pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from delivery.access import Claims, read_ticket, sign_ticket
from delivery.errors import RefusedError
from delivery.interface import Call, Operation, Reply, refused
from delivery.ranges import part_of
from delivery.rooms import Knock, Waits, knock, mark_denied, note_entry
from delivery.rooms.codes import normalise_code
from delivery.sittings import Sittings
from delivery.sittings.bodies import AnswerBody, DraftBody
from delivery.support import support_code

media_router = APIRouter(tags=["pupils"])

Media = Callable[[str], tuple[str, bytes] | None]
Code = Annotated[str, msgspec.Meta(max_length=40)]


class Codes(msgspec.Struct, frozen=True):
    """What a pupil types to come in, and the random name that the page gave itself."""

    room_code: Code
    seat_code: Code
    device: Annotated[str, msgspec.Meta(max_length=64)] = ""


class Ticket(msgspec.Struct, frozen=True):
    """Proof that the codes were right."""

    ticket: Annotated[str, msgspec.Meta(max_length=1000)]


class HandIn(msgspec.Struct, frozen=True):
    """The pupil is done, or asks for help."""

    epoch: int


class Seal(HandIn, frozen=True):
    """The outbox is empty at this position."""

    position: int


class Reserve(HandIn, frozen=True):
    """Items ahead are wanted; the laptop holds some."""

    held: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=200)], ...], msgspec.Meta(max_length=200)] = ()


async def come_in(call: Call) -> object:
    """Codes → the pupil's name and a ticket; nothing starts yet."""
    codes: Codes = call.body
    sittings, secrets = call.sittings, call.sittings.config.secrets
    asked = Knock(codes.room_code, codes.seat_code, call.network, codes.device)
    laptop = codes.device or f"{call.network} {codes.seat_code}"
    async with call.services.admission.turn(normalise_code(codes.room_code), laptop):
        rooms = call.services.rooms
        found = await knock(sittings.direct, sittings.database, rooms, secrets, asked, sittings.news)
    if isinstance(found, Waits):
        return refused(RefusedError("wait_for_click", number=found.number), partial(_note_waiting, sittings, found))
    sittings.remember(found.ref, found.info)
    return {
        "ticket": sign_ticket(secrets.token_key, found.ref, sittings.clock()),
        "first_name": found.first_name,
        "last_name": found.last_name,
        "test": {"title": found.title},
    }


async def _note_waiting(sittings: Sittings, waits: Waits) -> None:
    """Put a device on the proctor's list, and tell who looks at it."""
    if await asyncio.to_thread(waits.note):
        sittings.news.tell([waits.administration_id])


async def confirm(call: Call) -> object:
    """After "Ja, dat ben ik": this laptop takes the sitting, from another one if need be."""
    sittings, secrets = call.sittings, call.sittings.config.secrets
    ref = read_ticket(secrets.token_key, call.body.ticket, sittings.clock())
    async with call.services.admission.turn(str(ref.school_id), str(ref.sitting_id)):
        taken = await sittings.claim(ref)
        room = (await sittings.info(ref)).administration_id
        rooms = call.services.rooms
        if await note_entry(sittings.direct, sittings.database, rooms, secrets, ref, room, call.network):
            sittings.news.tell([room])
    return taken | {"support": support_code(secrets.code_key, ref.sitting_id)}


async def deny(call: Call) -> object:
    """After "Nee, dat ben ik niet": nothing starts, and the proctor sees it."""
    sittings = call.sittings
    ref = read_ticket(sittings.config.secrets.token_key, call.body.ticket, sittings.clock())
    sittings.news.tell([await mark_denied(sittings.direct, ref)])
    return {"message": "Dank je. Steek je hand op. Je toetsassistent zoekt samen met jou de juiste code."}


async def answer(call: Call) -> object:
    """One answer; the reply leaves after the commit."""
    reply = await call.sittings.answer(call.claims, call.position, call.body)
    return Reply(reply.status, reply.body)


async def draft(call: Call) -> object:
    """What is being typed, every five seconds."""
    await call.sittings.draft(call.claims, call.position, call.body)
    return Reply(204)


async def head(call: Call) -> object:
    """What the laptop must show now."""
    return await call.sittings.head(call.claims)


async def reserve(call: Call) -> object:
    """Items that the pupil goes on with when the network is gone."""
    return await call.sittings.reserve(_same_epoch(call), list(call.body.held))


async def hand_in(call: Call) -> object:
    """The pupil is done: no new items."""
    return await call.sittings.hand_in(_same_epoch(call))


async def ask_help(call: Call) -> object:
    """The pupil asks for somebody to come."""
    return await call.sittings.ask_help(_same_epoch(call))


async def seal(call: Call) -> object:
    """The outbox is empty: close the sitting for good."""
    return await call.sittings.seal(_same_epoch(call), call.body.position)


OPERATIONS = (
    Operation("POST", "/entry", come_in, Codes),
    Operation("POST", "/entry/confirm", confirm, Ticket),
    Operation("POST", "/entry/deny", deny, Ticket),
    Operation("GET", "/sittings/{sitting}", head),
    Operation("PUT", "/sittings/{sitting}/answers/{position}", answer, described=AnswerBody),
    Operation("PUT", "/sittings/{sitting}/drafts/{position}", draft, described=DraftBody),
    Operation("POST", "/sittings/{sitting}/reserve", reserve, Reserve),
    Operation("POST", "/sittings/{sitting}/hand-in", hand_in, HandIn),
    Operation("POST", "/sittings/{sitting}/help", ask_help, HandIn),
    Operation("POST", "/sittings/{sitting}/seal", seal, Seal),
)


@media_router.get("/media/{name}")
def media(name: str, request: Request) -> Response:
    """A picture or recording by the hash of its content, or the part of it that is asked for."""
    load: Media = request.app.state.media
    found = load(name.partition(".")[0])
    if found is None:
        raise RefusedError("not_found")
    media_type, content = found
    status, part, told = part_of(content, request.headers.get("range", ""))
    headers = told | {
        "Cache-Control": "no-store",  # the player's worker keeps it for one sitting, and nothing keeps it longer
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",  # an SVG opened by itself
    }
    return Response(part, status, media_type=media_type, headers=headers)


def _same_epoch(call: Call) -> Claims:
    """Claims of a laptop whose body names the epoch of its token; another one is not this laptop's."""
    if call.claims.epoch != call.body.epoch:
        raise RefusedError("not_yours")
    return call.claims
