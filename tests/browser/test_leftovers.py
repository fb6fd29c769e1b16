"""What stays on a shared laptop: nobody can read it there, and whoever comes next sends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Dialog, Page, Request, Route, expect

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

PupilMaker = Callable[..., "PupilPage"]
ROWS = """() => new Promise(done => {
    indexedDB.open('peil').onsuccess = ({ target }) => {
        const asked = target.result.transaction('answers').objectStore('answers').getAll();
        asked.onsuccess = () => { target.result.close(); done(asked.result); };
    };
})"""
AS_TEXT = """rows => JSON.stringify(rows, (_, value) => {
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
    return ArrayBuffer.isView(bytes) ? new TextDecoder('latin1').decode(bytes) : value;
})"""
WITH_ROWS = f"async () => ({AS_TEXT})(await ({ROWS})())"


def rows_on(page: Page) -> tuple[list[dict[str, Any]], str]:
    """All that is in the laptop's outbox: rows, and every byte of them as text."""
    text: str = page.evaluate(WITH_ROWS)
    return json.loads(text), text


def wait_for_rows(page: Page, condition: str) -> None:
    """Wait until a condition holds for the rows; `Page.wait_for_function` takes a promise for true."""
    for _ in range(150):
        if page.evaluate(f"async () => (await ({ROWS})()){condition}"):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"rows{condition} does not come true: {rows_on(page)[0]}")


def answer_offline(lotte: PupilPage) -> str:
    """Answer the question on the screen while nothing gets through; the sitting's identifier."""
    lotte.answer()
    lotte.page.context.set_offline(True)
    before = lotte.page.locator("h1").inner_text()
    lotte.go_on()
    for _ in range(150):  # a question that came ahead, the calm page, or in memory only a line under the question
        is_told = "staat veilig op deze laptop" in lotte.page.locator("#notice").inner_text()
        if is_told or lotte.page.locator("h1").inner_text() != before:
            break
        lotte.page.wait_for_timeout(100)
    else:
        pytest.fail("nothing is said of the answer")
    sitting: str = lotte.page.evaluate("JSON.parse(sessionStorage.getItem('peil.seat')).sitting")
    return sitting


def test_the_next_pupil_sends_what_an_earlier_one_left_and_nobody_can_read_it(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    while lotte.item != "B-3@1":  # typed
        lotte.answer_and_go_on(len(site.answered()) + 1)
    n_answered, item = len(site.answered()), lotte.item
    token = lotte.page.evaluate("JSON.parse(sessionStorage.getItem('peil.seat')).token")
    sitting = answer_offline(lotte)
    rows, text = rows_on(lotte.page)
    [row] = [row for row in rows if not row["settled"]]
    assert (row["sitting"], row["position"]) == (f"{sitting} 1", n_answered + 1)
    for secret in ("0,75", "B-3", "elapsed", "RESPONSE", token, token.partition(".")[2]):
        assert secret not in text, secret
    context = lotte.page.context
    lotte.page.close()
    assert len(site.answered()) == n_answered

    context.set_offline(False)
    noah = pupil("Noah El Amrani", page=context.new_page())
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    noah.page.on("request", note)
    with noah.page.expect_response("**/api/v1/sealed"):
        noah.page.goto("/toets")
    expect(noah.page.get_by_role("heading", name="Welkom")).to_be_visible()
    assert site.answered()[n_answered:] == [item]
    [flushed] = [request for request in asked if "/api/" in request.url]
    assert "authorization" not in flushed.headers
    wait_for_rows(noah.page, ".every(row => row.settled && !row.own)")
    rows, _ = rows_on(noah.page)  # they stay until the sitting is sealed
    assert [bool(row["receipt"]) for row in rows] == [True] * (n_answered + 1)

    site.close()
    site.freeze()
    noah.page.goto("/toets")
    wait_for_rows(noah.page, ".length === 0")
    assert [kind for kind, _ in site.events()].count("answered") == n_answered + 1
    assert "evidence" not in [kind for kind, _ in site.events()]


@pytest.mark.fault
def test_control_without_an_outbox_on_disk_a_closed_tab_loses_its_answer(site: Site, pupil: PupilMaker) -> None:
    """The test above must be able to fail."""
    site.open()
    lotte = pupil()
    lotte.page.context.add_init_script(PRIVATE)
    lotte.come_in()
    answer_offline(lotte)
    context = lotte.page.context
    lotte.page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto("/toets")
    expect(page.get_by_role("heading", name="Welkom")).to_be_visible()
    page.wait_for_timeout(1000)
    assert site.answered() == []


def test_the_same_pupil_after_a_restart_goes_on_behind_the_answer_that_was_left(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    answer_offline(lotte)
    context = lotte.page.context
    lotte.page.close()
    again = pupil(page=context.new_page())
    context.set_offline(False)
    again.page.route("**/api/v1/sealed", lambda route: route.abort())  # it comes through only after the codes
    again.type_codes()
    again.page.get_by_role("button", name="Ja, dat ben ik").wait_for()
    again.page.unroute("**/api/v1/sealed")
    again.page.get_by_role("button", name="Ja, dat ben ik").click()
    again.page.get_by_role("button", name="Start").or_(again.page.locator("h1.number")).wait_for()
    again.see_question(2)
    assert len(site.answered()) == 1
    again.answer_and_go_on(2)
    assert "evidence" not in [kind for kind, _ in site.events()]


TOO_LARGE_A_ROW = """() => new Promise(done => {
    indexedDB.open('peil').onsuccess = ({ target }) => {
        const writing = target.result.transaction('answers', 'readwrite');
        const row = { sitting: 'x', position: 1, revision: 0, settled: false, receipt: null };
        writing.objectStore('answers').put({ ...row, sealed: '1.' + 'A'.repeat(2 ** 20) });
        writing.oncomplete = done;
    };
})"""


def test_an_answer_of_before_a_restart_and_one_of_after_it_both_reach_the_server(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    answer_offline(lotte)
    context = lotte.page.context
    lotte.page.close()
    context.set_offline(False)
    again = pupil(page=context.new_page())
    again.page.route("**/api/v1/sealed", lambda route: route.fulfill(status=404))  # it comes through only at the end
    again.come_in()
    again.answer()
    again.go_on()
    again.see_question(2)
    rows, _ = rows_on(again.page)
    assert sorted((row["position"], bool(row["receipt"])) for row in rows) == [(1, False), (1, True)]
    again.page.evaluate(TOO_LARGE_A_ROW)
    after = context.new_page()
    after.goto("/toets")
    wait_for_rows(after, ".every(row => row.settled || row.sitting === 'x')")
    rows, _ = rows_on(after)
    assert sorted((row["position"], bool(row["receipt"])) for row in rows) == [(1, False), (1, False), (1, True)]
    assert [payload["cause"] for kind, payload in site.events() if kind == "evidence"] == ["moved"]
    assert len(site.answered()) == 1


def reply(route: Route, **with_what: Any) -> None:
    """Answer in the server's place."""
    route.fulfill(**with_what)


def test_no_status_of_the_server_deletes_a_row(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    answer_offline(lotte)
    before, _ = rows_on(lotte.page)
    context = lotte.page.context
    lotte.page.close()
    context.set_offline(False)
    page = context.new_page()
    refusals: list[tuple[int, Any]] = [
        (200, {}),  # as of a network that asks to sign in first
        (404, {}),
        (410, {"code": "erased"}),
        (413, {"code": "too_large"}),
        (422, {"code": "malformed"}),
        (200, {"rows": [{"status": 403, "code": "not_yours", "receipt": None, "settled": False, "sealed": False}]}),
        (200, {"rows": [{"status": 409, "code": "sealed", "receipt": None, "settled": True, "sealed": True}]}),
    ]
    for status, body in refusals:
        page.route("**/api/v1/sealed", partial(reply, status=status, json=body))
        with page.expect_response("**/api/v1/sealed"):
            page.goto("/toets")
        page.wait_for_timeout(100)
        page.unroute("**/api/v1/sealed")
    after, _ = rows_on(page)
    assert [row["sealed"] for row in after] == [row["sealed"] for row in before]


PERSIST = """StorageManager.prototype.persist = () => {
    document.documentElement.dataset.persist = 'asked';
    return Promise.resolve(false);
};"""


def test_the_browser_is_asked_to_keep_what_is_on_disk(pupil: PupilMaker) -> None:
    page = pupil().page
    page.add_init_script(PERSIST)
    page.goto("/toets")
    expect(page.locator("html")).to_have_attribute("data-outbox", "stored")
    assert page.locator("html").get_attribute("data-persist") == "asked"


def test_a_database_that_never_opens_keeps_nobody_out(pupil: PupilMaker) -> None:
    page = pupil().page
    page.add_init_script("IDBFactory.prototype.open = () => new EventTarget();")
    page.goto("/toets")
    expect(page.get_by_role("heading", name="Welkom")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-outbox", "memory")


PRIVATE = "StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('', 'SecurityError'));"


def test_in_a_private_window_nothing_goes_on_disk_and_leaving_is_warned_about(site: Site, pupil: PupilMaker) -> None:
    """As Firefox and Safari show one; Chromium shows none."""
    site.open()
    lotte = pupil()
    lotte.page.add_init_script(PRIVATE)
    lotte.come_in()
    assert lotte.page.evaluate("document.documentElement.dataset.outbox") == "memory"
    answer_offline(lotte)
    assert lotte.page.evaluate("indexedDB.databases().then(all => all.length)") == 0
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    lotte.page.on("dialog", stay)
    lotte.page.close(run_before_unload=True)
    lotte.page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    lotte.page.context.set_offline(False)
    lotte.see_question(2)
    assert len(site.answered()) == 1


EARLIER_ROW = """async ([sitting, item]) => {
    const { hashOf } = await import('/static/player/hash.js');
    const answer = { elapsed_ms: 1500, item, position: 1, response: { RESPONSE: null }, revision: 0 };
    const row = { ...answer, sitting, hash: await hashOf(answer), settled: false, receipt: null };
    await new Promise(done => {
        indexedDB.open('peil').onsuccess = ({ target }) => {
            const writing = target.result.transaction('answers', 'readwrite');
            writing.objectStore('answers').put(row);
            writing.oncomplete = done;
        };
    });
}"""


def test_a_row_that_an_earlier_version_left_in_the_clear_is_sent_and_sealed(site: Site, pupil: PupilMaker) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    sitting = lotte.page.evaluate("JSON.parse(sessionStorage.getItem('peil.seat')).sitting")
    lotte.page.evaluate(EARLIER_ROW, [sitting, lotte.item])
    lotte.page.reload()
    lotte.see_question(2)
    assert len(site.answered()) == 1
    [row], text = rows_on(lotte.page)
    assert row["receipt"]
    assert "RESPONSE" not in text
