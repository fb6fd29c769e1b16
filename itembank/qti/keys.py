"""What an item's own key says, as the answers of a pupil who knows it, and the points that these get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from itembank.errors import ResponseError
from itembank.qti.processing import Answer, Draw, Program, Value, draw_template, run_program
from itembank.qti.processing.values import Scalar
from itembank.responses import Asking, check_response
from itembank.values import Response, ResponseField, ResponseValue

_EXACT = 2**53
"""Up to here every whole number is a float of its own."""


def _text(item: Scalar) -> str:
    """Write a scalar as a pupil's answer holds it: points on a picture are whole pixels."""
    if isinstance(item, tuple):
        return " ".join(map(_text, item))
    return str(int(item)) if isinstance(item, float) and item.is_integer() and abs(item) < _EXACT else str(item)


def _texts(value: Value, single: bool) -> Answer:
    """Return a correct response as an answer."""
    texts = [_text(item) for item in value.items]
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


def as_sent(fields: Iterable[ResponseField], answers: Mapping[str, Answer]) -> Response:
    """Return answers as a laptop sends them.

    Parameters
    ----------
    fields : what the item asks for
    answers : to each of them
    """
    return {field.identifier: _as_sent(answers[field.identifier], field) for field in fields}


def _as_sent(answer: Answer, field: ResponseField) -> ResponseValue:
    """Return one answer as it is sent."""
    texts = [str(part) for part in (answer if isinstance(answer, list) else [answer])]
    return texts if field.is_list else texts[0]


def key_fault(body: Asking, answers: Mapping[str, Answer]) -> str:
    """Say why a pupil could not give these answers, or "".

    Parameters
    ----------
    body : of the item
    answers : from `key_answers`
    """
    try:
        check_response(body, as_sent(body.fields, answers))
    except ResponseError as error:
        return str(error)
    return ""


def key_score(fields: Iterable[ResponseField], program: Program, seed: int = 0) -> float | None:
    """Points that the item's own key gets; None if a field has no key."""
    answers = key_answers(fields, program, draw_template(program, seed))
    return None if answers is None else run_program(program, answers, seed=seed).score
