"""Read a whole package: everything in it is either taken or refused by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from itembank.errors import PackageError, Problem
from itembank.qti.archive import Files, open_files, refuse
from itembank.qti.assessments import AssessmentSource, read_assessment
from itembank.qti.findings import MOST_PROBLEMS
from itembank.qti.frames import shape_warnings
from itembank.qti.items import read_item
from itembank.qti.manifest import MANIFEST, Resource, read_manifest, resolve
from itembank.qti.metadata import read_metadata
from itembank.qti.nodes import name_of
from itembank.qti.package_media import MediaReader, PackageMedia
from itembank.qti.safe_xml import parse
from itembank.qti.section_files import SectionFiles
from itembank.qti.sources import ItemSource, Metadata, StimulusSource
from itembank.qti.stimuli import read_stimulus

MOST_PARTS, PARTS_PER_RESOURCE = 200_000, 120
"""Elements of bodies and rules that are held at once; a part takes up to 500 bytes, and an item has some 60."""
_Source = TypeVar("_Source", ItemSource, StimulusSource, AssessmentSource)
_METADATA = "resourcemetadata"
"""Type of a resource that describes others (IMS Content Packaging)."""
_ORDER = ("stimulus", "item", "test", "section")
"""Things are read after those that they name."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One item or passage that is not taken.

    Attributes
    ----------
    name : its path inside the package
    problems : why; at least one
    """

    name: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PackageSource:
    """A package as read; items + stimuli + tests + refused = everything in it.

    Attributes
    ----------
    items, stimuli : what can be taken
    media : pictures and recordings by stored name; their content is still in the package
    refused : what cannot
    warnings : what is left out of what is taken
    tests : its assessment tests
    """

    items: tuple[ItemSource, ...]
    stimuli: tuple[StimulusSource, ...]
    media: PackageMedia
    refused: tuple[Refused, ...]
    warnings: tuple[Problem, ...]
    tests: tuple[AssessmentSource, ...] = ()


class _TooLargeError(PackageError):
    """The package as a whole cannot be taken; reading the rest would only cost time and memory."""


def n_parts(source: ItemSource | StimulusSource) -> int:
    """Count the elements of body and rules that a source holds.

    Parameters
    ----------
    source : as read
    """
    shown = sum(1 for _ in source.body.root.iter("*"))
    if isinstance(source, StimulusSource):
        return shown
    rules = chain(source.program.nodes, *source.program.sections.values())
    return shown + sum(1 for rule in rules for _ in rule.walk())


@dataclass(slots=True)
class _Reading:
    """A package while it is read."""

    files: Files
    names: frozenset[str]
    parts_left: int
    taken: set[str] = field(default_factory=set)
    items: list[ItemSource] = field(default_factory=list)
    stimuli: list[StimulusSource] = field(default_factory=list)
    tests: list[AssessmentSource] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    sections: SectionFiles = field(init=False)
    media: MediaReader = field(init=False)

    def __post_init__(self) -> None:
        self.sections = SectionFiles(self.section)
        self.media = MediaReader(self.files, self.names)

    def content(self, resource: Resource) -> bytes:
        """Read the file of a resource."""
        if resource.path not in self.names:
            why = f"the file {resource.path[:80]!r} of resource {resource.identifier!r} is not in the package"
            raise PackageError([Problem(MANIFEST, resource.line, "file", why, "Add it or correct the manifest")])
        if resource.path in self.taken:
            why = f"the manifest names the file {resource.path[:80]!r} twice"
            raise PackageError([Problem(MANIFEST, resource.line, "file", why, "Name it once")])
        self.taken.add(resource.path)
        try:
            return self.files.read(resource.path)
        except PackageError as error:
            raise error.at(MANIFEST, resource.line, f"file {resource.path[:80]}") from None

    def hold(self, source: ItemSource | StimulusSource) -> None:
        """Count what is kept of a file, and give the whole package up when it is too much."""
        self.parts_left -= n_parts(source)
        if self.parts_left < 0:
            why = "all items together have more parts than can be held"
            raise _TooLargeError([Problem(source.file, source.line, "package", why, "Split the package")])

    def read_stimulus(self, resource: Resource) -> None:
        """Read one passage."""
        stimulus = read_stimulus(self.content(resource), file=resource.path, metadata=resource.metadata)
        self.hold(stimulus)
        self.stimuli.append(replace(stimulus, media=self.media.of(stimulus.body, resource.path)))

    def read_item(self, resource: Resource) -> None:
        """Read one item."""
        item = read_item(self.content(resource), file=resource.path, metadata=resource.metadata)
        self.hold(item)
        passage = self._passage(item)
        taken = replace(item, media=self.media.of(item.body, resource.path), stimulus=passage)
        self.warnings += shape_warnings(taken, self.media.known)
        self.items.append(taken)

    def _passage(self, item: ItemSource) -> str:
        """Identifier of the passage that an item refers to, by address or else by name."""
        if not item.stimulus and not item.stimulus_href:
            return ""
        path = resolve(item.file, item.stimulus_href) if item.stimulus_href else ""
        for stimulus in self.stimuli:
            if stimulus.file == path or (not path and stimulus.identifier == item.stimulus):
                return stimulus.identifier
        why = f"its passage {(item.stimulus_href or item.stimulus)[:80]!r} is not in the package or was refused"
        what, line = f"item {item.identifier}", item.stimulus_line
        raise PackageError([Problem(item.file, line, what, why, "Add or correct the passage")])

    def read_test(self, resource: Resource) -> None:
        """Read one assessment test, whose items are read already."""
        self.content(resource)
        test = read_assessment(resource.path, self.sections)
        known = {item.file: item for item in self.items}
        problems = [
            Problem(one.file, one.line, f"test {test.identifier}", self.no_item(one.path), "Add or correct the item")
            for one in test.references
            if one.path not in known
        ][:MOST_PROBLEMS]
        if problems:
            raise PackageError(problems)
        items = [known[one.path] for one in test.references]
        unfit = {item.identifier: item.obstacle for item in items if item.obstacle}
        self.tests.append(replace(test, items=tuple(item.identifier for item in items), unfit=unfit))

    def no_item(self, path: str) -> str:
        """Say why an item of a test is not there."""
        what = "was refused" if path in self.taken else "is not an item of the package"
        return f"its item {path[:80]!r} {what}"

    def section(self, path: str) -> bytes:
        """Read a file that a test names."""
        if path not in self.names:
            why = f"the section {path[:80]!r} is not in the package"
            raise PackageError([Problem(path, 0, "file", why, "Add it or correct the address")])
        self.taken.add(path)
        return self.files.read(path)

    def take(self, resource: Resource) -> None:
        """Read one resource, or note why it is refused."""
        try:
            if resource.kind == "stimulus":
                self.read_stimulus(resource)
            elif resource.kind == "item":
                self.read_item(resource)
            elif resource.kind == "test":
                self.read_test(resource)
            elif resource.kind == "section":
                self.pass_section(resource)
            else:
                why = f"resources of type {resource.type[:60]!r} are not supported"
                problem = Problem(MANIFEST, resource.line, f"resource {resource.identifier}", why, "Leave it out")
                raise PackageError([problem])
        except _TooLargeError:
            raise
        except PackageError as error:
            self.refused.append(Refused(resource.path or resource.identifier, error.problems))

    def pass_section(self, resource: Resource) -> None:
        """Say that a section is not used, unless some test took it."""
        if resource.path not in self.taken:
            self.content(resource)
            why = "no test of the package uses it"
            what = f"section {resource.path[:80]}"
            self.warnings.append(Problem(MANIFEST, resource.line, what, why, "Nothing to do"))

    def refuse_doubles(self, kind: str, sources: list[_Source]) -> tuple[_Source, ...]:
        """Refuse all things of one kind that share an identifier: nobody can say which is meant."""
        counts = Counter(source.identifier for source in sources)
        for source in sources:
            if counts[source.identifier] > 1:
                why = f"{counts[source.identifier]} files of the package have this identifier"
                what = f"{kind} {source.identifier}"
                problem = Problem(source.file, source.line, what, why, "Give each its own identifier")
                self.refused.append(Refused(source.file, (problem,)))
        return tuple(source for source in sources if counts[source.identifier] == 1)

    def done(self, path: Path) -> PackageSource:
        """Return the package as read from a path."""
        items = self.refuse_doubles("item", self.items)
        stimuli = self.refuse_doubles("stimulus", self.stimuli)
        tests, without = whole_tests(self.refuse_doubles("test", self.tests), {item.identifier for item in items})
        own = [*chain(*(passage.warnings for passage in stimuli)), *chain(*(item.warnings for item in items))]
        own += [left for test in tests for left in (*test.not_honoured, *_left_out(test))]
        refused, warnings = (*self.refused, *without), (*self.media.warnings, *self.warnings, *own)
        return PackageSource(items, stimuli, PackageMedia(path, self.media.known), refused, warnings, tests)


def whole_tests(
    tests: Iterable[AssessmentSource], kept: Set[str]
) -> tuple[tuple[AssessmentSource, ...], list[Refused]]:
    """Tests whose items all stay, and those that are refused because one does not.

    Parameters
    ----------
    tests : whose items were all there
    kept : identifiers of the items that stay
    """
    whole, refused = [], []
    for test in tests:
        problems = tuple(
            Problem(one.file, one.line, f"test {test.identifier}", f"its item {item} was refused", "Correct the item")
            for item, one in zip(test.items, test.references, strict=True)
            if item not in kept
        )[:MOST_PROBLEMS]
        if problems:
            refused.append(Refused(test.file, problems))
        else:
            whole.append(test)
    return tuple(whole), refused


def _left_out(test: AssessmentSource) -> Iterator[Problem]:
    """Name the items that the design of a test cannot give, by their reason."""
    places = dict(zip(reversed(test.items), reversed(test.references), strict=True))  # the first of each
    for why in dict.fromkeys(test.unfit.values()):
        names = [name for name, reason in test.unfit.items() if reason == why]
        told = f"{', '.join(names[:5])}{' …' if len(names) > 5 else ''} ({len(names)} in all): not in its design: {why}"
        place, remedy = places[names[0]], "Rate them apart, or correct the items"
        yield Problem(place.file, place.line, f"test {test.identifier}", told, remedy)


def _kind_of_file(content: bytes, name: str) -> str:
    """Kind of a file without manifest, by its root element; what cannot be parsed is taken for an item, and refused."""
    try:
        root = name_of(parse(content, name))
    except PackageError:
        return "item"
    return {"assessmentItem": "item", "assessmentStimulus": "stimulus", "assessmentTest": "test"}.get(root, "other")


def _loose_resources(files: Files, names: Iterable[str]) -> list[Resource]:
    """Items and passages of a folder without a manifest."""
    found = []
    for name in sorted(names):
        if name.lower().endswith(".xml"):
            kind = _kind_of_file(files.read(name), name)
            if kind != "other":
                found.append(Resource(name, kind, kind, name, 0, Metadata()))
    return found


def _with_shared_metadata(files: Files, names: frozenset[str], resources: Sequence[Resource]) -> list[Resource]:
    """Take over licence and language from the package's one file of metadata, where a resource says nothing itself."""
    shared = [one.path for one in resources if one.type.lower().startswith(_METADATA) and one.path in names]
    if len(shared) != 1:
        return list(resources)
    package = read_metadata(parse(files.read(shared[0]), shared[0]))
    return [replace(one, metadata=one.metadata.within(package)) for one in resources]


def _resources(files: Files, names: frozenset[str], path: Path) -> list[Resource]:
    """Everything that should be read, passages first."""
    if path.is_file() and path.suffix.lower() == ".xml":
        resources = [Resource(path.name, "item", "item", path.name, 0, Metadata())]
    elif MANIFEST in names:
        listed = _with_shared_metadata(files, names, read_manifest(files.read(MANIFEST)))
        resources = [resource for resource in listed if resource.kind != "other"]
    elif path.is_dir():
        resources = _loose_resources(files, names)
    else:
        raise refuse(files.label, f"the zip has no {MANIFEST} at its top, so it is no QTI package", "Add the manifest")
    if not any(resource.kind in ("item", "stimulus", "unknown") for resource in resources):
        error = refuse(files.label, "it holds no QTI item", "Give a package, folder or file with items")
        raise error.at(MANIFEST, int(MANIFEST in names), "package")
    return sorted(resources, key=lambda one: _ORDER.index(one.kind) if one.kind in _ORDER else 1)


def read_package(path: Path) -> PackageSource:
    """Read a package (zip with a manifest), a folder or a single item.

    Parameters
    ----------
    path : where it is

    Raises
    ------
    PackageError
        If it is no package at all, or too large to be held; what is wrong with single items is in ``refused``.
    """
    with open_files(path) as files:
        names = files.names()
        resources = _resources(files, names, path)
        reading = _Reading(files, names, MOST_PARTS + PARTS_PER_RESOURCE * len(resources))
        for resource in resources:
            reading.take(resource)
        return reading.done(path)
