"""The way from sealed sittings to scores, reports and research data: it converts between the packages, no more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

from sqlmodel import Session

import delivery
import itembank
import reports
import scoring
from delivery.isolation import in_school
from delivery.people import KnownSchool, discimus_ids, pupil_names
from itembank import CalibrationVersion
from peil.errors import CommandError
from peil.installation import Installation
from scoring import AccommodationRecord, AnswerRecord, CalibratedItems, ReportingScale, ScoreRecord, SittingRecord


@dataclass(frozen=True, slots=True)
class Collected:
    """What delivery hands over.

    Attributes
    ----------
    records : sealed sittings, without names and Discimus IDs
    unsealed : sittings that are begun and not sealed, listed so that nobody forgets them
    """

    records: tuple[SittingRecord, ...]
    unsealed: tuple[delivery.UnsealedSitting, ...]


def collect_sittings(installation: Installation) -> Collected:
    """Export every sealed sitting as scoring wants it; pupils get pseudonyms for the purpose "scoring"."""
    pseudonyms = reports.Pseudonyms(installation.keys.scoring, "scoring")
    with Session(installation.web) as db:
        exported = tuple(delivery.sealed_sittings(db, pseudonyms))
        unsealed = tuple(delivery.unsealed_sittings(db))
    return Collected(tuple(_record(sitting) for sitting in exported), unsealed)


def _record(sitting: delivery.ExportedSitting) -> SittingRecord:
    """The same sitting in the words of scoring."""
    return SittingRecord(
        sitting=sitting.sitting,
        pupil=sitting.pupil,
        school=sitting.school,
        school_class=sitting.school_class,
        test=sitting.test,
        bank=sitting.bank,
        calibration=sitting.calibration,
        started_at=sitting.started_at,
        sealed_at=sitting.sealed_at,
        answers=tuple(
            AnswerRecord(
                answer.position,
                answer.item,
                answer.category,
                answer.elapsed_ms,
                late=answer.late,
                scored=answer.scored,
                chosen=answer.chosen,
            )
            for answer in sitting.answers
        ),
        simulated=sitting.simulated,
        accommodations=tuple(
            AccommodationRecord(one.kind, one.value, str(one.granted_by), one.offered, one.used, one.times)
            for one in sitting.accommodations
        ),
    )


def calibrated_items(calibration: CalibrationVersion) -> CalibratedItems:
    """A calibration version of the item bank as scoring wants it."""
    names = tuple(entry.item for entry in calibration.items)
    return CalibratedItems(calibration.identifier, names, itembank.parameters_of(calibration.items))


def chosen_calibrations(
    installation: Installation, records: Sequence[SittingRecord], wanted: Mapping[str, str]
) -> dict[str, CalibratedItems]:
    """Items of each test: of the calibration that is asked for, else of the one that chose the items.

    Raises
    ------
    CommandError
        If sittings of one test were chosen with several calibrations and none is asked for.
    """
    used = defaultdict(set)
    for record in records:
        used[record.test].add(record.calibration)
    chosen = {}
    with Session(installation.database) as db:
        for test, calibrations in used.items():
            names = {wanted[test]} if test in wanted else calibrations
            if len(names) > 1:
                listed = ", ".join(sorted(names))
                raise CommandError(
                    f"{test}: sittings rest on {listed}. Say which one counts: --calibration {test}=NAME"
                )
            chosen[test] = calibrated_items(itembank.load_calibration(db, min(names)))
    return chosen


def read_scales(folder: Path) -> dict[str, ReportingScale]:
    """Reporting scales of an installation, by test.

    Raises
    ------
    CommandError
        If there are none.
    """
    scales = [scoring.read_scale(path) for path in sorted(folder.glob("*.toml"))]
    if not scales:
        raise CommandError(f"{folder}: no reporting scale here. Put a TOML file for each test into it.")
    return {scale.test: scale for scale in scales}


def score_wave(
    installation: Installation, wave: str, records: Sequence[SittingRecord], wanted: Mapping[str, str]
) -> tuple[ScoreRecord, ...]:
    """Score sittings and keep the scores as a run of the wave.

    Parameters
    ----------
    installation
        Where calibrations, scales and scores are.
    wave
        Name of the period in which the tests were taken.
    records
        Sealed sittings.
    wanted
        Test → calibration version, where another one than the bank's must be used.

    Raises
    ------
    CommandError
        If there is no sealed sitting or no scale.
    """
    if not records:
        raise CommandError("There are no sealed sittings to score. Close the rooms and wait for the last laptops.")
    items = chosen_calibrations(installation, records, wanted)
    scores = scoring.score_sittings(records, items, read_scales(installation.settings.scales_folder))
    with Session(installation.database) as db, db.begin():
        scoring.store_scores(db, wave, scores)
    return scores


def find_school(installation: Installation, school_id: UUID) -> KnownSchool:
    """The school with this identifier of delivery's; scores know it by the roster's."""
    with Session(installation.web) as db:
        return next(school for school in delivery.list_schools(db) if school.school_id == school_id)


def school_waves(installation: Installation, school: KnownSchool) -> tuple[str, ...]:
    """Waves for which a school has scores."""
    with Session(installation.web) as db:
        in_school(db, school.school_id)
        return tuple(wave for wave in scoring.waves(db) if scoring.load_scores(db, wave, school=school.identifier))


def school_report(installation: Installation, wave: str, school: KnownSchool) -> reports.SchoolReport:
    """Build the report of one school from the stored scores of a wave; the school may see its pupils' names.

    Raises
    ------
    ScoringError
        If the wave has no scores.
    """
    scales = read_scales(installation.settings.scales_folder)
    with Session(installation.web) as db:
        in_school(db, school.school_id)
        scores = scoring.load_scores(db, wave, school=school.identifier)
        tests = [test for test in sorted(scales, reverse=True) if any(score.test == test for score in scores)]
        used = {test: next(score.calibration for score in scores if score.test == test) for test in tests}
        norms = {test: itembank.load_calibration(db, used[test]) for test in tests}
        titles = {test: _title(db, test) for test in tests}
    with Session(installation.web) as db:
        names = _names(installation, db, school)
    subjects = [
        reports.Subject(titles[test], scales[test], reference=_norm(scales[test], norms[test])) for test in tests
    ]
    return reports.build_school_report(school.name, scores, subjects, wave=wave, made_on=date.today(), names=names)


def _title(db: Session, test: str) -> str:
    """What people read for a test: the title of its latest bank."""
    return itembank.load_bank(db, itembank.released_banks(db, test)[-1]).title


def _norm(scale: ReportingScale, calibration: CalibrationVersion) -> reports.ReferenceGroup:
    """The group that gave the scale its origin."""
    group = calibration.provenance["groups"][0]
    return reports.norm_reference(scale, mean=group["mean"], sd=group["sd"], n_pupils=round(group["n"]))


def _names(installation: Installation, db: Session, school: KnownSchool) -> reports.Names:
    """Names of a school's classes and pupils, for its own eyes."""
    pseudonyms = reports.Pseudonyms(installation.keys.scoring, "scoring")
    classes = {group.identifier: group.title for group in delivery.list_classes(db, school.school_id)}
    return reports.Names(classes, pupil_names(db, school.school_id, pseudonyms))


def write_reports(installation: Installation, wave: str, folder: Path) -> list[Path]:
    """Write the report of every school with scores, as page and as PDF; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    with Session(installation.web) as db:
        schools = delivery.list_schools(db)
    written = []
    for school in schools:
        if wave in school_waves(installation, school):
            report = school_report(installation, wave, school)
            page, pdf = (folder / f"{school.school_id}.{suffix}" for suffix in ("html", "pdf"))
            page.write_text(reports.render_html(report), encoding="utf-8")
            pdf.write_bytes(reports.render_pdf(report))
            written += [page, pdf]
    return written


def write_research(
    installation: Installation, wave: str, records: Sequence[SittingRecord], folder: Path
) -> reports.Dataset:
    """Write the research dataset of a wave; its pseudonyms cannot be joined with those of scoring."""
    with Session(installation.database) as db:
        scores = scoring.load_scores(db, wave)
    with Session(installation.web) as db:
        forbidden = discimus_ids(db)
    known = {score.sitting for score in scores}
    return reports.write_research_dataset(
        folder,
        scores,
        [record for record in records if record.sitting in known],
        reports.Pseudonyms(installation.keys.research, "research").within,
        title=wave,
        made_on=max(record.sealed_at for record in records).date(),
        versions={"peil": version("peil"), **{f"calibration {s.test}": s.calibration for s in scores}},
        inputs={f"bank {record.test}": record.bank for record in records},
        forbidden=forbidden,
    )
