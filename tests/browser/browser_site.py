"""A whole delivery site for browser tests: a bank, two schools, a SQLite file and a server on a free port."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx2
import uvicorn
from sqlalchemy import Engine, create_engine
from sqlmodel import Session, col, select

from delivery.app import create_app
from delivery.config import RESERVE_ITEMS, DeliveryConfig, Secrets
from delivery.journal import open_journal
from delivery.people import (
    Enrolment,
    Pupil,
    Roster,
    School,
    SchoolClass,
    StaffRole,
    add_staff,
    import_roster,
    list_classes,
    list_schools,
)
from delivery.rooms import (
    Administration,
    close_room,
    create_administration,
    freeze_room,
    open_room,
    pause_room,
    reserve_list,
    resume_room,
    room_code,
    seat_list,
)
from delivery.sittings import Sittings
from delivery.tables import EventRow, PupilRow, SeatRow
from itembank import (
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    ItemSource,
    compile_bank,
    read_item,
    read_stimulus,
)
from peil.database import migrate, open_web
from peil.settings import Settings
from tests.designs import area_design
from tests.passwords import quick_hash

BANK = Path(__file__).parent / "bank"
PASSWORD_HASH = quick_hash("een heel gewone zin")
PUPILS = ("Lotte Vandenbroucke", "Noah El Amrani", "Mila Peeters")
SCHOOLS = {"De Wilgen": PUPILS, "De Linde": ("Kato Maes",)}

CANARY_PARAMETERS = ("1.3712345", "0.4598765")

T = TypeVar("T")


def compile_test_bank() -> tuple[CompiledBank, dict[str, tuple[str, bytes]]]:
    """Six items (four kinds of answers, a picture, a formula, a passage), and their media by hash."""
    picture = (BANK / "mand.svg").read_bytes()
    digest = hashlib.sha256(picture).hexdigest()
    items = [
        replace(read_item(path.read_bytes(), file=path.name, area="alles"), media={"mand.svg": f"{digest}.svg"})
        for path in sorted(BANK.glob("B-?.xml"))
    ]
    return compile_items(items), {digest: ("image/svg+xml", picture)}


def compile_items(items: list[ItemSource]) -> CompiledBank:
    """Bank of these items, all of which every pupil gets."""
    slope, location = (float(canary) for canary in CANARY_PARAMETERS)
    parameters = tuple(CalibratedItem(item.name, slope, location, 0.1, 0.1, 500, 0.5) for item in items)
    calibration = CalibrationVersion(identifier="canaries", model="2pl", provenance={}, items=parameters)
    n = len(items)
    design = area_design("proef", "Proeftoets, 4de leerjaar", n, {"alles": (n, n)}, time_limit_ms=50 * 60_000)
    passage = read_stimulus((BANK / "B-T1.xml").read_bytes())
    return compile_bank(design, items, calibration, [passage])


def site_of(data: Path, xml: bytes, pictures: Path) -> Site:
    """Site that is open, whose test is one item with pictures from a folder."""
    content = {path.name: path.read_bytes() for path in pictures.glob("*.svg")}
    hashes = {name: hashlib.sha256(drawing).hexdigest() for name, drawing in content.items()}
    item = replace(read_item(xml, area="alles"), media={name: f"{digest}.svg" for name, digest in hashes.items()})
    media = {hashes[name]: ("image/svg+xml", drawing) for name, drawing in content.items()}
    site = Site(data, compile_items([item]), media)
    site.open()
    return site


@contextmanager
def open_site(data: Path, file: Path) -> Iterator[Site]:
    """A site whose test is one item, with the pictures beside it, and with its room open."""
    running = site_of(data, file.read_bytes(), file.parent)
    try:
        yield running
    finally:
        running.stop()


@dataclass(frozen=True, slots=True)
class Codes:
    """What a pupil types."""

    room: str
    seat: str


class Site:
    """A running site; one room of the school "De Wilgen" is what most tests look at."""

    def __init__(
        self,
        data: Path,
        bank: CompiledBank,
        media: dict[str, tuple[str, bytes]],
        granted: dict[str, str] | None = None,
        *,
        reserve_items: int = RESERVE_ITEMS,
    ) -> None:
        settings = Settings(data=data)
        migrate(settings)
        self.database: Engine = open_web(settings)
        self.secrets = Secrets(**{field.name: secrets.token_bytes(32) for field in fields(Secrets)})
        self.bank = bank
        self._granted = granted or {}
        self._reserve_items = reserve_items
        self.rooms = {school: self._make_room(school, pupils) for school, pupils in SCHOOLS.items()}
        self.room = self.rooms["De Wilgen"]
        self._media = media
        self._file = settings.database_file
        self._start()

    def codes(self, pupil: str = PUPILS[0]) -> Codes:
        """Room code and seat code of a pupil."""
        room = self.room
        with Session(self.database) as db:
            code = room_code(db, room.school_id, room.administration_id, self.secrets)
            seats = seat_list(db, room.school_id, room.administration_id, self.secrets)
        return Codes(code, next(seat.seat_code for seat in seats if seat.pupil == pupil))

    def reserve_code(self) -> str:
        """Code of the first seat for a child who is not on the list."""
        with Session(self.database) as db:
            room = self.room
            return reserve_list(db, room.school_id, room.administration_id, self.secrets)[0].seat_code

    def open(self) -> None:
        """Open the room, as the console does."""
        self._act(open_room)

    def pause(self) -> None:
        """Pause the room."""
        self._act(pause_room)

    def resume(self) -> None:
        """Resume the room."""
        self._act(resume_room)

    def guess(self) -> None:
        """Type wrong codes until new laptops need a click."""
        address = f"{self.url}/api/v1/entry"
        codes = {"room_code": self.codes().room, "seat_code": "AAAAAA"}
        with httpx2.Client() as client:
            while client.post(address, json=codes).json()["code"] != "wait_for_click":
                continue

    def close(self) -> None:
        """Close the room."""
        self._act(close_room)

    def freeze(self) -> None:
        """End the room for good."""
        self._act(freeze_room)

    def events(self, pupil: str = PUPILS[0]) -> list[tuple[str, dict[str, Any]]]:
        """Kind and payload of every event in the pupil's log."""
        first, _, last = pupil.partition(" ")
        with Session(self.database) as db:
            sitting = select(SeatRow.sitting_id).join(PupilRow, col(PupilRow.pupil_id) == SeatRow.pupil_id)
            found = db.exec(
                sitting.where(
                    PupilRow.first_name == first,
                    PupilRow.last_name == last,
                    SeatRow.administration_id == self.room.administration_id,
                )
            ).one()
            rows = db.exec(select(EventRow).where(EventRow.sitting_id == found).order_by(col(EventRow.event_number)))
            return [(row.kind, json.loads(row.payload)) for row in rows]

    def answered(self, pupil: str = PUPILS[0]) -> list[str]:
        """Items with an accepted answer, in the order of the log."""
        return [payload["item"] for kind, payload in self.events(pupil) if kind == "answered"]

    def stop(self) -> None:
        """Stop the server and close what it used."""
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self.database.dispose()
        assert not self._thread.is_alive()

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """Let staff's screens find no database meanwhile."""
        away = create_engine(f"sqlite:///{self._file.parent}/away/peil.sqlite")
        self.app.state.database = away
        yield
        self.app.state.database = self.database
        away.dispose()

    def restart(self) -> None:
        """Stop the server and start another one at the same address, as after a crash of the machine's service."""
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._start(self.port)

    def _make_room(self, school: str, names: tuple[str, ...]) -> Administration:
        """A school with one class, one proctor, one coordinator and one room."""
        pupils = tuple(
            Pupil(f"{school}-{n}", f"{school}-{n:04}", name.partition(" ")[0], name.partition(" ")[2], self._granted)
            for n, name in enumerate(names)
        )
        roster = Roster(
            (School(school, school),),
            (SchoolClass(f"{school}-4A", school, "4A"),),
            pupils,
            tuple(Enrolment(pupil.identifier, f"{school}-4A") for pupil in pupils),
        )
        with Session(self.database) as db, db.begin():
            import_roster(db, roster)
            school_id = next(known.school_id for known in list_schools(db) if known.name == school)
            for role in (StaffRole.PROCTOR, StaffRole.COORDINATOR):
                email = f"{role}@{school.lower().replace(' ', '-')}.example"
                add_staff(db, email, PASSWORD_HASH, role, school_id, "An Toets")
            class_id = list_classes(db, school_id)[0].class_id
            return create_administration(
                db,
                self.secrets,
                school_id=school_id,
                class_id=class_id,
                test=self.bank.test,
                bank_hash=self.bank.hash,
                title=self.bank.title,
            )

    def _start(self, port: int = 0) -> None:
        """Serve in a thread until stopped; returns when requests are answered."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()  # who comes before the server does waits for it
        self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listener, ready)), daemon=True)
        self._thread.start()
        assert ready.wait(20)

    async def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        """Run the application with its journal, in one event loop."""
        journal = open_journal(self._file)
        banks: Callable[[str], CompiledBank] = {self.bank.hash: self.bank}.__getitem__
        config = DeliveryConfig(
            self.secrets, player_versions=self._file.parent / "player", reserve_items=self._reserve_items
        )
        self.app = app = create_app(config, self.database, journal, banks, self._media.get)
        options = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, timeout_keep_alive=60)
        self._server = uvicorn.Server(options)
        self._loop = asyncio.get_running_loop()
        self.sittings: Sittings = app.state.sittings
        ready.set()
        await self._server.serve(sockets=[listener])
        await self.sittings.close()
        await journal.close()

    def _act(self, action: Callable[[Sittings, UUID, UUID], Coroutine[Any, Any, None]]) -> None:
        """Do something to the room in the server's loop."""
        work = action(self.sittings, self.room.school_id, self.room.administration_id)
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=20)
