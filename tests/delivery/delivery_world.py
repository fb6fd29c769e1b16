"""A small world for the tests: two schools, two pupils each, a room, a bank of four kinds of items, and laptops."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import psycopg
from sqlalchemy import Engine, make_url
from sqlmodel import Session

from delivery import DeliveryConfig, Journal, News, Secrets, SittingRef, create_app, import_roster, open_journal
from delivery.people import Enrolment, Pupil, Roster, School, SchoolClass, list_classes, list_schools
from delivery.rooms import create_administration, open_room, reserve_list, room_code, seat_list
from delivery.sittings import Sittings
from engine import Passages
from itembank import (
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    Stopping,
    compile_bank,
    read_item,
    read_stimulus,
)
from peil.database import connect, migrate
from peil.settings import Settings
from tests.designs import area_design

SECRETS = Secrets(*(bytes([number]) * 32 for number in range(1, 8)))
N_ITEMS, LENGTH = 12, 6
TIME_LIMIT_MS = 30 * 60_000
QTI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
HEAD = f'xmlns="{QTI}" title="t" adaptive="false" time-dependent="false" xml:lang="nl-BE"'
SCORE = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
RULE = '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
CHOICE = """<qti-assessment-item {head} identifier="{name}">
<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
<qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>{score}
<qti-item-body><qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Kies</qti-prompt>
<qti-simple-choice identifier="A">een</qti-simple-choice><qti-simple-choice identifier="B">twee</qti-simple-choice>
</qti-choice-interaction></qti-item-body>{rule}</qti-assessment-item>"""
TYPED = """<qti-assessment-item {head} identifier="{name}">
<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string">
<qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>{score}
<qti-item-body><p>Typ <qti-text-entry-interaction response-identifier="RESPONSE" expected-length="10"/></p>
</qti-item-body>{rule}</qti-assessment-item>"""

PASSAGE = (
    f'<qti-assessment-stimulus xmlns="{QTI}" identifier="{{name}}" title="t">'
    "<qti-stimulus-body><p>Er was eens.</p></qti-stimulus-body></qti-assessment-stimulus>"
)


def make_bank(
    stopping: Stopping | None = None, minimum_length: int = LENGTH, passages: Passages | None = None
) -> CompiledBank:
    """Twelve items, every second one typed; a pupil gets six, or fewer where a rule ends it; "A" is always right.

    Where a test holds passages, the first eight items are of two passages of four.
    """
    items, parameters = [], []
    for number in range(N_ITEMS):
        source = (TYPED if number % 2 else CHOICE).format(head=HEAD, name=f"T{number:02d}", score=SCORE, rule=RULE)
        item = read_item(source.encode(), area="x")
        items.append(replace(item, stimulus=f"P{number // 4}") if passages and number < 8 else item)
        parameters.append(CalibratedItem(f"T{number:02d}@1", 1.0, (number - 6) / 3, 0.1, 0.1, 500, 0.5))
    design = area_design("proef", "Proef", LENGTH, {"x": (0, LENGTH)}, time_limit_ms=TIME_LIMIT_MS)
    design = replace(design, stopping=stopping or Stopping(), minimum_length=minimum_length)
    design = replace(design, blueprint=replace(design.blueprint, passages=passages))
    read = [read_stimulus(PASSAGE.format(name=f"P{number}").encode()) for number in range(2 if passages else 0)]
    return compile_bank(design, items, CalibrationVersion("c1", "2pl", {}, tuple(parameters)), read)


def make_roster() -> Roster:
    """Two schools with one class of two pupils; the second pupil of each has extra time."""
    pupils = tuple(
        Pupil(f"p{n}", f"9000000000{n}", f"Voornaam{n}", f"Achternaam{n}", {"extra_time": "1.25"} if n % 2 else {})
        for n in range(4)
    )
    return Roster(
        schools=(School("s0", "School nul"), School("s1", "School één")),
        classes=(SchoolClass("c0", "s0", "4A"), SchoolClass("c1", "s1", "4B")),
        pupils=pupils,
        enrolments=tuple(Enrolment(f"p{n}", f"c{n // 2}") for n in range(4)),
    )


@dataclass(frozen=True)
class Room:
    """A room of one school with the seat codes of its pupils."""

    school_id: UUID
    administration_id: UUID
    room_code: str
    seat_codes: tuple[str, ...]


@dataclass
class World:
    """A migrated database with a roster and a room in each school; journals are opened as often as a test wants."""

    name: str
    database: Engine
    archive: Engine
    owner: Engine
    journal_address: str | Path
    bank: CompiledBank
    rooms: list[Room] = field(default_factory=list)
    workers: list[Sittings] = field(default_factory=list)
    config: DeliveryConfig = field(default_factory=lambda: DeliveryConfig(SECRETS))

    def open_journal(self) -> Journal:
        """Open the log; on SQLite only one at a time."""
        return open_journal(self.journal_address)

    def app(self, journal: Journal, news: News | None = None) -> Any:
        """One worker."""
        made = create_app(self.config, self.database, journal, lambda _hash: self.bank, lambda _hash: None, news)
        self.workers.append(made.state.sittings)
        return made

    async def stop(self) -> None:
        """Let go of what workers hold; journals are closed by whoever opened them."""
        while self.workers:
            await self.workers.pop().close()

    def prepare(self) -> None:
        """Import the roster and make a room in each school."""
        with Session(self.owner) as db, db.begin():
            import_roster(db, make_roster())
        with Session(self.database) as db, db.begin():
            schools = list_schools(db)
        self.rooms = [self.make_room(school.school_id) for school in sorted(schools, key=lambda s: s.identifier)]

    def make_room(self, school_id: UUID, n_reserves: int = 0, *, simulated: bool = True) -> Room:
        """Another room for a school's class, with seats for children who are not on the list."""
        with Session(self.database) as db, db.begin():
            group = list_classes(db, school_id)[0]
            made = create_administration(
                db,
                SECRETS,
                school_id=school_id,
                class_id=group.class_id,
                test="proef",
                bank_hash=self.bank.hash,
                title="Proef 4A",
                simulated=simulated,
                n_reserves=n_reserves,
            )
            identifier = made.administration_id
            slips = seat_list(db, school_id, identifier, SECRETS) + reserve_list(db, school_id, identifier, SECRETS)
            codes = tuple(slip.seat_code for slip in slips)
            return Room(school_id, identifier, room_code(db, school_id, identifier, SECRETS), codes)

    def dispose(self) -> None:
        """Close the connections."""
        for database in (self.database, self.archive, self.owner):
            database.dispose()


def sqlite_world(folder: Path, template: Path, bank: CompiledBank) -> World:
    """World in a SQLite file copied from a migrated one."""
    file = folder / "peil.sqlite"
    shutil.copyfile(template, file)
    database = connect(make_url(f"sqlite:///{file}"))
    return World("sqlite", database, database, database, file, bank)


def make_sqlite_template(folder: Path) -> Path:
    """Empty migrated SQLite file."""
    settings = Settings(data=folder)
    migrate(settings)
    return settings.database_file


def make_postgres_template(superuser: str) -> None:
    """Migrate an empty PostgreSQL database as an owner who is no superuser, and let the roles sign in."""
    name = superuser.rsplit("/", 1)[1]
    with psycopg.connect(superuser, autocommit=True) as db:
        db.execute(
            "DO $$ BEGIN CREATE ROLE peil_owner LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        db.execute(f'ALTER DATABASE "{name}" OWNER TO peil_owner'.encode())
    migrate(Settings(database_url=as_role(superuser, "peil_owner")))
    with psycopg.connect(superuser, autocommit=True) as db:
        for role in ("peil_web", "peil_journal", "peil_archive"):
            db.execute(f"ALTER ROLE {role} LOGIN".encode())


def postgres_world(superuser: str, bank: CompiledBank) -> World:
    """World in a migrated PostgreSQL database, used through the application's roles."""
    roles = ("web", "archive", "owner")
    web, archive, owner = (connect(make_url(as_role(superuser, f"peil_{role}"))) for role in roles)
    return World("postgresql", web, archive, owner, as_role(superuser, "peil_journal"), bank)


def as_role(url: str, role: str) -> str:
    """The same database as another role (the test server trusts everybody)."""
    return make_url(url).set(username=role).render_as_string(hide_password=False)


def answer_body(
    position: int,
    item: str,
    value: Any,
    *,
    epoch: int,
    elapsed_ms: int = 1500,
    revision: int = 0,
    showing: tuple[int, str] | None = None,
    field: str = "RESPONSE",
) -> Any:
    """Body of an answer as the player makes it; ``showing``: position and item on the screen by now."""
    content = {
        "elapsed_ms": elapsed_ms,
        "item": item,
        "position": position,
        "response": {field: value},
        "revision": revision,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    del content["position"]
    ahead = showing and {"position": showing[0], "item": showing[1]}
    return {**content, "epoch": epoch, "showing": ahead, "hash": hashlib.sha256(canonical).hexdigest()}


@dataclass
class Laptop:
    """A pupil's laptop: it speaks HTTP and knows nothing else."""

    client: httpx2.AsyncClient
    room: Room
    seat: int = 0
    token: str = ""
    sitting: str = ""
    epoch: int = 0
    head: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Address of the sitting."""
        return f"/api/v1/sittings/{self.sitting}"

    @property
    def headers(self) -> dict[str, str]:
        """How the laptop says who it is."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def ref(self) -> SittingRef:
        """Reference for tests that look behind the interface."""
        return SittingRef(self.room.school_id, UUID(self.sitting))

    async def enter(self) -> Laptop:
        """Type the codes and say "ja, dat ben ik"."""
        codes = {"room_code": self.room.room_code, "seat_code": self.room.seat_codes[self.seat]}
        entered = await self.client.post("/api/v1/entry", json=codes)
        assert entered.status_code == 200, entered.text
        confirmed = await self.client.post("/api/v1/entry/confirm", json={"ticket": entered.json()["ticket"]})
        assert confirmed.status_code == 200, confirmed.text
        body = confirmed.json()
        self.token, self.sitting, self.epoch, self.head = body["token"], body["sitting"], body["epoch"], body["head"]
        return self

    async def look(self) -> httpx2.Response:
        """Ask for the head."""
        return await self.client.get(self.url, headers=self.headers)

    async def put(self, position: int, body: Any) -> httpx2.Response:
        """Send a body for a position, and remember the head that comes back."""
        reply = await self.client.put(f"{self.url}/answers/{position}", json=body, headers=self.headers)
        if reply.status_code == 200:
            self.head = reply.json()
        return reply

    async def answer(self, value: Any = "A") -> httpx2.Response:
        """Answer the item on the screen."""
        current = self.head["current"]
        return await self.put(
            current["position"], answer_body(current["position"], current["item"], value, epoch=self.epoch)
        )

    async def fetch_reserve(self, held: Sequence[str] = ()) -> httpx2.Response:
        """Ask for items ahead."""
        body = {"epoch": self.epoch, "held": list(held)}
        return await self.client.post(f"{self.url}/reserve", json=body, headers=self.headers)

    async def answer_ahead(
        self, position: int, item: str, value: Any = "A", showing: str | None = None, elapsed_ms: int = 1500
    ) -> httpx2.Response:
        """Send an answer that was given without a network, perhaps with the item that is on the screen after it."""
        shown = (position + 1, showing) if showing else None
        body = answer_body(position, item, value, epoch=self.epoch, showing=shown, elapsed_ms=elapsed_ms)
        return await self.put(position, body)

    async def finish(self) -> None:
        """Answer everything, hand in, seal."""
        while self.head["current"]:
            assert (await self.answer()).status_code == 200
        assert (await self.hand_in()).status_code == 200
        assert (await self.seal(self.head["answered"])).status_code == 200

    async def hand_in(self) -> httpx2.Response:
        """Say that the pupil is done."""
        return await self.client.post(f"{self.url}/hand-in", json={"epoch": self.epoch}, headers=self.headers)

    async def seal(self, position: int) -> httpx2.Response:
        """Say that the outbox is empty."""
        body = {"epoch": self.epoch, "position": position}
        return await self.client.post(f"{self.url}/seal", json=body, headers=self.headers)


@dataclass
class Site:
    """One worker over a world, and a client that reaches it."""

    world: World
    journal: Journal
    client: httpx2.AsyncClient
    sittings: Sittings

    async def open_room(self, room: int = 0) -> Room:
        """Open a room."""
        opened = self.world.rooms[room]
        await open_room(self.sittings, opened.school_id, opened.administration_id)
        return opened

    async def laptop(self, seat: int = 0, room: int = 0) -> Laptop:
        """A laptop that came in; the room is opened first."""
        return await Laptop(self.client, await self.open_room(room), seat).enter()

    async def events(self, laptop: Laptop) -> list[Any]:
        """The log of a laptop's sitting."""
        return await self.journal.load(laptop.ref.school_id, laptop.ref.sitting_id)

    async def close(self) -> None:
        """Stop the worker and its client; the journal is another's."""
        await self.client.aclose()
        await self.sittings.close()

    async def contacts_written(self) -> None:
        """Let the contacts of this worker that are due be in the database."""
        await self.sittings.contact_writer.write_due()

    async def kinds(self, laptop: Laptop) -> list[str]:
        """Kinds of events in the log."""
        return [event.kind for event in await self.events(laptop)]


class Clock:
    """A clock that the test moves, in milliseconds since 1970."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


MakeSite = Callable[[World], Site]


def make_site(world: World, journal: Journal, news: News | None = None) -> Site:
    """One worker and a client."""
    app = world.app(journal, news)
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://peil.test")
    return Site(world, journal, client, app.state.sittings)
