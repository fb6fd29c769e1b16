"""What is refused by name before a calibration, or said as a note."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from engine import DesignError, ItemParameters, Kind, ParameterError, ResponseError, Responses
from scoring.errors import CalibrationError
from scoring.item_files import FixedItems
from scoring.response_checks import check_categories, check_groups, name_fault, notes_on, persons_without_answers
from scoring.response_files import ResponseFile


def source(
    codes: Sequence[Sequence[int]], group: Sequence[int] | None = None, notes: Sequence[str] = ()
) -> ResponseFile:
    """Responses of p1, p2, … to A, B, …, in groups g0, g1 and so on."""
    responses = Responses.from_dense(codes, group=group)
    persons = tuple(f"p{number}" for number in range(1, responses.n_persons + 1))
    items = tuple(chr(ord("A") + item) for item in range(responses.n_items))
    groups = tuple(f"g{number}" for number in range(max(group or [0]) + 1))
    return ResponseFile(responses, persons, items, groups, "sha", "r.csv", notes=tuple(notes))


def fixed(*items: int, absent: Sequence[str] = ()) -> FixedItems:
    """These items are known as Rasch items."""
    known = {item: ItemParameters.two_parameter([1.0], [0.0]) for item in items}
    return FixedItems(known, dict.fromkeys(items, "rasch"), tuple(absent), "sha")


def test_answers_above_1_are_for_models_that_know_them() -> None:
    file = source([[2, 0, 2], [0, 1, 1]])
    check_categories(file, ["gpcm", "2pl", "grm"], None)
    with pytest.raises(CalibrationError, match=r"^r\.csv: A, C: answers above 1, and 2pl knows 0 and 1; .*--omitted"):
        check_categories(file, ["2pl", "2pl", "3pl"], None)


def test_a_known_item_is_held_to_its_own_categories_and_not_to_a_model() -> None:
    three = FixedItems({0: ItemParameters.from_steps(Kind.GRADED, [1.0], [[-1.0, 1.0]])}, {0: "grm"}, (), "sha")
    check_categories(source([[2, 0], [0, 1]]), ["2pl", "2pl"], three)
    with pytest.raises(CalibrationError, match=r"A is fixed with categories 0 to 2, but has answers in 3"):
        check_categories(source([[3, 0], [0, 1]]), ["grm", "2pl"], three)


def test_silent_groups_are_named_and_a_file_that_is_silent_throughout_is_left_to_the_engine() -> None:
    check_groups(source([[1], [0]], group=[0, 1]))
    with pytest.raises(CalibrationError, match=r"nobody in group g0, g2 answered anything"):
        check_groups(source([[-1], [0], [-1], [-1]], group=[0, 1, 2, 2]))
    check_groups(source([[-1], [-1]], group=[0, 1]))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ResponseError("items 1 have no", items=[1], reason="no responses at all"), "r.csv: B: no responses at all"),
        (ResponseError("items 0, 2 …", items=[0, 2], reason="a category without"), "r.csv: A, C: a category without ("),
        (ResponseError("there are no persons"), "r.csv: there are no persons"),
        (ParameterError("max_cycles must be 1"), "r.csv: max_cycles must be 1"),
    ],
)
def test_what_the_engine_refuses_by_number_is_said_by_name(error: ResponseError, said: str) -> None:
    assert name_fault(source([[1, 0, 1]]), error).startswith(said)


def test_islands_are_named_by_group_and_item_and_known_items_join_them() -> None:
    file = source([[1, 0, -1, -1, -1], [-1, -1, 1, 0, -1], [-1, -1, -1, -1, 1]], group=[0, 1, 2])
    said = name_fault(file, DesignError("…"))
    assert "3 islands: group g0 with A, B; group g1 with C, D; group g2 with E." in said
    assert "2 islands: group g0, g1 with A, B, C, D; group g2 with E." in name_fault(file, DesignError("…"), (0, 3))


def test_notes_say_what_the_file_says_then_who_is_silent_then_what_is_absent() -> None:
    file = source([[1, 0], [-1, -1], [0, 1]], notes=["of the file"])
    assert persons_without_answers(file) == ("p2",)
    assert list(notes_on(file, fixed(0, absent=["X", "Y"]))) == [
        "of the file",
        "1 person without answers: p2; they count in the size of their group and in nothing else",
        "fixed, and not in the data: X, Y; left out",
    ]
    assert list(notes_on(source([[1, 0], [0, 1]]), fixed(0))) == []


def test_items_that_no_person_ties_to_the_others_are_pointed_out_the_largest_part_apart() -> None:
    file = source([[1, 0, 1, -1, -1], [0, 1, 0, -1, -1], [-1, -1, -1, 1, 0], [-1, -1, -1, 0, 1]])
    (note,) = notes_on(file, None)
    assert note.startswith("nobody answered both D, E and the other items: they are on one scale only if")
    assert list(notes_on(file, fixed(0, 4))) == []  # what is known lies on one scale already
    one = [[1, 0, -1, -1, -1], [-1, 1, 0, -1, -1], [-1, -1, 1, 0, -1], [-1, -1, -1, 1, 0]]
    assert list(notes_on(source(one), None)) == []  # a chain holds together


def test_many_silent_persons_are_counted_and_ten_are_named() -> None:
    (note,) = notes_on(source([[1, 0], [0, 1], *np.full((12, 2), -1).tolist()]), None)
    assert note.startswith("12 persons without answers: p3, p4, p5, p6, p7, p8, p9, p10, p11, p12 and 2 more; they")
