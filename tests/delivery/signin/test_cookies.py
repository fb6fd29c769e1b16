"""The cookie of staff: nobody can make one, and it ends with the day or the password."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from itsdangerous import URLSafeTimedSerializer
from sqlmodel import Session, SQLModel, create_engine
from starlette.requests import Request
from starlette.responses import Response

from delivery.config import DeliveryConfig, Secrets
from delivery.people import StaffRole, add_staff
from delivery.signin.cookies import STAFF_COOKIE, STAFF_LIFE_S, StaffTicket, give_ticket, read_ticket
from delivery.signin.passwords import hash_password
from delivery.signin.staff import load_signed_in
from delivery.tables import StaffRow

KEY = b"k" * 32


@pytest.fixture
def app() -> FastAPI:
    """An application with keys and nothing else."""
    app = FastAPI()
    app.state.config = DeliveryConfig(Secrets(**{field.name: KEY for field in fields(Secrets)}))
    return app


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Session]:
    """A real SQLite file with our tables."""
    database = create_engine(f"sqlite:///{tmp_path}/staff.sqlite")
    SQLModel.metadata.create_all(database)
    with Session(database) as db:
        yield db
    database.dispose()


def request_with(app: FastAPI, cookie: str) -> Request:
    """Build a request of a browser that sends the cookie."""
    headers = [(b"cookie", f"{STAFF_COOKIE}={cookie}".encode())]
    return Request({"type": "http", "app": app, "headers": headers})


def cookie_of(app: FastAPI, staff_id: UUID, password_hash: str) -> str:
    """Value of the cookie that signing in gives."""
    response = Response()
    give_ticket(request_with(app, ""), response, staff_id, password_hash)
    return response.headers["set-cookie"].split("=", 1)[1].split(";")[0]


def test_a_cookie_comes_back_as_it_was_given(app: FastAPI) -> None:
    staff_id = uuid4()
    ticket = read_ticket(request_with(app, cookie_of(app, staff_id, "hash")))
    assert ticket is not None
    assert ticket.staff_id == staff_id


def test_a_changed_cookie_is_nobody(app: FastAPI) -> None:
    cookie = cookie_of(app, uuid4(), "hash")
    for place in range(0, len(cookie), 7):
        changed = cookie[:place] + ("A" if cookie[place] != "A" else "B") + cookie[place + 1 :]
        assert read_ticket(request_with(app, changed)) is None
    assert read_ticket(request_with(app, "")) is None


def test_a_cookie_of_another_key_or_use_is_nobody(app: FastAPI) -> None:
    content = [str(uuid4()), "nonce", "proof"]
    assert read_ticket(request_with(app, _signed(KEY, "peil.staff", content))) is not None  # the control
    assert read_ticket(request_with(app, _signed(b"x" * 32, "peil.staff", content))) is None
    assert read_ticket(request_with(app, _signed(KEY, "peil.other", content))) is None


def test_a_cookie_of_yesterday_is_nobody(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = cookie_of(app, uuid4(), "hash")
    later = time.time() + STAFF_LIFE_S + 2
    monkeypatch.setattr(time, "time", lambda: later)
    assert read_ticket(request_with(app, cookie)) is None


def test_a_new_password_ends_every_earlier_sign_in(app: FastAPI, db: Session) -> None:
    member = add_staff(db, "psy@example.org", hash_password("eerst"), StaffRole.PSYCHOMETRICIAN, None)
    ticket = _ticket(app, db, member.staff_id)
    assert load_signed_in(db, ticket, KEY) == member
    add_staff(db, "psy@example.org", hash_password("daarna"), StaffRole.PSYCHOMETRICIAN, None)
    assert load_signed_in(db, ticket, KEY) is None


def test_an_account_that_is_gone_is_nobody(db: Session) -> None:
    assert load_signed_in(db, StaffTicket(uuid4(), "nonce", "proof"), KEY) is None


def _signed(key: bytes, salt: str, content: list[str]) -> str:
    """Make a cookie by hand."""
    return URLSafeTimedSerializer(key, salt=salt).dumps(content)


def _ticket(app: FastAPI, db: Session, staff_id: UUID) -> StaffTicket:
    """Sign somebody in who has the first password."""
    row = db.get(StaffRow, staff_id)
    assert row is not None
    ticket = read_ticket(request_with(app, cookie_of(app, staff_id, row.password_hash)))
    assert ticket is not None
    return ticket
