"""The Dutch items as the bank reads, shows and scores them: right is 1, and everything else is 0."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from itembank import (
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    DeliveryView,
    Interaction,
    ItemSource,
    Metadata,
    Response,
    ResponseError,
    ResponseField,
    ResponseValue,
    check_response,
    compile_bank,
    read_item,
    read_plan,
    read_stimulus,
    score,
)
from itembank.demo import plan_files, read_catalogue, read_keys

FOLDER = Path(__file__).parents[3] / "itembank" / "demo" / "dutch"
ENTRIES = {entry.identifier: entry for entry in read_catalogue() if entry.subject == "dutch"}
PICTURE = "0" * 64 + ".svg"


def read(identifier: str) -> ItemSource:
    entry = ENTRIES[identifier]
    path = FOLDER / "items" / f"{identifier}.xml"
    metadata = Metadata(language="nl-BE", area=entry.area, goals=(entry.goal,))
    return read_item(path.read_bytes(), file=path.name, metadata=metadata)


@pytest.fixture(scope="module")
def bank() -> CompiledBank:
    """Every item and passage, compiled by the demo's own plan with the generating parameters as calibration."""
    items = [read(identifier) for identifier in ENTRIES]
    passages = [read_stimulus(path.read_bytes(), file=path.name) for path in sorted((FOLDER / "stimuli").glob("*.xml"))]
    passages = [replace(passage, media=dict.fromkeys(passage.body.pictures, PICTURE)) for passage in passages]
    calibrated = [
        CalibratedItem(f"{entry.identifier}@1", entry.discrimination, entry.difficulty, 0.1, 0.1, 500, 0.5)
        for entry in ENTRIES.values()
    ]
    [plan] = [plan for plan in map(read_plan, plan_files()) if "lezen" in plan.areas]
    return compile_bank(plan, items, CalibrationVersion("generating", "2pl", tuple(calibrated)), passages)


def view_and_rules(bank: CompiledBank, identifier: str) -> tuple[DeliveryView, str]:
    place = [view.item for view in bank.views].index(f"{identifier}@1")
    return bank.views[place], bank.scoring[place]


def right_response(identifier: str, view: DeliveryView) -> dict[str, ResponseValue]:
    keys = read_keys()[identifier]
    return {
        field.identifier: list(keys[field.identifier])
        if field.interaction is Interaction.MULTIPLE_CHOICE
        else keys[field.identifier][0]
        for field in view.fields
    }


def possible_values(field: ResponseField, right: ResponseValue) -> Iterator[ResponseValue]:
    """Every selection that may be sent, and for typed text a few near misses."""
    yield None
    if field.interaction is Interaction.MULTIPLE_CHOICE:
        for size in range(field.maximum + 1):
            yield from (list(chosen) for chosen in itertools.combinations(field.choices, size))
    elif field.choices:
        yield from field.choices
    else:
        assert isinstance(right, str)
        yield from (right, "", f"{right}x", right[:-1], f"{right} {right}")


@pytest.mark.parametrize("identifier", ENTRIES)
def test_an_item_is_read_without_a_remark_and_worth_one_point(identifier: str) -> None:
    item = read(identifier)
    assert (item.identifier, item.maximum, item.obstacle, item.warnings) == (identifier, 1, "", ())


@pytest.mark.parametrize("identifier", ENTRIES)
def test_only_the_right_response_scores(bank: CompiledBank, identifier: str) -> None:
    view, rules = view_and_rules(bank, identifier)
    right = right_response(identifier, view)
    fields = [list(possible_values(field, right[field.identifier])) for field in view.fields]
    scored = []
    for values in itertools.product(*fields):
        response: Response = dict(zip(right, values, strict=True))
        check_response(view, response)
        scored.append((response, score(rules, response).category))
    assert [response for response, category in scored if category == 1] == [right]
    assert {category for _, category in scored} == {0, 1}
    assert score(rules, {}).category == 0


def test_what_an_item_does_not_offer_is_refused(bank: CompiledBank) -> None:
    view, _ = view_and_rules(bank, "N4-002")
    with pytest.raises(ResponseError, match="RESPONSE"):
        check_response(view, {"RESPONSE": ["A", "B", "E"]})


@pytest.mark.parametrize(
    ("identifier", "typed", "category"),
    [
        ("N4-024", "Frans", 1),
        ("N4-024", "frans", 0),  # the capital is the question
        ("N4-017", "Muren", 1),  # here it is not
        ("N4-027", "foto's", 1),
        ("N4-027", "fotos", 0),
        ("N4-026", "vind", 0),
        ("N4-030", "verhuizden", 0),
        ("N4-054", "twintig", 1),
        ("N4-063", "de kerkstraat", 1),
    ],
)
def test_typed_answers_count_as_a_teacher_would_count_them(
    bank: CompiledBank, identifier: str, typed: str, category: int
) -> None:
    _, rules = view_and_rules(bank, identifier)
    assert score(rules, {"RESPONSE": typed}).category == category


def test_a_reading_question_comes_with_its_passage_and_the_passage_with_its_picture(bank: CompiledBank) -> None:
    beside = {view.item: view.stimulus for view in bank.views}
    assert {name for name, stimulus in beside.items() if stimulus} == {
        f"{entry.identifier}@1" for entry in ENTRIES.values() if entry.area == "lezen"
    }
    assert set(beside.values()) - {""} == set(bank.stimuli)
    assert f'src="/media/{PICTURE}"' in bank.stimuli[beside["N4-061@1"]].html


def test_what_a_laptop_gets_never_spells_the_word_to_be_spelt(bank: CompiledBank) -> None:
    to_spell = [name for name, entry in ENTRIES.items() if entry.area == "spelling"]
    typed = [name for name in to_spell if view_and_rules(bank, name)[0].fields[0].is_typed]
    assert typed
    for identifier in typed:
        assert read_keys()[identifier]["RESPONSE"][0] not in view_and_rules(bank, identifier)[0].html
