"""The small form of the drill: what `make drill` does, with a handful of each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from loadtest.drill import DrillPlan, DrillResult, MessageFaults, Mould, make_mould, remove_database, run_drill
from loadtest.drill.controls import POSTGRES_SETTINGS, Bench, reply_before_commit
from loadtest.drill.faults.disks import can_mount, small_disk
from loadtest.postgres import PostgresServer

CONTROLS = Path(__file__).parent / "controls"
BUSY = DrillPlan(races=8, messages=MessageFaults(0.03), pupils=8, think_s=(0.0, 0.3), moves=0.2)

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def sqlite_mould(tmp_path_factory: pytest.TempPathFactory) -> Mould:
    return make_mould(tmp_path_factory.mktemp("mould") / "sqlite", seed=1)


@pytest.fixture(scope="module")
def postgres_mould(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mould]:
    server = PostgresServer(POSTGRES_SETTINGS)
    try:
        server.start()
        yield make_mould(tmp_path_factory.mktemp("mould") / "postgresql", 1, server)
    finally:
        server.remove()


def assert_clean(result: DrillResult, capsys: pytest.CaptureFixture[str]) -> None:
    """Every strike took place, nobody was stuck, nothing was lost, doubled or thrown away; the ledger is shown."""
    with capsys.disabled():
        sys.stdout.write(f"\n  {result.verdict}, {result.finished} done, {dict(result.happened)}\n")
    assert not result.missing
    assert not result.failures
    assert not result.audit
    assert result.verdict.is_clean
    assert result.verdict.acknowledged == result.verdict.stored  # whatever was stored, somebody has the receipt of
    assert result.verdict.refused == result.verdict.evidence > 0  # races leave a loser


def test_one_server_on_sqlite_is_killed_full_cut_off_and_replaced_and_loses_nothing(
    sqlite_mould: Mould, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = {"worker killed": 2, "disk full": 1, "network cut for 30 s": 1, "checkpoint file not writable": 1}
    result = run_drill(sqlite_mould.copy(tmp_path / "data"), replace(BUSY, faults=faults, seed=1), tmp_path / "logs")
    assert_clean(result, capsys)


@pytest.mark.postgres
def test_two_servers_on_postgresql_are_killed_and_their_database_stopped_and_lose_nothing(
    postgres_mould: Mould, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = {"worker killed": 3, "database stopped": 2, "contacts table locked": 1}
    with small_disk(96) if can_mount() else nullcontext() as disk:
        if disk is not None:
            faults["disk full"] = 1  # only root can mount one; SQLite's full disk is tried above
        plan = replace(BUSY, faults=faults, workers=2, seed=2)
        installation = postgres_mould.copy(tmp_path / "data", disk)
        result = run_drill(installation, plan, tmp_path / "logs")
        remove_database(installation)
    assert_clean(result, capsys)
    assert result.happened["answers while a killed worker was away"] > 0
    assert result.happened["answers while the contacts were locked"] > 0


def test_control_a_server_that_answers_before_it_commits_turns_the_drill_red(
    sqlite_mould: Mould, tmp_path: Path
) -> None:
    outcome = reply_before_commit(Bench(sqlite_mould, CONTROLS, tmp_path, seed=3))
    assert outcome.is_shown, outcome.words
