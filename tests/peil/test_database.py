from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from itembank import Arrival, State, import_package, load_calibration, move_item
from peil.database import NEWEST_REVISION, metadata, migrate, open_owner, open_web
from peil.errors import DatabaseError
from peil.migrating import downgrade, migration_config
from peil.settings import Settings
from tests.itembank.conftest import CHOICE_BODY, CHOICE_DECLARATION, MATCH_CORRECT, NAMESPACE, SCORE_DECLARATION


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an empty database, in a folder whose name holds what addresses must escape."""
    data = tmp_path / "data % with a space"
    data.mkdir()
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_database")
    return Settings(data=data, database_url=url)


@pytest.fixture
def database(settings: Settings) -> Iterator[Engine]:
    """The same database with all tables."""
    migrate(settings)
    owner = open_owner(settings)
    yield owner
    owner.dispose()


def test_the_history_is_one_line() -> None:
    script = ScriptDirectory.from_config(migration_config())
    assert script.get_heads() == [NEWEST_REVISION]
    assert script.get_bases() == ["0001_item_bank"]


def test_the_migrated_tables_are_those_that_the_packages_declare(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata()) == []


def test_every_step_can_be_taken_back_and_again(settings: Settings, database: Engine) -> None:
    tables = set(inspect(database).get_table_names())
    downgrade(database)
    assert set(inspect(database).get_table_names()) == {"alembic_version"}
    migrate(settings)
    assert set(inspect(database).get_table_names()) == tables


def test_migrating_twice_changes_nothing(settings: Settings, database: Engine) -> None:
    migrate(settings)
    with database.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [NEWEST_REVISION]


def test_sqlite_is_opened_as_safely_as_it_can_be(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url="")
    migrate(settings)
    database = open_owner(settings)
    with database.connect() as connection:
        live = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in PRAGMAS}
    database.dispose()
    assert live == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}  # 2 is FULL


@pytest.mark.postgres
def test_requests_run_as_a_role_that_cannot_touch_the_item_bank(postgres_database: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url=postgres_database)
    migrate(settings)
    web = open_web(settings)
    with web.connect() as connection:
        role = connection.execute(text("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"))
        assert tuple(role.one()) == ("peil_web", False)
        connection.execute(text("SELECT * FROM itembank_release"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("DELETE FROM itembank_release"))
    web.dispose()


@pytest.mark.postgres
def test_requests_add_to_the_life_of_an_item_and_change_nothing_of_it(postgres_database: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url=postgres_database)
    migrate(settings)
    owner, web = open_owner(settings), open_web(settings)
    file = tmp_path / "item.xml"
    file.write_text(
        f'<qti-assessment-item xmlns="{NAMESPACE}" identifier="W4-001" title="Even" adaptive="false" '
        f'time-dependent="false">{CHOICE_DECLARATION}{SCORE_DECLARATION}<qti-item-body>{CHOICE_BODY}</qti-item-body>'
        f"{MATCH_CORRECT}</qti-assessment-item>"
    )
    with Session(owner) as db, db.begin():
        import_package(db, file, arrival=Arrival("An", "nieuw", State.FIELD_TEST))
    with Session(web) as db, db.begin():
        assert move_item(db, "W4-001@1", State.OPERATIONAL, "an@peil.example", "klaar").by == "an@peil.example"
    for change in (
        "UPDATE itembank_change SET why = 'anders'",
        "DELETE FROM itembank_change",
        "DELETE FROM itembank_state",
        "UPDATE itembank_item_version SET title = 'anders'",
        "INSERT INTO itembank_statistics DEFAULT VALUES",
    ):
        with web.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(change))
    owner.dispose()
    web.dispose()


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url="postgresql://someone:verysecret@127.0.0.1:1/peil")
    with pytest.raises(DatabaseError, match=r"127\.0\.0\.1:1") as caught:
        open_owner(settings)
    assert "verysecret" not in str(caught.value)


def test_an_upgrade_leaves_what_was_calibrated_before_without_steps(settings: Settings, database: Engine) -> None:
    downgrade(database, "0008_statistics")
    with database.begin() as connection:
        connection.execute(
            text("INSERT INTO itembank_calibration (identifier, model, provenance) VALUES ('c', '2pl', '{}')")
        )
        columns = "identifier, version, digest, title, language, area, enemy, licence, goals, keywords, interactions"
        connection.execute(text("INSERT INTO itembank_item VALUES ('W1', 1)"))
        connection.execute(
            text(
                f"INSERT INTO itembank_item_version ({columns}, maximum, obstacle, stimulus, stimulus_version, media, "
                "file, source) VALUES ('W1', 1, '', '', '', '', '', '', '[]', '[]', '[]', 1, '', '', 1, '{}', '', '')"
            )
        )
        connection.execute(text("INSERT INTO itembank_calibration_item VALUES ('c', 'W1', 1, 1, 0, 0.1, 0.1, 9, 0.5)"))
    migrate(settings)
    with Session(database) as db:
        [entry] = load_calibration(db, "c").items
    assert (entry.discrimination, entry.p_value, entry.steps) == (1.0, 0.5, ())


def test_an_upgrade_gives_every_version_the_state_that_it_had_in_practice(settings: Settings, database: Engine) -> None:
    """What was calibrated last counted, what it replaced did not, what was labelled so was tried out."""
    downgrade(database, "0005_isolation")
    versions = {("W1", 1): "[]", ("W1", 2): "[]", ("W1", 3): "[]", ("W2", 1): '["state:field_test"]', ("W3", 1): "[]"}
    empty = "'', '', '', '', '', ''"
    with database.begin() as connection:
        for identifier in ("W1", "W2", "W3"):
            connection.execute(text(f"INSERT INTO itembank_item VALUES ('{identifier}', 1)"))
        for (identifier, version), keywords in versions.items():
            connection.execute(
                text(
                    "INSERT INTO itembank_item_version (identifier, version, digest, title, language, area, enemy, "
                    "licence, goals, keywords, interactions, maximum, obstacle, stimulus, stimulus_version, media, "
                    f"file, source) VALUES ('{identifier}', {version}, {empty}, '[]', '{keywords}', '[]', 1, '', '', "
                    "1, '{}', '', '')"
                )
            )
        connection.execute(
            text("INSERT INTO itembank_calibration (identifier, model, provenance) VALUES ('c', '2pl', '{}')")
        )
        for version in (1, 2):
            connection.execute(
                text(f"INSERT INTO itembank_calibration_item VALUES ('c', 'W1', {version}, 1, 0, 0.1, 0.1, 9, 0.5)")
            )
    migrate(settings)
    with database.connect() as connection:
        rows = connection.execute(text("SELECT identifier, version, state FROM itembank_state")).all()
        whys = connection.execute(text("SELECT after FROM itembank_change")).scalars().all()
    assert {(name, version): state for name, version, state in rows} == {
        ("W1", 1): "retired",
        ("W1", 2): "operational",
        ("W1", 3): "draft",
        ("W2", 1): "field_test",
        ("W3", 1): "draft",
    }
    assert len(whys) == len(rows)
