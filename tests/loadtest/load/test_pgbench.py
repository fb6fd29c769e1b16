from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from loadtest.load.pgbench import measure_raw_rate
from loadtest.postgres import PostgresServer


@pytest.mark.postgres
def test_the_raw_rate_is_that_of_transactions_that_were_committed_and_none_without_pgbench(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 2
    raw = measure_raw_rate(postgres_server, tmp_path, seconds)
    assert raw is not None
    with psycopg.connect(postgres_server.superuser_url.rpartition("/")[0] + "/raw") as db:
        counted = [db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("event", "answer")]
        moved = db.execute("SELECT sum(number) FROM head").fetchone()
    assert counted == [moved, moved]
    assert moved is not None
    assert raw.rate == pytest.approx(moved[0] / seconds, rel=0.2)  # the clients' start is not in pgbench's time
    assert 0.0 < raw.cpu_s < 0.05
    monkeypatch.setattr(postgres_server, "program", lambda name: tmp_path / name)  # a distribution without it
    assert measure_raw_rate(postgres_server, tmp_path, seconds) is None
