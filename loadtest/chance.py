"""Answers by chance: for pupils of whom only the traffic matters."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from loadtest.fragments import Answer, Field, Value


@dataclass(frozen=True, slots=True)
class AnswerByChance:
    """An answer function for someone who knows nothing: picks or types something in every field."""

    rng: random.Random

    def __call__(self, _fragment: str, fields: Sequence[Field]) -> Answer:
        """Answer what is on the screen."""
        return {item_field.identifier: self._value(item_field) for item_field in fields}

    def _value(self, item_field: Field) -> Value:
        """One field."""
        if item_field.is_list:
            return self.rng.sample(item_field.choices, 1)
        return self.rng.choice(item_field.choices) if item_field.choices else str(self.rng.randrange(1000))
