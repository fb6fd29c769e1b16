"""PostgreSQL as an operator sets it up: an owner who is no superuser, roles that sign in, roles that may not."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import httpx2
import numpy as np
import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlmodel import Session

from delivery import import_roster, list_schools, open_journal, read_oneroster
from loadtest.postgres import PostgresServer
from loadtest.server import ServerProcess
from peil.database import migrate, open_owner, open_role, open_web, role_url
from peil.demo.roster import write_roster
from peil.errors import DatabaseError
from peil.installation import open_installation
from peil.pipeline import school_waves
from peil.settings import Settings
from scoring import ScoreRecord, store_scores

pytestmark = pytest.mark.postgres

ROLES = ("peil_web", "peil_journal", "peil_archive")


def execute(url: str, *statements: str) -> None:
    """Do as this user."""
    with psycopg.connect(url, autocommit=True) as db:
        for statement in statements:
            db.execute(statement.encode())


def as_user(url: str, name: str) -> str:
    """The same database as another user (the test server trusts everybody)."""
    return make_url(url).set(username=name).render_as_string(hide_password=False)


def new_owner(server: PostgresServer, name: str) -> str:
    """Address of an empty database as its owner, an ordinary user who may make roles."""
    execute(
        server.superuser_url,
        f"CREATE ROLE {name} LOGIN CREATEROLE NOSUPERUSER NOBYPASSRLS",
        f"CREATE DATABASE {name} OWNER {name}",
    )
    return make_url(server.superuser_url).set(username=name, database=name).render_as_string(hide_password=False)


def serve(folder: Path, environment: Mapping[str, str]) -> None:
    """Start `peil serve`, load its start page and the sign-in of staff, stop."""
    folder.mkdir()
    command = (sys.executable, "-m", "peil", "serve", "--data", str(folder / "data"))
    server = ServerProcess(command, folder / "log", environment)
    address = server.start()
    try:
        for page in ("/", "/personeel/aanmelden"):
            assert httpx2.get(address + page).status_code == 200
        entry = httpx2.post(address + "/api/v1/entry", json={"room_code": "AAAAAA", "seat_code": "AAAAAA"})
        assert entry.json()["code"] == "unknown_code"
    finally:
        server.stop()


def test_an_owner_who_is_no_superuser_serves(postgres_server: PostgresServer, tmp_path: Path) -> None:
    owner = new_owner(postgres_server, "keeper")
    settings = Settings(data=tmp_path, database_url=owner)
    migrate(settings)
    for role in ROLES:
        database = open_role(settings, role)
        with database.connect() as connection:
            assert connection.execute(text("SELECT current_user")).scalar_one() == role
        database.dispose()
    asyncio.run(load_something(role_url(settings, "peil_journal").render_as_string(hide_password=False)))
    serve(tmp_path / "place", {"PEIL_DATABASE_URL": owner})


async def load_something(url: str) -> None:
    """Use the log."""
    journal = open_journal(url)
    assert await journal.load(uuid4(), uuid4()) == []
    await journal.close()


def test_roles_that_another_owner_made_are_used_after_one_grant_or_as_logins(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    migrate(Settings(data=tmp_path, database_url=new_owner(postgres_server, "first")))
    owner = new_owner(postgres_server, "second")
    settings = Settings(data=tmp_path, database_url=owner)
    migrate(settings)
    with pytest.raises(DatabaseError, match=r"GRANT .* TO second;") as caught:
        open_web(settings)
    execute(postgres_server.superuser_url, *(f"ALTER ROLE {role} LOGIN" for role in ROLES))
    logins = {"PEIL_WEB_URL": as_user(owner, "peil_web"), "PEIL_JOURNAL_URL": as_user(owner, "peil_journal")}
    serve(tmp_path / "logins", {"PEIL_DATABASE_URL": owner, **logins})
    grant = re.search(r"GRANT [^;]*", str(caught.value))
    assert grant
    execute(postgres_server.superuser_url, grant[0])
    open_web(settings).dispose()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("user", "fault"), [("postgres", "is a superuser"), ("rls_free", "BYPASSRLS"), ("rls_owner", "owns the tables")]
)
def test_a_role_that_row_level_security_does_not_bind_is_refused(
    postgres_database: str, tmp_path: Path, role: str, user: str, fault: str
) -> None:
    for name, rights in (("rls_free", "BYPASSRLS"), ("rls_owner", "CREATEROLE")):
        execute(
            postgres_database,
            f"DO $$ BEGIN CREATE ROLE {name} LOGIN {rights}; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        )
    execute(postgres_database, f'ALTER DATABASE "{make_url(postgres_database).database}" OWNER TO rls_owner')
    setting = f"{role.removeprefix('peil_')}_url"
    settings = Settings(data=tmp_path, database_url=as_user(postgres_database, "rls_owner"))
    settings = settings.model_copy(update={setting: as_user(postgres_database, user)})
    migrate(settings)
    with pytest.raises(DatabaseError, match=fault) as caught:
        open_role(settings, role)
    assert f"PEIL_{role.removeprefix('peil_').upper()}_URL" in str(caught.value)


def test_a_school_gets_the_waves_with_its_own_scores(postgres_database: str, tmp_path: Path) -> None:
    roster = read_oneroster(write_roster(tmp_path / "roster", np.random.default_rng(1)))
    with open_installation(Settings(data=tmp_path / "data", database_url=postgres_database)) as installation:
        with Session(installation.database) as db, db.begin():
            import_roster(db, roster)
        with Session(installation.web) as db:
            schools = list_schools(db)
        with Session(installation.database) as db, db.begin():
            for number, school in enumerate(schools):
                store_scores(db, f"wave {number}", [score_of(school.identifier)])
        assert [school_waves(installation, school) for school in schools] == [("wave 0",), ("wave 1",)]


def score_of(school: str) -> ScoreRecord:
    """A score in a school."""
    return ScoreRecord(
        sitting=uuid4(),
        school=school,
        school_class="c",
        pupil="p",
        test="t",
        theta=0.0,
        standard_error=0.5,
        scale_score=50.0,
        scale_error=5.0,
        level="x",
        n_answers=20,
        calibration="c",
        algorithm="eap",
        simulated=True,
    )


def test_options_in_the_address_are_kept(postgres_database: str, tmp_path: Path) -> None:
    url = make_url(postgres_database).update_query_dict({"options": "-c statement_timeout=4321"})
    settings = Settings(data=tmp_path, database_url=url.render_as_string(hide_password=False))
    migrate(settings)
    database = open_web(settings)
    with database.connect() as connection:
        found = connection.execute(text("SELECT current_user, current_setting('statement_timeout')")).one()
    database.dispose()
    assert tuple(found) == ("peil_web", "4321ms")


def test_an_owner_without_the_right_to_make_roles_is_told_so(postgres_server: PostgresServer, tmp_path: Path) -> None:
    owner = new_owner(postgres_server, "plain")
    execute(postgres_server.superuser_url, "ALTER ROLE plain NOCREATEROLE")
    with pytest.raises(DatabaseError, match="CREATEROLE"):
        migrate(Settings(data=tmp_path, database_url=owner))


def test_an_error_of_the_database_shows_no_value(postgres_database: str, tmp_path: Path) -> None:
    owner = open_owner(Settings(data=tmp_path, database_url=postgres_database))
    with owner.connect() as connection, pytest.raises(Exception, match="hidden") as caught:
        connection.execute(text("SELECT :name FROM no_such_table"), {"name": "Noor Peeters"})
    owner.dispose()
    assert "Noor Peeters" not in str(caught.value)
