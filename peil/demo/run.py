"""The main job: every step from an empty folder to a report and a page, each held to what it promises."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from sqlmodel import Session

import delivery
from delivery.people import discimus_ids
from loadtest.pupils import Finished
from peil import pipeline
from peil.demo import facts, live, results, school
from peil.demo.field_test import FieldTest, copy_scales, import_bank, run_field_tests
from peil.demo.people import Account, make_accounts
from peil.demo.progress import Step, StepBook
from peil.demo.roster import SCHOOLS
from peil.demo.school import Room
from peil.demo.trying import N_SIMULATED, try_tests
from peil.demo.visit import serving_inside, visit
from peil.installation import Installation
from peil.server import address_of, bind
from peil.web import DemoNotice, create_app

WAVE = "Demo-afname 2027"
VISITORS_CLASS, VISITORS_NOTE, FREE_SEATS = "4A", " (zelf proberen)", 3


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An installation that is ready for pupils: banks, people and rooms."""

    field_tests: Mapping[str, FieldTest]
    accounts: tuple[Account, ...]
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """What the demo leaves behind to look at.

    Attributes
    ----------
    notice : codes and accounts for the start page
    rooms : rooms with free seats
    """

    prepared: Prepared
    notice: DemoNotice
    rooms: tuple[Room, ...]


def prepare(installation: Installation, seed: int, book: StepBook) -> Prepared:
    """Steps 1 to 3: bank, field test and calibration, people and rooms.

    Raises
    ------
    DemoError
        If the database holds anything already, or a step did not do its work.
    """
    facts.check_empty(installation)
    for_field_test, for_roster = np.random.default_rng(seed).spawn(2)
    with book.step("Import the demo bank") as step:
        report = import_bank(installation)
        copy_scales(installation)
        facts.check_import(report)
        step.outcome = f"{report.n_items} items and {report.n_stimuli} passages from a QTI 3 package, none refused"
    with book.step("Simulate a field test, calibrate, release") as step:
        field_tests = run_field_tests(installation, for_field_test)
        facts.check_field_tests(field_tests)
        n_simulees = sum(field_test.responses.n_persons for field_test in field_tests.values())
        n_responses = sum(field_test.responses.n_responses for field_test in field_tests.values())
        drawn = f"{n_simulees:,} simulees, {n_responses:,} simulated responses"
        step.outcome = f"{drawn}, 2PL and partial credit, {len(field_tests)} banks"
    with book.step("Import a roster, make rooms") as step:
        counts = school.import_people(installation, for_roster)
        accounts = make_accounts(sorted(SCHOOLS))
        school.add_staff(installation, accounts)
        rooms = school.make_rooms(installation, [test.bank for test in field_tests.values()], simulated=True)
        step.outcome = f"{counts.schools} schools, {counts.classes} classes, {counts.pupils} pupils, {len(rooms)} rooms"
    return Prepared(field_tests, accounts, tuple(rooms))


def run_main_job(installation: Installation, seed: int, book: StepBook) -> Done:
    """Steps 1 to 7.

    Raises
    ------
    DemoError
        If a step did not do its work.
    """
    prepared = prepare(installation, seed, book)
    for_pupils = np.random.default_rng(seed).spawn(3)[2]
    with book.step("Try the tests out on simulated pupils") as step:
        pages = try_tests(installation, prepared.field_tests)
        step.outcome = f"{len(pages)} tests, {N_SIMULATED} simulated pupils each; every test meets its blueprint"
    with book.step("Serve, let virtual pupils take the tests") as step:
        finished, rooms = _take_tests(installation, prepared, for_pupils, step)
    with book.step("Export, recalibrate, score") as step:
        collected = _evaluate(installation, prepared, finished, book, step)
    with book.step("Write reports and research data") as step:
        _publish(installation, collected, step)
    return Done(prepared, _notice(rooms, prepared.accounts), rooms)


def _take_tests(
    installation: Installation, prepared: Prepared, rng: np.random.Generator, step: Step
) -> tuple[list[Finished], tuple[Room, ...]]:
    """Step 5: a server, proctors, pupils; afterwards rooms stay open in which a visitor can take the tests."""
    places = live.seat_pupils(prepared.rooms, rng)
    lengths = {test: field_test.design.blueprint.length for test, field_test in prepared.field_tests.items()}
    n_sittings = sum(len(place.seats) for place in places)
    banks = [field_test.bank for field_test in prepared.field_tests.values()]
    visitors = school.make_rooms(installation, banks, simulated=False, only_class=VISITORS_CLASS, note=VISITORS_NOTE)
    with live.serving(installation) as server:

        async def everything() -> list[Finished]:
            """Open, take, close."""
            await live.open_rooms(server.address, prepared.rooms, prepared.accounts)
            finished = await live.take_tests(server.address, places, rng, lambda _answer: step.advance())
            await live.close_rooms(server.address, prepared.rooms, prepared.accounts)
            await live.open_rooms(server.address, visitors, prepared.accounts)
            return finished

        step.expect(sum(lengths[test] for place in places for test in place.seats))
        finished = asyncio.run(everything())
    facts.check_live(prepared.field_tests, finished, n_sittings)
    answered = [answer.item for sitting in finished for answer in sitting.answers]
    asked, given = (facts.interactions(banks, items) for items in (None, set(answered)))
    step.outcome = (
        f"{len(places)} virtual pupils, {len(finished)} sittings, {len(answered):,} answers acknowledged over HTTP, "
        f"to {len(given)} of the {len(asked)} kinds of questions"
    )
    return finished, tuple(visitors)


def _evaluate(
    installation: Installation, prepared: Prepared, finished: Sequence[Finished], book: StepBook, step: Step
) -> pipeline.Collected:
    """Step 6: what came in, what it says about the items, what it says about the pupils."""
    collected = pipeline.collect_sittings(installation)
    with Session(installation.web) as db:
        audit = delivery.audit_log(db, installation.settings.checkpoints_file, installation.keys.checkpoint)
    facts.check_export(prepared.field_tests, collected, finished, audit)
    step.note("recalibrating")
    recoveries = results.recalibrate(installation, prepared.field_tests, collected.records)
    facts.check_recovery(recoveries)
    step.note("scoring")
    wanted = {found.test: found.calibration for found in recoveries}
    scores = pipeline.score_wave(installation, WAVE, collected.records, wanted)
    facts.check_scores(scores, collected.records)
    book.findings.append(results.recovery_table(recoveries))
    error = float(np.mean([score.standard_error for score in scores]))
    step.outcome = f"{len(scores)} sittings scored (mean standard error {error:.2f} logits), log audited"
    return collected


def _publish(installation: Installation, collected: pipeline.Collected, step: Step) -> None:
    """Step 7: reports and research data."""
    folder = installation.settings.data
    files = pipeline.write_reports(installation, WAVE, folder / "reports")
    with Session(installation.web) as db:
        schools, forbidden = delivery.list_schools(db), discimus_ids(db)
    facts.check_reports(files, len(schools))
    step.note("research data")
    dataset = pipeline.write_research(installation, WAVE, collected.records, folder / "research")
    facts.check_research(dataset.folder, forbidden)
    step.outcome = (
        f"{len(schools)} schools as page and PDF; {dataset.n_responses:,} pseudonymised responses for research"
    )


def _notice(rooms: Sequence[Room], accounts: Sequence[Account]) -> DemoNotice:
    """What the start page shows."""
    return DemoNotice(
        rooms=[_codes(room, FREE_SEATS) for room in rooms],
        accounts=[
            {"role": account.title, "email": account.email, "password": account.password, "sees": account.sees}
            for account in accounts
        ],
    )


def check_serving(installation: Installation, done: Done, book: StepBook) -> None:
    """Step 8, checked: serve, and visit every page."""
    with book.step("Serve and visit every page") as step:
        listener = bind("127.0.0.1", 0)
        with serving_inside(create_app(installation, done.notice), listener):
            field_test = next(iter(done.prepared.field_tests.values()))
            choice = field_test.item_ids[field_test.details[0].item]  # what simulees chose is known of it
            n_pages = visit(address_of(listener), done.rooms, done.prepared.accounts, WAVE, choice)
        step.outcome = f"{n_pages} pages as pupil, proctor, coordinator and psychometrician"


def write_codes(installation: Installation, seed: int, path: Path, copies: int, book: StepBook) -> None:
    """Steps 1 to 3, then rooms that stay open and their codes as JSON: what a load test or a drill starts from.

    Parameters
    ----------
    installation, seed, book
        As for `prepare`.
    path
        Place of the file.
    copies
        Rooms that every class gets for every test: a load test wants more sittings than a school has.
    """
    prepared = prepare(installation, seed, book)
    with book.step("Open every room") as step:
        banks = [field_test.bank for field_test in prepared.field_tests.values()]
        more = (
            school.make_rooms(installation, banks, simulated=True, note=f" ({number})")
            for number in range(2, copies + 1)
        )
        rooms = [*prepared.rooms, *chain.from_iterable(more)]
        with live.serving(installation) as server:
            asyncio.run(live.open_rooms(server.address, rooms, prepared.accounts))
        path.write_text(json.dumps({"rooms": [_codes(room) for room in rooms]}, ensure_ascii=False, indent=1))
        step.outcome = f"{sum(len(room.seats) for room in rooms)} seats in {path}"


def _codes(room: Room, n_seats: int | None = None) -> dict[str, object]:
    """One room with the codes of its seats, or of its first ones."""
    return {
        "title": room.administration.title,
        "room_code": room.room_code,
        "seats": [{"name": seat.name, "seat_code": seat.seat_code} for seat in room.seats[:n_seats]],
    }
