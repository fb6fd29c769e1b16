"""Assessment tests in the bank: kept, versioned, exported and read again, released."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, col, update

from itembank import (
    Arrival,
    CalibrationVersion,
    ItemBankError,
    NotInBankError,
    PartlyRefusedError,
    ReleaseError,
    State,
    add_calibration,
    assessments,
    design_from_text,
    design_text_of,
    export_package,
    import_package,
    inspect_package,
    load_assessment,
    release_bank,
    save_design,
)
from itembank.tables import StoredAssessment, StoredDesign

MakeItem = Callable[..., bytes]
MakeCalibration = Callable[..., CalibrationVersion]
QTI = 'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"'
SECTION = f'<qti-assessment-section {QTI} identifier="S2" title="Tweede deel"><qti-assessment-item-ref identifier="b" href="../items/b.xml"/></qti-assessment-section>'.encode()  # noqa: E501 - one file
TEST = (
    f'<qti-assessment-test {QTI} identifier="TOETS" title="Toets">\n<qti-time-limits max-time="1800"/>\n'
    '<qti-test-part identifier="P" navigation-mode="linear" submission-mode="individual">\n'
    '<qti-assessment-section identifier="S1" title="Eerste deel">\n'
    '<qti-assessment-item-ref identifier="c" href="items/c.xml"/>\n'
    '<qti-assessment-item-ref identifier="a" href="items/a.xml"/></qti-assessment-section>\n'
    '<qti-assessment-section-ref identifier="X" href="delen/x.xml"/></qti-test-part></qti-assessment-test>'
).encode()
CP = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
KINDS = {"test.xml": "test", "delen/x.xml": "section"}
DRAFT, OPERATIONAL = Arrival(), Arrival(state=State.OPERATIONAL)


DRAW = '<qti-selection select="1"/>'


@pytest.fixture
def package(tmp_path: Path, make_item: MakeItem) -> Callable[..., Path]:
    """Return a maker of packages with a test of three items, in any of whose files something is replaced."""

    def make(change: tuple[str, str] = ("", ""), name: str = "p.zip") -> Path:
        files = {"test.xml": TEST, "delen/x.xml": SECTION} | {
            f"items/{one}.xml": make_item(f"W-{one}") for one in "abc"
        }
        old, new = (part.encode() for part in change)
        resources = "".join(
            f'<resource identifier="R{n}" type="imsqti_{KINDS.get(path, "item")}_xmlv3p0" href="{path}"/>'
            for n, path in enumerate(files)
        )
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("imsmanifest.xml", f'<manifest xmlns="x"><resources>{resources}</resources></manifest>')
            for path, content in files.items():
                archive.writestr(path, content.replace(old, new) if old else content)
        return tmp_path / name

    return make


def test_the_design_of_a_test_is_the_one_that_came_last(db: Session, package: Callable[..., Path]) -> None:
    import_package(db, package())
    made = design_text_of(db, "TOETS")
    by_hand = made.replace('title = "Toets"', 'title = "Met de hand"')
    db.add(StoredDesign(identifier="TOETS", version=1, text=by_hand, added_at=datetime(2020, 1, 1, tzinfo=UTC)))
    db.flush()
    assert design_text_of(db, "TOETS") == made  # the package came later
    save_design(db, by_hand + "\n# anew\n")
    assert design_text_of(db, "TOETS") == by_hand + "\n# anew\n" != made


def test_a_draw_of_a_section_is_no_draw_here_and_the_report_says_so_with_its_line(
    db: Session, package: Callable[..., Path]
) -> None:
    first = 'title="Eerste deel">'
    report = import_package(db, package((first, f"{first}\n{DRAW}")))
    [told] = [problem for problem in report.warned if "selection" in problem.what]
    assert (told.file, told.line) == ("test.xml", 5)
    assert told.why == "a draw of '1' of 2 is not honoured: all 2 are given"
    assert design_from_text(load_assessment(db, "TOETS").design).form == ("W-c", "W-a", "W-b")


def test_a_test_is_kept_with_its_sections_and_its_design(db: Session, package: Callable[..., Path]) -> None:
    report = import_package(db, package())
    assert (report.tests, report.n_items, report.refused) == (("TOETS@1",), 3, ())
    assert import_package(db, package()).tests == ("TOETS@1",)
    (held,) = assessments(db)
    assert (held.items, held.files) == (("W-c", "W-a", "W-b"), {"test.xml": TEST, "delen/x.xml": SECTION})
    design = design_from_text(held.design)
    assert (design.form, design.time_limit_ms, design.subject) == (("W-c", "W-a", "W-b"), 1_800_000, "Toets")
    assert re.findall(r"^  # (.*)$", held.design, re.MULTILINE) == ["Eerste deel", "Tweede deel"]


def test_a_section_that_no_test_uses_is_named_where_the_manifest_names_it(package: Callable[..., Path]) -> None:
    link = '<qti-assessment-section-ref identifier="X" href="delen/x.xml"/>'
    report = inspect_package(package((link, "")))
    assert [str(problem) for problem in report.warned] == [
        "imsmanifest.xml:1: section delen/x.xml: no test of the package uses it. Nothing to do."
    ]


def test_a_section_that_is_not_there_is_named_where_the_test_asks_for_it(package: Callable[..., Path]) -> None:
    (refused,) = inspect_package(package(('href="delen/x.xml"', 'href="delen/y.xml"'))).refused
    (problem,) = refused.problems
    line = 1 + TEST.count(b"\n", 0, TEST.index(b"<qti-assessment-section-ref"))
    assert (problem.file, problem.line) == ("test.xml", line)
    assert problem.why == "the section 'delen/y.xml' is not in the package"


def test_a_change_of_the_test_or_of_its_section_makes_a_new_version(db: Session, package: Callable[..., Path]) -> None:
    import_package(db, package())
    assert import_package(db, package(("Eerste", "Ander"), "2.zip")).tests == ("TOETS@2",)
    assert import_package(db, package(("Tweede", "Ander"), "3.zip")).tests == ("TOETS@3",)
    assert load_assessment(db, "TOETS").version == 3
    with pytest.raises(NotInBankError, match="peil bank tests lists them"):
        load_assessment(db, "ANDERE")


def test_what_is_kept_is_never_changed(db: Session, package: Callable[..., Path]) -> None:
    import_package(db, package())
    with pytest.raises(DatabaseError, match="never changed"):
        db.exec(update(StoredAssessment).where(col(StoredAssessment.identifier) == "TOETS").values(title="x"))


def test_what_is_exported_comes_back_the_same(db: Session, package: Callable[..., Path], tmp_path: Path) -> None:
    import_package(db, package())
    before = load_assessment(db, "TOETS")
    for name, asked in (("all.zip", ((), ())), ("one.zip", ((), ("TOETS",)))):
        assert sorted(export_package(db, tmp_path / name, *asked)) == ["W-a@1", "W-b@1", "W-c@1"]
        report = import_package(db, tmp_path / name)
        assert (report.refused, report.tests, report.warned) == ((), ("TOETS@1",), ())
        assert len(report.unchanged) == 3
    assert load_assessment(db, "TOETS") == before
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert (archive.read("test.xml"), archive.read("delen/x.xml")) == (TEST, SECTION)
    assert export_package(db, tmp_path / "items.zip", ["W-a"]) == ("W-a@1",)
    assert import_package(db, tmp_path / "items.zip").tests == ()


def test_two_tests_of_the_same_paths_go_into_packages_of_their_own(
    db: Session, package: Callable[..., Path], tmp_path: Path
) -> None:
    import_package(db, package())
    import_package(db, package(('"TOETS"', '"ANDERE"'), "2.zip"))
    with pytest.raises(ItemBankError, match="--test"):
        export_package(db, tmp_path / "all.zip")
    export_package(db, tmp_path / "one.zip", (), ["ANDERE"])
    assert import_package(db, tmp_path / "one.zip").tests == ("ANDERE@1",)


def test_tests_of_others_with_files_of_the_same_names_go_into_one_package(
    db: Session, tmp_path: Path, make_item: MakeItem
) -> None:
    for name in ("EEN", "TWEE"):
        test = TEST.replace(b'"TOETS"', f'"{name}"'.encode()).split(b"\n<qti-assessment-section ")[0]
        section = b'<qti-assessment-section identifier="S" title="Deel"><qti-assessment-item-ref identifier="a" '
        end = b'href="item.xml"/></qti-assessment-section></qti-test-part></qti-assessment-test>'
        import_package(db, packed(tmp_path, {"toets.xml": test + section + end, "item.xml": make_item(f"W-{name}")}))
    export_package(db, tmp_path / "all.zip")
    report = import_package(db, tmp_path / "all.zip")
    assert (report.refused, sorted(report.unchanged)) == ((), ["W-EEN@1", "W-TWEE@1"])
    assert [load_assessment(db, name).items for name in ("EEN", "TWEE")] == [("W-EEN",), ("W-TWEE",)]


def packed(folder: Path, files: dict[str, bytes]) -> Path:
    """A package of one test and its items."""
    resources = "".join(
        f'<resource identifier="R{n}" type="imsqti_{"test" if "toets" in path else "item"}_xmlv3p0" href="{path}"/>'
        for n, path in enumerate(files)
    )
    manifest = f'<manifest xmlns="{CP}" identifier="M"><resources>{resources}</resources></manifest>'
    with zipfile.ZipFile(folder / "packed.zip", "w") as archive:
        for path, content in {"imsmanifest.xml": manifest.encode(), **files}.items():
            archive.writestr(path, content)
    return folder / "packed.zip"


def test_its_design_is_released_once_its_items_count(
    db: Session, package: Callable[..., Path], make_calibration: MakeCalibration
) -> None:
    import_package(db, package(), arrival=OPERATIONAL)
    design = design_from_text(load_assessment(db, "TOETS").design)
    add_calibration(db, make_calibration("W-a@1", "W-b@1", identifier="two"))
    with pytest.raises(ReleaseError, match="its form names W-c: each item must be operational, in calibration 'two'"):
        release_bank(db, design, "two")
    add_calibration(db, make_calibration("W-a@1", "W-b@1", "W-c@1", identifier="three"))
    bank = release_bank(db, design, "three")
    assert (bank.form, bank.time_limit_ms) == (("W-c@1", "W-a@1", "W-b@1"), 1_800_000)


def test_a_test_that_cannot_be_read_keeps_the_package_out(db: Session, package: Callable[..., Path]) -> None:
    with pytest.raises(PartlyRefusedError, match=r"test\.xml:5: test TOETS: its item 'items/d.xml' is not an item"):
        import_package(db, package(("items/c.xml", "items/d.xml")))
    assert assessments(db) == []


def test_the_tests_of_kennisnet_survive_the_way_through_the_bank(
    db: Session, shared_data: Path, tmp_path: Path
) -> None:
    for name in ("valid-package.zip", "no-metadata.zip"):
        import_package(db, shared_data / "qti" / "kennisnet" / name)
    export_package(db, tmp_path / "out.zip")
    report = import_package(db, tmp_path / "out.zip")
    assert report.refused == ()
    assert sorted(report.tests) == ["TST-nsk1-gt-23-1@1", "_2019juyhgjgjhg@1"]
