"""What laptops ask: coming in, answers and drafts, the head, handing in; and pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response

from delivery import access
from delivery.access import Claims, sign_ticket
from delivery.describing import refusals
from delivery.errors import RefusedError
from delivery.interface import Call, Operation, Reply, refused
from delivery.ranges import part_of
from delivery.rooms import Knock, Waits, check_ticket, knock, mark_denied, note_entry
from delivery.rooms.codes import room_code_hash
from delivery.sittings import Sittings
from delivery.sittings.bodies import AnswerBody, DraftBody
from delivery.sittings.noticing import Noticed, notice, take_break
from delivery.support import support_code

media_router = APIRouter(tags=["pupils"])
_SITTING = "/sittings/{sitting}"

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


class Break(HandIn, frozen=True):
    """The pupil takes a break, or is back."""

    wanted: bool


Kinds = Annotated[tuple[Annotated[str, msgspec.Meta(max_length=40)], ...], msgspec.Meta(max_length=20)]


class WhatWasNoticed(HandIn, frozen=True):
    """Aids that the laptop offers, cannot offer and saw used; how often its page lost the focus, and how long."""

    offered: Kinds = ()
    lacking: Kinds = ()
    used: Kinds = ()
    times: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    away_ms: Annotated[int, msgspec.Meta(ge=0, le=86_400_000)] = 0


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
    place = await call.services.rooms.find(sittings.direct, room_code_hash(secrets.code_key, codes.room_code))
    asked = Knock(place, codes.seat_code, call.network, codes.device)
    laptop = codes.device or f"{call.network} {codes.seat_code}"
    async with call.services.admission.turn(str(place.administration_id), laptop, call.network):
        found = await knock(sittings.direct, sittings.database, secrets, asked, sittings.news)
    if isinstance(found, Waits):
        return refused(RefusedError("wait_for_click", number=found.number), partial(_note_waiting, sittings, found))
    sittings.remember(found.ref, found.info)
    return {
        "ticket": sign_ticket(secrets.token_key, found.ref, found.now_ms),
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
    ticket = await _ticket(call)
    ref = ticket.ref
    room = (await sittings.info(ref)).administration_id
    async with call.services.admission.turn(str(room), str(ref.sitting_id), call.network):
        taken = await sittings.claim(ref, ticket.name)
        rooms = call.services.rooms
        if await note_entry(sittings.direct, sittings.database, rooms, secrets, ref, room, call.network):
            sittings.news.tell([room])
    return taken | {"support": support_code(secrets.code_key, ref.sitting_id)}


async def deny(call: Call) -> object:
    """After "Nee, dat ben ik niet": nothing starts, and the proctor sees it."""
    sittings = call.sittings
    ref = (await _ticket(call)).ref
    sittings.news.tell([await mark_denied(sittings.direct, ref)])
    return {"message": "Dank je. Steek je hand op. Je toetsassistent zoekt samen met jou de juiste code."}


async def _ticket(call: Call) -> access.Ticket:
    """What the ticket in a body says, if it is not too old."""
    sittings = call.sittings
    ticket = access.read_ticket(sittings.config.secrets.token_key, call.body.ticket)
    await check_ticket(sittings.direct, ticket, sittings.clock())
    return ticket


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


async def have_a_break(call: Call) -> object:
    """The pupil takes a break that is granted, or is back."""
    return await take_break(call.sittings, _same_epoch(call), wanted=call.body.wanted)


async def noticed(call: Call) -> object:
    """What the laptop noticed beside the questions so far."""
    body: WhatWasNoticed = call.body
    offered, lacking, used = (frozenset(kinds) for kinds in (body.offered, body.lacking, body.used))
    await notice(call.sittings, _same_epoch(call), Noticed(offered, lacking, used, body.times, body.away_ms))
    return Reply(204)


async def seal(call: Call) -> object:
    """The outbox is empty: close the sitting for good."""
    return await call.sittings.seal(_same_epoch(call), call.body.position)


OF_AN_ANSWER = (
    *("already_answered", "gap", "hash_mismatch", "invalid_response", "item_skipped", "not_offered", "not_open"),
    *("sealed", "too_many_bodies", "void"),
)
OF_CODES = ("busy", "room_closed", "room_not_open", "unknown_code", "wait_for_click")
OF_A_TICKET = ("unknown_token", "ticket_expired", "erased", "read_only")
OF_A_CLAIM = (*OF_A_TICKET, "already_finished", "busy", "moved", "room_not_open", "void")
OPERATIONS = (
    Operation("POST", "/entry", come_in, Codes, codes=OF_CODES),
    Operation("POST", "/entry/confirm", confirm, Ticket, codes=OF_A_CLAIM),
    Operation("POST", "/entry/deny", deny, Ticket, codes=OF_A_TICKET),
    Operation("GET", _SITTING, head),
    Operation("PUT", f"{_SITTING}/answers/{{position}}", answer, described=AnswerBody, codes=OF_AN_ANSWER),
    Operation(
        "PUT", f"{_SITTING}/drafts/{{position}}", draft, described=DraftBody, codes=("not_offered",), success=204
    ),
    Operation("POST", f"{_SITTING}/reserve", reserve, Reserve),
    Operation("POST", f"{_SITTING}/hand-in", hand_in, HandIn, codes=("not_open", "void")),
    Operation("POST", f"{_SITTING}/help", ask_help, HandIn, codes=("not_open", "sealed", "void")),
    Operation("POST", f"{_SITTING}/break", have_a_break, Break, codes=("no_break", "not_open", "sealed", "void")),
    Operation("POST", f"{_SITTING}/noticed", noticed, WhatWasNoticed, success=204),
    Operation("POST", f"{_SITTING}/seal", seal, Seal, codes=("gap", "not_closing", "unconfirmed_device")),
)
_A_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"*/*": {}}},
    206: {"description": "The part that was asked for.", "content": {"*/*": {}}},
    416: {"description": "There is no such part.", "content": {"*/*": {}}},
}


@media_router.get("/media/{name}", response_class=Response, responses=refusals() | _A_FILE)
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
