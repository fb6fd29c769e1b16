"""The pupils' interface, apart from answers and drafts: coming in, the head, handing in, pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from sqlmodel import Session
from starlette.background import BackgroundTask

from delivery.access import Claims, read_ticket, read_token, sign_ticket
from delivery.admission import Admission
from delivery.answers import own_sitting
from delivery.errors import RefusedError, headers_of
from delivery.rooms import Knock, Waits, knock, mark_denied, network_of, note_known
from delivery.rooms.codes import normalise_code
from delivery.sittings import Sittings


def never_kept(response: Response) -> None:
    """Tell browsers and proxies to keep no reply about a pupil."""
    response.headers["Cache-Control"] = "no-store"


router = APIRouter(prefix="/api/v1", tags=["pupils"], dependencies=[Depends(never_kept)])
media_router = APIRouter(tags=["pupils"])

Media = Callable[[str], tuple[str, bytes] | None]
A_YEAR = 365 * 24 * 3600


def current_sittings(request: Request) -> Sittings:
    """The service that holds all sittings of this worker."""
    sittings: Sittings = request.app.state.sittings
    return sittings


Service = Annotated[Sittings, Depends(current_sittings)]


def current_admission(request: Request) -> Admission:
    """The queue of this worker."""
    admission: Admission = request.app.state.admission
    return admission


Turns = Annotated[Admission, Depends(current_admission)]


def current_claims(sitting: str, sittings: Service, authorization: Annotated[str, Header()] = "") -> Claims:
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
    """The pupil is done."""

    epoch: int


class Seal(HandIn):
    """The outbox is empty at this position."""

    position: int


@router.post("/entry", response_model=None)
async def come_in(request: Request, codes: Codes, sittings: Service, admission: Turns) -> dict[str, Any] | Response:
    """Codes → the pupil's name and a ticket; nothing starts yet."""
    secrets, network = sittings.config.secrets, _network(request)
    asked = Knock(codes.room_code, codes.seat_code, network, codes.device)
    async with admission.turn(normalise_code(codes.room_code), codes.device or f"{network} {codes.seat_code}"):
        found = await asyncio.to_thread(knock, sittings.database, secrets, asked)
    if isinstance(found, Waits):
        refusal = RefusedError("wait_for_click", number=found.number)
        return JSONResponse(refusal.body(), refusal.status, headers_of(refusal), background=BackgroundTask(found.note))
    return {
        "ticket": sign_ticket(secrets.token_key, found.ref, sittings.clock()),
        "first_name": found.first_name,
        "last_name": found.last_name,
        "test": {"title": found.title},
    }


@router.post("/entry/confirm")
async def confirm(request: Request, body: Ticket, sittings: Service, admission: Turns) -> dict[str, Any]:
    """After "Ja, dat ben ik": this laptop takes the sitting, from another one if need be."""
    secrets = sittings.config.secrets
    ref = read_ticket(secrets.token_key, body.ticket, sittings.clock())

    def note(db: Session) -> None:
        mark_denied(db, ref, None)
        note_known(db, secrets, ref, _network(request))

    async with admission.turn(str(ref.school_id), str(ref.sitting_id)):
        taken = await sittings.claim(ref)
        await sittings.in_database(note)
    return taken


@router.post("/entry/deny")
async def deny(body: Ticket, sittings: Service) -> dict[str, str]:
    """After "Nee, dat ben ik niet": nothing starts, and the proctor sees it."""
    ref = read_ticket(sittings.config.secrets.token_key, body.ticket, sittings.clock())
    await sittings.in_database(lambda db: mark_denied(db, ref, datetime.now(UTC)))
    return {"message": "Dank je. Steek je hand op. Je toetsassistent zoekt samen met jou de juiste code."}


@router.get("/sittings/{sitting}")
async def head(claims: Device, sittings: Service) -> dict[str, Any]:
    """What the laptop must show now."""
    return await sittings.head(claims)


@router.post("/sittings/{sitting}/hand-in")
async def hand_in(body: HandIn, claims: Device, sittings: Service) -> dict[str, Any]:
    """The pupil is done: no new items."""
    _same_epoch(claims, body.epoch)
    return await sittings.hand_in(claims)


@router.post("/sittings/{sitting}/seal")
async def seal(body: Seal, claims: Device, sittings: Service) -> dict[str, Any]:
    """The outbox is empty: close the sitting for good."""
    _same_epoch(claims, body.epoch)
    return await sittings.seal(claims, body.position)


@media_router.get("/media/{name}")
def media(name: str, request: Request) -> Response:
    """A picture by the hash of its content; it never changes."""
    load: Media = request.app.state.media
    found = load(name.partition(".")[0])
    if found is None:
        raise RefusedError("not_found")
    media_type, content = found
    headers = {
        "Cache-Control": f"public, max-age={A_YEAR}, immutable",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",  # an SVG opened by itself
    }
    return Response(content, media_type=media_type, headers=headers)


def _same_epoch(claims: Claims, epoch: int) -> None:
    """A body that names another epoch than its token is not this laptop's."""
    if claims.epoch != epoch:
        raise RefusedError("not_yours")


def _network(request: Request) -> str:
    """Where a request comes from."""
    return network_of(request.client.host) if request.client else ""
