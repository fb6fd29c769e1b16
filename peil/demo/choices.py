"""What simulees of a field test chose: the key where they were right, else one of a few wrong answers that attract."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine import Responses
from itembank import DeliveryView
from itembank.demo import read_keys
from loadtest.fragments import Field, Value, read_fields
from peil.demo.answering import right_value, wrong_value
from scoring import AnswerDetail
from scoring.records import Chosen

N_WRONG = 8  # draws of a wrong answer: most choices have three distractors


def simulate_choices(
    responses: Responses, views: Sequence[DeliveryView], rng: np.random.Generator
) -> list[AnswerDetail]:
    """Choices that go with simulated responses; items that are typed have none.

    Parameters
    ----------
    responses
        1 right, 0 wrong, of n_persons simulees to n_items items.
    views
        The items, in the same order.
    rng
        Source of chance.
    """
    person, details = responses.person, []
    for item, view in enumerate(views):
        right, wrong = _answers(view, rng)
        if not right:
            continue
        rows = np.flatnonzero(responses.item == item)
        attraction = rng.dirichlet(np.ones(len(wrong)))
        slips = rng.choice(len(wrong), size=rows.size, p=attraction)
        details += [
            AnswerDetail(int(person[row]), item, right if responses.category[row] else wrong[slip])
            for row, slip in zip(rows, slips, strict=True)
        ]
    return details


def _answers(view: DeliveryView, rng: np.random.Generator) -> tuple[Chosen, list[Chosen]]:
    """The right answer and some wrong ones, each once, of what is chosen in an item."""
    keys = read_keys()[view.item.partition("@")[0]]
    typed = {field.identifier for field in view.fields if field.is_typed}
    fields = [field for field in read_fields(view.html) if field.identifier not in typed]
    if not fields:
        return (), []
    right = {field.identifier: right_value(field, keys[field.identifier]) for field in fields}
    slips: list[tuple[Field, Value]] = [
        (field, wrong_value(field, keys[field.identifier], rng)) for field in fields for _ in range(N_WRONG)
    ]
    wrong = [_chosen(right | {field.identifier: value}) for field, value in slips]
    return _chosen(right), list(dict.fromkeys(wrong))


def _chosen(answer: dict[str, Value]) -> Chosen:
    """An answer as records hold it."""
    return tuple(
        (name, (value,) if isinstance(value, str) else tuple(value or ())) for name, value in sorted(answer.items())
    )
