"""The application: the pupils' interface, the player, the console and sign-in over one journal and one database."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from delivery import api
from delivery.admission import Admission
from delivery.config import DeliveryConfig
from delivery.console import emergency, laptops, pupils, report_routes
from delivery.console import routes as console
from delivery.console.live import LiveRooms
from delivery.errors import DATABASE_AWAY, DeliveryError, RefusedError, headers_of, refusal_of
from delivery.interface import NULS, TOO_LARGE, DisconnectedError, Interface, Services, describe, read_body
from delivery.journal import Journal, News
from delivery.player import PlayerVersions
from delivery.player import routes as player
from delivery.practice import routes as practice
from delivery.practice.content import with_pictures
from delivery.readiness import routes as readiness
from delivery.rooms import KnownRooms
from delivery.sealed import RowOpener
from delivery.sealed import routes as sealed
from delivery.signin import routes as signin
from delivery.signin.limits import FailureBudget
from delivery.signin.pages import refuse_address
from delivery.sittings import Sittings
from delivery.sittings.bodies import BODY_LIMIT
from itembank import CompiledBank

LIMITS = {sealed.PATH: sealed.SEALED_LIMIT, emergency.PATH: emergency.UPLOAD_LIMIT}
"""Bytes of a body at addresses that take more than an answer."""
FILES = frozenset({emergency.PATH})
"""Addresses that take a file, which may hold anything: it is read as one, and nothing of it is stored as text."""
SCREENS = (  # sheets before rooms: longer addresses first
    player,
    practice,
    readiness,
    emergency,
    laptops,
    pupils,
    report_routes,
    console,
    signin,
)
WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Application(FastAPI):
    """FastAPI, with the pupils' interface before it: what laptops ask passes no routing and no middleware."""

    def __init__(self, services: Services) -> None:
        super().__init__(title="Peil", docs_url=None, redoc_url=None)
        self._first = Interface(super().__call__, services, api.OPERATIONS)

    def openapi(self) -> dict[str, Any]:
        """Description of everything that is served, what stands before the framework too."""
        if self.openapi_schema is None:
            whole, before = super().openapi(), describe(api.OPERATIONS)
            whole["paths"] |= before["paths"]
            for kind, named in before["components"].items():
                whole.setdefault("components", {}).setdefault(kind, {}).update(named)
        return super().openapi()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        await self._first(scope, receive, send)


def create_app(
    config: DeliveryConfig,
    database: Engine,
    journal: Journal,
    banks: Callable[[str], CompiledBank],
    media: api.Media,
    news: News | None = None,
) -> FastAPI:
    """Make the delivery application; whoever made ``database`` and ``journal`` closes them.

    Parameters
    ----------
    config
        Keys and choices of the installation.
    database
        Management database (on PostgreSQL as the role *peil_web*).
    journal
        The log of the same database.
    banks
        Compiled bank by hash.
    media
        (media type, content) by SHA-256, or None.
    news
        Word of what other workers change; None where there are none.

    Returns
    -------
    FastAPI
        With ``app.state.config``, ``database``, ``sittings``, ``live``, ``admission``, ``row_opener``, ``player``,
        ``sealed_budget`` and ``media``.
    """
    sittings = Sittings(config, database, journal, banks, news=news)
    app = Application(services := Services(sittings, KnownRooms(), Admission(config.arrivals_at_a_time)))
    app.state.config = config
    app.state.database = database
    app.state.sittings = sittings
    app.state.live = LiveRooms(sittings)
    app.state.row_opener = opener = RowOpener(config.secrets)
    app.state.player = PlayerVersions(config.player_versions, b64encode(opener.public_point).decode())
    app.state.sealed_budget = FailureBudget()
    app.state.media = with_pictures(media)
    app.state.admission = services.admission
    app.include_router(api.media_router)
    app.include_router(sealed.router)
    for screen in SCREENS:
        app.include_router(screen.router)
    for kind in (DeliveryError, *DATABASE_AWAY):
        app.add_exception_handler(kind, _refuse)
    app.add_exception_handler(404, refuse_address)
    app.add_exception_handler(RequestValidationError, _refuse_malformed)
    app.add_exception_handler(400, _refuse_malformed)  # such as JSON that is nested too deeply to read
    app.add_middleware(BodyLimit, limit=BODY_LIMIT, limits=LIMITS)
    return app


def holds_nul(scope: Scope, body: bytes) -> bool:
    """Whether a request holds the character that no text has and PostgreSQL stores in none."""
    return "\0" in scope["path"] or b"%00" in scope["query_string"] or any(nul in body for nul in NULS)


class BodyLimit:
    """Refuses bodies above a limit before anything reads them whole, and the character NUL anywhere.

    Parameters
    ----------
    limit, limits : bytes of a body, and at the addresses where it is another number
    """

    def __init__(self, app: ASGIApp, limit: int, limits: Mapping[str, int]) -> None:
        self.app = app
        self.limit = limit
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] == "http" and holds_nul(scope, b""):
            refusal = RefusedError("not_found")
            await JSONResponse(refusal.body(), refusal.status)(scope, receive, send)
            return
        if scope["type"] != "http" or scope["method"] not in WITH_BODY:
            await self.app(scope, receive, send)
            return
        try:
            body = await read_body(scope, receive, self.limits.get(scope["path"], self.limit))
            if scope["path"] not in FILES and holds_nul(scope, body):
                raise RefusedError("malformed")
        except DisconnectedError:
            return
        except RefusedError as refusal:
            content = refusal.body() | ({"message": TOO_LARGE} if refusal.code == "too_large" else {})
            reply = JSONResponse(content, refusal.status, {"Connection": "close"})
            await reply(scope, receive, send)
            return
        await self.app(scope, _once(body, receive), send)


def _once(body: bytes, receive: Receive) -> Receive:
    """Hand out a body that was read, then whatever comes."""
    waiting = [body]

    async def next_message() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return next_message


async def _refuse(_request: Request, error: Exception) -> JSONResponse:
    """Any error of this package, or a database that is away, as a laptop understands it."""
    refusal = refusal_of(error)
    return JSONResponse(refusal.body(), refusal.status, headers_of(refusal))


async def _refuse_malformed(_request: Request, _error: Exception) -> JSONResponse:
    """A body that is not what the interface asks for; the fault is not repeated, it may hold personal data."""
    refusal = RefusedError("malformed")
    return JSONResponse(refusal.body(), refusal.status)
