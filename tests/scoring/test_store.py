"""Scores are kept run by run, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, create_engine

from scoring import ScoreRecord, StoreError, load_scores, store_scores, waves
from scoring.tables import ScoreRow, WaveRow

Result = TypeVar("Result")
TABLES = [SQLModel.metadata.tables[str(row.__tablename__)] for row in (WaveRow, ScoreRow)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Return a real, empty database of either kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'scores.sqlite'}"
    else:
        given: str = request.getfixturevalue("postgres_database")
        url = given.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    SQLModel.metadata.create_all(engine, tables=TABLES)
    yield engine
    engine.dispose()


def score(number: int, school: str = "s1") -> ScoreRecord:
    """Return one result."""
    return ScoreRecord(
        sitting=UUID(int=number),
        pupil=f"pupil-{number}",
        school=school,
        school_class="4A",
        test="wiskunde",
        theta=number / 7.0,
        standard_error=0.3,
        scale_score=250.0 + number,
        scale_error=15.0,
        level="boven",
        n_answers=40,
        calibration="k1",
        algorithm="eap/1",
        simulated=True,
    )


def in_transaction(database: Engine, work: Callable[[Session], Result]) -> Result:
    """Do something in a transaction of its own."""
    with Session(database) as db, db.begin():
        return work(db)


def test_what_is_stored_comes_back_exactly(database: Engine) -> None:
    scores = tuple(score(number) for number in range(1, 6))
    assert in_transaction(database, lambda db: store_scores(db, "2027", scores)) == 1
    assert in_transaction(database, lambda db: load_scores(db, "2027")) == scores


def test_scoring_again_makes_a_new_run_and_keeps_the_old_one(database: Engine) -> None:
    first, second = score(1), replace(score(1), theta=9.0, calibration="k2")
    in_transaction(database, lambda db: store_scores(db, "2027", [first]))
    assert in_transaction(database, lambda db: store_scores(db, "2027", [second])) == 2
    assert in_transaction(database, lambda db: load_scores(db, "2027")) == (second,)
    assert in_transaction(database, lambda db: load_scores(db, "2027", run=1)) == (first,)


def test_a_school_gets_its_own_scores_only(database: Engine) -> None:
    scores = [score(1, "s1"), score(2, "s2"), score(3, "s1")]
    in_transaction(database, lambda db: store_scores(db, "2027", scores))
    found = in_transaction(database, lambda db: load_scores(db, "2027", school="s1"))
    assert [record.sitting.int for record in found] == [1, 3]


def test_waves_are_apart_and_listed(database: Engine) -> None:
    in_transaction(database, lambda db: store_scores(db, "2027", [score(1)]))
    in_transaction(database, lambda db: store_scores(db, "2028", [score(1)]))
    in_transaction(database, lambda db: store_scores(db, "2027", [score(1)]))
    assert sorted(in_transaction(database, waves)) == ["2027", "2028"]
    assert len(in_transaction(database, lambda db: load_scores(db, "2028"))) == 1


def test_a_school_gets_the_waves_it_took_part_in(database: Engine) -> None:
    in_transaction(database, lambda db: store_scores(db, "2027", [score(1, "s1")]))
    in_transaction(database, lambda db: store_scores(db, "2028", [score(1, "s2"), score(2, "s1")]))
    assert sorted(in_transaction(database, lambda db: waves(db, school="s1"))) == ["2027", "2028"]
    assert in_transaction(database, lambda db: waves(db, school="s2")) == ("2028",)
    assert in_transaction(database, lambda db: waves(db, school="s3")) == ()


def test_nothing_is_stored_when_the_caller_does_not_commit(database: Engine) -> None:
    with Session(database) as db:
        store_scores(db, "2027", [score(1)])
    assert in_transaction(database, waves) == ()


def test_two_scores_for_a_sitting_are_refused(database: Engine) -> None:
    with pytest.raises(StoreError, match="2 scores for 1 sittings"):
        in_transaction(database, lambda db: store_scores(db, "2027", [score(1), score(1)]))


@pytest.mark.parametrize(("wave", "n_scores"), [("", 1), ("2027", 0)])
def test_a_run_needs_a_name_and_scores(database: Engine, wave: str, n_scores: int) -> None:
    with pytest.raises(StoreError, match="both a name and at least one score"):
        in_transaction(database, lambda db: store_scores(db, wave, [score(1)] * n_scores))


def test_an_unknown_wave_or_run_is_named(database: Engine) -> None:
    in_transaction(database, lambda db: store_scores(db, "2027", [score(1)]))
    with pytest.raises(StoreError, match=r"'2027' has no run 4; stored runs: \[1\]"):
        in_transaction(database, lambda db: load_scores(db, "2027", run=4))
    with pytest.raises(StoreError, match="stored runs: none"):
        in_transaction(database, lambda db: load_scores(db, "1999"))
