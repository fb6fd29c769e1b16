"""The pupils' interface as plain ASGI: one table of operations, without routing, middleware or models around them.

A laptop asks little and often, and everybody asks at the same time: what a framework does around a request costs more
than the request. Pages and staff's screens are served by FastAPI; this stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from delivery.access import Claims, read_token
from delivery.admission import Admission
from delivery.describing import OF_A_LAPTOP, described_refusals
from delivery.errors import DATABASE_AWAY, UNREADABLE, DeliveryError, RefusedError, headers_of, refusal_of
from delivery.rooms import KnownRooms, network_of
from delivery.sittings import Sittings
from delivery.sittings.bodies import BODY_LIMIT

PREFIX = "/api/v1"
SITTING = re.compile(r"/sittings/([0-9a-fA-F-]{32,36})(?:/([a-z-]+)(?:/(\d{1,6}))?)?/?")
NULS = (b"\0", b"%00", rb"\u0000")  # as it is, in a form, in JSON
TOO_LARGE = "Dit is te groot om te versturen."  # said of what is no answer
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Services:
    """What operations need: the sittings of this worker, what it remembers of rooms, and its queue."""

    sittings: Sittings
    rooms: KnownRooms
    admission: Admission


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Attributes
    ----------
    body : of the operation's type; bytes as they came where it has none
    network : where from
    position : from the address; 0 where it has none
    """

    services: Services
    body: Any
    network: str
    position: int = 0
    _claims: Claims | None = None

    @property
    def sittings(self) -> Sittings:
        """The sittings of this worker."""
        return self.services.sittings

    @property
    def claims(self) -> Claims:
        """Who asks; only operations on a sitting may want to know."""
        assert self._claims is not None
        return self._claims


@dataclass(frozen=True, slots=True)
class Reply:
    """What comes back: a status, something that JSON can say (None says nothing), and what is done afterwards."""

    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)
    afterwards: Callable[[], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that laptops ask.

    Attributes
    ----------
    method, template : where; parameters are ``{sitting}`` and ``{position}``
    serve : does it, and gives what the reply says, or a whole `Reply`
    body : what the body must be; None leaves its bytes to ``serve``
    described : the body as the description gives it, where ``serve`` reads it
    codes : why it may refuse, beside what any request may be refused for
    success : status of a reply that is no refusal
    """

    method: str
    template: str
    serve: Callable[[Call], Awaitable[object]]
    body: type | None = None
    described: type | None = None
    codes: tuple[str, ...] = ()
    success: int = 200


class _Key(NamedTuple):
    """How an operation is found: at an address of its own, or by what is asked of a sitting."""

    method: str
    name: str
    has_position: bool


class Interface:
    """Serves the operations itself; everything else goes on to the application."""

    def __init__(self, app: ASGIApp, services: Services, operations: Iterable[Operation]) -> None:
        self.app = app
        self.services = services
        self._fixed: dict[tuple[str, str], Operation] = {}
        self._of_sitting: dict[_Key, Operation] = {}
        for operation in operations:
            found = SITTING.fullmatch(operation.template.format(sitting="0" * 32, position="1"))
            if found is None:
                self._fixed[operation.method, PREFIX + operation.template] = operation
            else:
                self._of_sitting[_Key(operation.method, found[2] or "", found[3] is not None)] = operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        asked = SITTING.fullmatch(scope["path"], len(PREFIX))
        if asked is None:
            operation = self._fixed.get((scope["method"], scope["path"]))
        else:
            operation = self._of_sitting.get(_Key(scope["method"], asked[2] or "", asked[3] is not None))
        if operation is None:
            await self.app(scope, receive, send)
            return
        try:
            reply = await self._reply(operation, asked, scope, receive)
        except DisconnectedError:
            return
        except (DeliveryError, *DATABASE_AWAY) as error:
            reply = refused(refusal_of(error), is_answer=operation.body is None)
        await _send(send, reply)
        if reply.afterwards is not None:
            await reply.afterwards()

    async def _reply(self, operation: Operation, asked: re.Match[str] | None, scope: Scope, receive: Receive) -> Reply:
        """Carry out an operation."""
        claims, position = None, 0
        if asked is not None:
            claims = own_sitting(read_token(self.services.sittings.config.secrets.token_key, _token(scope)), asked[1])
            position = int(asked[3] or 0)
        raw = await read_body(scope, receive) if operation.method != "GET" else b""
        body = raw if operation.body is None else _decoded(raw, operation.body)
        client = scope.get("client")
        network = network_of(client[0]) if client else ""
        said = await operation.serve(Call(self.services, body, network, position, claims))
        return said if isinstance(said, Reply) else Reply(200, said)


def refused(
    refusal: RefusedError, afterwards: Callable[[], Awaitable[None]] | None = None, *, is_answer: bool = False
) -> Reply:
    """What a laptop gets instead."""
    if refusal.code != "too_large":
        return Reply(refusal.status, refusal.body(), headers_of(refusal), afterwards)
    body = refusal.body() | ({} if is_answer else {"message": TOO_LARGE})
    return Reply(refusal.status, body, headers_of(refusal) | {"Connection": "close"}, afterwards)


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


def describe(operations: Iterable[Operation]) -> dict[str, Any]:
    """Paths and schemas of the operations, as OpenAPI gives them."""
    listed = list(operations)
    bodies = [body for each in listed if (body := each.body or each.described) is not None]
    _, schemas = msgspec.json.schema_components(bodies, ref_template="#/components/schemas/{name}")
    paths: dict[str, dict[str, Any]] = {}
    for each in listed:
        body = each.body or each.described
        says: dict[str, Any] = {
            "tags": ["pupils"],
            "summary": (each.serve.__doc__ or "").partition("\n")[0],
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": _PARAMETERS[name]}
                for name in re.findall(r"{(\w+)}", each.template)
            ],
            "responses": {str(each.success): _SUCCESS[each.success], **_refusals_of(each)},
        }
        if body is not None:
            schema = {"$ref": f"#/components/schemas/{body.__name__}"}
            says["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        if "{sitting}" in each.template:
            says["security"] = [{"laptop": []}]
        paths.setdefault(PREFIX + each.template, {})[each.method.lower()] = says
    return {
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"laptop": {"type": "http", "scheme": "bearer"}}},
    }


def _refusals_of(operation: Operation) -> dict[str, dict[str, Any]]:
    """What an operation may refuse, by status."""
    common = OF_A_LAPTOP if "{sitting}" in operation.template else ()
    return described_refusals((*operation.codes, *common))


_SUCCESS: dict[int, dict[str, Any]] = {
    200: {"description": "Done", "content": {"application/json": {"schema": {"type": "object"}}}},
    204: {"description": "Done, with nothing to say"},
}
_PARAMETERS = {
    "sitting": {"type": "string", "format": "uuid"},
    "position": {"type": "integer", "minimum": 0, "maximum": 999_999},
}


def _token(scope: Scope) -> str:
    """The header that says who asks; "" without one."""
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    return next((value for name, value in headers if name == b"authorization"), b"").decode("latin-1")


def _decoded(raw: bytes, body: type) -> Any:
    """Body of a type.

    Raises
    ------
    RefusedError
        ``malformed``; the fault is not repeated, it may hold personal data.
    """
    if any(nul in raw for nul in NULS):  # no text holds it, and PostgreSQL stores it in none
        raise RefusedError("malformed")
    try:
        return msgspec.json.decode(raw, type=body)
    except UNREADABLE:
        raise RefusedError("malformed") from None


async def _send(send: Send, reply: Reply) -> None:
    """One complete reply, never cached."""
    headers = [(b"cache-control", b"no-store")]
    content = b""
    if reply.body is not None:
        content = _encoder.encode(reply.body)
        headers += (b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())
    for name, value in reply.headers.items():
        if name != "Cache-Control":
            headers.append((name.lower().encode(), value.encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
