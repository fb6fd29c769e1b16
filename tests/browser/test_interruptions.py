"""What may go wrong with a laptop, and that nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, Route, expect

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

RECEIPT = re.compile("^[0-9A-F]{4}-[0-9A-F]{4}$")
PupilMaker = Callable[..., "PupilPage"]
NO_DISK = "Object.defineProperty(window, 'indexedDB', { value: undefined });"
"""Answers are kept in memory, and no question is sent ahead: one waits for the server."""


def type_something(page: Page) -> str:
    """Begin an answer to the question on the screen; says what was begun, as the page holds it."""
    field = page.locator("[data-field]").first
    kind = field.get_attribute("data-interaction")
    if kind in ("choice", "multiple_choice"):
        field.locator("label").nth(2).click()
    elif kind == "inline_choice":
        field.select_option(index=2)
    else:
        field.fill("half geg")
    return what_is_typed(page)


def what_is_typed(page: Page) -> str:
    """State of every control of the question."""
    return str(
        page.locator("[data-field], [data-field] input").evaluate_all(
            "fields => fields.map(field => [field.dataset.field, field.type, field.value, field.checked])"
        )
    )


def test_a_reload_comes_back_to_the_same_question_with_the_draft(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    lotte.answer_and_go_on(1)
    item, typed = lotte.item, type_something(lotte.page)
    lotte.page.reload()
    lotte.see_question(2)
    assert lotte.item == item
    assert what_is_typed(lotte.page) == typed
    lotte.answer_and_go_on(2)
    assert len(site.answered()) == 2


def test_ten_seconds_without_network_lose_nothing_and_it_goes_on_by_itself(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.page.add_init_script(NO_DISK)
    lotte.come_in()
    lotte.answer_and_go_on(1)
    item = lotte.item
    lotte.answer()
    lotte.page.context.set_offline(True)
    lotte.go_on()
    notice = lotte.page.locator("#notice")
    expect(notice).to_contain_text("Er is even geen verbinding")
    expect(notice).to_contain_text("staat veilig op deze laptop")
    lotte.page.wait_for_timeout(10_000)
    assert lotte.item == item
    assert len(site.answered()) == 1
    lotte.page.context.set_offline(False)
    lotte.see_question(3)
    expect(notice).to_contain_text("bewaard")
    for position in range(3, 7):
        lotte.answer_and_go_on(position)
    lotte.hand_in()
    assert sorted(site.answered()) == [f"B-{n}@1" for n in range(1, 7)]


def test_an_answer_given_without_network_survives_a_reload_and_is_sent(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    item = lotte.item
    lotte.answer()
    lotte.page.route("**/answers/**", lambda route: route.abort())
    lotte.go_on()
    expect(lotte.page.locator("#notice")).to_contain_text("Er is even geen verbinding")
    assert site.answered() == []
    lotte.page.unroute("**/answers/**")
    lotte.page.on("dialog", lambda dialog: dialog.accept())  # "answers are not sent yet, leave the page?"
    lotte.page.reload()
    lotte.see_question(2)
    assert site.answered() == [item]


def test_an_answer_whose_reply_was_lost_is_stored_once(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    sent: list[str] = []

    def lose_first_reply(route: Route) -> None:
        sent.append("")
        if len(sent) == 1:
            route.fetch()  # the server gets it, the laptop hears nothing
            route.abort()
        else:
            route.continue_()

    lotte.page.route("**/answers/**", lose_first_reply)
    lotte.answer()
    lotte.go_on()
    lotte.see_question(2)
    assert len(sent) == 2
    assert len(site.answered()) == 1


def test_a_restart_of_the_server_is_not_noticed(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    lotte.answer_and_go_on(1)
    site.restart()
    lotte.answer_and_go_on(2)
    assert len(site.answered()) == 2


def test_a_second_laptop_takes_over_at_the_same_question(site: Site, pupil: PupilMaker) -> None:
    site.open()
    first = pupil()
    first.come_in()
    first.answer_and_go_on(1)
    item, typed = first.item, type_something(first.page)
    first.page.wait_for_timeout(6000)  # drafts are sent every 5 s
    second = pupil()
    second.come_in()
    second.see_question(2)
    assert second.item == item
    assert what_is_typed(second.page) == typed
    moved = first.page.get_by_role("heading", name="Je werkt nu verder op een andere laptop")
    expect(moved).to_be_visible(timeout=20_000)
    assert first.page.evaluate("sessionStorage.getItem('peil.seat')") == "null"
    second.answer_and_go_on(2)
    assert len(site.answered()) == 2


def test_two_laptops_never_overwrite_each_other(site: Site, pupil: PupilMaker) -> None:
    site.open()
    first = pupil()
    first.come_in()
    second = pupil()
    second.come_in()
    second.answer_and_go_on(1)
    first.answer()
    first.go_on()
    expect(first.page.get_by_role("heading", name="Je werkt nu verder op een andere laptop")).to_be_visible()
    kinds = [kind for kind, _ in site.events()]
    assert kinds.count("answered") == 1
    assert kinds.count("evidence") == 1


def test_a_pause_hides_the_question_and_brings_it_back_as_it_was(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    item, typed = lotte.item, type_something(lotte.page)
    site.pause()
    expect(lotte.page.get_by_role("heading", name="Even pauze")).to_be_visible(timeout=15_000)
    site.resume()
    lotte.page.locator("h1.number").wait_for(timeout=15_000)
    assert lotte.item == item
    assert what_is_typed(lotte.page) == typed


def test_a_closed_room_ends_the_test_and_keeps_what_stood_complete_on_the_screen(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    lotte.answer_and_go_on(1)
    lotte.answer()
    site.close()
    lotte.see_stopped()
    expect(lotte.page.get_by_text("Je toetsassistent heeft de toets voor iedereen gestopt.")).to_be_visible()
    expect(lotte.page.get_by_text("Je antwoorden zijn bewaard, Lotte.")).to_be_visible()
    expect(lotte.page.locator(".receipt")).to_have_text(RECEIPT)
    assert [kind for kind, _ in site.events()].count("answered") == 2
    assert site.events()[-1][0] == "sealed"


def test_a_pupil_without_answers_is_not_told_that_answers_are_kept(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    site.close()
    lotte.see_stopped()
    expect(lotte.page.get_by_text("De toets is gestopt, Lotte.")).to_be_visible()
    assert "bewaard" not in lotte.page.locator("body").inner_text()
    expect(lotte.page.get_by_text("Bewijs")).to_be_hidden()


def test_while_another_laptop_may_hold_answers_nothing_is_called_kept(site: Site, pupil: PupilMaker) -> None:
    """The first laptop is cut off with an answer, the pupil moves on to a second one, and the room closes."""
    site.open()
    first = pupil()
    first.come_in()
    first.answer_and_go_on(1)
    first.page.context.set_offline(True)
    second = pupil()
    second.come_in()
    second.see_question(2)
    site.close()
    expect(second.page.get_by_role("heading", name="Bijna klaar")).to_be_visible(timeout=20_000)
    expect(second.page.get_by_text("Steek je hand op en laat deze laptop open.")).to_be_visible()
    assert "bewaard" not in second.page.locator("body").inner_text()
    assert site.events()[-1][0] != "sealed"
    site.freeze()
    second.see_stopped()


def test_a_refused_seal_is_tried_again_until_it_is_sealed(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    for position in range(1, 7):
        lotte.answer_and_go_on(position)
    refused = {"code": "unconfirmed_device", "message": "Op een andere laptop staan misschien nog antwoorden."}
    lotte.page.route("**/seal", lambda route: route.fulfill(status=409, json=refused))
    lotte.page.get_by_role("button", name="Indienen").click()
    expect(lotte.page.get_by_role("heading", name="Bijna klaar")).to_be_visible()
    assert "bewaard" not in lotte.page.locator("body").inner_text()
    lotte.page.unroute("**/seal")
    lotte.page.reload()  # what keeps the place survives
    lotte.see_done()
    expect(lotte.page.locator(".receipt")).to_have_text(RECEIPT)
    assert site.events()[-1][0] == "sealed"


FULL_DISK = """
window.diskIsFull = false;
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...row) {
    if (window.diskIsFull) throw new DOMException('full', 'QuotaExceededError');
    return put.apply(this, row);
};
"""


def test_a_full_disk_stops_no_answer_and_from_then_on_nothing_is_sent_ahead(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.page.add_init_script(FULL_DISK)
    lotte.come_in()
    lotte.page.wait_for_function("() => (sessionStorage.getItem('peil.ahead') ?? '').includes('data-item')")
    html = lotte.page.locator("html")
    expect(html).to_have_attribute("data-outbox", "stored")
    lotte.page.evaluate("window.diskIsFull = true")
    lotte.answer_and_go_on(1)
    expect(html).to_have_attribute("data-outbox", "memory")
    asked: list[str] = []
    lotte.page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/reserve") else None)
    lotte.page.evaluate("window.diskIsFull = false")
    lotte.page.context.set_offline(True)
    lotte.answer()
    lotte.go_on()
    expect(lotte.page.locator("#notice")).to_contain_text("Er is even geen verbinding")
    lotte.page.wait_for_timeout(500)
    lotte.see_question(2)  # of what came ahead nothing is shown any more
    lotte.page.context.set_offline(False)
    lotte.see_question(3)
    assert not asked
    lotte.page.route(
        "**/answers/**", lambda route: (lotte.page.evaluate("window.diskIsFull = true"), route.continue_())
    )
    lotte.answer_and_go_on(3)  # written, sent, and the receipt does not fit any more
    lotte.page.unroute("**/answers/**")
    for position in range(4, 7):
        lotte.answer_and_go_on(position)
    lotte.hand_in()
    assert len(site.answered()) == 6


def test_a_locked_question_can_still_be_read_and_scrolled_with_keys(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil(width=320, height=640)
    lotte.page.add_init_script(NO_DISK)
    lotte.come_in()
    while lotte.item != "B-2@1":
        lotte.answer_and_go_on(len(site.answered()) + 1)
    lotte.answer()
    lotte.page.route("**/answers/**", lambda route: route.abort())
    lotte.go_on()
    expect(lotte.page.locator("#notice")).to_contain_text("Er is even geen verbinding")
    assert lotte.page.locator("h1.number").evaluate("h1 => h1.closest('[inert]') === null")
    assert lotte.page.locator(".option").evaluate_all("all => all.every(option => option.inert)")
    desk = lotte.page.locator("[data-desk]")
    assert desk.evaluate("desk => desk.scrollHeight > desk.clientHeight")  # else this test shows nothing
    desk.focus()
    before = desk.evaluate("desk => (desk.scrollTop = 0)")
    lotte.page.keyboard.press("End")
    lotte.page.wait_for_function("before => document.querySelector('[data-desk]').scrollTop > before", arg=before)


def test_a_finished_test_leaves_nothing_on_the_laptop(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    for position in range(1, 7):
        lotte.answer_and_go_on(position)
    lotte.hand_in()
    left = lotte.page.evaluate(
        """() => new Promise(done => {
            indexedDB.open('peil').onsuccess = ({ target }) => {
                const asked = target.result.transaction('answers').objectStore('answers').count();
                asked.onsuccess = () => done(asked.result);
            };
        })"""
    )
    assert left == 0
    assert lotte.page.evaluate("[sessionStorage.getItem('peil.seat'), sessionStorage.getItem('peil.draft')]") == [
        "null",
        "null",
    ]
    lotte.page.get_by_role("link", name="Naar het begin").click()
    expect(lotte.page.get_by_role("heading", name="Welkom")).to_be_visible()
