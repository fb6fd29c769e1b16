"""What an option of ``peil calibrate`` may be; imports nothing heavy, because ``--help`` shows it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

Rule = Literal["not_presented", "wrong", "fractional"]


class Model(StrEnum):
    """Response models."""

    RASCH = "rasch"
    ONE_PARAMETER = "1pl"
    TWO_PARAMETER = "2pl"
    THREE_PARAMETER = "3pl"
    FOUR_PARAMETER = "4pl"
    PARTIAL_CREDIT = "pcm"
    GENERALISED_PARTIAL_CREDIT = "gpcm"
    GRADED = "grm"
    RATING_SCALE = "rsm"
    NOMINAL = "nominal"


class MissingRule(StrEnum):
    """What an answer that is not there counts as."""

    NOT_PRESENTED = "not-presented"
    WRONG = "wrong"
    FRACTIONAL = "fractional"

    @property
    def rule(self) -> Rule:
        """The same as the engine calls it."""
        return RULES[self]


RULES: dict[MissingRule, Rule] = {
    MissingRule.NOT_PRESENTED: "not_presented",
    MissingRule.WRONG: "wrong",
    MissingRule.FRACTIONAL: "fractional",
}


class Errors(StrEnum):
    """Kinds of standard errors."""

    INFORMATION = "information"
    SANDWICH = "sandwich"
    NONE = "none"


class Density(StrEnum):
    """Forms of the ability distribution."""

    NORMAL = "normal"
    HISTOGRAM = "histogram"
