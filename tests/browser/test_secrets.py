"""No answer key and no item parameter is in any byte that reaches the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Error, Page, Response

if TYPE_CHECKING:
    from tests.browser.browser_pupil import PupilPage
    from tests.browser.browser_site import Site

CANARIES = ("7731.25", "7731,25", "zevenslaper", "1.3712345", "0.4598765")
"""Keys of two items and the parameters of all, as in the test bank; no pupil would ever see them otherwise."""
WORDS = ("correct", "discrimination", "difficulty", "theta", "mapping", "normal-maximum")


def recorder(page: Page) -> dict[str, bytes]:
    """Collect headers and bodies of everything that the page receives, by address."""
    received: dict[str, bytes] = {}

    def keep(response: Response) -> None:
        headers = str(response.headers).encode()
        try:
            received[f"{len(received)} {response.url}"] = headers + response.body()
        except Error:  # a reply without a body
            received[f"{len(received)} {response.url}"] = headers

    page.on("response", keep)
    return received


def found(received: dict[str, bytes], *words: str) -> list[str]:
    """Where the words occur."""
    return [f"{word} in {url}" for url, body in received.items() for word in words if word.encode() in body]


def test_a_whole_test_brings_no_key_and_no_parameter_to_the_laptop(site: Site, pupil: Callable[..., PupilPage]) -> None:
    site.open()
    lotte = pupil()
    received = recorder(lotte.page)
    lotte.come_in()
    with lotte.page.expect_response("**/reserve") as ahead:
        lotte.see_question(1)
    assert len(ahead.value.json()["items"]) == 5
    for position in range(1, 7):
        lotte.answer_and_go_on(position)
    lotte.hand_in()
    lotte.page.wait_for_timeout(200)

    assert len([url for url in received if "/answers/" in url]) == 6
    assert found(received, "Elke lente zoekt de merel")  # the recorder sees what items hold
    assert not found(received, *CANARIES)
    interface = {url: body.lower() for url, body in received.items() if "/api/" in url}
    assert not [url for url, body in interface.items() if b"'cache-control': 'no-store'" not in body]
    assert not found(interface, *WORDS)


def test_the_canaries_are_in_the_bank(site: Site) -> None:
    """The control: had the server sent its bank, the test above would have found them."""
    rules = "".join(site.bank.scoring)
    assert "zevenslaper" in rules
    assert "7731.25" in rules
    items = site.bank.pool.items
    assert {float(value) for value in items.discrimination} == {1.3712345}
    assert {float(value) for value in items.difficulty} == {0.4598765}
