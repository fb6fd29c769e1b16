"""A linear test, as an assessment test of others becomes one: the same items for all, in the order of the form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from delivery.sittings.banks import index_bank
from itembank import (
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    Metadata,
    ReleaseError,
    bank_bytes,
    bank_from_bytes,
    compile_bank,
    design_from_text,
    read_item,
    read_stimulus,
)
from tests.delivery.delivery_world import CHOICE, HEAD, RULE, SCORE
from tests.delivery.sittings.test_choosing import PASSAGE, start, take

FORM = ["T4", "T1", "T5", "T0", "T3"]
DESIGN = 'identifier = "t"\ntitle = "T"\nsubject = "s"\n{}length = {}\n'


def make_bank(form: list[str], names: list[str], kind: str = 'kind = "linear"\n') -> CompiledBank:
    """A bank of these items, two of them beside a passage."""
    items, entries = [], []
    for number, name in enumerate(names):
        source = CHOICE.format(head=HEAD, name=name, score=SCORE, rule=RULE)
        item = read_item(source.encode(), metadata=Metadata(area="lezen"))
        items.append(replace(item, stimulus="P" if name in ("T1", "T5") else ""))
        entries.append(CalibratedItem(f"{name}@1", 1.0 + number / 5, 1.0 - number / 2, 0.1, 0.1, 500, 0.5))
    lines = f"form = {form}\n" if form else ""
    design = design_from_text(DESIGN.format(kind, len(form) or len(names)) + lines)
    return compile_bank(
        design,
        items,
        CalibrationVersion("c", "2pl", {}, tuple(entries)),
        [read_stimulus(PASSAGE.format(name="P").encode())],
    )


@pytest.mark.parametrize("categories", [[1], [0], [1, 0, 0]])
def test_a_sitting_gives_the_form_in_its_order_whatever_is_answered(categories: list[int]) -> None:
    bank = index_bank(bank_from_bytes(bank_bytes(make_bank(FORM, sorted(FORM)))))
    offers, _ = take(bank, start(bank), categories)
    assert [offer.item for offer in offers] == [f"{name}@1" for name in FORM]


def test_other_banks_do_not_say_that_they_have_no_form() -> None:
    assert b'"form":' not in bank_bytes(make_bank([], sorted(FORM), kind=""))
    assert b'"form":["T4@1"' in bank_bytes(make_bank(FORM, sorted(FORM)))


@pytest.mark.parametrize(
    ("names", "why"),
    [(["T0", "T1", "T3", "T4"], "the form names T5, which is not given"), (["T2", *FORM], "the form does not name T2")],
)
def test_a_form_and_its_items_must_be_the_same(names: list[str], why: str) -> None:
    with pytest.raises(ReleaseError, match=why):
        make_bank(FORM, names)


def test_a_linear_test_without_a_form_is_not_given_as_if_it_were_adaptive() -> None:
    with pytest.raises(ReleaseError, match="name the items in order"):
        make_bank([], sorted(FORM))


def test_the_order_is_no_accident_of_the_parameters() -> None:
    """The control: without the form the most informative item comes first."""
    bank = index_bank(make_bank([], sorted(FORM), kind=""))
    offers, _ = take(bank, start(bank), [1])
    assert [offer.item for offer in offers] != [f"{name}@1" for name in FORM]
