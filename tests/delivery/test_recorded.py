"""Whole sittings through a recording proxy: what the bytes on the line give away of keys, answers and items ahead.

Pupils load the page, sign in, answer on the line and ahead of it, hand in and seal, over real HTTP. The drill's own
proxy keeps every request, and every byte that the server sent, also of replies that it then loses.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest

from delivery.sittings import reserving
from delivery.sittings.reserving import UNSHOWN_FACTOR
from itembank import (
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    ItemSource,
    bank_bytes,
    compile_bank,
    read_item,
    read_stimulus,
)
from loadtest.drill.messages import Fate, MessageFaults
from loadtest.drill.proxy import Exchange, FaultProxy, Message
from tests.browser.browser_site import BANK, PUPILS, Site
from tests.delivery.delivery_world import CHOICE, HEAD, RULE, SCORE, TYPED, Laptop, Room
from tests.delivery.test_secrets import CANARIES, SLOPE, found_in, given_away
from tests.designs import area_design
from tests.itembank.planting import NUMBER, planted, rekeyed

N_PLAIN, LENGTH, AHEAD = 30, 12, 3
PICTURE = (BANK / "mand.svg").read_bytes()
PICTURE_NAME = f"{sha256(PICTURE).hexdigest()}.svg"
MARK = re.compile(rb"Merk ([A-Z0-9-]+)\.")
"""In the text of every item: whatever way an item leaves the server, it is seen."""
RESERVE, ANSWER = re.compile(rb"POST \S+/reserve "), re.compile(rb"PUT \S+/answers/(\d+) ")
ADDRESSES = re.compile(r'(?:src|href)="(/[^"#]+)"')

MAPPING = '<qti-mapping lower-bound="0" default-value="0"><qti-map-entry map-key="A" mapped-value="1"/></qti-mapping>'
MAPPED = TYPED.replace("</qti-correct-response>", f"</qti-correct-response>{MAPPING}").replace(
    "{rule}", RULE.replace("match_correct", "map_response")
)

pytestmark = pytest.mark.anyio
Choose = Callable[[int], str]
"""What a pupil picks or types at a position."""


def marked(xml: str, name: str) -> bytes:
    """The item with its mark, another key than it had, and canaries beside it."""
    return planted(rekeyed(re.sub("(<qti-item-body[^>]*>)", rf"\1<p>Merk {name}.</p>", xml, count=1).encode()))


def make_items() -> list[ItemSource]:
    """Thirty plain items, of which every fifth is typed and mapped, and three with a picture and a passage."""
    names = [f"T{number:02d}" for number in range(N_PLAIN)]
    plain = [
        (MAPPED if number % 5 == 0 else CHOICE).format(head=HEAD, name=name, score=SCORE, rule=RULE)
        for number, name in enumerate(names)
    ]
    read = [read_item(marked(xml, name), area="x") for xml, name in zip(plain, names, strict=True)]
    rich = [
        read_item(marked((BANK / f"{name}.xml").read_text(), name), file=f"{name}.xml", area="beeld")
        for name in ("B-1", "B-5", "B-6")
    ]
    return read + [replace(item, media={"mand.svg": PICTURE_NAME}) for item in rich]


def make_bank(change: Callable[[ItemSource], ItemSource] = lambda item: item) -> CompiledBank:
    """Adaptive test of twelve items, three of them rich; parameters are canaries."""
    items = [change(item) for item in make_items()]
    places = [sign * (whole + 0.4598765) for whole in range(3) for sign in (-1.0, 1.0)]
    known = tuple(
        CalibratedItem(item.name, SLOPE, places[row % len(places)], SLOPE, SLOPE, int(NUMBER), SLOPE / 2)
        for row, item in enumerate(items)
    )
    design = area_design("proef", "Proef", LENGTH, {"x": (LENGTH - 3, LENGTH - 3), "beeld": (3, 3)})
    passage = read_stimulus((BANK / "B-T1.xml").read_bytes())
    return compile_bank(design, items, CalibrationVersion("canaries", "2pl", {}, known), [passage])


@dataclass(frozen=True)
class LostReplies(MessageFaults):
    """Loses the first reply to the answers at some positions: the server has chosen, and the laptop does not know."""

    positions: frozenset[int] = frozenset()
    lost: set[int] = field(default_factory=set)

    def draw(self, _rng: random.Random, head: bytes) -> Fate:
        """Decide on one request."""
        found = ANSWER.match(head)
        position = int(found[1]) if found else 0
        if position not in self.positions - self.lost:
            return Fate.CARRIED
        self.lost.add(position)
        return Fate.REPLY_LOST


@dataclass
class Sitter:
    """A pupil who takes a whole test behind the proxy.

    Attributes
    ----------
    laptop : what the pupil works at
    choose : what is answered
    offline : positions that are answered while the network is away, so that the next item is one of those ahead
    """

    laptop: Laptop
    choose: Choose
    offline: frozenset[int] = frozenset()
    _ahead: dict[str, str] = field(default_factory=dict)  # HTML by item

    async def take_the_test(self) -> None:
        """From the page to the seal."""
        page = await self.get("/toets")
        addresses = set(ADDRESSES.findall(page))
        workers = {address.replace("page.js", "worker.js") for address in addresses}
        for address in sorted(addresses | workers):
            await self.get(address)
        await self.laptop.enter()
        while self.laptop.head["current"]:
            await self.answer()
        assert (await self.laptop.hand_in()).status_code == 200
        assert (await self.laptop.seal(LENGTH)).status_code == 200

    async def get(self, address: str) -> str:
        """Get a page, or a file that it needs."""
        reply = await self.laptop.client.get(address, headers=self.laptop.headers if self.laptop.token else {})
        assert reply.status_code == 200, address
        return reply.text

    async def answer(self) -> None:
        """Type, fill the reserve, load pictures, answer, and go on with what comes or with what is ahead."""
        current = self.laptop.head["current"]
        await self.type_a_draft(current)
        await self.fill()
        for picture in sorted(set(re.findall(r'/media/[^"\s]+', current["html"]))):
            await self.get(picture)
        position, item = current["position"], current["item"]
        queue = [name for name in self.laptop.head["reserve"] if name in self._ahead and name != item]
        showing = queue[0] if position in self.offline and queue and position < LENGTH else None
        try:
            reply = await self.laptop.answer_ahead(position, item, self.choose(position), showing)
        except httpx2.TransportError:  # the row stays in the outbox and goes again, when the next item is on the screen
            reply = await self.laptop.answer_ahead(position, item, self.choose(position), queue[0] if queue else None)
            if queue:
                self.laptop.head["current"] = {
                    "position": position + 1,
                    "item": queue[0],
                    "html": self._ahead[queue[0]],
                }
        assert reply.status_code == 200, reply.text

    async def type_a_draft(self, current: dict[str, Any]) -> None:
        """Let the server keep what will be answered, and load the page again: it knows, and may not tell."""
        draft = {
            "item": current["item"],
            "response": {"RESPONSE": self.choose(current["position"])},
            "epoch": self.laptop.epoch,
        }
        address = f"{self.laptop.url}/drafts/{current['position']}"
        kept = await self.laptop.client.put(address, json=draft, headers=self.laptop.headers)
        assert kept.status_code == 204, kept.text
        assert (await self.laptop.look()).status_code == 200

    async def fill(self) -> None:
        """Ask for items ahead, and keep them."""
        if self.laptop.head["refill"]:
            body = (await self.laptop.fetch_reserve(list(self._ahead))).json()
            self._ahead |= {one["item"]: one["html"] for one in body["items"]}
            self.laptop.head["reserve"] = body["reserve"]


def by_turns(position: int) -> str:
    """Right at odd positions, where the item is picked."""
    return "B" if position % 2 else "A"


@dataclass
class Recorded:
    """One sitting on the line, and what was stored of it."""

    exchanges: list[Exchange]
    events: list[tuple[str, dict[str, Any]]]

    @property
    def sent(self) -> list[bytes]:
        """Every reply of the server: head and body."""
        return [b"".join(reply) for _, reply in self.exchanges if reply is not None]

    def items(self) -> set[str]:
        """Items that were sent in any way."""
        return marks(b"".join(self.sent))

    def leaks(self) -> list[str]:
        """Canaries, and the requests that brought them."""
        named = [(request.head.split(b"\r\n")[0].decode(), reply) for request, reply in self.exchanges if reply]
        return [f"{canary} in {line}" for line, reply in named for canary in found_in(b"".join(reply))]

    def unseen(self) -> list[set[str]]:
        """After each reply: items that were sent, and neither answered, nor shown, nor waiting for an answer."""
        sent: set[str] = set()
        shown: set[str] = set()
        waiting: set[str] = set()
        result = []
        for request, reply in self.exchanges:
            if ANSWER.match(request.head):
                body = json.loads(request.body)
                shown |= {body["item"], *([body["showing"]["item"]] if body["showing"] else [])}
            if reply is None:
                continue
            sent |= marks(reply.body)
            waiting = current_of(reply) or waiting
            result.append(sent - shown - waiting)
        return result

    def categories(self) -> list[int]:
        """Score of each answer, in order."""
        return [payload["category"] for kind, payload in self.events if kind == "answered"]


def marks(sent: bytes) -> set[str]:
    """Items whose text is in these bytes."""
    return {f"{name.decode()}@1" for name in MARK.findall(sent)}


def current_of(reply: Message) -> set[str]:
    """Item that a reply puts on the screen; empty where it says nothing of that."""
    if b"application/json" not in reply.head:
        return set()
    content = json.loads(reply.body)
    head = content.get("head")
    current = (head if isinstance(head, dict) else content).get("current")
    return {current["item"]} if current else set()


@asynccontextmanager
async def line_to(site: Site, faults: MessageFaults) -> AsyncIterator[tuple[httpx2.AsyncClient, list[Exchange]]]:
    """A client behind the proxy, and what the proxy records; nothing is compressed, so that every byte can be read."""
    exchanges: list[Exchange] = []
    async with (
        FaultProxy(lambda: [("127.0.0.1", site.port)], faults, random.Random(0), exchanges) as proxy,
        httpx2.AsyncClient(base_url=proxy.address, headers={"accept-encoding": "identity"}, timeout=30.0) as client,
    ):
        yield client, exchanges


async def record(
    site: Site,
    pupil: str,
    choose: Choose = by_turns,
    offline: Sequence[int] = (),
    lost: Sequence[int] = (),
) -> Recorded:
    """Let a pupil take the whole test."""
    codes = site.codes(pupil)
    room = Room(site.room.school_id, site.room.administration_id, codes.room, (codes.seat,))
    async with line_to(site, LostReplies(positions=frozenset(lost))) as (client, exchanges):
        await Sitter(Laptop(client, room), choose, frozenset(offline)).take_the_test()
    return Recorded(exchanges, site.events(pupil))


def open_site(folder: Path, bank: CompiledBank) -> Site:
    """Site with its room open."""
    media = {PICTURE_NAME.removesuffix(".svg"): ("image/svg+xml", PICTURE)}
    site = Site(folder, bank, media, reserve_items=AHEAD)
    site.open()
    return site


@pytest.fixture(scope="module")
def bank() -> CompiledBank:
    return make_bank()


@pytest.fixture
def running(tmp_path: Path, bank: CompiledBank, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Site on which every sitting draws with one key."""
    monkeypatch.setattr("delivery.rooms.actions.secrets.token_hex", lambda size: "5e" * size)
    site = open_site(tmp_path, bank)
    yield site
    site.stop()


async def test_no_byte_of_a_whole_sitting_holds_a_canary(running: Site, bank: CompiledBank) -> None:
    got = await record(running, PUPILS[0], offline=(3, 6))
    given = {payload["item"] for kind, payload in got.events if kind == "answered"}
    assert len(given) == LENGTH
    assert given <= got.items()
    assert got.events[-1][0] == "sealed"
    assert got.leaks() == []
    line = b"\n".join(got.sent)
    for seen in (b"<!doctype html>", b"text/javascript", b"text/css", b"Merk T", b"Merk B-", PICTURE, b'"receipt":'):
        assert seen.lower() in line.lower(), seen  # the recorder sees what pages, items and pictures hold
    heads = b"".join(reply.head.lower() for _, reply in got.exchanges if reply)
    assert b"content-encoding" not in heads
    assert b"transfer-encoding" not in heads  # every body was read whole
    assert found_in(bank_bytes(bank)) == list(CANARIES)  # had the server sent its bank, all would have been found


async def test_control_a_canary_that_is_served_is_found(tmp_path: Path) -> None:
    site = open_site(tmp_path, make_bank(given_away))
    try:
        got = await record(site, PUPILS[0])
    finally:
        site.stop()
    assert any("/answers/" in leak for leak in got.leaks())
    assert any("/reserve" in leak for leak in got.leaks())


def reserves(recorded: Recorded) -> list[tuple[int, bytes]]:
    """Answers that had been sent before each request for items ahead, and its reply without the time of day."""
    n_answers, found = 0, []
    for request, reply in recorded.exchanges:
        n_answers += ANSWER.match(request.head) is not None
        if RESERVE.match(request.head) and reply:
            found.append((n_answers, re.sub(rb"\r\ndate: [^\r]*", b"", reply.head) + reply.body))
    return found


def other_at(position: int) -> Choose:
    """As `by_turns`, but for one position."""
    return lambda at: by_turns(at + (at == position))


@pytest.mark.parametrize("position", [3, 5, 6])
async def test_what_is_ahead_tells_nothing_of_an_answer_that_was_not_sent(running: Site, position: int) -> None:
    """Two sittings with one key are alike up to an answer: so is every byte ahead, though both were typed before."""
    offline = (3, position)
    one, other = [
        await record(running, pupil, choose, offline=offline)
        for pupil, choose in ((PUPILS[0], by_turns), (PUPILS[1], other_at(position)))
    ]
    until = [[sent for n_answers, sent in reserves(got) if n_answers < position] for got in (one, other)]
    assert until[0] == until[1]
    assert marks(b"".join(until[0]))
    assert heads(one)[:position] == heads(other)[:position]  # also after it, as long as the pupil goes on with those
    scores = [got.categories() for got in (one, other)]
    assert scores[0][: position - 1] == scores[1][: position - 1]
    assert scores[0][position - 1] != scores[1][position - 1]  # the control: the answers did differ
    assert reserves(one) != reserves(other)  # and what was asked for afterwards does tell: it is chosen by them


def heads(recorded: Recorded) -> list[tuple[Any, list[str], bool]]:
    """What each reply to an answer says of the next item and of those ahead."""
    replies = [json.loads(reply.body) for request, reply in recorded.exchanges if reply and ANSWER.match(request.head)]
    return [(reply["current"], reply["reserve"], reply["refill"]) for reply in replies]


@pytest.mark.parametrize("factor", [UNSHOWN_FACTOR, 10])
async def test_items_that_were_sent_and_never_shown_are_at_most_k_at_every_moment(
    running: Site, monkeypatch: pytest.MonkeyPatch, factor: int
) -> None:
    """Replies are lost, and of what is ahead little is shown; without the limit, the control, there is more."""
    monkeypatch.setattr(reserving, "UNSHOWN_FACTOR", factor)
    got = await record(running, PUPILS[0], lambda _: "A", lost=(2, 5))
    most = max(map(len, got.unseen()))
    assert (most <= UNSHOWN_FACTOR * AHEAD) == (factor == UNSHOWN_FACTOR)
    assert most >= UNSHOWN_FACTOR * AHEAD
