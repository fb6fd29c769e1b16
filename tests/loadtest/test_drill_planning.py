from __future__ import annotations

from pathlib import Path

import pytest

from loadtest.drill.__main__ import read_arguments
from loadtest.drill.faults import FAULTS
from loadtest.drill.planning import POSTGRESQL, SQLITE, Size, copies_for, left_out, plan_for


@pytest.mark.parametrize("database", [POSTGRESQL, SQLITE])
def test_every_fault_is_planned_or_said_to_be_left_out(database: str) -> None:
    plan = plan_for(database, Size(kills=200, stops=50, races=1000, others=3))
    assert set(plan.faults) | set(left_out(database)) == set(FAULTS)
    assert not set(plan.faults) & set(left_out(database))


def test_postgresql_gets_all_strikes_and_sqlite_one_kill_in_ten() -> None:
    large, small = (plan_for(database, Size(kills=25, stops=4, races=95)) for database in (POSTGRESQL, SQLITE))
    assert (large.faults["worker killed"], large.faults["database stopped"], large.races, large.workers) == (
        25,
        4,
        95,
        2,
    )
    assert (small.faults["worker killed"], small.races, small.workers) == (3, 10, 1)


def test_a_larger_drill_gets_more_seats() -> None:
    small, large = (copies_for(plan_for(POSTGRESQL, Size(kills=kills))) for kills in (5, 200))
    assert 1 <= small < large


@pytest.mark.parametrize("wrong", [["--kills", "-1"], ["--pupils", "0"], ["--controls", "/no/such/folder"]])
def test_what_cannot_be_is_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        read_arguments(wrong)
    assert ended.value.code == 2


def test_options_become_a_size(tmp_path: Path) -> None:
    given = ["--kills", "7", "--stops", "2", "--seed", "9", "--controls", str(tmp_path), "--only", "SQLite"]
    size, servers, databases = read_arguments(given)
    assert (size.kills, size.stops, size.seed, servers, databases) == (7, 2, 9, tmp_path, ("SQLite",))
