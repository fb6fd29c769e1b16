"""The mathematics items the whole way: package, importer, calibration, released bank, score."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlmodel import Session, SQLModel, create_engine

from itembank import (
    Arrival,
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    DeliveryView,
    ImportReport,
    Interaction,
    ResponseValue,
    State,
    add_calibration,
    check_response,
    import_package,
    load_media,
    read_design,
    release_bank,
    score,
)
from itembank.demo import build_package, design_files, read_catalogue, read_keys

ENTRIES = {entry.identifier: entry for entry in read_catalogue() if entry.subject == "mathematics"}


@pytest.fixture(scope="module")
def db() -> Iterator[Session]:
    """Database with the item bank's tables."""
    database = create_engine("sqlite://")
    tables = [table for name, table in SQLModel.metadata.tables.items() if name.startswith("itembank_")]
    SQLModel.metadata.create_all(database, tables=tables)
    with Session(database) as db:
        yield db
    database.dispose()


@pytest.fixture(scope="module")
def report(db: Session, tmp_path_factory: pytest.TempPathFactory) -> ImportReport:
    """Return what became of the demo's package."""
    return import_package(
        db, build_package(tmp_path_factory.mktemp("package") / "bank.zip"), arrival=Arrival(state=State.OPERATIONAL)
    )


@pytest.fixture(scope="module")
def bank(db: Session, report: ImportReport) -> CompiledBank:
    """Released bank, with the generating parameters as its calibration."""
    calibrated = tuple(
        CalibratedItem(f"{entry.identifier}@1", entry.discrimination, entry.difficulty, 0.1, 0.1, 500, 0.5)
        for entry in ENTRIES.values()
        if f"{entry.identifier}@1" in report.imported
    )
    add_calibration(db, CalibrationVersion(identifier="generating", model="2pl", items=calibrated, provenance={}))
    [design] = [one for one in map(read_design, design_files()) if "meetkunde" in one.filter.only_counted["area"]]
    return release_bank(db, design, "generating")


def right_response(view: DeliveryView) -> dict[str, ResponseValue]:
    """Return the key of an item, as a pupil sends it."""
    keys = read_keys()[view.item.removesuffix("@1")]
    return {
        field.identifier: list(keys[field.identifier]) if field.is_list else keys[field.identifier][0]
        for field in view.fields
    }


def test_the_importer_takes_every_item_without_a_remark(report: ImportReport) -> None:
    assert {f"{identifier}@1" for identifier in ENTRIES} <= set(report.imported)
    assert [problem for problem in report.warned if "mathematics" in problem.file] == []
    assert report.refused == ()


def test_the_released_bank_holds_every_item_and_meets_the_plan(bank: CompiledBank) -> None:
    assert [view.item for view in bank.views] == [f"{identifier}@1" for identifier in sorted(ENTRIES)]
    asked = {field.interaction for view in bank.views for field in view.fields}
    assert asked >= {Interaction.CHOICE, Interaction.MULTIPLE_CHOICE, Interaction.INLINE_CHOICE, Interaction.TEXT_ENTRY}
    assert asked >= {Interaction.ORDER, Interaction.MATCH, Interaction.GAP_MATCH, Interaction.ASSOCIATE}
    assert Interaction.SLIDER in asked
    assert Interaction.EXTENDED_TEXT not in asked


def test_the_bank_scores_right_one_and_empty_or_incomplete_zero(bank: CompiledBank) -> None:
    for view, rules in zip(bank.views, bank.scoring, strict=True):
        right = right_response(view)
        check_response(view, right)
        assert score(rules, right).category == 1, view.item
        assert score(rules, {}).category == 0, view.item
        for name, value in right.items():
            missing = value[:-1] if isinstance(value, list) else None
            assert score(rules, {**right, name: missing}).category == 0, view.item


def test_what_a_laptop_gets_has_its_pictures_and_its_formulas(bank: CompiledBank, db: Session) -> None:
    pages = {view.item: view.html for view in bank.views}
    pictures = [name for html in pages.values() for name in re.findall(r'src="/media/([0-9a-f]{64})\.svg"', html)]
    assert len(set(pictures)) == len(pictures) >= 15
    for sha256 in pictures:
        assert load_media(db, sha256).content.startswith(b"<svg")
    assert sum(html.count("<math") for html in pages.values()) >= 20
    assert all('aria-label="' in formula for html in pages.values() for formula in re.findall(r"<math[^>]*>", html))


def test_what_a_laptop_gets_of_a_typed_answer_holds_no_key(bank: CompiledBank) -> None:
    for view in bank.views:
        assert "correct" not in view.html
        assert "mapped" not in view.html
        for field in view.fields:
            if field.is_typed:
                [entry] = re.findall(rf'<input[^>]*data-field="{field.identifier}"[^>]*>', view.html)
                assert 'value="' not in entry
