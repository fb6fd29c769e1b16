"""Ways through an item with keys alone, and what Chromium's accessibility tree must say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.browser.interactions.tree import Told

if TYPE_CHECKING:
    from itembank import ResponseValue


@dataclass(frozen=True)
class Walk:
    """How an item is answered with keys, and what must come out; ``>a_name`` is Tab until the focus is there."""

    item: str
    steps: str
    response: ResponseValue
    before: tuple[Told, ...]
    after: tuple[Told, ...]
    drags: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys in order."""
        return tuple(self.steps.split())


PICTURE_WALKS = (
    Walk(
        "hotspot",
        ">tweede Space >Plaats_4 Space",
        ["V", "R"],
        (
            Told("group", "Duid de twee vierhoeken aan."),
            Told("image", "Vier vormen naast elkaar."),
            Told("checkbox", "tweede vorm, met vier hoeken", "false"),
            Told("checkbox", "Plaats 4 van 4", "false"),
        ),
        (
            Told("checkbox", "tweede vorm, met vier hoeken", "true"),
            Told("checkbox", "derde vorm, zonder hoeken", "false"),
            Told("checkbox", "Plaats 4 van 4", "true"),
        ),
    ),
    Walk(
        "graphic-gap-match",
        ">driehoek Enter >eerste_vorm Enter >een_rond Enter >Plaats_2 Enter",
        ["W1 P1", "W2 P2"],
        (
            Told("button", "driehoek", "false"),
            Told("button", "een rond kaartje", "false"),
            Told("button", "eerste vorm: leeg"),
            Told("button", "Plaats 2 van 2: leeg"),
        ),
        (Told("button", "eerste vorm: driehoek"), Told("button", "Plaats 2 van 2: een rond kaartje")),
        (("kubus", "eerste vorm"), ("driehoek", "eerste vorm"), ("een rond", "Plaats 2")),
    ),
    Walk(
        "select-point",
        ">Punt_zetten Enter"
        + 6 * " PageDown"
        + " Tab"
        + 6 * " PageDown"
        + " >Punt_zetten Enter"
        + 6 * " PageUp"
        + " Tab PageUp PageUp"
        + 3 * " ArrowUp"
        + 3 * " ArrowDown",
        ["60 180", "180 100"],
        (
            Told("group", "Zet een punt op (1, 1) en een punt op (4, 3)."),
            Told("button", "Punt zetten"),
        ),
        (
            Told("list", "Jouw punten"),
            Told("slider", "Punt 1, naar rechts", "60"),
            Told("slider", "Punt 1, naar boven", "60"),
            Told("slider", "Punt 2, naar rechts", "180"),
            Told("slider", "Punt 2, naar boven", "140"),
            Told("button", "Weghalen: Punt 2"),
        ),
    ),
)
"""Interactions on a picture."""
