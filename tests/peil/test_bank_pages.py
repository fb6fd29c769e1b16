"""Pages of the item bank: who may open them, what they show, and moves in the name of who is signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import TypeVar

import httpx2
import pytest
from fastapi import FastAPI
from lxml import html
from sqlmodel import Session, select

import itembank
from delivery import StaffRole, add_staff
from delivery.tables import StaffRow
from itembank import Arrival, State
from itembank.demo import read_keys
from itembank.pages import THEMES, addresses
from loadtest.proctors import VirtualProctor
from peil.web import create_app
from tests.itembank.conftest import CHOICE_BODY, CHOICE_DECLARATION, MATCH_CORRECT, NAMESPACE, SCORE_DECLARATION
from tests.passwords import quick_hash
from tests.peil.place import Place

T = TypeVar("T")
Work = Callable[[httpx2.AsyncClient], Coroutine[None, None, T]]

ITEM, TYPED, PASSWORD = "N4-001@1", "W4-001@1", "een heel gewone zin"
READ = (
    addresses.LIST,
    addresses.item_address(ITEM),
    addresses.preview_address(ITEM, "light"),
    addresses.difference_address(ITEM, ITEM),
)
OTHERS = (("proctor", 0), ("coordinator", 0), ("ministry", None), None)


@pytest.fixture(scope="module")
def app(place: Place) -> Iterator[FastAPI]:
    """The application as `peil serve` has it, and a ministry account and a second psychometrician beside the demo's."""
    with Session(place.installation.database) as db, db.begin():
        for name, role in (("ministry", StaffRole.MINISTRY), ("second", StaffRole.PSYCHOMETRICIAN)):
            add_staff(db, f"{name}@demo.test", quick_hash(PASSWORD), role, None)
    made = create_app(place.installation)
    yield made
    asyncio.run(made.state.sittings.ledger.journal.close())


def as_somebody(app: FastAPI, place: Place, who: tuple[str, int | None] | None, work: Work[T]) -> T:
    """Do something in a browser of one's own."""

    async def run() -> T:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://peil.test") as client:
            if who is not None and who[0] in {"ministry", "second", "renamed"}:
                await VirtualProctor(client).sign_in(f"{who[0]}@demo.test", PASSWORD)
            elif who is not None:
                account = place.account(*who)
                await VirtualProctor(client).sign_in(account.email, account.password)
            return await work(client)

    return asyncio.run(run())


def load(app: FastAPI, place: Place, path: str, who: tuple[str, int | None] | None) -> httpx2.Response:
    """Load a page as somebody."""
    return as_somebody(app, place, who, lambda client: client.get(path))


def read(app: FastAPI, place: Place, path: str) -> str:
    """Load a page as the psychometrician."""
    page = load(app, place, path, ("psychometrician", None))
    assert page.status_code == 200
    return page.text


def moved(
    app: FastAPI, place: Place, name: str, state: str, why: str = "nagekeken", who: str = "psychometrician", **more: str
) -> httpx2.Response:
    """Send the form on an item's page."""

    async def work(client: httpx2.AsyncClient) -> httpx2.Response:
        page = html.fromstring((await client.get(addresses.item_address(name))).text)
        form = next(one for one in page.forms if one.action == addresses.MOVE)
        fields = {key: value or "" for key, value in form.form_values()} | {"staat": state, "waarom": why, **more}
        return await client.post(addresses.MOVE, data=fields)

    return as_somebody(app, place, (who, None), work)


def bring_in(place: Place, folder: Path, identifier: str, key: str, arrival: Arrival) -> None:
    """Import an item of the test's own, so that the demo's stay as other tests want them."""
    (folder / f"{identifier}.xml").write_text(
        f'<qti-assessment-item xmlns="{NAMESPACE}" identifier="{identifier}" title="Even" adaptive="false" '
        f'time-dependent="false">{CHOICE_DECLARATION.replace(">A<", f">{key}<")}{SCORE_DECLARATION}'
        f"<qti-item-body>{CHOICE_BODY}</qti-item-body>{MATCH_CORRECT}</qti-assessment-item>"
    )
    with Session(place.installation.database) as db, db.begin():
        itembank.import_package(db, folder / f"{identifier}.xml", arrival=arrival)


def state_of(place: Place, name: str) -> State:
    """State in the bank."""
    with Session(place.installation.database) as db:
        return itembank.history_of(db, name)[-1].after


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("path", READ)
def test_nobody_else_reaches_a_key(app: FastAPI, place: Place, who: tuple[str, int | None] | None, path: str) -> None:
    page = load(app, place, path, who)
    assert page.status_code == (303 if who is None else 403)
    assert "Sleutel" not in page.text
    assert "zingen" not in page.text  # the right answer, and nothing of the item at all


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_moves_an_item_not_even_with_a_token_of_the_own_pages(
    app: FastAPI, place: Place, who: tuple[str, int | None] | None
) -> None:
    async def work(client: httpx2.AsyncClient) -> httpx2.Response:
        page = html.fromstring((await client.get("/personeel" if who else "/personeel/aanmelden")).text)
        token = dict(page.forms[0].form_values())["form_token"] or ""
        fields = {"form_token": token, "naam": ITEM, "staat": "retired", "waarom": "zomaar"}
        return await client.post(addresses.MOVE, data=fields)

    assert as_somebody(app, place, who, work).status_code == (303 if who is None else 403)
    assert state_of(place, ITEM) is State.OPERATIONAL


def test_a_form_that_another_site_sends_is_refused(app: FastAPI, place: Place) -> None:
    fields = {"naam": ITEM, "staat": "retired", "waarom": "van elders", "form_token": "0" * 64}
    sent = as_somebody(app, place, ("psychometrician", None), lambda client: client.post(addresses.MOVE, data=fields))
    assert sent.status_code == 403
    assert state_of(place, ITEM) is State.OPERATIONAL


def test_the_page_of_an_item_tells_all_of_it(app: FastAPI, place: Place) -> None:
    page = html.fromstring(read(app, place, addresses.item_address("N4-001")))
    text = " ".join(page.text_content().split())
    for words in ("N4-001@1", "in gebruik", "NED4-GRA-01", "D: zingen", "veldtest-nederlands-4", "gesimuleerde"):
        assert words in text
    frames = page.findall(".//iframe")
    assert [frame.get("sandbox") for frame in frames] == [""] * 4
    assert [frame.get("src") for frame in frames[:3]] == [addresses.preview_address(ITEM, theme) for theme in THEMES]
    assert len(page.findall(".//section//svg[@role='img']")) == 2
    options = page.xpath("//table[caption='Antwoordmogelijkheden']/tbody/tr/th/text()")
    assert [str(option).strip() for option in options] == ["A", "B", "C", "D"]


def test_where_answers_are_typed_the_page_says_that_only_points_are_known(app: FastAPI, place: Place) -> None:
    text = read(app, place, addresses.item_address(TYPED))
    assert "alleen hun punten" in text
    assert "Antwoordmogelijkheden" not in text


def test_no_preview_holds_a_key_and_none_can_do_anything(app: FastAPI, place: Place) -> None:
    """Typed keys would be seen: what is right to choose stands among the options."""

    async def work(client: httpx2.AsyncClient) -> list[httpx2.Response]:
        return [await client.get(addresses.preview_address(f"{item}@1", "dark")) for item in typed]

    with Session(place.installation.database) as db:
        fields = {one.identifier: one.interactions for one in itembank.items(db)}
    keys = read_keys()
    typed = [
        item
        for item, kinds in fields.items()
        if kinds == (itembank.Interaction.TEXT_ENTRY,)
        and item in keys  # of drawn items none is written down
        and all(len(key) > 4 for values in keys[item].values() for key in values)
    ][:20]
    assert len(typed) > 5
    for item, page in zip(typed, as_somebody(app, place, ("psychometrician", None), work), strict=True):
        assert page.status_code == 200
        assert f'data-item="{item}@1"' in page.text
        assert 'data-theme="dark"' in page.text
        shown = html.fromstring(page.text).find(".//*[@data-field]")
        assert shown is not None
        assert not any(
            key in html.tostring(shown, encoding="unicode") for keys_ in keys[item].values() for key in keys_
        )
        assert "<script" not in page.text
        policy = page.headers["content-security-policy"]
        assert policy.endswith("frame-ancestors 'self'; sandbox")
        assert "default-src 'none'" in policy


def test_unknown_items_themes_and_states_are_not_found(app: FastAPI, place: Place) -> None:
    paths = (
        addresses.item_address("geen"),
        addresses.item_address("N4-001@9"),
        addresses.item_address("N4-001@x"),
        f"{addresses.item_address(ITEM)}&kalibratie=geen",
        addresses.preview_address(ITEM, "roze"),
        addresses.preview_address("N4-001@9", "light"),
        addresses.difference_address(ITEM, "N4-001@9"),
        addresses.ITEM,
    )
    for path in paths:
        assert load(app, place, path, ("psychometrician", None)).status_code == 404, path
    assert moved(app, place, ITEM, "verdwenen").status_code == 404


def test_who_is_signed_in_moves_an_item_and_the_reason_is_kept(app: FastAPI, place: Place, tmp_path: Path) -> None:
    bring_in(place, tmp_path, "BP-002", "A", Arrival("An", "nieuw", State.FIELD_TEST))
    name = "BP-002@1"
    assert moved(app, place, name, "review", "de tekening is onduidelijk").status_code == 303
    with Session(place.installation.database) as db:
        change = itembank.history_of(db, name)[-1]
    assert (change.by, change.after) == ("psychometricus@demo.test", State.REVIEW)
    assert change.why == "de tekening is onduidelijk"
    assert "de tekening is onduidelijk" in read(app, place, addresses.item_address(name))


def test_a_move_without_a_reason_or_out_of_order_is_refused_with_a_sentence(app: FastAPI, place: Place) -> None:
    no_reason, too_far = moved(app, place, ITEM, "retired", "  "), moved(app, place, ITEM, "draft", "terug")
    assert (no_reason.status_code, too_far.status_code) == (409, 409)
    assert "Geef een reden." in no_reason.text
    assert "Deze stap kan nu niet." in too_far.text
    assert ">terug</textarea>" in too_far.text  # nobody types it twice
    assert state_of(place, ITEM) is State.OPERATIONAL


def test_another_key_needs_a_second_person(app: FastAPI, place: Place, tmp_path: Path) -> None:
    identifier = "BP-001"
    bring_in(place, tmp_path, identifier, "A", Arrival("An", "nieuw", State.OPERATIONAL))
    bring_in(place, tmp_path, identifier, "B", Arrival("psychometricus@demo.test", "andere sleutel", State.REVIEW))
    name = f"{identifier}@2"
    assert moved(app, place, name, "field_test").status_code == 303
    refused = moved(app, place, name, "operational")
    assert refused.status_code == 409
    assert "Een tweede persoon moet ze in gebruik nemen." in refused.text
    assert state_of(place, name) is State.FIELD_TEST
    assert moved(app, place, name, "operational", who="second").status_code == 303
    assert (state_of(place, name), state_of(place, f"{identifier}@1")) == (State.OPERATIONAL, State.RETIRED)
    difference = read(app, place, addresses.difference_address(f"{identifier}@1", name))
    assert "verandert hoe de opgave scoort" in difference


def rename(place: Place, before: str, after: str) -> None:
    """Give an account another address, as an administrator of the database can."""
    with Session(place.installation.database) as db, db.begin():
        db.exec(select(StaffRow).where(StaffRow.email == f"{before}@demo.test")).one().email = f"{after}@demo.test"


def test_nobody_is_a_second_person_under_another_name(app: FastAPI, place: Place, tmp_path: Path) -> None:
    """A name in the form is not looked at, and an account that got another address stays the same person's."""
    identifier = "BP-003"
    for key, state in (("A", State.OPERATIONAL), ("B", State.FIELD_TEST)):
        bring_in(place, tmp_path, identifier, key, Arrival("An", "nieuw", state, account="login:an"))
    assert moved(app, place, f"{identifier}@2", "operational", who="second", by="An").status_code == 303
    for state in (State.REVIEW, State.FIELD_TEST):  # the first key is wanted back
        assert moved(app, place, f"{identifier}@1", state, who="second").status_code == 303
    rename(place, "second", "renamed")
    try:
        refused = moved(app, place, f"{identifier}@1", "operational", who="renamed")
    finally:
        rename(place, "renamed", "second")
    assert refused.status_code == 409
    assert "Een tweede persoon moet ze in gebruik nemen." in refused.text
    assert "door An (computeraccount an)" in read(app, place, addresses.item_address(f"{identifier}@1"))
    assert moved(app, place, f"{identifier}@1", "operational").status_code == 303
    with Session(place.installation.database) as db:
        life = [change.by for change in itembank.history_of(db, f"{identifier}@1")]
    assert life == ["An", "second@demo.test", "second@demo.test", "second@demo.test", "psychometricus@demo.test"]


def test_items_are_found_by_what_is_typed_and_pages_follow_each_other(app: FastAPI, place: Place) -> None:
    first = html.fromstring(read(app, place, addresses.LIST))
    assert len(first.findall(".//tbody/tr")) == 50
    (link,) = first.xpath("//nav[@aria-label='Bladen']/a")
    second = html.fromstring(read(app, place, str(link.get("href"))))
    names = [{str(one.text) for one in page.xpath("//tbody/tr/th/a")} for page in (first, second)]
    assert len(names[1]) == 50
    assert not names[0] & names[1]
    found = read(
        app, place, addresses.list_address(tekst="n4-001", staat="operational", vorm="choice", domein="grammatica")
    )
    assert [str(one.text) for one in html.fromstring(found).xpath("//tbody/tr/th/a")] == [ITEM]
    assert "Geen enkele opgave voldoet" in read(app, place, addresses.list_address(tekst="kasteelheerlijkheid"))
    assert "is geen getal in logits" in read(app, place, addresses.list_address(vanaf="zwaar"))
    with Session(place.installation.database) as db:
        ranked = sorted(
            (one.difficulty, one.item) for one in itembank.load_calibration(db, "veldtest-wiskunde-4").items
        )
    bound = f"{ranked[4][0] + 1e-6:.6f}".replace("-", "−").replace(".", ",")
    easy = html.fromstring(read(app, place, addresses.list_address(tekst="w4", tot=bound)))
    assert {str(one.text) for one in easy.xpath("//tbody/tr/th/a")} == {item for _, item in ranked[:5]}
