"""Answer an item by its controls' names: with keys alone, or as a screen reader does it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.interactions.subjects import Act, Subject
from tests.browser.interactions.tree import Reader, Told, is_called, tree

PRESSED = ("button", "checkbox", "radio")
ROLES = {"press": PRESSED, "type": ("textbox",), "pick": ("combobox",), "move": ("slider",)}
FURTHEST = 80
"""Presses of Tab after which a control is taken for out of reach."""


class Keyboard:
    """Somebody with a keyboard and no pointer."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._reader = Reader(page)

    def do(self, act: Act) -> None:
        """Go to a control with Tab, and do with keys what is to be done."""
        told = self._go_to(act)
        if act.what == "press":
            self._page.keyboard.press("Enter" if told.role == "button" else "Space")
        else:
            enter(self._page, self._reader, act)

    def _go_to(self, act: Act) -> Told:
        """Press Tab until the focus is there; within radio buttons, the arrow that their group answers to."""
        roles = ROLES[act.what]
        for _ in range(FURTHEST):
            told = self._reader.focused()
            if told.role in roles and is_called(told, act.name):
                return told
            in_group = told.role == "radio" and self._is_in_group(act.name)
            self._page.keyboard.press("ArrowDown" if in_group else "Tab")
        raise AssertionError(f"with Tab the focus never comes to {act.name!r}")

    def _is_in_group(self, name: str) -> bool:
        """Whether a radio button of that name is on the page: Tab stops at one of them only."""
        return any(told.role == "radio" and is_called(told, name) for told in tree(self._page))


class ScreenReader:
    """Somebody who moves through the accessibility tree, and asks the browser to do what a control is there for."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._reader = Reader(page)

    def do(self, act: Act) -> None:
        """Find a control by role and name, and do what is to be done."""
        roles = ROLES[act.what]
        if act.what == "press":
            self._reader.press(act.name, *roles)
        else:
            self._reader.focus(act.name, *roles)
            enter(self._page, self._reader, act)


def enter(page: Page, reader: Reader, act: Act) -> None:
    """Give the control that has the focus its value."""
    if act.what == "type":
        page.keyboard.insert_text(act.value)
    elif act.what == "pick":
        while not reader.focused().value.startswith(act.value):
            before = reader.focused()
            page.keyboard.press("ArrowDown")
            assert reader.focused() != before, f"{act.name!r} offers no {act.value!r}"
    else:
        _slide(page, reader, act)


def _slide(page: Page, reader: Reader, act: Act) -> None:
    """Move a slider to a number; a key that is pressed where it stands already takes it there."""
    step = float(page.evaluate("document.activeElement.step || 1"))
    now = float(reader.focused().value.split()[0])
    steps = round((float(act.value) - now) / step)
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
    if not steps:
        page.keyboard.press("Space")


def check_told(subject: Subject, page: Page) -> None:
    """Assert that role, name and value of the controls say what the answer is."""
    told = tree(page)
    for name, value in subject.outcome:
        called = [one for one in told if is_called(one, name)]
        assert any(value in one.name.removeprefix(name) or _stands_at(one, value) for one in called), (name, called)


def _stands_at(told: Told, value: str) -> bool:
    """Whether a control has a value; what describes it may follow."""
    return told.value == value or told.value.startswith(f"{value} (")
