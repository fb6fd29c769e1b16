"""The pupils' interface, apart from answers and drafts: coming in, the head, handing in, pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask

from delivery.access import Claims, read_ticket, read_token, sign_ticket
from delivery.admission import Admission
from delivery.answers import own_sitting
from delivery.errors import RefusedError, headers_of
from delivery.ranges import part_of
from delivery.rooms import Knock, Waits, knock, mark_denied, network_of, note_entry
from delivery.rooms.codes import normalise_code
from delivery.sittings import Sittings
from delivery.support import support_code

# Dependencies are coroutines, though they await nothing: others are run in a thread.
router = APIRouter(prefix="/api/v1", tags=["pupils"])
media_router = APIRouter(tags=["pupils"])

Media = Callable[[str], tuple[str, bytes] | None]


async def current_sittings(request: Request) -> Sittings:
    """The service that holds all sittings of this worker."""
    sittings: Sittings = request.app.state.sittings
    return sittings


Service = Annotated[Sittings, Depends(current_sittings)]


async def current_admission(request: Request) -> Admission:
    """The queue of this worker."""
    admission: Admission = request.app.state.admission
    return admission


Turns = Annotated[Admission, Depends(current_admission)]


async def current_claims(sitting: str, sittings: Service, authorization: Annotated[str, Header()] = "") -> Claims:
    """Claims of the laptop that asks; refuses someone else's sitting."""
    return own_sitting(read_token(sittings.config.secrets.token_key, authorization), sitting)


Device = Annotated[Claims, Depends(current_claims)]


class Codes(BaseModel):
    """What a pupil types to come in, and the random name that the page gave itself."""

    room_code: str = Field(max_length=40)
    seat_code: str = Field(max_length=40)
    device: str = Field(default="", max_length=64)


class Ticket(BaseModel):
    """Proof that the codes were right."""

    ticket: str = Field(max_length=1000)


class HandIn(BaseModel):
    """The pupil is done, or asks for help."""

    epoch: int


class Seal(HandIn):
    """The outbox is empty at this position."""

    position: int


class Reserve(HandIn):
    """Items ahead are wanted; the laptop holds some."""

    held: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=200)


def _json(body: object) -> Response:
    """Reply that browsers and proxies do not keep; made here, for the framework would look at each value first."""
    return Response(msgspec.json.encode(body), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post("/entry")
async def come_in(request: Request, codes: Codes, sittings: Service, admission: Turns) -> Response:
    """Codes → the pupil's name and a ticket; nothing starts yet."""
    secrets, network = sittings.config.secrets, _network(request)
    asked = Knock(codes.room_code, codes.seat_code, network, codes.device)
    async with admission.turn(normalise_code(codes.room_code), codes.device or f"{network} {codes.seat_code}"):
        found = await knock(sittings.direct, sittings.database, request.app.state.rooms, secrets, asked, sittings.news)
    if isinstance(found, Waits):
        refusal = RefusedError("wait_for_click", number=found.number)
        afterwards = BackgroundTask(_note_waiting, sittings, found)
        return JSONResponse(refusal.body(), refusal.status, headers_of(refusal), background=afterwards)
    sittings.remember(found.ref, found.info)
    return _json(
        {
            "ticket": sign_ticket(secrets.token_key, found.ref, sittings.clock()),
            "first_name": found.first_name,
            "last_name": found.last_name,
            "test": {"title": found.title},
        }
    )


async def _note_waiting(sittings: Sittings, waits: Waits) -> None:
    """Put a device on the proctor's list, and tell who looks at it."""
    if await asyncio.to_thread(waits.note):
        sittings.news.tell([waits.administration_id])


@router.post("/entry/confirm")
async def confirm(request: Request, body: Ticket, sittings: Service, admission: Turns) -> Response:
    """After "Ja, dat ben ik": this laptop takes the sitting, from another one if need be."""
    secrets = sittings.config.secrets
    ref = read_ticket(secrets.token_key, body.ticket, sittings.clock())
    async with admission.turn(str(ref.school_id), str(ref.sitting_id)):
        taken = await sittings.claim(ref)
        room = (await sittings.info(ref)).administration_id
        if await note_entry(sittings.direct, sittings.database, secrets, ref, room, _network(request)):
            sittings.news.tell([room])
    return _json(taken | {"support": support_code(secrets.code_key, ref.sitting_id)})


@router.post("/entry/deny")
async def deny(body: Ticket, sittings: Service) -> Response:
    """After "Nee, dat ben ik niet": nothing starts, and the proctor sees it."""
    ref = read_ticket(sittings.config.secrets.token_key, body.ticket, sittings.clock())
    sittings.news.tell([await mark_denied(sittings.direct, ref)])
    return _json({"message": "Dank je. Steek je hand op. Je toetsassistent zoekt samen met jou de juiste code."})


@router.get("/sittings/{sitting}")
async def head(claims: Device, sittings: Service) -> Response:
    """What the laptop must show now."""
    return _json(await sittings.head(claims))


@router.post("/sittings/{sitting}/reserve")
async def reserve(body: Reserve, claims: Device, sittings: Service) -> Response:
    """Items that the pupil goes on with when the network is gone."""
    _same_epoch(claims, body.epoch)
    return _json(await sittings.reserve(claims, body.held))


@router.post("/sittings/{sitting}/hand-in")
async def hand_in(body: HandIn, claims: Device, sittings: Service) -> Response:
    """The pupil is done: no new items."""
    _same_epoch(claims, body.epoch)
    return _json(await sittings.hand_in(claims))


@router.post("/sittings/{sitting}/help")
async def ask_help(body: HandIn, claims: Device, sittings: Service) -> Response:
    """The pupil asks for somebody to come."""
    _same_epoch(claims, body.epoch)
    return _json(await sittings.ask_help(claims))


@router.post("/sittings/{sitting}/seal")
async def seal(body: Seal, claims: Device, sittings: Service) -> Response:
    """The outbox is empty: close the sitting for good."""
    _same_epoch(claims, body.epoch)
    return _json(await sittings.seal(claims, body.position))


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


def _same_epoch(claims: Claims, epoch: int) -> None:
    """A body that names another epoch than its token is not this laptop's."""
    if claims.epoch != epoch:
        raise RefusedError("not_yours")


def _network(request: Request) -> str:
    """Where a request comes from."""
    return network_of(request.client.host) if request.client else ""
