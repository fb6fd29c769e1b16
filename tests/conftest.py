"""Fixtures that every package's tests share."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.postgres_server import PostgresServer

TESTS = Path(__file__).parent


def _load_postgres_server() -> type[PostgresServer]:
    """Import the helper beside this file; tests are no package."""
    name = "peil_tests_postgres_server"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, TESTS / "postgres_server.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    server: type[PostgresServer] = sys.modules[name].PostgresServer
    return server


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
    server = _load_postgres_server()()
    try:
        server.start()
        yield server.superuser_url
    finally:
        server.remove()


@pytest.fixture
def postgres_server() -> Iterator[PostgresServer]:
    """Yield a server of the test's own, to stop and start at will."""
    server = _load_postgres_server()()
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
