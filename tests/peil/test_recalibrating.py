"""Sealed sittings become a calibration on the scale that was, with the classical statistics of every item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from sqlmodel import Session

import itembank
from engine import response_table
from itembank import CalibrationVersion, ReleaseError
from peil.errors import CommandError
from peil.installation import Installation, open_installation
from peil.recalibrating import recalibrate_test
from peil.settings import load_settings
from scoring import SittingRecord
from scoring.records import AnswerRecord
from tests.peil.place import Place
from tests.peil.taking import copy_data

TEST, BASE = "wiskunde-4", "veldtest-wiskunde-4"
N_SITTINGS, N_ITEMS, LENGTH = 3000, 40, 20
MEAN, SD = 0.6, 1.3  # of the cohort, on the scale of the base
DAY = datetime(2027, 5, 3, 9, tzinfo=UTC)


@pytest.fixture
def installation(place: Place, tmp_path: Path) -> Iterator[Installation]:
    """An installation of its own, with the calibration of the field test in its bank."""
    copy_data(place.installation.settings.data, tmp_path / "data")
    with open_installation(load_settings(tmp_path / "data")) as opened:
        yield opened


@pytest.fixture
def base(installation: Installation) -> CalibrationVersion:
    """That calibration."""
    with Session(installation.database) as db:
        return itembank.load_calibration(db, BASE)


def taken(base: CalibrationVersion, items: Sequence[int], rng: np.random.Generator) -> list[SittingRecord]:
    """Sittings of a cohort that is better and more spread than N(0, 1), half of the items each."""
    entries = [base.items[item] for item in items]
    theta = MEAN + SD * rng.standard_normal(N_SITTINGS)
    table = response_table(itembank.parameters_of(entries), theta)
    records = []
    for person in range(N_SITTINGS):
        given = rng.permutation(len(items))[:LENGTH].tolist()
        answers = []
        for position, item in enumerate(given, 1):
            chances = np.exp(table.log_probability[table.offset[item] : table.offset[item + 1], person])
            category = int(rng.choice(chances.size, p=chances / chances.sum()))
            answers.append(AnswerRecord(position, entries[item].item, category, 9_000, scored=item % 7 != 0))
        records.append(
            SittingRecord(UUID(int=person), f"p{person}", "s", "5a", TEST, "h", BASE, DAY, DAY, tuple(answers), True)
        )
    return records


def test_a_better_cohort_is_calibrated_on_the_scale_that_was(
    installation: Installation, base: CalibrationVersion
) -> None:
    rng = np.random.default_rng(4)
    stepped = [number for number, entry in enumerate(base.items) if entry.steps][:3]
    items = [*stepped, *(number for number in range(len(base.items)) if number not in stepped)][:N_ITEMS]
    records = taken(base, items, rng)
    made = recalibrate_test(installation, TEST, "voorjaar", records)
    assert made.base == BASE
    before = {entry.item: entry for entry in base.items}
    assert {entry.item for entry in made.calibration.items} | set(made.left_out) == {
        base.items[number].item for number in items
    }
    assert any(entry.steps for entry in made.calibration.items)
    away = np.array([entry.difficulty - before[entry.item].difficulty for entry in made.calibration.items])
    error = np.array([entry.difficulty_error for entry in made.calibration.items])
    assert np.abs(away / error).max() < 4.5  # standard errors; the generating values are the base's
    assert abs(away.mean()) < 0.05
    [group] = made.calibration.provenance["groups"]
    assert group["mean"] == pytest.approx(MEAN, abs=4 * SD / np.sqrt(N_SITTINGS) + 0.05)
    assert group["sd"] == pytest.approx(SD, abs=0.1)
    assert made.calibration.provenance["link"]["to"] == BASE
    with Session(installation.database) as db:
        kept = itembank.load_calibration(db, "voorjaar")
        statistics = {one.item: one for one in itembank.load_statistics(db, "voorjaar")}
    assert set(kept.items) == set(made.calibration.items)
    for entry in kept.items:
        answers = [a.category for record in records for a in record.answers if a.item == entry.item]
        assert (entry.n, statistics[entry.item].n) == (len(answers), len(answers))  # field-test items count too
        assert statistics[entry.item].proportion == pytest.approx(np.mean(answers) / statistics[entry.item].maximum)


def test_what_cannot_be_calibrated_is_said_and_nothing_is_kept(
    installation: Installation, base: CalibrationVersion
) -> None:
    records = taken(base, range(N_ITEMS), np.random.default_rng(5))
    with pytest.raises(CommandError, match="nederlands-4: no sitting of this test is sealed"):
        recalibrate_test(installation, "nederlands-4", "voorjaar", records)
    with pytest.raises(CommandError, match="no item has enough answers; each needs 200"):
        recalibrate_test(installation, TEST, "voorjaar", records[:30])
    other = replace(records[0], calibration="proef")
    with pytest.raises(CommandError, match=f"sittings rest on proef, {BASE}. Say whose scale is kept: --scale-of"):
        recalibrate_test(installation, TEST, "voorjaar", [*records, other])
    with Session(installation.database) as db:
        assert "voorjaar" not in itembank.calibrations(db)
    with pytest.raises(ReleaseError, match="exists with other content"):
        recalibrate_test(installation, TEST, BASE, records)


def test_few_answers_or_points_that_nobody_earned_leave_an_item_out(
    installation: Installation, base: CalibrationVersion
) -> None:
    records = taken(base, range(N_ITEMS), np.random.default_rng(6))
    rare, hard = base.items[0].item, base.items[1].item
    changed = []
    for number, record in enumerate(records):
        answers = [a for a in record.answers if a.item != rare or number % 40 == 0]
        answers = [replace(a, category=0) if a.item == hard else a for a in answers]
        changed.append(replace(record, answers=tuple(answers)))
    made = recalibrate_test(installation, TEST, "voorjaar", changed)
    assert "answers, and 200 are needed" in made.left_out[rare]
    assert made.left_out[hard].startswith("nobody earned 1")
    assert not {rare, hard} & {entry.item for entry in made.calibration.items}
