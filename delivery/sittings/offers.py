"""How events name items: one that was chosen and why, one that is sent ahead, one that a laptop showed by itself."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Why an item was chosen (at most 1 kB).

    Attributes
    ----------
    inputs : SHA-256 of everything the choice depended on, hexadecimal
    best : the five best items of those that could be given, with their scores
    draw : the random number, from the sitting's own key
    binding : rules that kept better items out
    theta, standard_error : ability estimate before the item, in logits
    fallback : the blueprint could not be kept with any item; the least harmful one was taken
    route : how it was found: ``plan``, ``pool``, ``pretest``, ``penalty``, ``any``, ``refused``; "" before version 2
    swaps : ``(out, in)`` items that changed the plan before this one was taken from it
    lifted : exposure control left too few items, and was lifted
    """

    inputs: str
    best: tuple[tuple[str, float], ...]
    draw: float
    binding: tuple[str, ...]
    theta: float
    standard_error: float
    fallback: bool
    route: str = ""
    swaps: tuple[tuple[str, str], ...] = ()
    lifted: bool = False


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An item that may leave the server, because this is committed first."""

    position: int
    item: str
    rendering_hash: str
    role: str
    choice: Choice

    @property
    def swaps(self) -> tuple[tuple[str, str], ...]:
        """Swaps ``(out, in)`` that changed the plan before the item was taken from it."""
        return self.choice.swaps


class Reserved(msgspec.Struct, frozen=True, kw_only=True):
    """An item that may leave the server ahead of the answers before it, because this is committed first."""

    item: str
    rendering_hash: str
    role: str = "reserve"


class Presentation(msgspec.Struct, frozen=True, kw_only=True):
    """An item that the laptop showed by itself: it had been sent, and nothing came from the server.

    Attributes
    ----------
    cause : why the server did not choose
    swaps : ``(out, in)`` items that make the plan one that holds it; those of a choice that was passed over are undone
    """

    position: int
    item: str
    rendering_hash: str
    cause: str = "offline"
    swaps: tuple[tuple[str, str], ...] = ()


def plan_after(plan: tuple[str, ...], swaps: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Plan after swaps ``(out, in)``."""
    for out, into in swaps:
        plan = tuple(into if item == out else item for item in plan)
    return plan
