"""Who counts in which booklet."""

from __future__ import annotations

import numpy as np
import pytest

from engine import MultistageDesign, ResponseError, Responses
from engine.conditional.checks import step_layout
from engine.conditional.layout import ScoreLayout, lay_out
from tests.engine.conditional.designs import booklet

PATHS = MultistageDesign([booklet([[0, 1], [2, 3]], (0, 1)), booklet([[0, 1], [4]], (2, 3))])


def laid_out(codes: list[list[int]], design: MultistageDesign | None = None) -> ScoreLayout:
    responses = Responses.from_dense(codes, weight=np.arange(1.0, len(codes) + 1.0))
    return lay_out(responses, step_layout(responses), design)


def test_persons_with_the_same_items_are_a_booklet_whatever_their_order() -> None:
    person, item, category = [1, 0, 1, 0, 2, 2], [2, 0, 0, 2, 1, 2], [1, 0, 0, 1, 1, 0]
    responses = Responses.from_triplets(person, item, category, n_persons=3, n_items=3)
    layout = lay_out(responses, step_layout(Responses.from_dense([[0, 0, 0], [1, 1, 1]])))
    assert [part.items.tolist() for part in layout.booklets] == [[0, 2], [1, 2]]
    assert [part.counts.tolist() for part in layout.booklets] == [[0.0, 2.0, 0.0], [0.0, 1.0, 0.0]]


def test_extreme_scores_and_persons_without_answers_say_nothing() -> None:
    layout = laid_out([[0, 2], [1, 0], [0, 0], [1, 2], [-1, -1], [1, 1]])
    assert layout.booklets[0].counts.tolist() == [0.0, 2.0, 7.0, 0.0]  # weights 1 to 6
    assert layout.taken.tolist() == [8.0, 6.0, 1.0]
    assert layout.n_persons == 9.0


def test_a_person_is_in_the_booklet_of_the_path_taken() -> None:
    layout = laid_out([[1, 0, 1, 0, -1], [0, 1, 0, 1, -1], [1, 1, -1, -1, 0], [1, 1, -1, -1, 1]], PATHS)
    assert [part.items.tolist() for part in layout.booklets] == [[0, 1, 2, 3], [0, 1, 4]]
    assert layout.booklets[1].counts.tolist() == [0.0, 0.0, 3.0, 0.0]
    assert layout.booklets[0].cumulative == ((0, 1), None)
    assert layout.booklets[0].last == (None, None)


def test_two_paths_with_the_same_items_are_told_apart_by_their_scores() -> None:
    both = MultistageDesign([booklet([[0, 1], [2]], (0, 0)), booklet([[0, 1], [2]], (1, 2))], routing="last")
    layout = laid_out([[0, 0, 1], [0, 1, 0], [1, 1, 0]], both)
    assert [part.counts.tolist() for part in layout.booklets] == [[0.0, 1.0, 0.0, 0.0], [0.0, 2.0, 3.0, 0.0]]
    assert [part.last for part in layout.booklets] == [((0, 0), None), ((1, 2), None)]


def test_scores_that_routing_makes_impossible_are_named() -> None:
    with pytest.raises(ResponseError, match=r"persons 1 have scores that the routing makes impossible"):
        laid_out([[1, 0, 1, 0, -1], [1, 1, 0, 1, -1], [1, 1, -1, -1, 0], [0, 0, 0, 1, -1], [1, 1, -1, -1, 1]], PATHS)


def test_items_that_are_no_booklet_are_named() -> None:
    with pytest.raises(ResponseError, match=r"persons 2 answered .* no booklet of the design: items 0, 1;") as caught:
        laid_out([[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, -1, -1]], MultistageDesign([booklet([[0, 1], [2, 3]], (0, 1))]))
    assert caught.value.items == (0, 1)


def test_a_person_on_two_paths_is_named() -> None:
    design = MultistageDesign([booklet([[0, 1], [2]], (0, 1)), booklet([[0, 1], [2]], (1, 2))])
    with pytest.raises(ResponseError, match=r"persons 0 can have taken more than one booklet"):
        laid_out([[1, 0, 1], [0, 0, 0], [1, 1, 0]], design)
