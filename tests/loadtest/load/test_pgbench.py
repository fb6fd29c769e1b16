from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from loadtest.load.pgbench import measure_raw_rate
from loadtest.postgres import PostgresServer


@pytest.mark.postgres
def test_the_raw_rate_is_that_of_two_inserts_that_were_committed_and_none_without_pgbench(
    postgres_server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 2
    raw = measure_raw_rate(postgres_server, seconds)
    assert raw is not None
    with psycopg.connect(postgres_server.superuser_url.rpartition("/")[0] + "/raw") as db:
        done = db.execute(
            "SELECT relname, n_tup_ins, n_tup_upd + n_tup_del + seq_tup_read + idx_scan FROM pg_stat_user_tables"
        ).fetchall()
        n = db.execute("SELECT count(*) FROM event").fetchone()
    assert n is not None
    assert sorted(done) == [("answer", *n, 0), ("event", *n, 0)]  # nothing is read or changed
    counted = n[0] / seconds
    assert (
        0.8 * counted < raw.rate < 2.0 * counted
    )  # the clients' start is not in pgbench's time: on a busy machine half
    assert 0.0 < raw.cpu_s < 0.05
    monkeypatch.setattr(postgres_server, "program", lambda name: tmp_path / name)  # a distribution without it
    assert measure_raw_rate(postgres_server, seconds) is None
