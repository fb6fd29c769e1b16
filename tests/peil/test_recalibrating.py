"""Sealed sittings become a calibration on the scale that was, with the classical statistics of every item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from sqlmodel import Session

import itembank
from engine import response_table
from engine.arrays import FloatArray
from itembank import CalibratedItem, CalibrationVersion
from peil.errors import CommandError
from peil.installation import Installation, open_installation
from peil.recalibrating import recalibrate_test
from peil.settings import load_settings
from scoring import SittingRecord
from scoring.records import AnswerRecord
from tests.peil.place import Place
from tests.peil.taking import copy_data

TEST, BASE = "wiskunde-4", "veldtest-wiskunde-4"
N_SITTINGS, FEWER_SITTINGS, N_ITEMS, LENGTH = 3000, 1000, 40, 20
MEAN, SD = 0.6, 1.6  # of the cohort, on the scale of the base: an error that is not moved with its item is far off
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


def taken(
    base: CalibrationVersion, items: Sequence[int], rng: np.random.Generator, n_sittings: int = FEWER_SITTINGS
) -> list[SittingRecord]:
    """Sittings of a cohort that is better and more spread than N(0, 1), half of the items each."""
    entries = [base.items[item] for item in items]
    theta = MEAN + SD * rng.standard_normal(n_sittings)
    table = response_table(itembank.parameters_of(entries), theta)
    records = []
    for person in range(n_sittings):
        given = rng.permutation(len(items))[:LENGTH].tolist()
        answers = []
        for position, (item, draw) in enumerate(zip(given, rng.random(LENGTH).tolist(), strict=True), 1):
            chances = np.exp(table.log_probability[table.offset[item] : table.offset[item + 1], person])
            category = int(np.count_nonzero(draw > np.cumsum(chances)[:-1]))
            answers.append(AnswerRecord(position, entries[item].item, category, 9_000, scored=item % 7 != 0))
        records.append(
            SittingRecord(UUID(int=person), f"p{person}", "s", "5a", TEST, "h", BASE, DAY, DAY, tuple(answers), True)
        )
    return records


def moments(entries: Sequence[CalibratedItem], theta: float) -> tuple[FloatArray, FloatArray]:
    """Mean and variance of the points of each item at an ability."""
    table = response_table(itembank.parameters_of(entries), np.array([theta]))
    chances = [np.exp(table.log_probability[a:b, 0]) for a, b in pairwise(table.offset.tolist())]
    mean = np.array([chance @ np.arange(chance.size) for chance in chances])
    square = np.array([chance @ np.arange(chance.size) ** 2 for chance in chances])
    return mean, square - mean**2


def assert_curves_are_those_of_the_base(found: Sequence[CalibratedItem], base: CalibrationVersion) -> None:
    """Hold the expected points against those of the generating values, which are the base's."""
    before = {entry.item: entry for entry in base.items}
    n = np.array([entry.n for entry in found])
    for theta in (MEAN - SD, MEAN, MEAN + SD):
        (here, _), (there, variance) = moments(found, theta), moments([before[entry.item] for entry in found], theta)
        # A line fitted to n observations has at one sd from their mean a variance of 2 / n of theirs.
        away = (here - there) / np.sqrt(2.0 * variance / n)
        assert np.sqrt(np.mean(away**2)) < 1.5
        assert np.abs(away).max() < 4.5


def assert_errors_are_the_size_of_what_they_are_for(found: Sequence[CalibratedItem], base: CalibrationVersion) -> None:
    """Hold slopes and locations against the generating values, in units of their standard errors."""
    before = {entry.item: entry for entry in base.items}
    for name in ("discrimination", "difficulty"):
        away = np.array(
            [(getattr(e, name) - getattr(before[e.item], name)) / getattr(e, f"{name}_error") for e in found]
        )
        assert 0.75 < np.sqrt(np.mean(away**2)) < 1.3  # 1, and its own sd with 40 items is 1 / √80
        assert np.abs(away).max() < 4.5


def test_a_better_cohort_is_calibrated_on_the_scale_that_was(
    installation: Installation, base: CalibrationVersion
) -> None:
    rng = np.random.default_rng(4)
    stepped = [number for number, entry in enumerate(base.items) if entry.steps][:3]
    items = [*stepped, *(number for number in range(len(base.items)) if number not in stepped)][:N_ITEMS]
    records = taken(base, items, rng, N_SITTINGS)
    made = recalibrate_test(installation, TEST, "voorjaar", records)
    assert made.base == BASE
    assert {entry.item for entry in made.calibration.items} | set(made.left_out) == {
        base.items[number].item for number in items
    }
    assert any(entry.steps for entry in made.calibration.items)
    assert_curves_are_those_of_the_base(made.calibration.items, base)
    assert_errors_are_the_size_of_what_they_are_for(made.calibration.items, base)
    told, [group] = made.calibration.provenance["link"], made.calibration.provenance["groups"]
    assert abs(group["mean"] - MEAN) < 4 * np.hypot(SD / np.sqrt(N_SITTINGS), told["intercept_error"])
    assert abs(group["sd"] - SD) < 4 * np.hypot(SD / np.sqrt(2 * N_SITTINGS), told["slope_error"] * group["sd"])
    assert (told["to"], told["slope"], told["n_common"]) == (BASE, made.link.slope, len(made.calibration.items))
    assert tuple(told["common"]) == made.common == tuple(entry.item for entry in made.calibration.items)
    for name in ("discrimination", "difficulty"):  # slope or intercept: a mean over the common items, more or less
        usual = np.median([getattr(entry, f"{name}_error") for entry in made.calibration.items])
        error = told["slope_error" if name == "discrimination" else "intercept_error"]
        assert 0.4 < error / (usual / np.sqrt(told["n_common"])) < 2.5
    assert "do not include" in told["note"]
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
    with pytest.raises(CommandError, match=r"voorjaar: not converged after 3 cycles.* Allow more \(--max-cycles\)"):
        recalibrate_test(installation, TEST, "voorjaar", records, max_cycles=3)
    with Session(installation.database) as db:
        assert "voorjaar" not in itembank.calibrations(db)
    with pytest.raises(CommandError, match=f"{BASE}: the bank has a calibration of this name"):
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


def test_a_flagged_item_is_named_and_ties_no_scales(installation: Installation, base: CalibrationVersion) -> None:
    """A key that is wrong turns the slope round: the item is kept, for somebody to look at, but not leant on."""
    records = taken(base, range(N_ITEMS), np.random.default_rng(7))
    wrong, earlier = [entry.item for entry in base.items[:N_ITEMS] if not entry.steps][:2]
    with Session(installation.database) as db, db.begin():
        flags = [{"item": earlier, "reason": "negative slope"}]
        itembank.add_calibration(db, replace(base, identifier="oud", provenance={**base.provenance, "flags": flags}))
    turned = [
        replace(one, answers=tuple(replace(a, category=1 - a.category) if a.item == wrong else a for a in one.answers))
        for one in records
    ]
    made = recalibrate_test(installation, TEST, "voorjaar", turned, base="oud")
    items = {entry.item for entry in made.calibration.items}
    assert {wrong, earlier} <= items
    assert set(made.common) == items - {wrong, earlier}
    lines = list(made.lines())
    assert f"look at {wrong} (not in the link): negative slope" in "\n".join(lines)
    assert lines[-1].startswith(f"voorjaar: {len(items)} items on the scale of oud; ")
    others = [entry for entry in made.calibration.items if entry.item != wrong]
    assert_curves_are_those_of_the_base(others, base)


def test_sittings_that_the_matrix_does_not_hold_are_not_in_the_provenance(
    installation: Installation, base: CalibrationVersion
) -> None:
    """What a person must still rate says nothing yet: such a sitting, and its bank, are not what it rests on."""
    records = taken(base, range(N_ITEMS), np.random.default_rng(8))
    unrated = [
        replace(one, bank="another", answers=tuple(replace(a, category=-1) for a in one.answers)) for one in records[:9]
    ]
    told = recalibrate_test(installation, TEST, "voorjaar", [*unrated, *records[9:]]).calibration.provenance
    assert told["n_sittings"] == told["n_persons"] == FEWER_SITTINGS - 9
    assert told["banks"] == ["h"]
