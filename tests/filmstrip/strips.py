"""Three stories, told in pictures of the real product."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Page, expect

from tests.filmstrip.stage import NARROW, WIDE, Stage, answer, come_in, go_on

Frame = tuple[Page, str]
"""A page to take a picture of now, and what happens there."""
AHEAD = "n => Object.keys((JSON.parse(sessionStorage.getItem('peil.ahead')) ?? {items: {}}).items).length >= n"


def network_cut(stage: Stage, size: tuple[int, int] = WIDE) -> Iterator[Frame]:
    """The network goes in the middle of a question; the pupil goes on, and nothing is asked again."""
    _, room_code, seat_code = stage.codes("Wiskunde")
    page = stage.laptop(size)
    come_in(page, room_code, seat_code)
    page.wait_for_function(AHEAD, arg=14)
    page.wait_for_load_state("networkidle")
    answer(page)
    yield page, "Question 1 is answered, all is well"
    page.context.set_offline(True)
    go_on(page)
    yield page, "The network is cut: “Volgende” brings question 2 all the same"
    answer(page)
    yield page, "The pupil goes on: the answer is kept on the laptop"
    for _ in range(13):
        go_on(page)
        answer(page)
    yield page, "Ten minutes later: the last question that came ahead"
    go_on(page)
    expect(page.get_by_role("heading", name="Even geen verbinding")).to_be_visible()
    yield page, "Nothing is left to show: a calm page"
    page.context.set_offline(False)
    expect(page.locator("h1.number")).to_be_visible(timeout=60_000)
    yield page, "The network is back: it goes on by itself"


def network_cut_narrow(stage: Stage) -> Iterator[Frame]:
    """The same on a screen of 320 pixels."""
    return network_cut(stage, NARROW)


def laptop_swapped(stage: Stage) -> Iterator[Frame]:
    """A laptop fails in the middle of a question, and the pupil goes on at another one."""
    _, room_code, seat_code = stage.codes("Wiskunde")
    first = stage.laptop()
    come_in(first, room_code, seat_code)
    for _ in range(2):
        answer(first)
        go_on(first)
    with first.expect_response(re.compile("/drafts/"), timeout=20_000):
        answer(first)
    yield first, "First laptop: question 3 is half answered when its screen begins to flicker"
    second = stage.laptop()
    second.goto("/toets")
    second.get_by_label("Code van het lokaal").fill(room_code)
    second.get_by_label("Jouw eigen code").fill(seat_code)
    yield second, "Second laptop: the same two codes"
    second.get_by_role("button", name="Verder").click()
    second.get_by_role("button", name="Ja, dat ben ik").wait_for()
    yield second, "Second laptop: the pupil's own name"
    second.get_by_role("button", name="Ja, dat ben ik").click()
    expect(second.locator("h1.number")).to_be_visible()
    yield second, "Second laptop: the same question, with what was answered"
    expect(first.get_by_role("heading", name="Je werkt nu verder op een andere laptop")).to_be_visible(timeout=30_000)
    yield first, "First laptop: told to stop"
    go_on(second)
    yield second, "Second laptop: on to the next"


def red_row(stage: Stage) -> Iterator[Frame]:
    """A pupil calls; the toetsassistent sees one red row, and answers it."""
    room, room_code, seat_code = stage.codes("Nederlands")
    pupil = stage.laptop()
    come_in(pupil, room_code, seat_code)
    console = stage.staff("proctor", room.school)
    console.goto(f"/personeel/afnames/{room.administration.administration_id}")
    expect(console.locator(".pupils")).to_contain_text("bezig met vraag 1")
    yield console, "The room: nothing asks for attention"
    pupil.get_by_role("button", name="Vraag hulp").click()
    expect(pupil.locator("[data-help]")).to_have_text("Hulp is gevraagd")
    yield pupil, "A pupil asks for help"
    button = console.locator(".incidents button").first
    expect(button).to_be_visible()
    yield console, "The console: one red row, and what to do"
    button.click()
    expect(console.locator(".incidents")).to_have_count(0)
    yield console, "One click later"
    expect(pupil.locator("[data-help]")).to_have_text("Vraag hulp", timeout=30_000)
    yield pupil, "The pupil reads that somebody comes"


STRIPS: dict[str, Callable[[Stage], Iterator[Frame]]] = {
    "network-cut": network_cut,
    "network-cut-320": network_cut_narrow,
    "laptop-swapped": laptop_swapped,
    "red-row": red_row,
}
