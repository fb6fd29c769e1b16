"""What simulees of a field test chose: the key where they were right, else one of a few wrong answers that attract."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine import Responses
from itembank import DeliveryView
from itembank.demo import read_keys
from loadtest.fragments import Field, Value, read_fields
from peil.demo.mistakes import parts_known, right_value, wrong_value
from scoring import AnswerDetail
from scoring.records import Chosen

N_WRONG = 8  # draws of a wrong answer: most choices have three distractors


def simulate_choices(
    responses: Responses, views: Sequence[DeliveryView], most: Sequence[int], rng: np.random.Generator
) -> list[AnswerDetail]:
    """Choices that go with simulated responses; items that are typed have none.

    Parameters
    ----------
    responses
        Points of n_persons simulees for n_items items.
    views, most
        The items and what each is worth, in the same order.
    rng
        Source of chance.
    """
    person, details = responses.person, []
    for item, (view, worth) in enumerate(zip(views, most, strict=True)):
        right = _right_answer(view)
        if not right:
            continue
        rows = np.flatnonzero(responses.item == item)
        details += [AnswerDetail(int(person[row]), item, right) for row in rows[responses.category[rows] == worth]]
        for points in range(worth):
            wrong = _wrong_answers(view, points, worth, rng)
            missed = rows[responses.category[rows] == points]
            slips = rng.choice(len(wrong), size=missed.size, p=rng.dirichlet(np.ones(len(wrong))))
            details += [
                AnswerDetail(int(person[row]), item, wrong[slip]) for row, slip in zip(missed, slips, strict=True)
            ]
    return details


def _asked(view: DeliveryView) -> list[tuple[Field, tuple[str, ...]]]:
    """What is chosen in an item, each with its key."""
    keys = read_keys()[view.item.partition("@")[0]]
    typed = {field.identifier for field in view.fields if field.is_typed}
    return [(field, keys[field.identifier]) for field in read_fields(view.html) if field.identifier not in typed]


def _right_answer(view: DeliveryView) -> Chosen:
    """The right answer to what is chosen in an item; nothing where all is typed."""
    return _chosen({field.identifier: right_value(field, key) for field, key in _asked(view)})


def _wrong_answers(view: DeliveryView, points: int, most: int, rng: np.random.Generator) -> list[Chosen]:
    """Some answers that earn so many points, each once: one field of them is missed, in part or wholly."""
    asked = _asked(view)
    right = {field.identifier: right_value(field, key) for field, key in asked}
    slips: list[tuple[Field, Value]] = [
        (field, wrong_value(field, key, rng, parts_known(len(key), points, most, rng) if most > 1 else 0))
        for field, key in asked
        for _ in range(N_WRONG)
    ]
    return list(dict.fromkeys(_chosen(right | {field.identifier: value}) for field, value in slips))


def _chosen(answer: dict[str, Value]) -> Chosen:
    """An answer as records hold it."""
    return tuple(
        (name, (value,) if isinstance(value, str) else tuple(value or ())) for name, value in sorted(answer.items())
    )
