"""What answers say besides their category: the options that were chosen, and how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scoring.matrix import ResponseMatrix
from scoring.records import Chosen


@dataclass(frozen=True, slots=True)
class AnswerDetail:
    """One answer of a response matrix.

    Attributes
    ----------
    person, item : its row and column in the matrix
    chosen : as in `AnswerRecord`
    elapsed_ms : working time in milliseconds; None where it is not known
    """

    person: int
    item: int
    chosen: Chosen
    elapsed_ms: int | None = None


def answer_details(matrix: ResponseMatrix) -> list[AnswerDetail]:
    """Details of the answers that a response matrix counts."""
    index = {item: column for column, item in enumerate(matrix.item_ids)}
    return [
        AnswerDetail(person, index[answer.item], answer.chosen, answer.elapsed_ms)
        for person, record in enumerate(matrix.sittings)
        for answer in record.answers
        if answer.scored and answer.category >= 0
    ]


def stack_details(parts: Sequence[Sequence[AnswerDetail]], n_persons: Sequence[int]) -> list[AnswerDetail]:
    """Put the details of several sets of persons under one another, as `stack_responses` does with their responses.

    Parameters
    ----------
    parts : details of each set
    n_persons : how many persons each set has
    """
    first, stacked = 0, []
    for part, n in zip(parts, n_persons, strict=True):
        stacked += [replace(detail, person=detail.person + first) for detail in part]
        first += n
    return stacked
