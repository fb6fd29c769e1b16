"""Make the demo bank's content package: the sources as they are, and a manifest made from the catalogues."""

from __future__ import annotations

import json
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from lxml import etree
from lxml.builder import ElementMaker

FOLDER = Path(__file__).parent
DRAWN = "drawn"
SUBJECTS = ("mathematics", f"mathematics/{DRAWN}", "dutch")
"""Folders with a catalogue; in one are items that are drawn for every pupil anew."""
LICENCE = "EUPL-1.2"
STEP = 0.8
"""Logits from one step of a simulated item to the next: each category is the likeliest one for somebody."""

QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"
PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the same bytes on every day

package = ElementMaker(namespace=PACKAGE, nsmap={None: PACKAGE, "lom": LOM})
lom = ElementMaker(namespace=LOM, nsmap={"lom": LOM})


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What the authors say about one demo item, beside its QTI source.

    Attributes
    ----------
    identifier : such as ``W4-001``
    subject : one of `SUBJECTS`
    area : content area, as blueprints name it
    goal : curriculum-goal code
    discrimination, difficulty : generating parameters, in 1/logit and logits; they steer simulees only
    compute : arithmetic expression whose value is the key, or ""
    points : what the whole answer is worth; parts of it are worth less where this is more than 1
    """

    identifier: str
    subject: str
    area: str
    goal: str
    discrimination: float
    difficulty: float
    compute: str = ""
    points: int = 1

    @property
    def steps(self) -> tuple[float, ...]:
        """Generating steps in logits: `difficulty` is their mean; where there is one only, it is the 2PL's."""
        return tuple(self.difficulty + STEP * (number - (self.points - 1) / 2) for number in range(self.points))


@cache
def read_catalogue() -> tuple[CatalogueEntry, ...]:
    """Entries of both subjects, by identifier."""
    entries = [
        CatalogueEntry(
            identifier=entry["identifier"],
            subject=subject,
            area=entry["area"],
            goal=entry["goal"],
            discrimination=float(entry["discrimination"]),
            difficulty=float(entry["difficulty"]),
            compute=str(entry.get("compute", "")),
            points=entry.get("points", 1),
        )
        for subject in SUBJECTS
        for entry in tomllib.loads((FOLDER / subject / "catalogue.toml").read_text())["item"]
    ]
    return tuple(sorted(entries, key=lambda entry: entry.identifier))


def design_files() -> tuple[Path, ...]:
    """Designs of the demo's tests, by name."""
    return tuple(sorted((FOLDER / "designs").glob("*.toml")))


@cache
def read_keys() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Correct responses as the sources declare them: item → response variable → values; drawn items have none."""
    keys = {}
    for _, path in _sources("items"):
        if path.parent.parent.name == DRAWN:
            continue
        root = etree.parse(path).getroot()
        keys[root.get("identifier", "")] = {
            declaration.get("identifier", ""): tuple(
                (value.text or "").strip()
                for value in declaration.iterfind(f"{QTI}qti-correct-response/{QTI}qti-value")
            )
            for declaration in root.iterfind(f"{QTI}qti-response-declaration")
        }
    return keys


def build_package(target: Path) -> Path:
    """Write the content package; the same bytes whenever and wherever it is made.

    Parameters
    ----------
    target
        The zip file to write.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "imsmanifest.xml", _manifest())
        for kind in ("items", "stimuli", "media"):
            for name, path in _sources(kind):
                _add(archive, str(name), path.read_bytes())
    return target


def build_framework(target: Path) -> Path:
    """Write the curriculum goals of the demo as a CASE file.

    Parameters
    ----------
    target
        The JSON file to write.
    """
    catalogues = (tomllib.loads((FOLDER / subject / "catalogue.toml").read_text()) for subject in SUBJECTS)
    goals = [goal for catalogue in catalogues for goal in catalogue.get("goal", ())]
    items = [
        {"identifier": goal["code"], "humanCodingScheme": goal["code"], "fullStatement": goal["statement"]}
        for goal in goals
    ]
    headings = [{"identifier": area, "fullStatement": area} for area in dict.fromkeys(goal["area"] for goal in goals)]
    links = [
        {
            "associationType": "isChildOf",
            "originNodeURI": {"identifier": goal["code"]},
            "destinationNodeURI": {"identifier": goal["area"]},
        }
        for goal in goals
    ]
    document = {"identifier": "peil-demo", "title": "Leerdoelen van de demo, 4de leerjaar"}
    package = {"CFDocument": document, "CFItems": [*headings, *items], "CFAssociations": links}
    target.write_text(json.dumps(package, ensure_ascii=False, indent=1), encoding="utf-8")
    return target


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add one file with nothing in it that depends on today or on this machine."""
    entry = zipfile.ZipInfo(name, ZIP_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content, compresslevel=9)


def _sources(kind: str) -> Iterator[tuple[PurePosixPath, Path]]:
    """Files of one kind with their names in the package, in a fixed order."""
    for subject in SUBJECTS:
        suffix = "*.svg" if kind == "media" else "*.xml"
        for path in sorted((FOLDER / subject / kind).glob(suffix)):
            yield PurePosixPath(subject, kind, path.name), path


def _manifest() -> bytes:
    """Manifest that lists every file with its metadata and what it depends on."""
    catalogue = {entry.identifier: entry for entry in read_catalogue()}
    resources = [_item_resource(name, path, catalogue[path.stem]) for name, path in _sources("items")]
    resources += [
        _resource(name, "imsqti_stimulus_xmlv3p0", _references(name, path)) for name, path in _sources("stimuli")
    ]
    resources += [_resource(name, "webcontent", ()) for name, _ in _sources("media")]
    manifest = package.manifest(
        package.metadata(package.schema("QTI Package"), package.schemaversion("3.0.0")),
        package.organizations(),
        package.resources(*resources),
        identifier="peil-demo-bank",
    )
    content: bytes = etree.tostring(manifest, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _item_resource(name: PurePosixPath, path: Path, entry: CatalogueEntry) -> etree._Element:
    """Resource of one item, with its LOM metadata."""
    root = etree.parse(path).getroot()
    if root.get("identifier") != entry.identifier:
        raise ValueError(f"{path}: the identifier in the file is {root.get('identifier')!r}, not the file's name")
    resource = _resource(name, "imsqti_item_xmlv3p0", _references(name, path))
    resource.insert(0, package.metadata(_item_metadata(entry, root.get("title", ""))))
    return resource


def _resource(name: PurePosixPath, kind: str, needs: tuple[PurePosixPath, ...]) -> etree._Element:
    """Resource with its file and its dependencies."""
    return package.resource(
        package.file(href=str(name)),
        *(package.dependency(identifierref=_resource_identifier(other)) for other in needs),
        identifier=_resource_identifier(name),
        type=kind,
        href=str(name),
    )


def _resource_identifier(name: PurePosixPath) -> str:
    """Identifier of a resource: an item's or passage's own, a media file's from its place."""
    return name.stem if name.parts[1] != "media" else f"{name.parts[0]}-media-{name.stem}"


def _references(name: PurePosixPath, path: Path) -> tuple[PurePosixPath, ...]:
    """Files in the package that an item or passage refers to."""
    root = etree.parse(path).getroot()
    links = [str(link.get("href")) for link in root.iter(f"{QTI}qti-assessment-stimulus-ref")]
    links += [str(image.get("src")) for image in root.iter(f"{QTI}img")]
    return tuple(dict.fromkeys(_resolve(name.parent, link) for link in links))


def _resolve(folder: PurePosixPath, link: str) -> PurePosixPath:
    """Join a relative link to its folder, without ``..``."""
    parts = list(folder.parts)
    for part in PurePosixPath(link).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)


def _item_metadata(entry: CatalogueEntry, title: str) -> etree._Element:
    """LOM of one item: identifier, title, language, area, licence and curriculum goal."""

    def words(text: str) -> etree._Element:
        return lom.string(text, language="nl-BE")

    return lom.lom(
        lom.general(
            lom.identifier(lom.entry(entry.identifier)),
            lom.title(words(title)),
            lom.language("nl-BE"),
            lom.keyword(words(f"area:{entry.area}")),
        ),
        lom.rights(
            lom.copyrightAndOtherRestrictions(lom.source("LOMv1.0"), lom.value("yes")),
            lom.description(words(LICENCE)),
        ),
        lom.classification(
            lom.purpose(lom.source("LOMv1.0"), lom.value("educational objective")),
            lom.taxonPath(lom.source(words("leerdoelen")), lom.taxon(lom.id(entry.goal))),
        ),
    )
