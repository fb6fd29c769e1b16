from __future__ import annotations

import sys
from pathlib import Path

import pytest

from loadtest.drill import DrillPlan, DrillResult, run_drill

HASTY = (sys.executable, str(Path(__file__).parent / "hasty_server.py"), "serve")


def report(result: DrillResult) -> str:
    """What a reader of the test's output wants to know."""
    return (
        f"{result.kills} kills, {result.repeats} repeats, {result.finished} sealed, {result.verdict}, "
        f"{result.failures[:3]}"
    )


@pytest.mark.fault
@pytest.mark.timeout(600)
def test_twenty_kills_under_load_lose_and_double_nothing_on_sqlite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = run_drill(DrillPlan(tmp_path, kills=20, pupils=60, seed=1))
    with capsys.disabled():
        sys.stdout.write(f"\n  SQLite: {report(result)}\n")
    assert result.kills == 20
    assert result.repeats >= 20  # the kills fell while requests were under way
    assert result.verdict.is_clean, report(result)
    assert result.verdict.acknowledged == result.verdict.stored == 60 * 20  # 60 pupils, tests of 20 questions
    assert (result.finished, result.failures) == (60, ())


@pytest.mark.fault
@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_kills_under_load_lose_and_double_nothing_on_postgresql(
    postgres_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = {"PEIL_DATABASE_URL": postgres_database}
    result = run_drill(DrillPlan(tmp_path, kills=6, pupils=20, seed=2, environment=environment))
    with capsys.disabled():
        sys.stdout.write(f"\n  PostgreSQL: {report(result)}\n")
    assert result.kills == 6
    assert result.verdict.is_clean, report(result)
    assert result.verdict.acknowledged == result.verdict.stored == 20 * 20
    assert (result.finished, result.failures) == (20, ())


@pytest.mark.fault
@pytest.mark.timeout(600)
def test_control_a_server_that_answers_before_it_commits_turns_the_drill_red(tmp_path: Path) -> None:
    result = run_drill(DrillPlan(tmp_path, kills=3, pupils=20, seed=3, serve=HASTY))
    assert not result.verdict.is_clean
    assert result.verdict.lost > 0, report(result)
