"""Items as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from itembank import (
    Arrival,
    CalibratedItem,
    CalibrationVersion,
    NotInBankError,
    State,
    add_calibration,
    import_package,
    items_csv,
    read_bank,
)
from tests.designs import area_design

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
MakeCalibration = Callable[..., CalibrationVersion]


def rows(text: str) -> list[dict[str, str]]:
    """Rows of a table by column."""
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def filled(db: Session, make_package: MakePackage, make_item: MakeItem, make_calibration: MakeCalibration) -> Session:
    """Three items: two calibrated, one twice; the third with a title that a spreadsheet would work out."""
    odd = make_item("W4-003").replace(b'title="Opgave"', b'title="=SOM(1;2), &quot;ja&quot;"')
    files = {"a.xml": make_item("W4-001"), "b.xml": make_item("W4-002"), "c.xml": odd}
    import_package(db, make_package(files), arrival=Arrival(state=State.OPERATIONAL))
    add_calibration(db, make_calibration("W4-001@1", "W4-002@1", identifier="eerste"))
    add_calibration(db, make_calibration("W4-002@1", identifier="tweede"))
    return db


def test_every_item_has_a_row_with_its_newest_parameters(filled: Session) -> None:
    one, two, three = rows(items_csv(filled))
    told = ("item", "version", "state", "area", "type", "points", "calibration", "discrimination", "difficulty")
    assert [one[name] for name in told] == ["W4-001", "1", "operational", "bewerkingen", "choice", "1", "eerste", "1.0", "0.0"]  # fmt: skip  # noqa: E501 - one row
    assert (two["calibration"], two["difficulty"], two["p_value"], two["answers"]) == ("tweede", "0.0", "0.5", "500")
    assert (three["calibration"], three["difficulty"]) == ("", "")
    assert three["title"] == '\'=SOM(1;2), "ja"'


def test_only_what_is_asked_for_is_written(filled: Session) -> None:
    assert [row["item"] for row in rows(items_csv(filled, ["W4-002"]))] == ["W4-002"]
    with pytest.raises(NotInBankError, match="W4-009"):
        items_csv(filled, ["W4-009"])


def test_calibrated_items_can_be_read_as_a_bank_to_simulate(filled: Session, tmp_path: Path) -> None:
    file = tmp_path / "bank.csv"
    file.write_text(items_csv(filled, ["W4-001", "W4-002"]), encoding="utf-8-sig")
    pool = read_bank(file, area_design("t", "T", 2, {"bewerkingen": (2, 2)}))
    assert pool.name == ("W4-001", "W4-002")
    assert pool.items.discrimination.tolist() == [1.0, 1.0]


def test_steps_of_items_with_points_for_parts_can_be_read_again(filled: Session, tmp_path: Path) -> None:
    entry = CalibratedItem("W4-001@1", 1.5, 0.5, 0.1, 0.1, 500, 0.5, steps=(-1.0, 2.0))
    add_calibration(filled, CalibrationVersion("vierde", "gpcm", {}, (entry,)))
    text = items_csv(filled, ["W4-001", "W4-002"])
    assert [(row["model"], row["step_1"], row["step_2"]) for row in rows(text)] == [("gpcm", "-1.0", "2.0"), ("2pl", "", "")]  # fmt: skip  # noqa: E501 - one row
    file = tmp_path / "bank.csv"
    file.write_text(text, encoding="utf-8")
    pool = read_bank(file, area_design("t", "T", 2, {"bewerkingen": (2, 2)}))
    assert pool.items.n_categories.tolist() == [3, 2]
    assert pool.items.steps(0).tolist() == pytest.approx([-1.0, 2.0])
