"""What may go wrong with a laptop, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, Route, expect

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

PupilMaker = Callable[..., "PupilPage"]


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
    expect(lotte.page.get_by_role("heading", name="Klaar!")).to_be_visible(timeout=20_000)
    expect(lotte.page.get_by_text("De toetsassistent heeft de toets afgesloten")).to_be_visible()
    assert [kind for kind, _ in site.events()].count("answered") == 2
    assert site.events()[-1][0] == "sealed"


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
