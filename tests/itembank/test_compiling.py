"""Compiling a bank, and its canonical bytes."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine import Budget
from itembank import (
    CalibrationVersion,
    CompiledBank,
    Design,
    Interaction,
    ItemSource,
    Metadata,
    ReleaseError,
    ResponseField,
    ResponseValue,
    adaptive_bank,
    arranged,
    bank_bytes,
    bank_from_bytes,
    compile_bank,
    read_item,
    read_stimulus,
    score,
)
from itembank.designs import LINEAR, Cuts, Selection, Stopping
from tests.designs import area_design
from tests.itembank.interaction_samples import SAMPLES

MakeItem = Callable[..., bytes]
MakeCalibration = Callable[..., CalibrationVersion]
STIMULUS = (
    b'<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="N4-T1" title="De egel">'
    b"<qti-stimulus-body><p>Een egel.</p></qti-stimulus-body></qti-assessment-stimulus>"
)


@pytest.fixture
def items(make_item: MakeItem) -> list[ItemSource]:
    return [read_item(make_item(f"W4-00{number}"), area="bewerkingen") for number in range(1, 5)]


@pytest.fixture
def bank(design: Design, items: list[ItemSource], make_calibration: MakeCalibration) -> CompiledBank:
    return compile_bank(design, items, make_calibration(*(item.name for item in items)))


def test_a_bank_holds_what_delivery_needs(bank: CompiledBank) -> None:
    assert (bank.test, bank.title, bank.calibration) == ("wiskunde-4", "Wiskunde", "veldtest")
    assert [view.item for view in bank.views] == ["W4-001@1", "W4-002@1", "W4-003@1", "W4-004@1"]
    assert bank.pool.items.difficulty.tolist() == [0.0, 0.1, 0.2, 0.3]
    assert bank.pool.passage.tolist() == [-1] * 4
    assert bank.pool.enemies == ()
    assert (bank.blueprint.length, [count.name for count in bank.blueprint.counts]) == (2, ["area bewerkingen"])
    assert bank.prepared.start_plan.shape == (1, 2)
    assert score(bank.scoring[0], {"RESPONSE": "A"}).category == 1


def test_the_same_content_has_the_same_bytes_in_whatever_order_it_comes(
    design: Design, items: list[ItemSource], make_calibration: MakeCalibration, bank: CompiledBank
) -> None:
    calibration = make_calibration(*(item.name for item in items))
    other = replace(calibration, items=calibration.items[::-1])
    again = compile_bank(design, items[::-1], other)
    assert bank_bytes(again) == bank_bytes(bank)
    assert again.hash == bank.hash == hashlib.sha256(bank_bytes(bank)).hexdigest()
    assert compile_bank(replace(design, title="Anders"), items, calibration).hash != bank.hash


def test_a_bank_comes_back_from_its_bytes(bank: CompiledBank) -> None:
    again = bank_from_bytes(bank_bytes(bank))
    assert bank_bytes(again) == bank_bytes(bank)
    assert (again.hash, again.views, again.stimuli, again.scoring) == (
        bank.hash,
        bank.views,
        bank.stimuli,
        bank.scoring,
    )
    np.testing.assert_array_equal(again.pool.items.difficulty, bank.pool.items.difficulty)


def test_what_a_design_says_of_choosing_comes_back_too(
    design: Design, items: list[ItemSource], make_calibration: MakeCalibration
) -> None:
    selection = Selection("point_kullback_leibler", estimator="ml", start_step=0.8, alone_first=2, solve_after=(1,))
    stopping = Stopping(predicted_reduction=0.01, ends_when_complete=True, cuts=Cuts((0.0, 1.0)))
    asked = replace(design, selection=selection, stopping=stopping, minimum_length=1)
    again = bank_from_bytes(bank_bytes(compile_bank(asked, items, make_calibration(*(item.name for item in items)))))
    assert (again.selection, again.stopping, again.minimum_length) == (selection, stopping, 1)


def test_a_bank_released_before_a_key_was_known_opens_with_what_holds_without_it(bank: CompiledBank) -> None:
    """A sitting that began under it goes on after an upgrade."""
    data = json.loads(bank_bytes(bank))
    for part, names in (
        ("selection", ("estimator", "start_step", "alone_first", "solve_after")),
        ("stopping", ("predicted_reduction", "ends_when_complete")),
    ):
        for name in names:
            del data[part][name]
    again = bank_from_bytes(json.dumps(data).encode())
    assert (again.selection, again.stopping) == (bank.selection, bank.stopping)


def test_a_budget_without_a_maximum_comes_back_too(
    design: Design, make_item: MakeItem, make_calibration: MakeCalibration
) -> None:
    """JSON knows no infinity."""
    metadata = Metadata(area="bewerkingen", keywords=("words:10",))
    items = [read_item(make_item(f"W4-00{number}"), metadata=metadata) for number in range(1, 5)]
    asked = replace(design, blueprint=replace(design.blueprint, budgets=(Budget("words", 20.0, math.inf),)))
    bank = compile_bank(asked, items, make_calibration(*(item.name for item in items)))
    assert bank_from_bytes(bank_bytes(bank)).blueprint == asked.blueprint


def test_passages_and_enemies_are_numbered(
    make_item: MakeItem, design: Design, make_calibration: MakeCalibration
) -> None:
    items = [read_item(make_item(f"N4-{number}"), metadata=Metadata(area="bewerkingen")) for number in range(5)]
    items[1], items[2] = (replace(item, stimulus="N4-T1") for item in items[1:3])
    items[3], items[4] = (replace(item, metadata=replace(item.metadata, enemy="klok")) for item in items[3:])
    calibration = make_calibration(*(item.name for item in items))
    bank = compile_bank(design, items, calibration, [read_stimulus(STIMULUS)])
    assert bank.pool.passage.tolist() == [-1, 0, 0, -1, -1]
    assert bank.pool.enemies == ((3, 4),)
    assert [view.stimulus for view in bank.views] == ["", "N4-T1@1", "N4-T1@1", "", ""]
    assert list(bank.stimuli) == ["N4-T1@1"]
    with pytest.raises(ReleaseError, match="the passage N4-T1@1 is not given"):
        compile_bank(design, items, calibration)


def test_what_cannot_be_in_the_test_is_refused_by_name(
    make_item: MakeItem, design: Design, items: list[ItemSource], make_calibration: MakeCalibration
) -> None:
    names = [item.name for item in items]
    extended = '<qti-extended-text-interaction response-identifier="R"/>'
    declaration = '<qti-response-declaration identifier="R" cardinality="single" base-type="string"/>'
    opened = read_item(make_item("W4-009", body=extended, declarations=declaration, rules=""), area="bewerkingen")
    elsewhere = read_item(make_item("W4-009"), area="meten")
    for extra, calibrated, why in [
        (opened, [*names, "W4-009@1"], "item W4-009@1 cannot be in it, because a person must rate it"),
        (elsewhere, [*names, "W4-009@1"], "item W4-009@1 cannot be in it, because area 'meten'"),
        (items[0], names, "item W4-001@1 is given twice"),
        (
            replace(items[0], version=2),
            names,
            "item W4-001@2 cannot be in it, because the calibration does not hold it",
        ),
    ]:
        with pytest.raises(ReleaseError, match=why):
            compile_bank(design, [*items, extra], make_calibration(*calibrated))
    with pytest.raises(ReleaseError, match="no items were given"):
        compile_bank(design, [], make_calibration())


def test_an_item_has_as_many_categories_as_its_calibration_has_steps_for_its_points(
    design: Design, items: list[ItemSource], make_calibration: MakeCalibration
) -> None:
    [pairs] = [sample for sample in SAMPLES if sample.name == "match"]
    mapping = "".join(f'<qti-map-entry map-key="{pair}" mapped-value="1"/>' for pair in pairs.key)
    xml = pairs.xml("map_response", f'<qti-mapping default-value="0">{mapping}</qti-mapping>')
    extra = read_item(xml.encode(), area="bewerkingen")
    plain = make_calibration(*(item.name for item in items), extra.name)
    first_half = {"RESPONSE": list(pairs.key[:1])}
    for steps, categories in (((), (0, 1)), ((-0.4, 0.8), (1, 2))):
        calibration = replace(plain, items=(*plain.items[:-1], replace(plain.items[-1], steps=steps)))
        bank = compile_bank(design, [*items, extra], calibration)
        place = [view.item for view in bank.views].index(extra.name)
        rules = bank.scoring[place]
        assert bank.pool.items.n_categories[place] == categories[-1] + 1
        assert (score(rules, first_half).category, score(rules, {"RESPONSE": pairs.right}).category) == categories
        assert bank_from_bytes(bank_bytes(bank)).pool.items.step.tolist() == list(steps)
    wrong = replace(plain, items=(*plain.items[:-1], replace(plain.items[-1], steps=(0.1, 0.2, 0.3))))
    with pytest.raises(ReleaseError, match="worth 2 points and the calibration has 3 steps"):
        compile_bank(design, [*items, extra], wrong)


def test_a_plan_that_the_items_cannot_meet_is_refused_in_words(
    items: list[ItemSource], make_calibration: MakeCalibration
) -> None:
    design = area_design("lang", "Lang", 9, {"bewerkingen": (9, 9)})
    with pytest.raises(ReleaseError, match=r"test 'lang': a test of 9 items is asked, the pool holds 4"):
        compile_bank(design, items, make_calibration(*(item.name for item in items)))


@pytest.mark.parametrize("content", [b"", b"{}", b'{"format":3}', b"[1]", b'{"format":1,"items":[]}', b"\xff"])
def test_other_bytes_are_no_bank(content: bytes) -> None:
    with pytest.raises(ReleaseError):
        bank_from_bytes(content)


def test_only_a_bank_with_shuffled_choices_has_a_form_that_older_releases_refuse(
    bank: CompiledBank, design: Design, make_item: MakeItem, make_calibration: MakeCalibration
) -> None:
    assert json.loads(bank_bytes(bank))["format"] == 3
    shuffled = [
        read_item(make_item(f"W4-00{number}").replace(b'max-choices="1"', b'shuffle="true"'), area="bewerkingen")
        for number in (1, 2)
    ]
    other = compile_bank(design, shuffled, make_calibration("W4-001@1", "W4-002@1"))
    assert json.loads(bank_bytes(other))["format"] == 4
    assert bank_from_bytes(bank_bytes(other)).views == other.views


def linear(design: Design, form: tuple[str, ...]) -> Design:
    """The design as a form of these items."""
    blueprint = replace(design.blueprint, length=len(form), counts=())
    return replace(design, kind=LINEAR, form=form, blueprint=blueprint, minimum_length=len(form))


def test_a_bank_with_a_form_is_refused_by_releases_that_would_choose_by_themselves(
    design: Design, items: list[ItemSource], make_calibration: MakeCalibration
) -> None:
    calibration = make_calibration(*(item.name for item in items))
    bank = compile_bank(linear(design, ("W4-002", "W4-001")), items[:2], calibration)
    assert json.loads(bank_bytes(bank))["format"] == 4
    assert bank_from_bytes(bank_bytes(bank)).form == ("W4-002@1", "W4-001@1")
    older = bank_bytes(bank).replace(b'"format":4', b'"format":3')  # as it was written before
    assert bank_from_bytes(older).form == bank.form


def test_a_form_gives_what_its_author_put_together_also_enemies_and_items_in_field_test(
    design: Design, items: list[ItemSource], make_calibration: MakeCalibration
) -> None:
    enemies = [replace(item, metadata=replace(item.metadata, enemy="e")) for item in items[:2]]
    tried = replace(items[2], metadata=replace(items[2].metadata, keywords=("state:field_test",)))
    form = linear(design, ("W4-003", "W4-002", "W4-001"))
    calibration = make_calibration(*(item.name for item in items))
    bank = compile_bank(form, [*enemies, tried], calibration)
    assert (bank.pool.enemies, bank.pool.pretest.tolist()) == ((), [False, False, False])
    with pytest.raises(ReleaseError, match="item W4-003@1 cannot be in it, because the calibration does not hold it"):
        compile_bank(form, [*enemies, tried], make_calibration("W4-001@1", "W4-002@1"))


def test_a_bank_in_which_choices_were_shuffled_at_release_shows_them_so() -> None:
    """Form 3, byte for byte as it was released: an order, a match and a slider."""
    content = (Path(__file__).parent / "bank_form_3.json").read_bytes()
    bank = bank_from_bytes(content)
    assert bank.hash == hashlib.sha256(content).hexdigest()
    held = json.loads(content)["items"]
    assert [view.item for view in bank.views] == ["match@1", "order@1", "slider@1"]
    assert [arranged(view, "key") for view in bank.views] == [row["html"] for row in held]
    assert [view.rendering_hash for view in bank.views] == [row["rendering_hash"] for row in held]
    answers: tuple[ResponseValue, ...] = (["A X", "B X"], ["C", "A", "B"], "0.3")
    scored = [score(rules, {"RESPONSE": answer}) for rules, answer in zip(bank.scoring, answers, strict=True)]
    assert [one.category for one in scored] == [1, 1, 1]


def test_a_bank_that_an_older_release_wrote_is_opened_and_chooses() -> None:
    """Form 2, byte for byte as it was released; a sitting that began under it goes on."""
    content = (Path(__file__).parent / "bank_form_2.json").read_bytes()
    bank = bank_from_bytes(content)
    assert bank.hash == hashlib.sha256(content).hexdigest()
    several = ResponseField("RESPONSE", Interaction.MULTIPLE_CHOICE, ("A", "B"), 2)
    assert [view.fields for view in bank.views] == [
        (ResponseField("RESPONSE", Interaction.CHOICE, ("A", "B")),),
        (several,),
        (ResponseField("RESPONSE", Interaction.CHOICE, ("A", "B")),),
    ]
    answers: tuple[ResponseValue, ...] = ("A", ["A"], "B")
    scored = [score(rules, {"RESPONSE": answer}) for rules, answer in zip(bank.scoring, answers, strict=True)]
    assert [one.category for one in scored] == [1, 1, 0]
    assert adaptive_bank(bank).start_plan.shape == (1, 2)
