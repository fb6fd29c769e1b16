"""What an item's own key says, as the answers of a pupil who knows it, and the points that these get."""

from __future__ import annotations

from collections.abc import Iterable

from itembank.qti.processing import Answer, Draw, Program, Value, draw_template, run_program
from itembank.values import ResponseField


def _texts(value: Value, single: bool) -> Answer:
    """Return a correct response as an answer."""
    texts = [" ".join(map(str, item)) if isinstance(item, tuple) else str(item) for item in value.items]
    return texts[0] if single else texts


def key_answers(fields: Iterable[ResponseField], program: Program, draw: Draw) -> dict[str, Answer] | None:
    """Answers that the key calls correct; None if a field has no key.

    Parameters
    ----------
    fields : what the item asks for
    program : its rules
    draw : what these drew
    """
    answers: dict[str, Answer] = {}
    for field in fields:
        value = draw.correct[field.identifier]
        if value is None:
            return None
        answers[field.identifier] = _texts(value, program.declarations[field.identifier].cardinality == "single")
    return answers


def key_score(fields: Iterable[ResponseField], program: Program, seed: int = 0) -> float | None:
    """Points that the item's own key gets; None if a field has no key."""
    answers = key_answers(fields, program, draw_template(program, seed))
    return None if answers is None else run_program(program, answers, seed=seed).score
