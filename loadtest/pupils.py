"""A virtual pupil: takes a whole test over HTTP, exactly as the player in a browser does."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from loadtest.errors import LoadtestError, Refused, Unreachable
from loadtest.fragments import Answer, AnswerFunction, read_fields

FIRST_WAIT_S, LONGEST_WAIT_S = 0.05, 1.0
TRY_AGAIN = {429, 502, 503, 504}
HEADERS = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An answer that the server says is stored."""

    sitting: str
    position: int
    revision: int
    item: str
    hash: str
    receipt: str


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """An answer that the server did not take: by the protocol its body is kept as evidence."""

    sitting: str
    position: int
    hash: str


@dataclass(frozen=True, slots=True)
class Outage:
    """A request that had to be sent again because the server, or the way to it, was not there.

    Attributes
    ----------
    begun : when that first showed (`time.monotonic`)
    seconds : until the reply
    """

    begun: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Finished:
    """What a virtual pupil did.

    Attributes
    ----------
    sitting : identifier of the sitting
    answers : what was acknowledged, in order of position
    repeats : requests that had to be sent again
    """

    sitting: str
    answers: tuple[Acknowledged, ...]
    repeats: int


def canonical_json(value: object) -> bytes:
    """Bytes that the server hashes too: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def answer_hash(*, item: str, position: int, revision: int, response: Answer, elapsed_ms: int) -> str:
    """SHA-256 of an answer's body, hexadecimal (``docs/protocol``, point 5)."""
    body = {
        "item": item,
        "position": position,
        "revision": revision,
        "response": dict(response),
        "elapsed_ms": elapsed_ms,
    }
    return hashlib.sha256(canonical_json(body)).hexdigest()


def _no_ledger(_answer: Acknowledged | NotAccepted) -> None:
    """Keep nothing."""


def _at_once() -> float:
    """Think no time at all, in seconds."""
    return 0.0


def _a_second() -> int:
    """Working time that the laptop's clock counted, in milliseconds."""
    return 1000


@dataclass(slots=True)
class VirtualPupil:
    """One pupil with a room code and a seat code.

    Attributes
    ----------
    client : HTTP client whose ``base_url`` is the server
    room_code, seat_code : what the pupil types
    answer : decides what to answer
    ledger : called with an answer after its receipt came, before anything else is done
    not_accepted : called with an answer that was refused for good
    think : seconds until the next answer is given
    patience_s : how long one request is repeated while the server is away, in seconds
    elapsed : working time on an item as the laptop's own clock counts it, in milliseconds
    """

    client: httpx2.AsyncClient
    room_code: str
    seat_code: str
    answer: AnswerFunction
    ledger: Callable[[Acknowledged], None] = _no_ledger
    not_accepted: Callable[[NotAccepted], None] = _no_ledger
    think: Callable[[], float] = _at_once
    patience_s: float = 60.0
    elapsed: Callable[[], int] = _a_second
    repeats: int = field(default=0, init=False)
    outages: list[Outage] = field(default_factory=list, init=False)
    _sitting: str = field(default="", init=False)
    _token: str = field(default="", init=False)
    _epoch: int = field(default=0, init=False)

    async def run(self) -> Finished:
        """Enter, confirm, answer to the end, hand in and seal.

        Raises
        ------
        Refused
            If the server refuses, with its code.
        Unreachable
            If the server stays away longer than the pupil's patience.
        """
        head = await self.enter()
        answers: list[Acknowledged] = []
        while head["current"] is not None:
            await asyncio.sleep(self.think())
            head = await self.answer_current(head, answers)
        await self.finish(head)
        return Finished(self._sitting, tuple(answers), self.repeats)

    async def enter(self) -> dict[str, Any]:
        """Type the codes, say "yes, that is me", and return the head of the sitting."""
        codes = {"room_code": self.room_code, "seat_code": self.seat_code}
        ticket = (await self._send("POST", "/api/v1/entry", codes))["ticket"]
        seat = await self._send("POST", "/api/v1/entry/confirm", {"ticket": ticket})
        self._sitting, self._token, self._epoch = seat["sitting"], seat["token"], seat["epoch"]
        head: dict[str, Any] = seat["head"]
        return head

    async def answer_current(self, head: dict[str, Any], answers: list[Acknowledged]) -> dict[str, Any]:
        """Answer the item that is shown; return the head with what comes next.

        Raises
        ------
        Refused
            As for `run`. With ``moved`` the answer may have counted all the same: then its receipt is in the ledger.
        """
        current = head["current"]
        body, digest = self._body(current)
        kept = (self._sitting, current["position"], body["revision"], current["item"], digest)
        try:
            reply = await self._send("PUT", f"{self._path}/answers/{current['position']}", body)
        except Refused as refusal:
            if refusal.code == "moved" and refusal.body.get("receipt"):
                self._keep(Acknowledged(*kept, str(refusal.body["receipt"])), answers)
            elif refusal.code != "gap":  # of which nothing is stored: the client sends again
                self.not_accepted(NotAccepted(self._sitting, current["position"], digest))
            raise
        self._keep(Acknowledged(*kept, reply["receipt"]), answers)
        return {**head, "head": reply["head"], "current": reply["current"], "state": reply["state"]}

    def _keep(self, answer: Acknowledged, answers: list[Acknowledged]) -> None:
        """Write an answer down, and only then count it."""
        self.ledger(answer)
        answers.append(answer)

    async def finish(self, head: dict[str, Any]) -> None:
        """Hand in, then say that nothing is left on this laptop."""
        if head["state"] in {"open", "paused"}:
            await self._send("POST", f"{self._path}/hand-in", {"epoch": self._epoch})
        now = await self._send("GET", self._path, None)
        if now["state"] != "sealed":
            await self._send("POST", f"{self._path}/seal", {"epoch": self._epoch, "position": now["answered"]})

    @property
    def _path(self) -> str:
        """Address of the sitting."""
        return f"/api/v1/sittings/{self._sitting}"

    def _body(self, current: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """Body of an answer, and its hash."""
        response = self.answer(current["html"], read_fields(current["html"]))
        kept = {
            "item": current["item"],
            "revision": current.get("revision", 0),
            "response": dict(response),
            "elapsed_ms": self.elapsed(),
        }
        digest = answer_hash(position=current["position"], **kept)
        return {**kept, "epoch": self._epoch, "showing": None, "hash": digest}, digest

    async def _send(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """Send one request until it is answered; repeating it is harmless by the protocol."""
        headers = HEADERS | ({"authorization": f"Bearer {self._token}"} if self._token else {})
        content = None if body is None else canonical_json(body)
        deadline = time.monotonic() + self.patience_s
        wait, asked, first_failure = FIRST_WAIT_S, 0.0, 0.0
        while True:
            try:
                reply = await self.client.request(method, path, content=content, headers=headers)
                if reply.status_code not in TRY_AGAIN:
                    if first_failure:
                        self.outages.append(Outage(first_failure, time.monotonic() - first_failure))
                    return _read(f"{method} {path}", reply)
                failure = f"{reply.status_code} {reply.text[:200]}"
                asked = float(reply.headers.get("retry-after", 0.0))
            except httpx2.TransportError as error:
                failure, asked = f"{type(error).__name__} {error}", 0.0
            first_failure = first_failure or time.monotonic()
            pause = max(wait, asked)
            if time.monotonic() + pause > deadline:
                raise Unreachable(f"{method} {path}: no answer within {self.patience_s:.0f} s; last: {failure}")
            self.repeats += 1
            await asyncio.sleep(pause)
            wait = min(2.0 * wait, LONGEST_WAIT_S)


def _read(request: str, reply: httpx2.Response) -> dict[str, Any]:
    """Content of a reply, or the refusal that it is."""
    try:
        content = reply.json() if reply.content else {}
    except ValueError:
        raise LoadtestError(f"{request}: {reply.status_code} and no JSON: {reply.text[:200]}") from None
    if reply.is_success:
        return dict(content)
    raise Refused(request, reply.status_code, content if isinstance(content, dict) else {"message": content})
