from __future__ import annotations

from pathlib import Path

import pytest

from loadtest.drill.__main__ import read_arguments
from loadtest.drill.faults import FAULTS, POSTGRES_ONLY
from loadtest.drill.planning import Size, copies_for, left_out, postgres_plan, sqlite_plan


def test_every_fault_is_planned_on_postgresql_or_said_to_be_left_out() -> None:
    plan = postgres_plan(Size(kills=200, stops=50, races=1000, others=3))
    assert set(plan.faults) | set(left_out()) == set(FAULTS)
    assert (plan.faults["worker killed"], plan.faults["database stopped"], plan.races) == (200, 50, 1000)
    assert plan.workers == 2


def test_sqlite_gets_what_it_can_have() -> None:
    plan = sqlite_plan(Size(kills=25))
    assert not POSTGRES_ONLY & set(plan.faults)
    assert (plan.faults["worker killed"], plan.workers) == (3, 1)
    assert "disk full" in plan.faults  # needs no rights there


def test_a_larger_drill_gets_more_seats() -> None:
    small, large = (copies_for(postgres_plan(Size(kills=kills))) for kills in (5, 200))
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
