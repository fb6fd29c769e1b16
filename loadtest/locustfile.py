"""Locust plans, over HTTP as the player does: pupils who log in (`Arriving`), or work (`Working`), or do so for long.

`make load` starts them; by hand, with a file that `loadtest.load.traffic.Traffic` wrote::

    PEIL_TRAFFIC=traffic.json locust -f loadtest/locustfile.py Working --headless -u 50 -r 50 --run-time 60s
"""

from __future__ import annotations

import os
import random
import time
from itertools import cycle
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import gevent  # type: ignore[import-untyped]  # it ships no types
from locust import FastHttpUser, events, task
from locust.exception import StopUser

from loadtest.chance import AnswerByChance
from loadtest.fragments import read_fields
from loadtest.ledger import Ledger
from loadtest.load.traffic import ANSWER, FAILURE, LOG_IN, STOP, VARIABLE, Sample, SampleBook, read_traffic
from loadtest.pupils import HEADERS, Acknowledged, answer_hash, canonical_json

TRAFFIC = read_traffic(Path(os.environ[VARIABLE]))
SAMPLES = SampleBook(Path(TRAFFIC.samples))
LEDGER = Ledger(Path(TRAFFIC.ledger), synced=False)  # only processes end here, never the machine
JITTER = (2 / 3, 4 / 3)  # of the mean time to think: 30 to 60 s around 45
SEATS: SimpleQueue[tuple[str, str]] = SimpleQueue()
for _seat in TRAFFIC.seats:
    SEATS.put(_seat)
ADDRESSES = cycle(TRAFFIC.addresses)


def _note_the_end(**_event: object) -> None:
    """Say when the traffic stopped."""
    SAMPLES.add(Sample(STOP, time.time()))


def _note_a_mistake(exception: Exception, **_event: object) -> None:
    """Count what a pupil could not understand."""
    SAMPLES.add(Sample(FAILURE, time.time(), detail=repr(exception)))


def _close(**_event: object) -> None:
    """Write everything out."""
    SAMPLES.close()


HOOKS: Any = events  # Locust gives them no types
HOOKS.test_stopping.add_listener(_note_the_end)
HOOKS.user_error.add_listener(_note_a_mistake)
HOOKS.quit.add_listener(_close)


class Pupil(FastHttpUser):
    """Someone with a laptop, who stays with one server."""

    abstract = True
    n_seated = 0

    def __init__(self, environment: Any) -> None:
        self.host = next(ADDRESSES)
        super().__init__(environment)

    def on_start(self) -> None:
        """Come in at a moment of one's own; the time that counts begins when everybody is in."""
        gevent.sleep(random.uniform(0.0, TRAFFIC.arrive_s))
        self.log_in()
        Pupil.n_seated += 1
        if Pupil.n_seated == TRAFFIC.n_pupils:
            gevent.spawn_later(TRAFFIC.work_s, self.environment.runner.quit)

    def log_in(self) -> None:
        """Take a seat that nobody has yet, up to the first item."""
        try:
            room_code, seat_code = SEATS.get_nowait()
        except Empty:
            SAMPLES.add(Sample(FAILURE, time.time(), detail="no seat is left: make more rooms (--copies)"))
            raise StopUser from None
        self.headers = HEADERS
        with SAMPLES.timing(LOG_IN):
            ticket = self._come("/api/v1/entry", {"room_code": room_code, "seat_code": seat_code})["ticket"]
            seat = self._come("/api/v1/entry/confirm", {"ticket": ticket})
        self.answer = AnswerByChance(random.Random(seat_code))
        self.headers = {**HEADERS, "authorization": f"Bearer {seat['token']}"}
        self.sitting, self.epoch = seat["sitting"], seat["epoch"]
        self.current, self.length = seat["head"]["current"], seat["head"]["test"]["length"]

    def _come(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send a request of somebody who arrives: where it is busy, come back when told, as the player does."""
        return self._call("POST", path, body, is_patient=True)

    def _call(
        self, method: str, path: str, body: dict[str, Any], name: str | None = None, *, is_patient: bool = False
    ) -> dict[str, Any]:
        """Send one request; a refusal ends this pupil and counts as a failure."""
        data = canonical_json(body).decode()
        reply = self.client.request(method, path, name=name, data=data, headers=self.headers)
        while is_patient and reply.status_code == 503 and reply.json().get("code") == "busy":
            gevent.sleep(reply.json()["retry_after_s"])
            reply = self.client.request(method, path, name=name, data=data, headers=self.headers)
        if not 200 <= reply.status_code < 300:
            SAMPLES.add(Sample(FAILURE, time.time(), detail=f"{method} {path}: {reply.status_code} {reply.text}"[:300]))
            raise StopUser
        return dict(reply.json()) if reply.content else {}


class Arriving(Pupil):
    """Logs in and looks at the first item."""

    @task
    def look(self) -> None:
        """Sit."""
        gevent.sleep(3600)


class Working(Pupil):
    """Answers item after item, and makes place for another pupil when the test is done."""

    def wait_time(self) -> float:
        """Seconds until the next answer."""
        return TRAFFIC.think_s * random.uniform(*JITTER)

    def on_start(self) -> None:
        """Begin in the middle: so that the tests of all pupils end, as their answers come, at independent moments."""
        super().on_start()
        self.answers_left = random.randint(1, self.length)
        gevent.sleep(random.uniform(0.0, TRAFFIC.think_s))

    @task
    def work(self) -> None:
        """Answer what is shown; after the last item hand in and seal."""
        self.answer_current()
        self.answers_left -= 1
        if self.current is None:
            path = f"/api/v1/sittings/{self.sitting}"
            head = self._call("POST", f"{path}/hand-in", {"epoch": self.epoch}, "hand-in")
            self._call("POST", f"{path}/seal", {"epoch": self.epoch, "position": head["answered"]}, "seal")
        if self.current is None or not self.answers_left:
            self.log_in()
            self.answers_left = self.length

    def answer_current(self) -> None:
        """Answer the item that is shown, and keep the receipt."""
        shown = self.current
        kept = {
            "item": shown["item"],
            "revision": 0,
            "response": dict(self.answer(shown["html"], read_fields(shown["html"]))),
            "elapsed_ms": round(1000 * TRAFFIC.think_s),
        }
        digest = answer_hash(position=shown["position"], **kept)
        body = {**kept, "epoch": self.epoch, "showing": None, "hash": digest}
        path = f"/api/v1/sittings/{self.sitting}/answers/{shown['position']}"
        with SAMPLES.timing(ANSWER):
            reply = self._call("PUT", path, body, "answer")
        LEDGER(Acknowledged(self.sitting, shown["position"], 0, shown["item"], digest, reply["receipt"]))
        self.current = reply["current"]


class Enduring(Working):
    """Works from the first question on, as long as there is one; every request has a connection of its own.

    No process may hold as many connections as a grade has pupils.
    """

    def on_start(self) -> None:
        """Come in, and think."""
        Pupil.on_start(self)
        self.answers_left = self.length
        gevent.sleep(self.wait_time())

    @task
    def work(self) -> None:
        """Answer what is shown."""
        if self.current is not None:
            self.headers["connection"] = "close"
            self.answer_current()
