"""A hand with a mouse and a keyboard, at our player and at Cito's: the same parts of an answer, given in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from playwright.sync_api import Locator, Page

from itembank import Interaction

if TYPE_CHECKING:
    from tests.browser.interactions.subjects import Subject

STEPS, PAUSE_MS = 16, 80
"""Of a drag: others' players follow a pointer that moves as a hand does, and take a moment to see where it is."""


class Hand(Protocol):
    """What gives an answer in one player."""

    def choose(self, choice: str) -> None:
        """Press a choice."""

    def put(self, card: str, place: str, number: int) -> None:
        """Put a card in its place, or at the number in an order, from 0."""

    def join(self, one: str, other: str, number: int) -> None:
        """Make a pair, the number-th from 0."""

    def type(self, text: str) -> None:
        """Type an answer."""

    def pick(self, choice: str) -> None:
        """Pick one of a list."""

    def slide(self, share: float) -> None:
        """Press a slider, at a share of its length."""

    def point(self, across: float, down: float) -> None:
        """Press a picture, at shares of its width and height."""


def give(hand: Hand, subject: Subject) -> None:
    """Give the right answer to an item.

    Parameters
    ----------
    hand : at one of the players
    subject : the item
    """
    kind, field = subject.field.interaction, subject.field
    if field.is_typed:
        hand.type(subject.parts[0])
    elif field.scale is not None:
        hand.slide((float(subject.parts[0]) - field.scale.lower) / (field.scale.upper - field.scale.lower))
    elif kind is Interaction.INLINE_CHOICE:
        hand.pick(subject.parts[0])
    else:
        for number, part in enumerate(subject.parts):
            _give_part(hand, subject, part, number)


def _give_part(hand: Hand, subject: Subject, part: str, number: int) -> None:
    """Give one part of an answer that has several."""
    kind = subject.field.interaction
    if kind is Interaction.ORDER:
        hand.put(part, str(number + 1), number)
    elif kind is Interaction.ASSOCIATE:
        one, other = part.split()
        hand.join(one, other, number)
    elif subject.field.is_paired:
        card, place = part.split()
        hand.put(card, place, subject.field.places.index(place))
    elif str(kind) == "select_point":
        x, y = map(float, part.split())
        width, height = getattr(subject.field, "picture")  # noqa: B009 known only where points are
        hand.point(x / width, y / height)
    else:
        hand.choose(part)


class OurHand:
    """At the player of this project: pick, then place."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._item = page.locator(".item")

    def choose(self, choice: str) -> None:
        """Press a choice."""
        _press(self._page, self._item.locator(f'input[value="{choice}"]'), 0.5, 0.5)

    def put(self, card: str, place: str, number: int) -> None:  # noqa: ARG002 one signature for all hands
        """Press a card, then its place."""
        self._item.locator(f'[data-choice="{card}"]').click()
        self._item.locator(f'[data-place="{place}"]').click()

    def join(self, one: str, other: str, number: int) -> None:  # noqa: ARG002 as above
        """Press two cards."""
        for choice in (one, other):
            self._item.locator(f'[data-choice="{choice}"]').click()

    def type(self, text: str) -> None:
        """Type an answer."""
        _type(self._item.locator(".text-entry, .extended-text"), text)

    def pick(self, choice: str) -> None:
        """Pick one of a list."""
        self._item.locator("select").select_option(choice)

    def slide(self, share: float) -> None:
        """Press a slider."""
        _press(self._page, self._item.locator("input[type=range]"), share, 0.5)

    def point(self, across: float, down: float) -> None:
        """Press a picture."""
        _press(self._page, self._item.locator("img"), across, down)


class CitoHand:
    """At qti-components: drag."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def part(self, identifier: str) -> Locator:
        """A choice, card or place of the item."""
        return self._page.locator(f'qti-assessment-item [identifier="{identifier}"]').first

    def choose(self, choice: str) -> None:
        """Press a choice."""
        self.part(choice).click()

    def put(self, card: str, place: str, number: int) -> None:
        """Drag a card to its place, or to a slot of an order."""
        slots = self._page.locator("qti-order-interaction drop-list")
        self._drag(self.part(card), slots.nth(number) if slots.count() else self.part(place))

    def join(self, one: str, other: str, number: int) -> None:
        """Drag two cards to the two ends of a line."""
        slots = self._page.locator("qti-associate-interaction [part=drop-list]")
        self._drag(self.part(one), slots.nth(2 * number))
        self._drag(self.part(other), slots.nth(2 * number + 1))

    def type(self, text: str) -> None:
        """Type an answer."""
        _type(self._page.locator("qti-text-entry-interaction input, qti-extended-text-interaction textarea"), text)

    def pick(self, choice: str) -> None:
        """Open the list, and pick one."""
        self._page.locator("qti-inline-choice-interaction [part=trigger]").click()
        self.part(choice).click()

    def slide(self, share: float) -> None:
        """Press a slider."""
        _press(self._page, self._page.locator("qti-slider-interaction [part=rail]"), share, 0.5)

    def point(self, across: float, down: float) -> None:
        """Press a picture."""
        _press(self._page, self._page.locator("qti-select-point-interaction img").first, across, down)

    def _drag(self, source: Locator, target: Locator) -> None:
        """Drag with the mouse."""
        start, end = _middle(source), _middle(target)
        self._page.mouse.move(*start)
        self._page.mouse.down()
        self._page.mouse.move(start[0] + 6, start[1] + 6, steps=3)
        self._page.mouse.move(*end, steps=STEPS)
        self._page.wait_for_timeout(PAUSE_MS)
        self._page.mouse.up()
        self._page.wait_for_timeout(4 * PAUSE_MS)


class CitoKeys(CitoHand):
    """At qti-components without a mouse: a card is taken with Space, moved with arrows and left with Space."""

    def choose(self, choice: str) -> None:
        """Go to a choice and take it."""
        self._go_to(choice)
        self._page.keyboard.press("Space")

    def pick(self, choice: str) -> None:
        """Open the list, and go down to one."""
        self._page.keyboard.press("Tab")
        self._page.keyboard.press("Enter")
        for _ in range(20):
            self._page.keyboard.press("ArrowDown")
            if self._focused() == choice:
                break
        self._page.keyboard.press("Enter")

    def type(self, text: str) -> None:
        """Type an answer."""
        self._page.keyboard.press("Tab")
        self._page.keyboard.type(text)

    def slide(self, share: float) -> None:
        """Go to the slider, and half of the way to the right."""
        self._page.keyboard.press("Tab")
        for _ in range(round(10 * share)):
            self._page.keyboard.press("ArrowRight")

    def point(self, across: float, down: float) -> None:  # noqa: ARG002 one signature for all hands
        """Go to the picture and press Space: no key says where."""
        self._page.keyboard.press("Tab")
        self._page.keyboard.press("Space")

    def put(self, card: str, place: str, number: int) -> None:  # noqa: ARG002 as above
        """Take a card, go to its place by its number, and leave it there."""
        self._carry(card, number)

    def join(self, one: str, other: str, number: int) -> None:
        """Take two cards to the two ends of a line."""
        self._carry(one, 2 * number)
        self._carry(other, 2 * number + 1)

    def _carry(self, card: str, number: int) -> None:
        """Carry a card to the place with that number."""
        self._go_to(card)
        self._page.keyboard.press("Space")
        for _ in range(number):
            self._page.keyboard.press("ArrowRight")
        self._page.keyboard.press("Space")
        self._page.wait_for_timeout(PAUSE_MS)

    def _go_to(self, identifier: str) -> None:
        """Press Tab until the focus is on a choice, or for long enough."""
        for _ in range(30):
            if self._focused() == identifier:
                return
            self._page.keyboard.press("Tab")

    def _focused(self) -> str:
        """Identifier of what has the focus."""
        deep = """() => { let one = document.activeElement;
            while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
            return one?.getAttribute("identifier") ?? ""; }"""
        return str(self._page.evaluate(deep))


def _middle(locator: Locator) -> tuple[float, float]:
    """Middle of an element on the screen."""
    box = locator.bounding_box()
    assert box is not None, f"{locator} is not on the screen"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _press(page: Page, locator: Locator, across: float, down: float) -> None:
    """Press an element at shares of its width and height."""
    box = locator.bounding_box()
    assert box is not None, f"{locator} is not on the screen"
    page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])


def _type(locator: Locator, text: str) -> None:
    """Press a field, type, and leave it."""
    locator.click()
    locator.press_sequentially(text)
    locator.blur()
