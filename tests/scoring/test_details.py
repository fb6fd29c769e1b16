"""Choices and times of answers stand where their responses stand."""

from __future__ import annotations

from dataclasses import replace

from scoring import AnswerDetail, AnswerRecord, answer_details, build_responses, stack_details, stack_responses
from tests.scoring.conftest import MakeSitting

CHOSEN = (("RESPONSE", ("B",)),)


def test_details_are_those_of_the_answers_that_count(make_sitting: MakeSitting) -> None:
    answers = (
        AnswerRecord(1, "b@1", 1, 4000, chosen=CHOSEN),
        AnswerRecord(2, "a@1", -1, 5000, chosen=CHOSEN),  # not rated yet
        AnswerRecord(3, "c@1", 0, 6000, scored=False),  # tried out
        AnswerRecord(4, "c@1", 0, 7000),
    )
    records = [make_sitting(1, [("a@1", 1)]), replace(make_sitting(2, []), answers=(*answers[:2], answers[3]))]
    matrix = build_responses(records, ("a@1", "b@1", "c@1"))
    found = answer_details(matrix)
    assert found == [
        AnswerDetail(0, 0, (), 1000),
        AnswerDetail(1, 1, CHOSEN, 4000),
        AnswerDetail(1, 2, (), 7000),
    ]
    known = set(zip(matrix.responses.person.tolist(), matrix.responses.item.tolist(), strict=True))
    assert {(detail.person, detail.item) for detail in found} == known
    tried_out = build_responses([replace(make_sitting(3, []), answers=(answers[0], answers[2]))], ("b@1", "c@1"))
    assert answer_details(tried_out) == [AnswerDetail(0, 0, CHOSEN, 4000)]


def test_details_are_stacked_as_responses_are(make_sitting: MakeSitting) -> None:
    parts = [
        build_responses([make_sitting(number, [("a@1", 1)]) for number in range(n)], ("a@1", "b@1")) for n in (3, 2)
    ]
    together = stack_responses([part.responses for part in parts])
    details = stack_details([answer_details(part) for part in parts], [3, 2])
    assert [detail.person for detail in details] == together.person.tolist() == [0, 1, 2, 3, 4]
