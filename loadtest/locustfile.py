"""Locust plan: pupils who log in with a code and take a test, over HTTP as the player does.

``PEIL_CODES`` names the file with room and seat codes that ``peil demo --prepare`` writes::

    peil demo --prepare codes.json --data load && peil serve --data load
    PEIL_CODES=codes.json locust -f loadtest/locustfile.py --host http://127.0.0.1:8000
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from locust import FastHttpUser, between, task
from locust.exception import StopUser

from loadtest.drill import AnswerByChance
from loadtest.fragments import read_fields
from loadtest.pupils import answer_hash

SEATS: SimpleQueue[tuple[str, str]] = SimpleQueue()
for _room in json.loads(Path(os.environ["PEIL_CODES"]).read_text())["rooms"]:
    for _seat in _room["seats"]:
        SEATS.put((_room["room_code"], _seat["seat_code"]))


class Pupil(FastHttpUser):
    """Takes one test, thinking a while before each answer, and leaves."""

    wait_time = between(30.0, 60.0)  # seconds; 45 on average, as docs/architecture plans for

    def on_start(self) -> None:
        """Log in with a seat that nobody has yet."""
        try:
            room_code, seat_code = SEATS.get_nowait()
        except Empty:
            raise StopUser from None
        ticket = self._call("POST", "/api/v1/entry", {"room_code": room_code, "seat_code": seat_code})["ticket"]
        seat = self._call("POST", "/api/v1/entry/confirm", {"ticket": ticket})
        self.answer = AnswerByChance(random.Random(seat_code))
        self.sitting, self.token, self.epoch = seat["sitting"], seat["token"], seat["epoch"]
        self.current = seat["head"]["current"]

    @task
    def answer_current(self) -> None:
        """Answer what is shown; after the last item hand in, seal and leave."""
        path = f"/api/v1/sittings/{self.sitting}"
        if self.current is None:
            head = self._call("POST", f"{path}/hand-in", {"epoch": self.epoch})
            self._call("POST", f"{path}/seal", {"epoch": self.epoch, "position": head["answered"]})
            raise StopUser
        shown = self.current
        response = dict(self.answer(shown["html"], read_fields(shown["html"])))
        kept = {"item": shown["item"], "revision": 0, "response": response, "elapsed_ms": 45_000}
        body = {
            **kept,
            "epoch": self.epoch,
            "showing": None,
            "hash": answer_hash(
                item=shown["item"], position=shown["position"], revision=0, response=response, elapsed_ms=45_000
            ),
        }
        reply = self._call("PUT", f"{path}/answers/{shown['position']}", body, name="/answers/[position]")
        self.current = reply["current"]

    def _call(self, method: str, path: str, body: dict[str, Any], name: str | None = None) -> dict[str, Any]:
        """Send one request; a refusal ends this pupil and counts as a failure."""
        headers = {"authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}
        label = name or path.replace(getattr(self, "sitting", "-"), "[sitting]")
        with self.rest(method, path, json=body, headers=headers, name=label) as reply:
            if reply.status_code >= 400:  # `rest` has counted it as a failure
                raise StopUser
            return dict(reply.js or {})
