"""Write items of the bank as a QTI 3 content package."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path

from lxml import etree
from lxml.etree import _Element
from sqlmodel import Session

from itembank.assessments import Assessment, assessments, load_assessment
from itembank.errors import ItemBankError, NotInBankError
from itembank.qti.manifest import MANIFEST, resolve
from itembank.qti.sources import ItemSource, Metadata, StimulusSource
from itembank.store import items, load_item, load_media, load_stimulus

_CP = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
_LOM = "http://ltsc.ieee.org/xsd/LOM"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of every member: the same items give the same bytes."""


def _element(parent: _Element, *path: str, text: str = "") -> _Element:
    """Append a chain of LOM elements and put text into the last."""
    for name in path:
        parent = etree.SubElement(parent, f"{{{_LOM}}}{name}")
    if text:
        parent.text = text
    return parent


def write_metadata(parent: _Element, metadata: Metadata, title: str, identifier: str) -> None:
    """Append LOM metadata as `itembank.qti.metadata` reads it.

    Parameters
    ----------
    parent : ``metadata`` of a resource
    metadata : what is known of the item
    title, identifier : of the item itself
    """
    lom = _element(parent, "lom")
    general = _element(lom, "general")
    _element(general, "identifier", "entry", text=identifier)
    _element(general, "title", "string", text=metadata.title or title)
    if metadata.language:
        _element(general, "language", text=metadata.language)
    if metadata.description:
        _element(general, "description", "string", text=metadata.description)
    words = [*metadata.keywords]
    words += [f"area:{metadata.area}"] if metadata.area else []
    words += [f"enemy:{metadata.enemy}"] if metadata.enemy else []
    for word in words:
        _element(general, "keyword", "string", text=word)
    if metadata.difficulty:
        difficulty = _element(lom, "educational", "difficulty")
        _element(difficulty, "source", text="LOMv1.0")
        _element(difficulty, "value", text=metadata.difficulty)
    if metadata.licence:
        _element(lom, "rights", "description", "string", text=metadata.licence)
    for goal, source in zip(metadata.goals, metadata.sources or ("",) * len(metadata.goals), strict=True):
        classification = _element(lom, "classification")
        purpose = _element(classification, "purpose")
        _element(purpose, "source", text="LOMv1.0")
        _element(purpose, "value", text="educational objective")
        path = _element(classification, "taxonPath")
        if source:
            _element(path, "source", "string", text=source)
        _element(path, "taxon", "id", text=goal)


def _resource(resources: _Element, identifier: str, kind: str, files: Sequence[str]) -> _Element:
    """Append a resource with its files."""
    resource = etree.SubElement(
        resources, f"{{{_CP}}}resource", identifier=identifier, type=f"imsqti_{kind}_xmlv3p0", href=files[0]
    )
    for name in files:
        etree.SubElement(resource, f"{{{_CP}}}file", href=name)
    return resource


def _describe(resource: _Element, source: ItemSource | StimulusSource) -> None:
    """Put the metadata of an item or passage before its files."""
    metadata = etree.Element(f"{{{_CP}}}metadata")
    resource.insert(0, metadata)
    write_metadata(metadata, source.metadata, source.title, source.identifier)


def _manifest(
    sources: Sequence[ItemSource],
    stimuli: Sequence[StimulusSource],
    tests: Sequence[Assessment],
    members: dict[str, tuple[str, ...]],
) -> bytes:
    """Return the manifest; ``members`` names each source's files, its own first."""
    root = etree.Element(f"{{{_CP}}}manifest", nsmap={None: _CP, "lom": _LOM}, identifier="MANIFEST")
    about = etree.SubElement(root, f"{{{_CP}}}metadata")
    etree.SubElement(about, f"{{{_CP}}}schema").text = "QTI Package"
    etree.SubElement(about, f"{{{_CP}}}schemaversion").text = "3.0.0"
    etree.SubElement(root, f"{{{_CP}}}organizations")
    resources = etree.SubElement(root, f"{{{_CP}}}resources")
    for stimulus in stimuli:
        resource = _resource(resources, f"RES-{stimulus.identifier}", "stimulus", members[stimulus.name])
        if stimulus.metadata != Metadata():
            _describe(resource, stimulus)
    for item in sources:
        resource = _resource(resources, f"RES-{item.identifier}", "item", members[item.name])
        _describe(resource, item)
        if item.stimulus:
            etree.SubElement(resource, f"{{{_CP}}}dependency", identifierref=f"RES-{item.stimulus}")
    for test in tests:
        resource = _resource(resources, f"TEST-{test.identifier}", "test", members[_test_key(test)])
        for identifier in dict.fromkeys(test.items):
            etree.SubElement(resource, f"{{{_CP}}}dependency", identifierref=f"RES-{identifier}")
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Write one member, always with the same time and rights."""
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    archive.writestr(member, content)


def _closure(db: Session, source: ItemSource | StimulusSource) -> dict[str, bytes]:
    """Return the files of one source by the path they were imported from, its own first."""
    pictures = {
        resolve(source.file, href): load_media(db, name.partition(".")[0]).content
        for href, name in sorted(source.media.items())
    }
    return {source.file: source.xml, **pictures}


def _test_key(test: Assessment) -> str:
    """Name of a test among those of items and passages, which may have the same."""
    return f"test {test.name}"


def _groups(
    sources: Sequence[ItemSource], stimuli: Sequence[StimulusSource], tests: Sequence[Assessment]
) -> list[tuple[str, ...]]:
    """Keys of what refers to each other by relative paths, and so stays together: tests first, then single items."""
    leader: dict[str, str] = {}

    def find(key: str) -> str:
        while leader.setdefault(key, key) != key:
            key = leader[key]
        return key

    names = {item.identifier: item.name for item in sources}
    for test in tests:
        for identifier in test.items:
            leader[find(names[identifier])] = find(_test_key(test))
    for item in sources:
        if item.stimulus:
            leader[find(item.name)] = find(item.stimulus_name)
    together: dict[str, list[str]] = {}
    for key in (*map(_test_key, tests), *(one.name for one in stimuli), *(one.name for one in sources)):
        together.setdefault(find(key), []).append(key)
    return [tuple(keys) for keys in together.values()]


def export_package(
    db: Session, path: Path, identifiers: Sequence[str] = (), tests: Sequence[str] = ()
) -> tuple[str, ...]:
    """Write the latest version of items, with their passages, pictures and tests, as a QTI package.

    Parameters
    ----------
    db : database session
    path : of the zip to write
    identifiers : of the items; all of the bank, and all tests, when neither items nor tests are named
    tests : identifiers of tests, which are written with all their items

    Returns
    -------
    tuple
        Names of the item versions written. Sources are written byte for byte as they came.

    Raises
    ------
    NotInBankError
        If an item or test is not in the bank.
    ItemBankError
        If two things that belong together, such as two tests with one item, came from files of the same path.
    """
    is_whole = not identifiers and not tests
    held = assessments(db) if is_whole else [load_assessment(db, identifier) for identifier in tests]
    names = {summary.identifier: summary.name for summary in items(db)}
    chosen = names if is_whole else dict.fromkeys((*identifiers, *(name for test in held for name in test.items)))
    unknown = [identifier for identifier in chosen if identifier not in names]
    if unknown:
        raise NotInBankError(f"{', '.join(unknown)}: not in the item bank. Check the name, without its version.")
    wanted = [names[identifier] for identifier in chosen]
    sources = [load_item(db, name) for name in wanted]
    stimuli = [load_stimulus(db, name) for name in sorted({item.stimulus_name for item in sources} - {""})]
    contents: dict[str, bytes] = {}
    members = _members(db, contents, sources, stimuli, held)
    with zipfile.ZipFile(path, "w") as archive:
        _write(archive, MANIFEST, _manifest(sources, stimuli, held, members))
        for name in sorted(contents):
            _write(archive, name, contents[name])
    return tuple(wanted)


def _members(
    db: Session,
    contents: dict[str, bytes],
    sources: Sequence[ItemSource],
    stimuli: Sequence[StimulusSource],
    tests: Sequence[Assessment],
) -> dict[str, tuple[str, ...]]:
    """Place the files of everything; name → its files, its own first."""
    files = {_test_key(test): {test.file: test.files[test.file]} | test.files for test in tests}
    every: list[ItemSource | StimulusSource] = [*stimuli, *sources]
    files |= {source.name: _closure(db, source) for source in every}
    members: dict[str, tuple[str, ...]] = {}
    for number, group in enumerate(_groups(sources, stimuli, tests), 1):
        together = _merged(group, files)
        folder = next(name for name in _folders(number) if not _clashes(contents, together, name))
        contents.update({f"{folder}{path}": content for path, content in together.items()})
        members |= {key: tuple(f"{folder}{path}" for path in files[key]) for key in group}
    return members


def _folders(number: int) -> Iterator[str]:
    """Where a group may go: where its files came from, else in a folder of its own."""
    yield from ("", f"{number}/")
    yield from (f"{number}-{again}/" for again in count(2))


def _clashes(contents: Mapping[str, bytes], files: Mapping[str, bytes], folder: str) -> bool:
    """Whether other files have the paths of these in a folder."""
    return any(contents.get(f"{folder}{path}", content) != content for path, content in files.items())


def _merged(group: Sequence[str], files: Mapping[str, Mapping[str, bytes]]) -> dict[str, bytes]:
    """All files of a group, which keep their places among each other."""
    together: dict[str, bytes] = {}
    for key in group:
        if _clashes(together, files[key], ""):
            why = "its files have the paths of other files, and a passage or test keeps it from moving"
            raise ItemBankError(f"{key}: {why}; export it in a package of its own (--item, --test)")
        together |= files[key]
    return together
