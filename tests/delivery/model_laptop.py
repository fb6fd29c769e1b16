"""A laptop of the model test: what it holds, and what is on its screen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.delivery.delivery_world import Laptop


@dataclass
class Device:
    """One laptop.

    Attributes
    ----------
    outbox : position → bodies that it wrote
    held : items that it was sent ahead
    own : position and item that it shows by itself, in place of what the server says
    """

    laptop: Laptop
    outbox: list[tuple[int, Any]] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    own: tuple[int, str] | None = None

    @property
    def is_in(self) -> bool:
        """Whether it has a token."""
        return bool(self.laptop.token)

    @property
    def screen(self) -> tuple[int, str] | None:
        """Position and item of the question on the screen."""
        head = self.laptop.head
        if self.own is not None and self.own[0] > head.get("answered", 0):
            return self.own
        current = head.get("current") if self.is_in else None
        return (current["position"], current["item"]) if current else None

    def go_on(self, *, tells: bool) -> None:
        """Nothing came after the answer: show the next item that was sent ahead, and perhaps say so when sending."""
        on_screen = self.screen
        if on_screen is None or not self.outbox or self.outbox[-1][1]["item"] != on_screen[1]:
            return
        used = {body["item"] for _, body in self.outbox} | {on_screen[1]}
        ahead = [item for item in self.laptop.head.get("reserve", []) if item in self.held and item not in used]
        if ahead:
            self.own = (on_screen[0] + 1, ahead[0])
            if tells:  # the hash does not cover it
                self.outbox[-1][1]["showing"] = {"position": self.own[0], "item": self.own[1]}
