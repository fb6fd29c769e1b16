"""Bringing packages into the bank."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from itembank import (
    Interaction,
    NotInBankError,
    PackageError,
    count_items,
    import_package,
    items,
    load_item,
    load_media,
    load_stimulus,
)

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="%d"/></svg>'
STIMULUS = (
    '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="N4-T1" title="De egel">'
    '<qti-stimulus-body><p>{}</p><img src="../media/egel.svg" alt="egel"/></qti-stimulus-body>'
    "</qti-assessment-stimulus>"
)
REFERENCE = '<qti-assessment-stimulus-ref identifier="r" href="../stimuli/T1.xml"/>'
TABLES = ("item", "item_version", "stimulus_version", "media", "calibration", "calibration_item", "release")


def rows(db: Session) -> dict[str, int]:
    """Count the rows of every table."""
    counted = {name: db.connection().execute(text(f"SELECT count(*) FROM itembank_{name}")) for name in TABLES}
    return {name: int(result.scalar_one()) for name, result in counted.items()}


def files_with(item: bytes, *, story: str = "Een egel.", radius: int = 5) -> dict[str, bytes]:
    """Files of a package with an item, its passage and a picture."""
    return {
        "items/W1.xml": item,
        "stimuli/T1.xml": STIMULUS.format(story).encode(),
        "media/egel.svg": SVG % radius,
    }


def test_everything_of_a_package_is_kept_byte_for_byte(
    db: Session, make_package: MakePackage, make_item: MakeItem
) -> None:
    files = files_with(make_item(extra=REFERENCE))
    report = import_package(db, make_package(files))
    assert (report.imported, report.refused, report.unchanged) == (("N4-T1@1", "W4-001@1"), (), ())
    assert (report.n_items, report.n_stimuli, report.interactions) == (1, 1, {"choice": 1})
    (summary,) = items(db)
    assert (summary.name, summary.area, summary.stimulus) == ("W4-001@1", "bewerkingen", "N4-T1@1")
    assert summary.interactions == (Interaction.CHOICE,)
    assert load_item(db, "W4-001@1").xml == files["items/W1.xml"]
    passage = load_stimulus(db, "N4-T1@1")
    assert passage.xml == files["stimuli/T1.xml"]
    media = load_media(db, passage.media["../media/egel.svg"].partition(".")[0])
    assert (media.media_type, media.content) == ("image/svg+xml", files["media/egel.svg"])


def test_the_same_package_again_makes_no_new_version(
    db: Session, make_package: MakePackage, make_item: MakeItem
) -> None:
    path = make_package(files_with(make_item(extra=REFERENCE)))
    import_package(db, path)
    before = rows(db)
    report = import_package(db, path)
    assert report.unchanged == ("W4-001@1",)
    assert rows(db) == before


@pytest.mark.parametrize("change", [{"story": "Twee egels."}, {"radius": 6}])
def test_a_change_of_the_passage_or_its_picture_makes_a_new_version_of_the_item(
    db: Session, make_package: MakePackage, make_item: MakeItem, change: dict[str, object]
) -> None:
    item = make_item(extra=REFERENCE)
    import_package(db, make_package(files_with(item)))
    import_package(db, make_package(files_with(item, **change)))  # type: ignore[arg-type]  # one of the two
    (summary,) = items(db)
    assert (summary.name, summary.stimulus) == ("W4-001@2", "N4-T1@2")
    assert load_item(db, "W4-001@1").stimulus_name == "N4-T1@1"


def test_a_changed_item_gets_a_new_version_and_the_first_stays(
    db: Session, make_package: MakePackage, make_item: MakeItem
) -> None:
    first, second = make_item(), make_item().replace(b"even", b"oneven")
    import_package(db, make_package({"W1.xml": first}))
    import_package(db, make_package({"W1.xml": second}))
    assert [summary.name for summary in items(db)] == ["W4-001@2"]
    assert load_item(db, "W4-001@1").xml == first
    assert load_item(db, "W4-001@2").xml == second
    assert count_items(db) == 1


BAD_FILES = {
    "entities": b'<!DOCTYPE x [<!ENTITY e "boom">]><x>&e;</x>',
    "an external entity": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "another encoding": '<?xml version="1.0" encoding="UTF-8"?><x>é</x>'.encode("latin-1"),
    "no XML": b"\x00\x01\x02",
    "too much": b"<x>" + b" " * 2_000_000 + b"</x>",
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_one_bad_file_keeps_the_whole_package_out(
    db: Session, make_package: MakePackage, make_item: MakeItem, content: bytes
) -> None:
    path = make_package({"good.xml": make_item(), "bad.xml": content})
    with pytest.raises(PackageError, match=r"^bad\.xml"):
        import_package(db, path)
    assert set(rows(db).values()) == {0}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("match_correct", "guess", "none of the standard ones"),
        ('identifier="RESPONSE" card', 'identifier="ANSWER" card', "which is not declared"),
        ("qti-choice-interaction", "qti-drawing-interaction", "drawing-interaction: this interaction is not supported"),
    ],
)
def test_one_bad_item_keeps_the_whole_package_out_unless_asked(
    db: Session, make_package: MakePackage, make_item: MakeItem, old: str, new: str, why: str
) -> None:
    bad = make_item("W4-002").replace(old.encode(), new.encode())
    path = make_package({"good.xml": make_item(), "bad.xml": bad})
    with pytest.raises(PackageError, match=why):
        import_package(db, path)
    assert set(rows(db).values()) == {0}
    report = import_package(db, path, partial=True)
    assert report.imported == ("W4-001@1",)
    assert [refused.name for refused in report.refused] == ["bad.xml"]


def test_what_is_no_package_changes_nothing(db: Session, tmp_path: Path, make_package: MakePackage) -> None:
    (tmp_path / "no.zip").write_bytes(b"no zip at all")
    climbing = make_package({"../evil.xml": b"<x/>"})
    for path in (tmp_path / "no.zip", climbing, tmp_path / "missing.zip"):
        with pytest.raises(PackageError) as caught:
            import_package(db, path)
        assert len(caught.value.problems) == 1
    assert set(rows(db).values()) == {0}


def test_what_is_not_there_is_said(db: Session) -> None:
    for load, name in [(load_item, "W4-001@1"), (load_stimulus, "N4-T1@1"), (load_media, "0" * 64)]:
        with pytest.raises(NotInBankError, match=name[:8]):
            load(db, name)
    with pytest.raises(NotInBankError, match="no name of an item version"):
        load_item(db, "W4-001")


def test_versions_are_never_changed_not_even_by_hand(
    db: Session, make_package: MakePackage, make_item: MakeItem
) -> None:
    import_package(db, make_package({"W1.xml": make_item()}))
    with pytest.raises(Exception, match="never changed"):
        db.connection().execute(text("UPDATE itembank_item_version SET title = 'anders'"))


@pytest.mark.postgres
def test_versions_are_kept_on_postgresql_too(
    postgres_db: Session, make_package: MakePackage, make_item: MakeItem
) -> None:
    files = files_with(make_item(extra=REFERENCE))
    import_package(postgres_db, make_package(files))
    assert import_package(postgres_db, make_package(files)).unchanged == ("W4-001@1",)
    assert load_item(postgres_db, "W4-001@1").xml == files["items/W1.xml"]
    with pytest.raises(Exception, match="never changed"):
        postgres_db.connection().execute(text("UPDATE itembank_item_version SET title = 'anders'"))


def test_the_valid_package_of_kennisnet_is_imported_whole(db: Session, shared_data: Path) -> None:
    report = import_package(db, shared_data / "qti" / "kennisnet" / "valid-package.zip")
    assert report.refused == ()
    assert report.interactions == {"choice": 30, "extended_text": 15, "none": 2}
    assert report.n_items == count_items(db) == 47
    waiting = [summary for summary in items(db) if Interaction.EXTENDED_TEXT in summary.interactions]
    assert {summary.obstacle for summary in waiting} == {"a person must rate it"}


def test_the_package_without_rules_changes_nothing(db: Session, shared_data: Path) -> None:
    with pytest.raises(PackageError, match="response processing: it is empty"):
        import_package(db, shared_data / "qti" / "kennisnet" / "no-response-processing.zip")
    assert set(rows(db).values()) == {0}
