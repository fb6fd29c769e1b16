"""The model test of the protocol (point 27), and the controls that must go red."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text

from delivery.errors import JournalError, LostRaceError
from delivery.journal import Entry, Event, Journal
from delivery.sittings import reserving, service
from delivery.sittings.decisions import Decision
from engine import Passages
from itembank import CompiledBank
from tests.delivery.delivery_world import World, make_bank
from tests.delivery.model_crew import Crew, Sabotage
from tests.delivery.model_sealed import SealedMachine

EXAMPLES = int(os.environ.get("PEIL_MODEL_EXAMPLES", "30"))
STEPS = int(os.environ.get("PEIL_MODEL_STEPS", "40"))
CONTROL_EXAMPLES = 200  # a control stops at its first red example
RED = (AssertionError, JournalError, Flaky)
"""An assertion of the model; the fold that finds two events of one number; either of them not twice in a row."""
ON_ANY = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
"""What is sabotaged is decided before any database hears of it."""
LIMITS = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    print_blob=False,
    phases=(Phase.explicit, Phase.generate),
)


@pytest.fixture(scope="session")
def bank() -> CompiledBank:
    """Every test of six holds a passage of four: with one item ahead (K = 2) it may not be sent."""
    return make_bank(passages=Passages(1, 1))


@pytest.fixture
def crew(world: World) -> Iterator[Crew]:
    """Two workers: on SQLite over one journal, on PostgreSQL each with its own."""
    with asyncio.Runner() as runner:
        first = world.open_journal()
        journals = [first, first if world.name == "sqlite" else world.open_journal()]
        yield Crew(world, runner, journals)
        runner.run(world.stop())
        for journal in set(journals):
            runner.run(journal.close())


def run(crew: Crew, sabotage: Sabotage | None = None, limits: settings = LIMITS) -> None:
    """Run the machine over a crew."""
    if sabotage is not None:
        crew.sabotage = sabotage

    class Machine(SealedMachine):
        pass

    Machine.crew = crew
    run_state_machine_as_test(Machine, settings=limits)


def test_nothing_is_lost_whatever_happens(crew: Crew) -> None:
    run(crew)


class ReplyingTooEarly:
    """Sabotage: says "stored" first and commits at the next call, if that ever comes."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.waiting: list[Sequence[Entry]] = []

    async def open(self) -> None:
        """Nothing to do: the real one is open."""

    async def append(self, entries: Sequence[Entry]) -> None:
        """Commit what waited, and let this wait."""
        await self._commit()
        if entries[0].answer is None:
            await self.journal.append(entries)
        else:
            self.waiting.append(entries)

    async def load(self, school_id: Any, sitting_id: Any, after: int = 0) -> list[Event]:
        """Load what is committed."""
        await self._commit()
        return await self.journal.load(school_id, sitting_id, after)

    async def close(self) -> None:
        """Nothing to close."""

    async def _commit(self) -> None:
        while self.waiting:
            with suppress(LostRaceError):  # too late: it is lost
                await self.journal.append(self.waiting.pop(0))


@pytest.mark.fault
def test_control_replying_before_the_commit_turns_the_model_test_red(crew: Crew) -> None:
    with pytest.raises(RED):
        run(crew, ReplyingTooEarly, settings(LIMITS, max_examples=CONTROL_EXAMPLES))


class SendingTooEarly(ReplyingTooEarly):
    """Sabotage: lets items ahead leave before the event that names them is committed, and then loses it."""

    async def append(self, entries: Sequence[Entry]) -> None:
        """Commit everything else."""
        if b'"role":"reserve"' not in entries[0].event.payload:
            await self.journal.append(entries)


@pytest.mark.fault
def test_control_sending_ahead_before_the_commit_turns_the_model_test_red(crew: Crew) -> None:
    with pytest.raises(AssertionError, match="named"):
        run(crew, SendingTooEarly, settings(LIMITS, max_examples=CONTROL_EXAMPLES))


@ON_ANY
@pytest.mark.fault
def test_control_without_a_limit_to_what_is_never_shown_the_model_test_turns_red(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reserving, "UNSHOWN_FACTOR", 10)
    with pytest.raises(AssertionError, match="unshown"):
        run(crew, limits=settings(LIMITS, max_examples=CONTROL_EXAMPLES))


@ON_ANY
@pytest.mark.fault
def test_control_without_settling_offline_time_the_model_test_turns_red(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "decide_credit", lambda *_: Decision())
    with pytest.raises(AssertionError, match="running"):
        run(crew, limits=settings(LIMITS, max_examples=CONTROL_EXAMPLES))


SQLITE_WITHOUT_KEYS = (
    "CREATE TABLE loose_event AS SELECT * FROM delivery_event",
    "CREATE TABLE loose_answer AS SELECT * FROM delivery_answer",
    "DROP TABLE delivery_answer",
    "DROP TABLE delivery_event",
    "ALTER TABLE loose_event RENAME TO delivery_event",
    "ALTER TABLE loose_answer RENAME TO delivery_answer",
)
POSTGRES_WITHOUT_KEYS = (
    "ALTER TABLE delivery_answer DROP CONSTRAINT delivery_answer_pkey",
    "ALTER TABLE delivery_event DROP CONSTRAINT delivery_event_pkey CASCADE",
)


@pytest.mark.fault
def test_control_without_unique_keys_the_model_test_turns_red(crew: Crew) -> None:
    statements = SQLITE_WITHOUT_KEYS if crew.world.name == "sqlite" else POSTGRES_WITHOUT_KEYS
    with crew.world.owner.begin() as db:
        for statement in statements:
            db.execute(text(statement))
    with pytest.raises(RED):
        run(crew, limits=settings(LIMITS, max_examples=CONTROL_EXAMPLES))
