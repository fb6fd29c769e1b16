"""The answer path: one plain ASGI endpoint for answers and drafts, without routing, middleware or models around it."""

from __future__ import annotations

import re
from typing import cast
from uuid import UUID

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from delivery.access import Claims, read_token
from delivery.errors import DATABASE_AWAY, DeliveryError, RefusedError, headers_of, refusal_of
from delivery.sittings import Sittings
from delivery.sittings.bodies import BODY_LIMIT

PATH = re.compile(r"/api/v1/sittings/([0-9a-fA-F-]{32,36})/(answers|drafts)/(\d{1,6})/?")
_encoder = msgspec.json.Encoder()


class AnswerPath:
    """Serves PUT of answers and drafts itself; everything else goes on to the application."""

    def __init__(self, app: ASGIApp, sittings: Sittings) -> None:
        self.app = app
        self.sittings = sittings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        found = PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "PUT" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        sitting, kind, position = found.groups()
        try:
            claims = self._claims(scope, sitting)
            body = await read_body(scope, receive)
            if kind == "drafts":
                await self.sittings.draft(claims, int(position), body)
                await _send(send, 204, b"")
                return
            reply = await self.sittings.answer(claims, int(position), body)
            await _send(send, reply.status, _encoder.encode(reply.body))
        except DisconnectedError:
            return
        except (DeliveryError, *DATABASE_AWAY) as error:
            refusal = refusal_of(error)
            headers = headers_of(refusal) | ({"Connection": "close"} if refusal.code == "too_large" else {})
            await _send(send, refusal.status, _encoder.encode(refusal.body()), headers)

    def _claims(self, scope: Scope, sitting: str) -> Claims:
        """Who asks; refuses someone else's sitting."""
        headers = cast("list[tuple[bytes, bytes]]", scope["headers"])
        authorization = next((value for name, value in headers if name == b"authorization"), b"")
        claims = read_token(self.sittings.config.secrets.token_key, authorization.decode("latin-1"))
        return own_sitting(claims, sitting)


class DisconnectedError(DeliveryError):
    """The laptop went away before its body was complete: nobody is there to answer."""


def own_sitting(claims: Claims, sitting: str) -> Claims:
    """Claims that are about this sitting.

    Raises
    ------
    RefusedError
        ``not_yours``.
    """
    try:
        asked = UUID(sitting)
    except ValueError:
        raise RefusedError("not_yours") from None
    if asked != claims.ref.sitting_id:
        raise RefusedError("not_yours")
    return claims


async def read_body(scope: Scope, receive: Receive, limit: int = BODY_LIMIT) -> bytes:
    """Whole body, at most ``limit`` bytes; a longer one is refused before it is read.

    Raises
    ------
    RefusedError
        ``too_large``.
    DisconnectedError
        If the laptop goes away in the middle.
    """
    for name, value in scope["headers"]:
        if name == b"content-length" and (not value.isdigit() or int(value) > limit):
            raise RefusedError("too_large")
    parts: list[bytes] = []
    size = 0
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise RefusedError("too_large")
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


async def _send(send: Send, status: int, body: bytes, more: dict[str, str] | None = None) -> None:
    """One complete reply, never cached."""
    headers = [(b"cache-control", b"no-store")]
    if status != 204:
        headers += (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())
    if more:
        headers += ((name.lower().encode(), value.encode()) for name, value in more.items() if name != "Cache-Control")
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
