"""The network is gone, really: the pupil goes on with what came ahead, and nothing is lost or doubled."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, Route, expect
from sqlmodel import Session

from delivery.rooms import SeatState, room_overview
from delivery.sittings.answering import MOST_EVIDENCE
from tests.browser.browser_site import Site
from tests.browser.test_accessibility import big_enough, check
from tests.browser.test_console import open_console
from tests.browser.test_interruptions import NO_DISK
from tests.browser.test_leftovers import rows_on

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage

PupilMaker = Callable[..., "PupilPage"]
CALM = "Even geen verbinding"


def wait_for_reserve(page: Page, n: int) -> list[str]:
    """Wait until so many questions came ahead, pictures and all; says which."""
    page.wait_for_function(
        "n => Object.keys((JSON.parse(sessionStorage.getItem('peil.ahead')) ?? {items: {}}).items).length >= n", arg=n
    )
    page.wait_for_load_state("networkidle")
    return list(ahead(page)["queue"])


def ahead(page: Page) -> dict[str, Any]:
    """What the tab keeps of questions that came ahead."""
    kept: dict[str, Any] = json.loads(page.evaluate("sessionStorage.getItem('peil.ahead')"))
    return kept


def seat_of(site: Site, pupil: str) -> Any:
    """How the console sees a pupil."""
    room = site.room
    with Session(site.database) as db:
        seats = room_overview(db, room.school_id, room.administration_id).seats
    return next(seat for seat in seats if seat.pupil == pupil)


def test_a_cut_in_mid_item_is_worked_through_and_everything_is_stored_once_in_order(
    site: Site, pupil: PupilMaker
) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    page = lotte.page
    order = [lotte.item]
    queue = wait_for_reserve(page, 5)
    lotte.answer()
    page.context.set_offline(True)  # in mid-item
    for position in range(2, 7):
        lotte.go_on()
        lotte.see_question(position)
        order.append(lotte.item)
        lotte.answer()
        assert page.evaluate(
            "[...document.querySelectorAll('[data-item-place] img')].every(one => one.naturalWidth > 0)"
        )
    assert order[1:] == queue
    assert site.answered() == []
    expect(page.locator("#notice")).to_contain_text("Er is even geen verbinding. Werk gerust verder")
    lotte.go_on()
    expect(page.get_by_role("heading", name=CALM)).to_be_visible()
    expect(page.locator("#notice")).to_be_empty()
    expect(page.get_by_text("Je antwoorden zijn bewaard op deze laptop.")).to_be_visible()
    page.context.set_offline(False)  # and it goes on by itself
    expect(page.get_by_role("heading", name="Dat was de laatste vraag")).to_be_visible(timeout=30_000)
    assert site.answered() == order
    answered = [payload for kind, payload in site.events() if kind == "answered"]
    assert [(payload["showing"] or {}).get("item") for payload in answered] == [*order[1:], None]
    assert [kind for kind, _ in site.events()].count("evidence") == 0
    seat = seat_of(site, lotte.name)
    assert (seat.answered, seat.state, seat.n_evidence) == (6, SeatState.BUSY, 0)
    lotte.hand_in()
    assert site.events()[-1][0] == "sealed"
    assert page.evaluate("sessionStorage.getItem('peil.ahead')") == "null"


def test_back_in_mid_item_the_same_question_stays_on_the_screen(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    page = lotte.page
    wait_for_reserve(page, 5)
    page.context.set_offline(True)
    for position in (1, 2):
        lotte.see_question(position)
        lotte.answer()
        lotte.go_on()
    lotte.see_question(3)
    item = lotte.item
    lotte.answer()
    typed = page.locator("[data-item-place]").inner_html()
    page.context.set_offline(False)
    expect(page.locator("#notice")).to_contain_text("zijn bewaard", timeout=30_000)
    assert len(site.answered()) == 2
    assert (lotte.item, page.locator("[data-item-place]").inner_html()) == (item, typed)
    lotte.go_on()
    for position in range(4, 7):
        lotte.answer_and_go_on(position)
    lotte.hand_in()
    assert len(set(site.answered())) == 6


SPOIL = """() => {
    for (const field of document.querySelectorAll('[data-item-place] [data-field]')) {
        for (const part of field.querySelectorAll('input, option')) part.value = 'niets';
        if (field.matches('input, textarea')) field.value = 'x'.repeat(20000);
    }
}"""


def wait_for_answers(site: Site, page: Page, items: list[str]) -> None:
    """Wait until the log holds answers to these items, in order: what came ahead is shown before they are stored."""
    for _ in range(150):
        if site.answered() == items:
            return
        page.wait_for_timeout(100)
    assert site.answered() == items


def spoil_the_first_of_two(lotte: PupilPage) -> list[str]:
    """Answer two questions without a network, the first with what no page sends, until it is asked again; all items."""
    page, order = lotte.page, [lotte.item]
    wait_for_reserve(page, 5)
    page.context.set_offline(True)
    for position in (1, 2):
        lotte.see_question(position)
        lotte.answer()
        if position == 1:
            page.evaluate(SPOIL)
        lotte.go_on()
        lotte.see_question(position + 1)
        order.append(lotte.item)
    page.context.set_offline(False)
    lotte.see_question(1)
    return order


def test_an_answer_that_is_refused_is_asked_for_again_and_holds_up_nothing(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    page = lotte.page
    order = spoil_the_first_of_two(lotte)
    assert lotte.item == order[0]
    expect(page.get_by_text("Dit antwoord past niet bij de vraag.")).to_be_visible()
    page.reload()
    lotte.see_question(1)
    lotte.answer()
    lotte.go_on()
    lotte.see_question(3)
    assert lotte.item == order[2]
    wait_for_answers(site, page, order[:2])
    page.context.set_offline(True)  # again, and now the room closes before the server hears of it
    lotte.answer()
    page.evaluate(SPOIL)
    lotte.go_on()
    lotte.see_question(4)
    order.append(lotte.item)
    lotte.answer()
    lotte.go_on()
    lotte.see_question(5)
    site.close()
    page.context.set_offline(False)
    lotte.see_question(3)
    assert lotte.item == order[2]
    page.on("dialog", lambda dialog: dialog.accept())  # "answers are not sent yet, leave the page?"
    page.reload()
    lotte.see_question(3)
    expect(page.get_by_text("De toets is gestopt, maar dit antwoord ontbreekt nog.")).to_be_visible()
    assert [kind for kind, _ in site.events()][-2:] == ["closing", "evidence"]  # behind the question stands an answer
    lotte.answer()
    lotte.go_on()
    lotte.see_stopped()
    assert site.answered() == order
    causes = [payload["cause"] for kind, payload in site.events() if kind == "evidence"]
    assert causes == ["invalid_response", "invalid_response"]


FLOOD = """async n => {
    const { sitting, token } = JSON.parse(sessionStorage.getItem('peil.seat'));
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    for (let at = 0; at < n; at++) {
        await fetch(`/api/v1/sittings/${sitting}/answers/1`, { method: 'PUT', headers, body: `{"nonsense": ${at}}` });
    }
}"""


def test_where_the_server_keeps_no_more_refused_answers_the_others_are_sent_and_the_file_holds_the_rest(
    site: Site, pupil: PupilMaker
) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    page = lotte.page
    page.on("dialog", lambda dialog: dialog.accept())
    wait_for_reserve(page, 5)
    page.evaluate(FLOOD, MOST_EVIDENCE)
    order = spoil_the_first_of_two(lotte)
    expect(page.get_by_text("We kunnen van deze laptop nu niets meer aannemen.")).to_be_visible()
    lotte.answer()
    lotte.go_on()
    lotte.see_question(3)
    wait_for_answers(site, page, order[:2])
    page.context.set_offline(True)
    lotte.answer()
    lotte.go_on()
    lotte.see_question(4)
    site.close()
    site.freeze()
    page.context.set_offline(False)
    expect(page.get_by_text("Er staat nog een antwoord op deze laptop")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("button", name="Bewaar in een noodbestand")).to_be_visible()
    check(page, "an answer is left")
    rows, _ = rows_on(page)
    assert [(row["position"], row["settled"]) for row in rows] == [(3, False)]  # others are receipted and gone
    assert [kind for kind, _ in site.events()].count("evidence") == MOST_EVIDENCE


def test_a_reply_that_comes_late_does_not_take_the_question_away(site: Site, pupil: PupilMaker) -> None:
    """The server had chosen X, 3 s later: the pupil keeps what is on the screen, and the server hears which."""
    site.open()
    lotte = pupil()
    lotte.come_in()
    page = lotte.page
    wait_for_reserve(page, 5)
    late: list[Route] = []

    def hold(route: Route) -> None:
        if late:
            route.continue_()
            return
        late.append(route)
        reply = route.fetch()
        page.wait_for_timeout(3000)
        route.fulfill(response=reply)

    page.route("**/answers/1", hold)
    lotte.answer()
    lotte.go_on()
    lotte.see_question(2)
    item = lotte.item
    expect(page.locator("#notice")).to_contain_text("zijn bewaard", timeout=20_000)
    chosen = next(payload for kind, payload in site.events() if kind == "answered")["following"]["item"]
    assert lotte.item == item
    shown = [payload["shown"]["item"] for kind, payload in site.events() if kind == "presented"]
    assert shown == ([item] if item != chosen else [])
    lotte.answer_and_go_on(2)
    assert site.answered()[1] == item


def test_a_reload_while_nothing_answers_goes_on_with_what_the_tab_kept(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    page = lotte.page
    wait_for_reserve(page, 5)
    page.route("**/api/**", lambda route: route.abort())
    lotte.answer()
    lotte.go_on()
    lotte.see_question(2)
    item = lotte.item
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    lotte.see_question(2)
    assert lotte.item == item
    lotte.answer()
    lotte.go_on()
    lotte.see_question(3)
    page.unroute("**/api/**")
    expect(page.locator("#notice")).to_contain_text("zijn bewaard", timeout=30_000)
    assert site.answered()[1] == item
    lotte.answer_and_go_on(3)


def test_a_laptop_that_was_replaced_meanwhile_sends_all_it_has(site: Site, pupil: PupilMaker) -> None:
    site.open()
    first = pupil()
    first.come_in()
    wait_for_reserve(first.page, 5)
    order = [first.item]
    first.page.context.set_offline(True)
    for position in (1, 2):
        first.see_question(position)
        first.answer()
        first.go_on()
        first.see_question(position + 1)
        order.append(first.item)
    second = pupil()
    second.come_in()
    assert second.item == order[0]  # nothing of the first one came yet
    first.page.context.set_offline(False)
    moved = first.page.get_by_role("heading", name="Je werkt nu verder op een andere laptop")
    expect(moved).to_be_visible(timeout=20_000)
    wait_for_answers(site, first.page, order[:2])
    second.see_question(3)  # what the first one showed last, by itself
    assert second.item == order[2]
    second.answer_and_go_on(3)
    assert [kind for kind, _ in site.events()].count("evidence") == 0


def test_where_answers_cannot_be_kept_on_disk_nothing_is_sent_ahead(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.page.add_init_script(NO_DISK)
    asked: list[str] = []
    lotte.page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/reserve") else None)
    lotte.come_in()
    lotte.page.wait_for_timeout(4500)
    lotte.answer_and_go_on(1)
    assert asked == []
    assert [payload for kind, payload in site.events() if kind == "offered" and payload["reserve"]] == []


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (320, 640)])
def test_the_calm_page_is_for_everyone(
    site: Site, laptop: Callable[..., Page], pupil: PupilMaker, width: int, height: int
) -> None:
    site.open()
    lotte = pupil(page=laptop(width, height))
    lotte.come_in()
    page = lotte.page
    page.route("**/reserve", lambda route: route.abort())  # before anything came ahead
    lotte.answer()
    page.context.set_offline(True)
    lotte.go_on()
    expect(page.get_by_role("heading", name=CALM)).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check(page, f"offline at {width}")
    big_enough(page, "offline")


def test_a_question_that_staff_skip_meanwhile_holds_up_nothing_that_was_answered_after_it(
    site: Site, pupil: PupilMaker, laptop: Callable[..., Page]
) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    page = lotte.page
    queue = wait_for_reserve(page, 5)
    skipped = lotte.item
    page.context.set_offline(True)
    for position in (1, 2):
        lotte.see_question(position)
        lotte.answer()
        lotte.go_on()
    lotte.see_question(3)
    lotte.answer()
    typed = page.locator("[data-item-place]").inner_html()
    console = open_console(site, laptop)
    console.get_by_role("link", name="Hulp voor Lotte").click()
    console.get_by_label("Waarom?").fill("de tekening ontbreekt")
    console.get_by_role("button", name="Sla deze vraag over").click()
    expect(console.get_by_text("1 vraag overgeslagen")).to_be_visible()
    page.context.set_offline(False)
    lotte.see_question(2)  # the same one, a place higher
    assert (lotte.item, page.locator("[data-item-place]").inner_html()) == (queue[1], typed)
    page.reload()
    lotte.see_question(2)
    assert lotte.item == queue[1]
    lotte.go_on()
    for position in range(3, 5):
        lotte.answer_and_go_on(position)
    lotte.see_question(5)
    lotte.answer()
    lotte.go_on()
    lotte.hand_in()  # the bank has six items, and no seventh for the one that was skipped
    assert site.answered() == queue
    assert skipped not in queue
    assert [payload["cause"] for kind, payload in site.events() if kind == "evidence"] == ["item_skipped"]
