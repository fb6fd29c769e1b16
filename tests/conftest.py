"""Fixtures that every package's tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings

from loadtest.postgres import PostgresServer

TESTS = Path(__file__).parent

# No deadline: machines are shared and noisy. Continuous integration tries the same examples each time.
settings.register_profile("developer", deadline=None)
settings.register_profile("integration", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("integration" if os.environ.get("CI") else "developer")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly when a run that may not skip anything did skip."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and os.environ.get("PEIL_NO_SKIPS"):
        terminalreporter.write_line(f"{len(skipped)} skipped, and this run may not skip (PEIL_NO_SKIPS)", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped, a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if skipped and os.environ.get("PEIL_NO_SKIPS") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of data that nobody here wrote, with reference results; beside the repository, not in it."""
    folder = TESTS.parents[1] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs the reference data beside the repository (../shared/data), which is not there")
    return folder


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """Superuser address of a PostgreSQL server for this run; ``PEIL_TEST_DSN`` names another one."""
    given = os.environ.get("PEIL_TEST_DSN")
    if given:
        yield given
        return
    server = PostgresServer("fsync=off\n")  # this machine is not switched off meanwhile; servers that crash are others
    try:
        server.start()
        yield server.superuser_url
    finally:
        server.remove()


@pytest.fixture
def postgres_server() -> Iterator[PostgresServer]:
    """Yield a server of the test's own, to stop and start at will."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres_database(postgres_dsn: str) -> Iterator[str]:
    """Superuser address of a fresh, empty database (``postgresql://…/peil_<random>``), dropped afterwards."""
    name = f"peil_{uuid4().hex[:12]}"
    with psycopg.connect(postgres_dsn, autocommit=True) as db:
        db.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield postgres_dsn.rsplit("/", 1)[0] + "/" + name
    finally:
        with psycopg.connect(postgres_dsn, autocommit=True) as db:
            db.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
