"""The player's modules by themselves: hashing, limits of size, and what works without a secure context."""

from __future__ import annotations

import gzip
import hashlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import msgspec
import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from delivery.player.bundling import bundled, needed
from delivery.player.lean import TYPES, lean
from delivery.player.versions import ENTRY, SCRIPT, STYLE, STYLES, WORKER
from itembank import ResponseError, check_response

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

STATIC = Path(__file__).parents[2] / "delivery" / "player" / "static"
FILES = [path for path in STATIC.rglob("*") if path.is_file()]
LIMIT = 30_000  # bytes of script and style after gzip that every pupil loads: issue 6, "at most 30 kB"
LIMIT_OF_RARE = 3_000  # what few laptops load: points on a picture, and what stands in for WebCrypto
LIMIT_OF_TOOLS = 11_000  # the same, of what is loaded with an item that offers a tool, or when a pupil asks for one


def test_the_whole_player_is_small() -> None:
    folders = {path.parent.relative_to(STATIC).as_posix() for path in FILES}
    assert folders == {".", "aids", "tools", "rare"}
    beside = [f"aids/{path.name}" for path in (STATIC / "aids").iterdir()]  # each pupil's, after the first question
    apart = {*needed(STATIC, [name for name in beside if name.endswith(".js")]), *beside, WORKER, "offline.js"}
    once = {ENTRY, *needed(STATIC, [ENTRY]), *STYLES}
    assert {path.name for path in STATIC.iterdir() if path.suffix in TYPES} <= apart | once  # nothing is forgotten
    texts = {name: lean((STATIC / name).read_text(), Path(name).suffix) for name in apart}
    texts |= {SCRIPT: lean(bundled(STATIC, ENTRY), ".js")}
    texts |= {STYLE: "".join(lean((STATIC / name).read_text(), ".css") for name in STYLES)}
    assert 20_000 < sum(weights(texts).values()) <= LIMIT, weights(texts)
    for folder, limit in (("rare", LIMIT_OF_RARE), ("tools", LIMIT_OF_TOOLS)):
        files = [path for path in (STATIC / folder).iterdir() if path.suffix in TYPES]
        found = weights({path.name: lean(path.read_text(), path.suffix) for path in files})
        assert 0 < sum(found.values()) <= limit, found


def weights(texts: dict[str, str]) -> dict[str, int]:
    """Bytes of each file as it is sent."""
    return {name: len(gzip.compress(text.encode())) for name, text in texts.items()}


def test_no_sentence_and_no_address_elsewhere_is_in_the_scripts() -> None:
    for path in STATIC.rglob("*.js"):
        code = path.read_text().replace("http://www.w3.org/2000/svg", "")  # the name of a namespace, never fetched
        assert not re.findall(r"https?://", code), path.name
        assert "innerHTML +=" not in code, path.name


def test_what_a_laptop_loads_has_no_comments_and_is_kept_until_it_changes(site: Site) -> None:
    with httpx2.Client(base_url=site.url) as client:
        for path in FILES:
            address = f"/static/player/{path.relative_to(STATIC)}"
            served = client.get(address)
            assert "/*" not in served.text, path.name
            assert "\n " not in served.text, path.name
            assert served.headers.get("content-encoding") == ("gzip" if path.suffix in TYPES else None), path.name
            again = client.get(address, headers={"If-None-Match": served.headers["ETag"]})
            assert (served.status_code, again.status_code, again.content) == (200, 304, b"")
    assert "@typedef" in (STATIC / "item.js").read_text()  # the control: there was something to leave out


def test_nothing_but_comments_and_indentation_is_left_out() -> None:
    script = (
        '/** @param {string} a */\n  f(/** @type {T} */ (a)); // why\n\n  "x , //y";\n  // a line\n  a - -b\n/ = /.c\n'
    )
    assert lean(script, ".js") == 'f((a));"x , //y";a - -b\n/ = /.c\n'
    assert lean('const { a } = b, c = "{ , }" + d;\nf(\n  `a , ${b}`,\n);', ".js") == (
        'const{a}=b,c="{ , }"+d;f(`a , ${b}`,);\n'
    )
    for path in FILES:  # a string with a comment's sign or a line's end in it would be cut
        for line in re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL).splitlines():
            assert "*/" not in line, path.name
            assert line.count("`") % 2 == 0, path.name
            assert not re.search(r"""(["'`/]).*\s// .*\1\s*[;,)]?$""", line), path.name


RULES = r"""([written, served]) => [written, served].map(text => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    return Array.from(sheet.cssRules, rule => rule.cssText.replace(/([,:]) /g, '$1'));
})"""
"""Without the spaces that Chromium keeps as written, in conditions and in var()."""


def test_a_style_means_the_same_without_its_spaces(laptop: Callable[..., Page]) -> None:
    """Oracle: what Chromium reads in the style as it is written."""
    page = laptop()
    page.goto("/toets")
    for path in FILES:
        if path.suffix == ".css":
            written = path.read_text()
            before, after = page.evaluate(RULES, [written, lean(written, ".css")])
            assert len(before) > 5
            assert before == after, path.name


def answer(response: dict[str, Any]) -> dict[str, Any]:
    """What an answer's hash covers."""
    return {"response": response, "position": 3, "elapsed_ms": 12345, "revision": 0, "item": "B-1@1"}


ANSWERS = [
    answer({"RESPONSE": None}),
    answer({"RESPONSE": ["A", "C"], "R2": "3,5"}),
    answer({"RESPONSE": 'regel 1\nregel 2\t"tussen" \\ é ĳ 😀 \u2028 \u007f'}),
    answer({"RESPONSE": "".join(chr(code) for code in range(32))}),
    answer({"RESPONSE": "".join(chr(code) for code in range(32, 0x2100))}),
]


def test_the_laptop_hashes_an_answer_as_the_server_does(laptop: Callable[..., Page]) -> None:
    """Oracle: SHA-256 of Python's hashlib over the canonical JSON that the server makes."""
    page = laptop()
    page.goto("/toets")
    hashed = "async content => (await import('/static/player/hash.js')).hashOf(content)"
    for content in ANSWERS:
        expected = hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()
        assert page.evaluate(hashed, content) == expected


READ_TYPED = """async typed => {
    const { readResponse } = await import('/static/player/item.js');
    const place = document.createElement('div');
    place.innerHTML = '<textarea data-field="RESPONSE" data-interaction="extended_text"></textarea>';
    place.firstChild.value = typed;
    return readResponse(place).RESPONSE;
}"""


def test_pasted_control_characters_are_not_sent(site: Site, laptop: Callable[..., Page]) -> None:
    """Oracle: what an item takes (`itembank.check_response`); a soft return of a word processor is one of them."""
    page = laptop()
    page.goto("/toets")
    every = "".join(chr(code) for code in range(128))
    read = page.evaluate(READ_TYPED, f"een\vtwee{every}")
    assert read.startswith("een twee")
    view = next(view for view in site.bank.views if any(field.is_typed for field in view.fields))
    [field] = [field.identifier for field in view.fields if field.is_typed]
    check_response(view, {field: read})
    with pytest.raises(ResponseError, match="control characters"):
        check_response(view, {field: every})
    assert page.evaluate(READ_TYPED, "\0 \x07") is None


def test_the_fallback_hash_is_sha_256(laptop: Callable[..., Page]) -> None:
    """Oracle: Python's hashlib, at every border of the padding (FIPS 180-4, 5.1.1)."""
    page = laptop()
    page.goto("/toets")
    for length in (0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 1000):
        message = bytes(n * 7 % 256 for n in range(length))
        digest = page.evaluate(
            """async bytes => Array.from(new Uint8Array(
                (await import('/static/player/rare/sha256.js')).sha256(Uint8Array.from(bytes))))""",
            list(message),
        )
        assert bytes(digest) == hashlib.sha256(message).digest(), length


WITHOUT_EXTRAS = """
Object.defineProperty(crypto, 'subtle', { value: undefined });
Object.defineProperty(window, 'indexedDB', { value: undefined });
Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('refused'); } });
"""


def test_a_test_can_be_taken_without_webcrypto_indexeddb_and_storage(
    site: Site, pupil: Callable[..., PupilPage]
) -> None:
    """A school network over plain HTTP, or a browser that refuses storage."""
    site.open()
    lotte = pupil()
    lotte.page.add_init_script(WITHOUT_EXTRAS)
    lotte.come_in()
    for position in range(1, 7):
        lotte.answer_and_go_on(position)
    lotte.hand_in()
    assert len(site.answered()) == 6


def test_leaving_with_an_answer_that_is_not_sent_is_warned_about(site: Site, pupil: Callable[..., PupilPage]) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    lotte.page.route("**/answers/**", lambda route: route.abort())
    lotte.answer()
    lotte.go_on()
    expect(lotte.page.locator("#notice")).to_contain_text("Er is even geen verbinding")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    lotte.page.on("dialog", leave)
    lotte.page.reload()
    assert asked == ["beforeunload"]


def test_the_laptop_waits_as_long_as_the_server_asks(site: Site, pupil: Callable[..., PupilPage]) -> None:
    site.open()
    lotte = pupil()
    lotte.page.route("**/reserve", lambda route: route.abort())  # else the second question may not wait for the reply
    lotte.come_in()
    times: list[float] = []

    def refuse_first(route: Route) -> None:
        times.append(time.monotonic())
        if len(times) == 1:
            route.fulfill(status=503, headers={"Retry-After": "4"}, json={"code": "unavailable", "message": ""})
        else:
            route.continue_()

    lotte.page.route("**/reserve", lambda route: route.abort())  # else the page goes on before the answer gets through
    lotte.page.route("**/answers/**", refuse_first)
    lotte.answer()
    with lotte.page.expect_response(lambda reply: "/answers/" in reply.url and reply.status == 200):
        lotte.go_on()  # the next question may come sooner, from the reserve
    lotte.see_question(2)
    assert times[1] - times[0] >= 4.0
    assert len(site.answered()) == 1


def test_an_erased_sitting_ends_calmly(site: Site, pupil: Callable[..., PupilPage]) -> None:
    site.open()
    lotte = pupil()
    lotte.come_in()
    erased = {"code": "erased", "message": "De gegevens van deze afname zijn gewist."}
    lotte.page.route("**/answers/**", lambda route: route.fulfill(status=410, json=erased))
    lotte.answer()
    lotte.go_on()
    expect(lotte.page.get_by_role("heading", name="Deze toets is niet meer beschikbaar")).to_be_visible()


CLOCK = """async ([limit, used]) => new (await import('/static/player/clock.js')).Clock(
    { time: { limit_ms: limit, used_ms: used }, state: 'paused' }).sentence"""


SENTENCES = [
    (None, 90_000, ""),
    (45 * 60_000, 0, "Nog ongeveer 45 minuten"),
    (45 * 60_000, 39.6 * 60_000, "Nog ongeveer 5 minuten"),
    (45 * 60_000, 41 * 60_000, "Nog enkele minuten"),
    (45 * 60_000, 45 * 60_000, "De tijd is om. Werk deze vraag rustig af."),
]


def test_time_left_is_said_calmly_and_only_where_there_is_a_limit(laptop: Callable[..., Page]) -> None:
    page = laptop()
    page.goto("/toets")
    said = [page.evaluate(CLOCK, [limit, used]) for limit, used, _ in SENTENCES]
    assert said == [sentence for _, _, sentence in SENTENCES]


def test_granted_contrast_and_large_text_are_there_at_once_and_may_be_changed(laptop: Callable[..., Page]) -> None:
    page = laptop()
    page.goto("/toets")
    look = "({ theme: document.documentElement.dataset.theme, size: document.documentElement.dataset.size })"
    grant = """async () => (await import('/static/player/display.js')).applyAccommodations(
        { contrast: 'yes', large_text: 'yes' })"""
    page.evaluate(grant)
    assert page.evaluate(look) == {"theme": "contrast", "size": "large"}
    page.locator("#display summary").click()
    page.get_by_label("Donker").check()
    page.evaluate(grant)
    assert page.evaluate(look) == {"theme": "dark", "size": "large"}
