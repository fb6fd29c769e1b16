"""How items are chosen, apart from what a test must look like."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from engine.assembly import ALONE_FIRST
from engine.errors import DesignError
from engine.exposure import Eligibility
from engine.selection import MaximumInformation, Rule


class Method(StrEnum):
    """How the blueprint is kept."""

    SHADOW = "shadow"
    PRIORITY = "priority"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Strategy:
    """Rules of choosing, each of which can be exchanged.

    Attributes
    ----------
    method : ``shadow`` keeps a whole plan that meets the blueprint, ``priority`` weighs items by how much room their
        rules have left, ``information`` looks at enemies only
    rule : what an item is worth
    best_k : one of so many best is drawn
    alone_first : no passage begins before so many items were given, as long as the plan has single items
    eligibility : who may be given which item; None holds nothing back

    Raises
    ------
    DesignError
        If ``best_k`` is below 1 or ``alone_first`` below 0.
    """

    method: Method = Method.SHADOW
    rule: Rule = field(default_factory=MaximumInformation)
    best_k: int = 1
    alone_first: int = ALONE_FIRST
    eligibility: Eligibility | None = None

    def __post_init__(self) -> None:
        if self.best_k < 1 or self.alone_first < 0:
            raise DesignError(
                f"best_k must be 1 or more and alone_first 0 or more, not {self.best_k} and {self.alone_first}"
            )
