"""What must be true after each step; a demo that only looks good is worth nothing."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from sqlmodel import Session

import delivery
import itembank
from delivery import AuditResult
from engine.assembly import make_rules
from itembank import CompiledBank, ImportReport, Interaction
from itembank.demo import read_catalogue
from loadtest.pupils import Finished
from peil.demo.errors import DemoError
from peil.demo.field_test import FieldTest
from peil.demo.results import Recovery
from peil.installation import Installation
from peil.pipeline import Collected
from scoring import ScoreRecord, SittingRecord

LOWEST_CORRELATION = 0.9  # of estimated with generating difficulties; about 0.99 is usual at 600 answers an item


def require(condition: bool, what: str) -> None:
    """Stop the demo with a sentence.

    Raises
    ------
    DemoError
        If the condition does not hold.
    """
    if not condition:
        raise DemoError(f"the demo did not do its work: {what}")


def check_empty(installation: Installation) -> None:
    """Nobody's real data is there: the demo adds schools, pupils and staff with known passwords."""
    with Session(installation.web) as db:
        is_empty = not delivery.list_schools(db) and itembank.count_items(db) == 0
    require(is_empty, "the database holds items or schools. Give it an empty one (unset PEIL_DATABASE_URL for SQLite)")


def check_import(report: ImportReport) -> None:
    """The whole demo bank is there."""
    n_items = len(read_catalogue())
    require(not report.refused, f"the importer refused {len(report.refused)} parts of the demo bank")
    require(report.n_items == n_items, f"{report.n_items} of {n_items} items were imported")


def check_field_tests(field_tests: Mapping[str, FieldTest]) -> None:
    """A thousand simulees or more, every item calibrated and in its bank."""
    for test, field_test in field_tests.items():
        require(field_test.responses.n_persons >= 1000, f"{test}: fewer than 1,000 simulees")
        require(
            {view.item for view in field_test.bank.views} == set(field_test.item_ids),
            f"{test}: the bank does not hold the items that were tried out",
        )


def check_live(field_tests: Mapping[str, FieldTest], finished: Sequence[Finished], n_sittings: int) -> None:
    """Every pupil finished every test, and each test has its length."""
    require(len(finished) == n_sittings, f"{len(finished)} of {n_sittings} sittings were finished")
    lengths = Counter(len(sitting.answers) for sitting in finished)
    wanted = {field_test.design.blueprint.length for field_test in field_tests.values()}
    require(set(lengths) <= wanted, f"sittings have {dict(lengths)} answers instead of {wanted}")


def interactions(banks: Iterable[CompiledBank], items: Collection[str] | None = None) -> set[Interaction]:
    """Kinds of questions that banks ask, or only those of some item versions."""
    views = [view for bank in banks for view in bank.views if items is None or view.item in items]
    return {field.interaction for view in views for field in view.fields}


def check_export(
    field_tests: Mapping[str, FieldTest],
    collected: Collected,
    finished: Sequence[Finished],
    audit: AuditResult,
) -> None:
    """What was acknowledged is what comes out; every sitting meets its blueprint; the log is whole."""
    require(audit.first is None, f"the audit of the log found: {audit.first}")
    require(audit.n_heads > 0, "closing the rooms signed no heads of the log")
    unsealed = [sitting for sitting in collected.unsealed if sitting.is_begun]
    require(not unsealed, f"{len(unsealed)} sittings are begun and not sealed")
    out = {
        (str(record.sitting), answer.position, answer.item) for record in collected.records for answer in record.answers
    }
    acknowledged = {(answer.sitting, answer.position, answer.item) for one in finished for answer in one.answers}
    require(out == acknowledged, f"{len(out ^ acknowledged)} answers differ between the pupils' ledgers and the export")
    for record in collected.records:
        check_blueprint(field_tests[record.test], record)


def check_blueprint(field_test: FieldTest, record: SittingRecord) -> None:
    """One sitting keeps every rule: length, no item twice, counts, passages, enemies."""
    bank = field_test.bank
    rows = {view.item: row for row, view in enumerate(bank.views)}
    shown = [rows[answer.item] for answer in record.answers if answer.scored]
    broken = make_rules(bank.pool, bank.blueprint).broken(shown)
    require(not broken, f"sitting {record.sitting} does not meet its blueprint: {', '.join(broken)}")


def check_recovery(recoveries: Sequence[Recovery]) -> None:
    """The calibration finds the generating parameters back."""
    for found in recoveries:
        require(
            found.r_difficulty > LOWEST_CORRELATION, f"{found.test}: difficulties correlate {found.r_difficulty:.3f}"
        )


def check_scores(scores: Sequence[ScoreRecord], records: Sequence[SittingRecord]) -> None:
    """Everybody has a score, labelled as simulated."""
    require({score.sitting for score in scores} == {record.sitting for record in records}, "scores and sittings differ")
    require(all(score.simulated for score in scores), "a score of a virtual pupil is not labelled as simulated")


def check_reports(files: Sequence[Path], n_schools: int) -> None:
    """A page and a PDF for each school, labelled as simulated."""
    require(len(files) == 2 * n_schools, f"{len(files)} report files for {n_schools} schools")
    for path in files:
        content = path.read_bytes()
        if path.suffix == ".pdf":
            require(content.startswith(b"%PDF-") and len(content) > 10_000, f"{path.name} is no PDF")
        else:
            text = content.decode()
            require("<svg" in text and "esimuleerd" in text, f"{path.name} lacks its charts or its label")


def check_research(folder: Path, discimus_ids: Collection[str]) -> None:
    """Checksums agree, and no Discimus ID is anywhere."""
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    require(len(lines) >= 5, f"{folder} holds too few files")
    for line in lines:
        digest, _, name = line.partition("  ")
        require(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, f"{name} has another checksum")
    forbidden = [identifier.encode() for identifier in discimus_ids]
    for path in folder.iterdir():
        content = path.read_bytes()
        require(not any(identifier in content for identifier in forbidden), f"{path.name} holds a Discimus ID")
