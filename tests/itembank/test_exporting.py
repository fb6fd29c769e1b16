"""Writing items as a package."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from itembank import (
    Metadata,
    NotInBankError,
    differences,
    export_package,
    import_package,
    inspect_package,
    items,
    load_item,
    load_stimulus,
)
from itembank.qti.package import read_package
from tests.itembank.conftest import CHOICE_BODY
from tests.itembank.interaction_samples import GRAPHIC, GRAPHIC_GAP_MATCH, old_spelling

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
STIMULUS = (
    b'<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="N4-T1" title="De egel">'
    b'<qti-stimulus-body><p>Een egel.</p><img src="../media/egel.svg" alt="egel"/></qti-stimulus-body>'
    b"</qti-assessment-stimulus>"
)
FILES = {"stimuli/T1.xml": STIMULUS, "media/egel.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="5"/></svg>'}
REFERENCE = '<qti-assessment-stimulus-ref identifier="r" href="../stimuli/T1.xml"/>'


def test_what_is_exported_comes_back_as_the_same_versions(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    items_in = {"items/W1.xml": make_item(extra=REFERENCE), "items/W2.xml": make_item("W4-002")}
    import_package(db, make_package({**FILES, **items_in}))
    assert export_package(db, tmp_path / "out.zip") == ("W4-001@1", "W4-002@1")
    report = import_package(db, tmp_path / "out.zip")
    assert report.refused == ()
    assert report.unchanged == ("W4-001@1", "W4-002@1")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        for name, content in {**FILES, **items_in}.items():
            assert archive.read(name) == content


def test_items_on_pictures_come_back_byte_for_byte(db: Session, tmp_path: Path, make_package: MakePackage) -> None:
    drawing = FILES["media/egel.svg"]
    files = {f"items/{sample.name}.xml": sample.xml().encode() for sample in GRAPHIC}
    files |= {
        f"old/{sample.name}.xml": old_spelling(sample.xml()).replace(sample.name, f"o-{sample.name}", 1).encode()
        for sample in GRAPHIC
    }
    pictures = {f"{folder}/{name}.svg": drawing for folder in ("items", "old") for name in ("plan", "stip")}
    imported = import_package(db, make_package({**files, **pictures}))
    assert (imported.refused, imported.n_items) == ((), 8)
    export_package(db, tmp_path / "out.zip")
    report = import_package(db, tmp_path / "out.zip")
    assert (report.refused, sorted(report.unchanged)) == ((), sorted(imported.imported))
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {name: archive.read(name) for name in files} == files


def test_a_picture_of_a_card_that_is_missing_is_refused(make_package: MakePackage) -> None:
    path = make_package({"a.xml": GRAPHIC_GAP_MATCH.xml().encode(), "plan.svg": FILES["media/egel.svg"]})
    (refused,) = inspect_package(path).refused
    assert [str(problem) for problem in refused.problems] == [
        "a.xml:8: picture: the picture 'stip.svg' is not in the package. Add it or correct the address."
    ]


def test_only_the_items_that_are_asked_for_are_written(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    files = {"items/W1.xml": make_item(extra=REFERENCE), "items/W2.xml": make_item("W4-002")}
    import_package(db, make_package({**FILES, **files}))
    export_package(db, tmp_path / "out.zip", ["W4-002"])
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert sorted(archive.namelist()) == ["imsmanifest.xml", "items/W2.xml"]
    with pytest.raises(NotInBankError, match="W4-009"):
        export_package(db, tmp_path / "other.zip", ["W4-009"])
    assert not (tmp_path / "other.zip").exists()


def test_items_that_came_from_files_of_the_same_name_are_kept_apart(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    import_package(db, make_package({"item.xml": make_item()}, name="one.zip"))
    import_package(db, make_package({"item.xml": make_item("W4-002")}, name="two.zip"))
    export_package(db, tmp_path / "out.zip")
    assert inspect_package(tmp_path / "out.zip").imported == ("W4-001@1", "W4-002@1")


def test_no_identifier_leads_out_of_the_package_that_is_written(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    for name in ("!A", ".", ".."):
        import_package(db, make_package({"item.xml": make_item(name)}))
    export_package(db, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert not any({".", ".."} & set(name.split("/")) for name in archive.namelist())
    assert sorted(inspect_package(tmp_path / "out.zip").imported) == ["!A@1", "..@1", ".@1"]


def test_passages_that_came_from_files_of_the_same_name_keep_their_items(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    for number in ("1", "2"):
        stimulus = STIMULUS.replace(b"N4-T1", f"N4-T{number}".encode()).replace(b"Een egel.", number.encode())
        item = make_item(f"W4-00{number}", extra=REFERENCE)
        import_package(db, make_package(FILES | {"stimuli/T1.xml": stimulus, "items/W1.xml": item}))
    export_package(db, tmp_path / "out.zip")
    report = import_package(db, tmp_path / "out.zip")
    assert (report.refused, report.unchanged) == ((), ("W4-001@1", "W4-002@1"))
    assert [load_item(db, f"W4-00{number}@1").stimulus for number in (1, 2)] == ["N4-T1", "N4-T2"]


def test_the_same_items_give_the_same_bytes(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    import_package(db, make_package({"W1.xml": make_item()}))
    export_package(db, tmp_path / "one.zip")
    export_package(db, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_package_of_others_survives_the_way_through_the_bank(db: Session, tmp_path: Path, shared_data: Path) -> None:
    for name in ("valid-package.zip", "no-metadata.zip"):
        import_package(db, shared_data / "qti" / "kennisnet" / name)
    export_package(db, tmp_path / "out.zip")
    report = import_package(db, tmp_path / "out.zip")
    assert report.refused == ()
    assert len(report.unchanged) == len(items(db)) == 93  # 47 and 46


LOM = """<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string>Over even getallen</string></title>
<description><string>Herkent even getallen.</string></description></general>
<educational><difficulty><source>LOMv1.0</source><value>difficult</value></difficulty></educational>
<classification><purpose><source>LOMv1.0</source><value>educational objective</value></purpose><taxonPath>
<source><string>Minimumdoelen</string></source><taxon><id>W4-2</id></taxon></taxonPath></classification></lom>"""
RIGHTS = '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><language>nl</language></general><rights><description><string>CC BY 4.0</string></description></rights></lom>'  # noqa: E501 - one file


def listed(about: str, item: str, more: str = "") -> bytes:
    """A manifest of one item: what it says of the package, of the item, and of more resources."""
    return (
        f'<manifest xmlns="x"><metadata>{about}</metadata><resources><resource identifier="R" href="W1.xml" '
        f'type="imsqti_item_xmlv3p0"><metadata>{item}</metadata></resource>{more}</resources></manifest>'
    ).encode()


SHARED = '<resource identifier="M" type="resourcemetadata/xml" href="M.xml"/>'


@pytest.mark.parametrize("manifest", [listed(RIGHTS, LOM), listed("", LOM, SHARED)], ids=["manifest", "file"])
def test_licence_title_language_difficulty_and_goals_with_their_source_are_kept_and_exported(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem, manifest: bytes
) -> None:
    xml = make_item().replace(b' xml:lang="nl-BE"', b"")
    import_package(db, make_package({"W1.xml": xml, "M.xml": RIGHTS.encode()}, manifest=manifest))
    export_package(db, tmp_path / "out.zip")
    report = import_package(db, tmp_path / "out.zip")
    assert (report.unchanged, report.refused) == (("W4-001@1",), ())
    item = load_item(db, "W4-001@1")
    assert (item.title, item.body.language) == ("Opgave", "nl")
    assert item.metadata == Metadata(
        title="Over even getallen",
        language="nl",
        goals=("W4-2",),
        licence="CC BY 4.0",
        difficulty="difficult",
        description="Herkent even getallen.",
        sources=("Minimumdoelen",),
    )


def test_the_metadata_of_a_passage_are_kept_and_exported(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    passage = f'<resource identifier="S" type="imsqti_stimulus_xmlv3p0" href="stimuli/T1.xml"><metadata>{RIGHTS}</metadata></resource>'  # noqa: E501 - one resource
    xml = make_item(extra='<qti-assessment-stimulus-ref identifier="r" href="stimuli/T1.xml"/>')
    import_package(db, make_package({**FILES, "W1.xml": xml}, manifest=listed("", LOM, passage)))
    for _ in range(2):
        stimulus = load_stimulus(db, "N4-T1@1")
        assert (stimulus.metadata, stimulus.body.language) == (Metadata(language="nl", licence="CC BY 4.0"), "nl")
        export_package(db, tmp_path / "out.zip")
        report = import_package(db, tmp_path / "out.zip")
        assert (report.imported, report.unchanged) == (("N4-T1@1", "W4-001@1"), ("W4-001@1",))


def test_a_change_of_the_difficulty_makes_a_new_version(
    db: Session, make_package: MakePackage, make_item: MakeItem
) -> None:
    for number, manifest in enumerate((listed("", LOM), listed("", LOM.replace("difficult<", "easy<"))), 1):
        report = import_package(db, make_package({"W1.xml": make_item()}, manifest=manifest))
        assert report.imported == (f"W4-001@{number}",)
    (difference,) = differences(load_item(db, "W4-001@1"), load_item(db, "W4-001@2"))
    assert (difference.what, difference.before, difference.after) == ("difficulty", "difficult", "easy")


def test_the_licence_of_a_package_of_others_is_that_of_its_items(shared_data: Path) -> None:
    package = read_package(shared_data / "qti" / "kennisnet" / "valid-package.zip")
    assert {item.metadata.licence for item in package.items} == {"cc-by-sa-40"}  # of METADATA001.xml
    package = read_package(shared_data / "qti" / "kennisnet" / "no-metadata.zip")
    assert "Rechten bij Cito" in {item.metadata.licence for item in package.items}


@pytest.mark.parametrize(
    "extra",
    [
        "<qti-companion-materials-info><qti-calculator><qti-calculator-type>fraction</qti-calculator-type>"
        "</qti-calculator></qti-companion-materials-info>",
        "<qti-companion-materials-info><qti-rule><qti-rule-system-si><qti-minimum-length>20</qti-minimum-length>"
        "<qti-major-increment>1</qti-major-increment></qti-rule-system-si></qti-rule></qti-companion-materials-info>",
        '<qti-catalog-info><qti-catalog id="c"><qti-card support="spoken"><qti-file-href mime-type="audio/mpeg">'
        "https://cdn.example.org/a.mp3</qti-file-href></qti-card></qti-catalog></qti-catalog-info>",
        '<qti-catalog-info><qti-catalog id="c"/><qti-catalog id="c"/></qti-catalog-info>',
        '<qti-catalog-info><qti-catalog id="c"><qti-card support="glossary-on-screen"><qti-html-content>'
        '<video src="a.mp4"/></qti-html-content></qti-card></qti-catalog></qti-catalog-info>',
    ],
)
def test_an_item_whose_tool_or_card_cannot_be_shown_is_taken_and_exported_byte_for_byte(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem, extra: str
) -> None:
    source = make_item(body=f'<p data-catalog-idref="c">x</p>{CHOICE_BODY}', extra=extra)
    report = import_package(db, make_package({"i.xml": source}))
    assert (report.refused, len(report.imported)) == ((), 1)
    assert (load_item(db, "W4-001@1").obstacle, len(load_item(db, "W4-001@1").warnings) > 0) == ("", True)
    export_package(db, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("i.xml") == source
