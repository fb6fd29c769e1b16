"""The Dutch items as the bank reads, shows and scores them: right is 1, and everything else is 0."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlmodel import Session, SQLModel

from itembank import (
    Arrival,
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    DeliveryView,
    ImportReport,
    Response,
    ResponseError,
    ResponseField,
    ResponseValue,
    State,
    add_calibration,
    check_response,
    import_package,
    items,
    load_media,
    read_design,
    release_bank,
    score,
)
from itembank.demo import build_package, design_files, read_catalogue, read_keys
from tests.itembank.demo.every_answer import every_answer, is_same
from tests.itembank.demo.test_dutch import ENTRIES as LINES

POINTS = {name: line["points"] for name, line in LINES.items() if "points" in line}
ENTRIES = {entry.identifier: entry for entry in read_catalogue() if entry.identifier in LINES}


@pytest.fixture(scope="module")
def db() -> Iterator[Session]:
    """Empty item bank in SQLite."""
    database = create_engine("sqlite://")
    SQLModel.metadata.create_all(database)
    with Session(database) as db:
        yield db
    database.dispose()


@pytest.fixture(scope="module")
def report(db: Session, tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    """What the importer says of the demo's package."""
    return import_package(
        db, build_package(tmp_path_factory.mktemp("demo") / "demo.zip"), arrival=Arrival(state=State.OPERATIONAL)
    )


@pytest.fixture(scope="module")
def bank(db: Session, report: ImportReport) -> CompiledBank:
    """The imported items, released by the demo's own plan with the generating parameters as calibration."""
    assert report.refused == ()
    calibrated = [
        CalibratedItem(f"{entry.identifier}@1", entry.discrimination, entry.difficulty, 0.1, 0.1, 500, 0.5)
        for entry in ENTRIES.values()
    ]
    add_calibration(db, CalibrationVersion("generating", "2pl", {"source": "the catalogue"}, tuple(calibrated)))
    [design] = [one for one in map(read_design, design_files()) if "lezen" in one.filter.only_counted["area"]]
    return release_bank(db, design, "generating")


def view_and_rules(bank: CompiledBank, identifier: str) -> tuple[DeliveryView, str]:
    place = [view.item for view in bank.views].index(f"{identifier}@1")
    return bank.views[place], bank.scoring[place]


def right_response(identifier: str, view: DeliveryView) -> dict[str, ResponseValue]:
    keys = read_keys()[identifier]
    return {
        field.identifier: list(keys[field.identifier]) if field.is_list else keys[field.identifier][0]
        for field in view.fields
    }


def possible_values(field: ResponseField, right: ResponseValue) -> Iterator[ResponseValue]:
    """Every selection that may be sent, and for typed text a few near misses."""
    yield None
    if field.is_typed:
        assert isinstance(right, str)
        yield from (right, "", f"{right}x", right[:-1], f"{right} {right}")
    else:
        yield from every_answer(field)


def test_the_importer_takes_every_item_and_passage_without_a_remark(db: Session, report: ImportReport) -> None:
    assert {f"{name}@1" for name in ENTRIES} <= set(report.imported)
    assert report.warned == ()
    held = {summary.identifier: summary for summary in items(db)}
    for identifier, entry in ENTRIES.items():
        assert (held[identifier].area, held[identifier].goals) == (entry.area, (entry.goal,))
        assert (held[identifier].maximum, held[identifier].obstacle) == (POINTS.get(identifier, 1), "")


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
    [best] = [response for response, category in scored if category == 1]
    assert all(is_same(field, best[field.identifier], right[field.identifier]) for field in view.fields)
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
        ("N4-041", "bank.", 1),
        ("N4-041", "  Bank ", 1),
        ("N4-041", "bank..", 0),
        ("N4-024", "frans.", 0),
        ("N4-027", "foto´s", 1),
        ("N4-027", "Foto`s. ", 1),
        ("N4-027", "foto‘s", 1),
        ("N4-027", "foto,s", 0),
    ],
)
def test_typed_answers_count_as_a_teacher_would_count_them(
    bank: CompiledBank, identifier: str, typed: str, category: int
) -> None:
    _, rules = view_and_rules(bank, identifier)
    assert score(rules, {"RESPONSE": typed}).category == category


def test_a_reading_question_comes_with_its_passage_and_the_passage_with_its_picture(
    db: Session, bank: CompiledBank
) -> None:
    beside = {view.item: view.stimulus for view in bank.views}
    assert {name for name, stimulus in beside.items() if stimulus} == {
        f"{entry.identifier}@1" for entry in ENTRIES.values() if entry.area == "lezen"
    }
    assert set(beside.values()) - {""} == set(bank.stimuli)
    [stored] = re.findall(r'src="/media/([0-9a-f]{64})\.svg"', bank.stimuli[beside["N4-061@1"]].html)
    picture = load_media(db, stored)
    assert picture.media_type == "image/svg+xml"
    assert picture.content.count(b"<text") == 3  # naald, kurk, water


def test_what_a_laptop_gets_never_spells_the_word_to_be_spelt(bank: CompiledBank) -> None:
    to_spell = [name for name, entry in ENTRIES.items() if entry.area == "spelling"]
    typed = [name for name in to_spell if view_and_rules(bank, name)[0].fields[0].is_typed]
    assert typed
    for identifier in typed:
        assert read_keys()[identifier]["RESPONSE"][0] not in view_and_rules(bank, identifier)[0].html
