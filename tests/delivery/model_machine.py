"""The model test: two laptops, two workers and a proctor do anything in any order; nothing may ever be lost.

The laptops keep their own ledger of receipts and an outbox. After every reply the log is read behind the workers'
backs, and A to E of the protocol are checked against it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, ClassVar

import httpx2
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from delivery.access import SittingRef
from delivery.journal import FIRST_DIGEST, follows
from delivery.rooms import close_room, freeze_room, open_room, pause_room, resume_room
from delivery.sittings import empty_state, fold
from delivery.sittings.bodies import body_hash, unseal_bytes
from delivery.sittings.heads import make_receipt
from delivery.sittings.information import SittingInfo, load_info
from tests.delivery import model_log
from tests.delivery.delivery_world import SECRETS, Laptop, Room, answer_body
from tests.delivery.model_crew import Crew
from tests.delivery.model_laptop import Device
from tests.delivery.model_time import running_ms, settled_ms

WORKERS = st.sampled_from([0, 1])
DEVICES = st.sampled_from([0, 1])
VALUES = st.sampled_from(["A", "B", "C"])  # C is no choice of any item: it becomes evidence
POSITIVE = st.integers(0, 50)
SELDOM = st.sampled_from([1, 2, 3, 4, 5, 6, 7, 0])


class AnswerMachine(RuleBasedStateMachine):
    """Anything that can happen to one pupil's answers."""

    crew: ClassVar[Crew]

    def __init__(self) -> None:
        super().__init__()
        crew = self.crew
        crew.start()
        self.room: Room = crew.world.make_room(crew.world.rooms[0].school_id)
        crew.run(open_room(crew.workers[0].sittings, self.room.school_id, self.room.administration_id))
        self.devices = [Device(Laptop(crew.workers[0].client, self.room)) for _ in range(2)]
        self.network: list[tuple[int, int, Any]] = []  # device, position, body
        self.receipts: dict[tuple[int, str], str] = {}
        self.kept: dict[int, str] = {}

    # what the laptops do

    @initialize(worker=WORKERS, size=st.sampled_from([1, 2]))
    def begin(self, worker: int, size: int) -> None:
        """The pupil comes in on the first laptop; one or two items are sent ahead, of a test of six."""
        self.size = size
        self.crew.send_ahead(size)
        self.enter(0, worker)

    @rule(device=DEVICES, worker=WORKERS)
    def enter(self, device: int, worker: int) -> None:
        """Type the codes: the first time, after a reload, or on the other laptop (a move)."""
        if self._room_is_open():
            laptop = self._at(device, worker)
            self.crew.run(self._tolerate(laptop.enter()))
            self._check_shown(laptop.head.get("current"))

    @rule(workers=st.lists(WORKERS, min_size=1, max_size=3), value=VALUES, asks=st.booleans())
    def work(self, workers: list[int], value: str, asks: bool) -> None:
        """The pupil answers what is on the screen, a few times, and nothing goes wrong."""
        for worker in workers:
            showing = self._showing()
            if showing is not None:
                self.write(showing, value)
                self.deliver(worker, -1, double=False, lost=False)
                if asks:
                    self.fetch_ahead(showing, worker, lost=1)

    @rule(device=DEVICES, value=VALUES)
    def write(self, device: int, value: str) -> None:
        """Answer what is on the screen: into the outbox, and on its way."""
        held = self.devices[device]
        if held.screen:
            position, item = held.screen
            elapsed_ms = sum(map(ord, value + item)) % 97 * 1000  # more than some waits, less than others
            body = answer_body(position, item, value, epoch=held.laptop.epoch, elapsed_ms=elapsed_ms)
            held.outbox.append((position, body))
            self.network.append((device, position, body))

    @rule(device=DEVICES, worker=WORKERS, lost=SELDOM)
    def fetch_ahead(self, device: int, worker: int, lost: int) -> None:
        """Ask for items ahead of their answers; seldom (0) the reply gets lost."""
        held = self.devices[device]
        if held.is_in:
            reply = self.crew.run(self._at(device, worker).fetch_reserve())
            named = model_log.named_ahead(self.crew.log(held.laptop.ref))
            sent = {one["item"] for one in reply.json().get("items", [])}
            assert sent <= named, "named"  # A: committed before it leaves
            if lost and reply.status_code == 200:
                held.held |= sent
                held.laptop.head["reserve"] = reply.json()["reserve"]

    @rule(device=DEVICES, values=st.lists(VALUES, min_size=1, max_size=4), tells=st.booleans())
    def work_offline(self, device: int, values: list[str], tells: bool) -> None:
        """The network is gone: the pupil goes on with what the laptop has."""
        for value in values:
            before = self.devices[device].screen
            self.write(device, value)
            self.devices[device].go_on(tells=tells)
            if self.devices[device].screen == before:
                return

    @precondition(lambda self: self.network)
    @rule(worker=WORKERS, which=POSITIVE, double=st.booleans(), lost=st.booleans())
    def deliver(self, worker: int, which: int, double: bool, lost: bool) -> None:
        """Any message on its way arrives, perhaps twice; its reply may get lost."""
        device, position, body = self._pick(which, keep=double)
        reply = self.crew.run(self._at(device, worker).put(position, body))
        self._check_reply(device, position, body, reply, seen=not lost)

    @precondition(lambda self: self.network)
    @rule(which=POSITIVE, other=POSITIVE)
    def race(self, which: int, other: int) -> None:
        """Two messages, or one twice, reach both workers at the same moment."""
        sent = [self._pick(which, keep=True), self._pick(other, keep=True)]
        clients = [site.client for site in self.crew.workers]
        laptops = [replace(self.devices[device].laptop, client=clients[n]) for n, (device, _, _) in enumerate(sent)]

        async def both() -> list[httpx2.Response]:
            puts = (laptop.put(position, body) for laptop, (_, position, body) in zip(laptops, sent, strict=True))
            return await asyncio.gather(*puts)

        for (device, position, body), reply in zip(sent, self.crew.run(both()), strict=True):
            self._check_reply(device, position, body, reply, seen=True)

    @precondition(lambda self: self.network)
    @rule(worker=WORKERS, which=POSITIVE, ticks=st.integers(0, 4))
    def deliver_and_leave(self, worker: int, which: int, ticks: int) -> None:
        """The laptop goes away while the server works on its answer."""
        device, position, body = self._pick(which, keep=False)
        self.crew.run(self._leave(self._at(device, worker).put(position, body), ticks))
        self.crew.run(self._settle(worker))

    @precondition(lambda self: self.network)
    @rule(which=POSITIVE)
    def drop(self, which: int) -> None:
        """The network loses a message."""
        self._pick(which, keep=False)

    @rule(device=DEVICES)
    def resend(self, device: int) -> None:
        """The outbox tries everything again."""
        self.network += [(device, position, body) for position, body in self.devices[device].outbox]

    @rule(device=DEVICES, worker=WORKERS)
    def look(self, device: int, worker: int) -> None:
        """Ask for the head, as after a reload."""
        if self.devices[device].is_in:
            laptop = self._at(device, worker)
            reply = self.crew.run(laptop.look())
            laptop.head = reply.json() if reply.status_code == 200 else {}
            self._check_shown(laptop.head.get("current"))

    @rule(seconds=st.sampled_from([1, 9, 25, 31, 400, 2_000]))
    def wait(self, seconds: int) -> None:
        """Time goes by, without a word from any laptop."""
        self.crew.clock.now += 1000 * seconds

    @rule(device=DEVICES, worker=WORKERS, chance=SELDOM)
    def hand_in(self, device: int, worker: int, chance: int) -> None:
        """The pupil is done, and perhaps the outbox is empty."""
        if chance == 0 and self.devices[device].is_in:
            laptop = self._at(device, worker)
            head = self.crew.run(laptop.hand_in()).json()
            self.crew.run(laptop.seal(head.get("answered", 0)))

    # what goes wrong, and what the proctor does

    @precondition(lambda self: self.network)
    @rule(worker=WORKERS, which=POSITIVE, moment=st.sampled_from(["before", "after"]))
    def crash(self, worker: int, which: int, moment: str) -> None:
        """The worker dies just before or just after a commit, and comes back without memory."""
        device, position, body = self._pick(which, keep=False)
        self.crew.faults[worker].crash = moment
        reply = self.crew.run(self._at(device, worker).put(position, body))
        self._check_reply(device, position, body, reply, seen=True)
        self.crew.faults[worker].crash = ""
        self.crew.restart(worker)

    @rule(worker=WORKERS, action=st.sampled_from([pause_room, resume_room]))
    def break_off(self, worker: int, action: Callable[..., Coroutine[Any, Any, None]]) -> None:
        """Fire alarm."""
        self.crew.run(action(self.crew.workers[worker].sittings, self.room.school_id, self.room.administration_id))

    @rule(worker=WORKERS, chance=SELDOM, freeze=st.booleans())
    def close(self, worker: int, chance: int, freeze: bool) -> None:
        """The room closes, seldom; perhaps the wave is frozen at once."""
        if chance == 0:
            sittings = self.crew.workers[worker].sittings
            self.crew.run(close_room(sittings, self.room.school_id, self.room.administration_id))
            if freeze:
                self.crew.run(freeze_room(sittings, self.room.school_id, self.room.administration_id))

    # what must hold

    @invariant()
    def the_log_is_one_sound_chain_whose_fold_is_the_state(self) -> None:
        """Numbers without gaps, digests that follow, one answer a position that never changes (C, D)."""
        if (ref := self._ref()) is None:
            return
        log, previous = self.crew.log(ref), FIRST_DIGEST
        for number, event in enumerate(log, 1):
            assert event.event_number == number
            assert follows(event, previous)
            previous = event.digest
        state = fold(empty_state(ref.school_id, ref.sitting_id), log)
        half = fold(empty_state(ref.school_id, ref.sitting_id), log[: len(log) // 2])
        assert fold(half, log[len(log) // 2 :]) == state
        assert [answer.position for answer in state.answers] == list(range(1, len(state.answers) + 1))
        for answer in state.answers:
            assert self.kept.setdefault(answer.position, answer.body_hash) == answer.body_hash

    @invariant()
    def few_items_are_sent_and_never_shown(self) -> None:
        """Point 10: at most K over a sitting's whole life, in whatever way it goes on."""
        if (ref := self._ref()) is not None:
            assert len(model_log.unshown(self.crew.log(ref))) <= 2 * self.size, "unshown"

    @invariant()
    def all_working_time_is_charged_or_given_back(self) -> None:
        """Point 18: no millisecond with a question on the screen is counted twice, and none gets lost."""
        if (ref := self._ref()) is not None:
            log = self.crew.log(ref)
            used, credited, silent = settled_ms(log)
            assert used + credited + silent == running_ms(log), "running"
            assert 0 <= credited <= self.crew.world.config.offline_credit_ms
            state = fold(empty_state(ref.school_id, ref.sitting_id), log)
            assert (state.used_ms, state.credited_ms) == (used, credited)

    def teardown(self) -> None:
        """Everything that was ever written is in the log: accepted or as evidence; every receipt too."""
        for device, held in enumerate(self.devices):
            for position, body in held.outbox:
                reply = self.crew.run(self._at(device, 0).put(position, body))
                self._check_reply(device, position, body, reply, seen=True)
        if (ref := self._ref()) is not None:
            accepted, evidence = self._accepted(ref), self._evidence(ref)
            for held in self.devices:
                for position, body in held.outbox:
                    waits = position > len(accepted) + 1  # after a gap it stays in the outbox
                    assert waits or self._hash_of(ref, body) == accepted.get(position) or body["hash"] in evidence
            for position, content in self.receipts:
                assert accepted[position] == content

    # the laptops' side of the bargain

    def _at(self, device: int, worker: int) -> Laptop:
        """A laptop that talks to this worker now."""
        laptop = self.devices[device].laptop
        laptop.client = self.crew.workers[worker].client
        return laptop

    def _showing(self) -> int | None:
        """The laptop with an item on its screen that came in last."""
        showing = [number for number, device in enumerate(self.devices) if device.screen]
        return max(showing, key=lambda number: self.devices[number].laptop.epoch, default=None)

    def _pick(self, which: int, *, keep: bool) -> tuple[int, int, Any]:
        """One message on its way."""
        index = which % len(self.network)
        return self.network[index] if keep else self.network.pop(index)

    def _room_is_open(self) -> bool:
        """Whether pupils may come in, as far as the interface tells."""
        codes = {"room_code": self.room.room_code, "seat_code": self.room.seat_codes[0]}
        status: int = self.crew.run(self.crew.workers[0].client.post("/api/v1/entry", json=codes)).status_code
        return status == 200

    def _ref(self) -> SittingRef | None:
        """The pupil's sitting, once a laptop is in."""
        return next((device.laptop.ref for device in self.devices if device.is_in), None)

    def _check_reply(self, device: int, position: int, body: Any, reply: httpx2.Response, *, seen: bool) -> None:
        """A to E, against the log as it is when the reply is there."""
        laptop = self.devices[device].laptop
        said = reply.json()
        assert reply.status_code in {200, 409, 422, 503}
        log = self.crew.log(laptop.ref)
        assert set(said.get("reserve", [])) <= model_log.named_ahead(log), "named"  # A
        self._check_shown(said.get("current"))
        if said.get("code") == "not_offered":  # only where it was answered, or gone past, or at another place
            is_next = position == len(model_log.accepted(log)) + 1
            assert not is_next or body["item"] in model_log.shown(log)
        if not seen:
            return
        if said.get("receipt"):
            accepted = self._accepted(laptop.ref)
            assert position in accepted  # E: a receipt means that it is stored
            assert self._receipt(laptop.ref, position) == said["receipt"]
            if said.get("code") != "already_answered":
                content = self._hash_of(laptop.ref, body)
                assert accepted[position] == content
                assert self.receipts.setdefault((position, content), said["receipt"]) == said["receipt"]
        elif reply.status_code != 503 and said.get("code") != "gap":
            assert body["hash"] in self._evidence(laptop.ref)  # C: refused is not thrown away
        if said.get("code") == "moved":
            assert "current" not in said
        if reply.status_code == 200 and said["epoch"] == laptop.epoch and said["head"] >= laptop.head.get("head", 0):
            laptop.head = said

    def _check_shown(self, current: Any) -> None:
        """A: an item that a laptop has is named by a committed event."""
        ref = self._ref()
        if current and ref is not None:
            assert (current["position"], current["item"]) in model_log.offers(self.crew.log(ref))

    def _accepted(self, ref: SittingRef) -> dict[int, str]:
        """Body hash of every accepted answer, from the log."""
        return model_log.accepted(self.crew.log(ref))

    def _receipt(self, ref: SittingRef, position: int) -> str:
        """Receipt that the log stands for."""
        state = fold(empty_state(ref.school_id, ref.sitting_id), self.crew.log(ref))
        kept = state.kept(position)
        assert kept is not None
        return make_receipt(SECRETS.receipt_key, ref, kept)

    def _key(self, ref: SittingRef) -> bytes:
        """Key of the sitting's typed text."""
        info: SittingInfo = self.crew.run(load_info(self.crew.workers[0].sittings.direct, SECRETS, ref))
        return info.text_key

    def _hash_of(self, ref: SittingRef, body: Any) -> str:
        """Body hash that the log would hold."""
        view = next(view for view in self.crew.world.bank.views if view.item == body["item"])
        return body_hash(view, self._key(ref), body["hash"])

    def _evidence(self, ref: SittingRef) -> set[str]:
        """Hashes that the bodies kept as evidence say of themselves."""
        key = self._key(ref)
        payloads = model_log.payloads(self.crew.log(ref), "evidence")
        opened = [unseal_bytes(key, ref, f"evidence/{payload['hash']}", payload["body"]) for payload in payloads]
        return {json.loads(plain)["hash"] for plain in opened}

    @staticmethod
    async def _tolerate(work: Coroutine[Any, Any, Any]) -> None:
        """A laptop that is not let in (closed, sealed) shows that and waits."""
        try:
            await work
        except AssertionError as refused:
            assert any(code in str(refused) for code in ("already_finished", "room_closed", "unavailable"))  # noqa: PT017 - which refusal it was is the point

    @staticmethod
    async def _leave(work: Coroutine[Any, Any, Any], ticks: int) -> None:
        """Begin a request and go away."""
        task = asyncio.create_task(work)
        for _ in range(ticks):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def _settle(self, worker: int) -> None:
        """Wait until the worker has finished what it began."""
        while self.crew.workers[worker].sittings.ledger.is_busy:
            await asyncio.sleep(0.001)
