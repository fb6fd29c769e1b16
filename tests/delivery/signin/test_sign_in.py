"""Signing in over HTTP: how many passwords are checked, and which forms are believed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import fields
from pathlib import Path

import httpx2
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, create_engine

from delivery.config import DeliveryConfig, Secrets
from delivery.people import StaffRole, add_staff
from delivery.signin import hash_password, router
from delivery.signin.cookies import FORM_COOKIE
from delivery.signin.limits import PER_PERSON
from delivery.signin.routes import CHECKS

pytestmark = pytest.mark.anyio

EMAIL, PASSWORD = "psy@example.org", "een heel gewone zin"
PAGE = "/personeel/aanmelden"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    """A real SQLite file with one account."""
    database = create_engine(f"sqlite:///{tmp_path}/staff.sqlite")
    SQLModel.metadata.create_all(database)
    with Session(database) as db, db.begin():
        add_staff(db, EMAIL, hash_password(PASSWORD), StaffRole.PSYCHOMETRICIAN, None)
    yield database
    database.dispose()


@pytest.fixture
async def browser(database: Engine) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser at an application with nothing but sign-in."""
    app = FastAPI()
    app.state.config = DeliveryConfig(
        Secrets(**{field.name: b"k" * 32 for field in fields(Secrets)}), secure_cookies=False
    )
    app.state.database = database
    app.include_router(router)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as browser:
        yield browser


def token_in(html: str) -> str:
    """Hidden token of the form on a page."""
    found = re.search(r'name="form_token" value="(\w+)"', html)
    assert found is not None
    return found[1]


async def sign_in(browser: httpx2.AsyncClient, password: str) -> httpx2.Response:
    """Send the form of a page that was loaded before."""
    return await browser.post(PAGE, data={"email": EMAIL, "password": password, "form_token": await token_of(browser)})


async def token_of(browser: httpx2.AsyncClient) -> str:
    """Token of the sign-in page as this browser gets it now."""
    return token_in((await browser.get(PAGE)).text)


async def test_many_wrong_passwords_at_once_are_refused_without_hashing(
    browser: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = PasswordHasher.verify

    def count(self: PasswordHasher, hashed: str, password: str) -> bool:
        checked.append(password)
        return verify(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", count)
    form = {"email": EMAIL, "password": "verkeerd", "form_token": await token_of(browser)}
    replies = await asyncio.gather(*(browser.post(PAGE, data=form) for _ in range(40)))
    assert {reply.status_code for reply in replies} <= {401, 429}
    assert 1 <= len(checked) <= PER_PERSON
    assert [reply.status_code for reply in replies].count(401) == len(checked)
    assert all("Retry-After" in reply.headers for reply in replies if reply.status_code == 429)


async def test_while_two_passwords_are_checked_a_third_must_wait_and_costs_nothing(browser: httpx2.AsyncClient) -> None:
    assert CHECKS.acquire(blocking=False)
    assert CHECKS.acquire(blocking=False)
    try:
        for _ in range(PER_PERSON + 2):
            reply = await sign_in(browser, PASSWORD)
            assert reply.status_code == 429
            assert "veel mensen tegelijk" in reply.text
    finally:
        CHECKS.release()
        CHECKS.release()
    assert (await sign_in(browser, PASSWORD)).status_code == 303


async def test_right_passwords_never_use_up_the_budget(browser: httpx2.AsyncClient) -> None:
    for _ in range(PER_PERSON + 2):
        assert (await sign_in(browser, PASSWORD)).status_code == 303


async def test_a_planted_form_cookie_is_worth_nothing_to_who_is_signed_in(browser: httpx2.AsyncClient) -> None:
    token = await token_of(browser)  # goes with the form cookie, which somebody else could have planted
    planted = browser.cookies[FORM_COOKIE]
    assert (await sign_in(browser, PASSWORD)).status_code == 303
    assert browser.cookies[FORM_COOKIE] == planted  # still there
    refused = await browser.post("/personeel/afmelden", data={"form_token": token})
    assert refused.status_code == 403
    own = await browser.post("/personeel/afmelden", data={"form_token": await token_of(browser)})
    assert own.status_code == 303
