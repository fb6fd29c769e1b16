"""Every interaction that is supported can be answered by every pupil; `table` prints the same for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from itembank import Interaction
from tests.browser.browser_site import PUPILS
from tests.browser.interactions.checks import (
    MOVING,
    NARROW,
    OUT_OF_BOX,
    Room,
    on_a_laptop,
    on_a_narrow_screen,
    room,
    weight,
)
from tests.browser.interactions.subjects import SUBJECTS, Subject

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module", params=SUBJECTS, ids=lambda subject: subject.name)
def served(
    request: pytest.FixtureRequest, chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Room]:
    """A test of each item in turn."""
    subject: Subject = request.param
    with room(chromium, tmp_path_factory.mktemp(subject.name), subject) as opened:
        yield opened


def test_there_is_an_item_of_every_interaction() -> None:
    assert {subject.field.interaction for subject in SUBJECTS} == {*Interaction}


def test_it_is_answered_with_keys_alone_in_every_theme_with_letters_of_any_size(served: Room) -> None:
    on_a_laptop(served)


def test_it_is_answered_by_the_accessibility_tree_alone_on_320_pixels(served: Room) -> None:
    on_a_narrow_screen(served)


def test_its_html_weighs_little(served: Room) -> None:
    weight(served)


CARDS = [subject for subject in SUBJECTS if subject.name == "order"]


@pytest.mark.parametrize("served", CARDS, ids=lambda subject: subject.name, indirect=True)
def test_the_checks_see_movement_and_words_that_do_not_fit(served: Room) -> None:
    with served.pupil(PUPILS[2], NARROW, motion="no-preference") as mila:
        assert mila.page.evaluate(MOVING)
        assert not mila.page.evaluate(OUT_OF_BOX)
        mila.page.locator(".card").last.evaluate("one => { one.style.maxHeight = one.style.maxWidth = '20px'; }")
        mila.page.locator(".card").last.evaluate("one => { one.style.minWidth = one.style.minHeight = 0; }")
        assert mila.page.evaluate(OUT_OF_BOX)
