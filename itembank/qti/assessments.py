"""Read an assessment test: which items it gives in which order, and what of it a design of ours cannot honour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from itembank.errors import PackageError, Problem
from itembank.markup import local_name
from itembank.qti.addresses import is_foreign
from itembank.qti.bodies import is_for_raters
from itembank.qti.findings import Findings
from itembank.qti.items import IDENTIFIER
from itembank.qti.manifest import resolve
from itembank.qti.nodes import attribute, name_of, plain_number
from itembank.qti.section_files import SectionFiles

MOST_SECTIONS, MOST_ITEMS = 500, 2_000
"""Of one test, sections of other files counted as often as they are referred to."""
LONGEST_SECONDS = 24 * 3600
_KEPT = "It stays in the stored test and is exported"
_PARTS = ("testPart", "assessmentSection", "assessmentSectionRef", "assessmentItemRef")
_NOT_HONOURED = {
    "preCondition": "conditions before a part are not honoured: it is given to everybody",
    "branchRule": "branch rules are not honoured: what follows is given to everybody",
    "adaptiveSelection": "a selection by an engine of others is not honoured: all is given",
    "outcomeProcessing": "rules for outcomes of the test are not used: abilities come from a calibration",
    "testFeedback": "feedback of a test is not shown",
    "stylesheet": "style sheets of the package are not used",
    "weight": "weights are not used: items count by their points and their calibration",
    "variableMapping": "outcomes are not renamed",
    "templateDefault": "defaults of template variables are not used",
}
_CONTROL = {
    "maxAttempts": ("1", "an item is answered once"),
    "showFeedback": ("false", "no feedback is shown"),
    "allowReview": ("false", "pupils do not go back"),
    "showSolution": ("false", "no solution is shown"),
    "allowComment": ("false", "comments cannot be written"),
    "allowSkipping": ("true", "pupils may go on without an answer"),
    "validateResponses": ("false", "an answer need not be valid"),
}
"""Attributes of itemSessionControl → what a test of ours does, in the standard's word and in ours."""


@dataclass(frozen=True, slots=True)
class ItemReference:
    """A place of a test where an item stands.

    Attributes
    ----------
    identifier : of the place
    path : of the item's file inside the package
    file, line : where the test says so
    section : title of the section it stands in
    """

    identifier: str
    path: str
    file: str
    line: int
    section: str


@dataclass(frozen=True, slots=True, eq=False)
class AssessmentSource:
    """An assessment test as read.

    Attributes
    ----------
    identifier, title : from the test
    file : path of its file inside the package
    references : the items in order, through all parts and sections
    time_limit_ms : working time in milliseconds; 0 means none
    files : path → bytes of its own file and of the sections that it takes from other files
    not_honoured : what a design cannot say, with file and line
    items : identifiers of the items, parallel to ``references``; known once they are read
    unfit : items that no test of ours can give, with the reason
    line : of its root in the file
    """

    identifier: str
    title: str
    file: str
    references: tuple[ItemReference, ...]
    time_limit_ms: int
    files: dict[str, bytes]
    not_honoured: tuple[Problem, ...]
    items: tuple[str, ...] = ()
    unfit: dict[str, str] = field(default_factory=dict)
    line: int = 0


def read_assessment(file: str, sources: SectionFiles) -> AssessmentSource:
    """Read an ``assessmentTest`` of QTI 2.1, 2.2 or 3.0.

    Parameters
    ----------
    file : its path inside the package
    sources : the package's files of tests and sections

    Raises
    ------
    PackageError
        If it is none, its sections circle or are too many, or a file is not there; every problem names its line.
    """
    content, root = sources.read(file)
    files = {file: content}
    findings = Findings(file, f"test {attribute(root, 'identifier')[:60] or '(no identifier)'}")
    if name_of(root) != "assessmentTest":
        why = f"the root element is {local_name(root)}, so this is no QTI test"
        raise PackageError([Problem(file, root.sourceline or 1, "file", why, "Give a qti-assessment-test")])
    identifier = attribute(root, "identifier")
    if not IDENTIFIER.fullmatch(identifier) or not identifier.isprintable():
        findings.refuse(root, "identifier", f"{identifier[:60]!r} is no usable identifier", "Give it a short one")
    reading = _Reading(sources, files, findings)
    reading.read_parts(root, "")
    time_limit_ms = reading.time_limit(root)
    if not reading.references and not findings.problems:
        findings.refuse(root, "", "it gives no items", "Add items, or leave the test out")
    findings.raise_if_refused()
    return AssessmentSource(
        identifier=identifier,
        title=attribute(root, "title") or identifier,
        file=file,
        references=tuple(reading.references),
        time_limit_ms=time_limit_ms,
        files=files,
        not_honoured=tuple(reading.left.values()),
        line=root.sourceline or 1,
    )


@dataclass(slots=True)
class _Reading:
    """A test while it is read; ``findings`` is of the file that is being read."""

    sources: SectionFiles
    files: dict[str, bytes]
    findings: Findings
    references: list[ItemReference] = field(default_factory=list)
    left: dict[tuple[str, str], Problem] = field(default_factory=dict)
    open_files: list[str] = field(default_factory=list)
    n_sections: int = 0

    def leave(self, where: _Element, why: str) -> None:
        """Note what is not honoured: every kind once a file, at its first line."""
        file, line, what = self.findings.file, where.sourceline or 0, f"{self.findings.subject}: {local_name(where)}"
        self.left.setdefault((file, what + why), Problem(file, line, what, why, _KEPT))

    def read_parts(self, element: _Element, section: str) -> None:
        """Read what stands in a test, part or section, in order."""
        names = {child: name_of(child) for child in element.iterchildren("*")}
        self.sources.spend(len(names), element, self.findings)
        n_parts = sum(name in _PARTS for name in names.values())
        for child, name in names.items():
            if name in _PARTS:
                self._read_part(child, name, section)
            elif name in _NOT_HONOURED and not _changes_nothing(child, name):
                self.leave(child, _NOT_HONOURED[name])
            elif name == "itemSessionControl":
                self._control(child)
            elif name == "selection":
                self._selection(child, n_parts)
            elif name == "ordering" and attribute(child, "shuffle") == "true":
                self.leave(child, "a shuffled order is not honoured: all pupils get the order of the file")
            elif name == "rubricBlock" and not is_for_raters(child):
                self.leave(child, "instructions of a test or section are not shown")

    def _read_part(self, element: _Element, name: str, section: str) -> None:
        """Read a part, a section, or a reference to either or to an item."""
        if name != "testPart":
            self._count(element)
        if name == "assessmentItemRef":
            self._read_reference(element, section)
        elif name == "assessmentSectionRef":
            self._read_file(element)
        else:
            if attribute(element, "navigationMode") == "nonlinear":
                self.leave(element, "free navigation is not honoured: pupils do not go back")
            if attribute(element, "submissionMode") == "simultaneous":
                self.leave(element, "handing in all at once is not honoured: each answer is sent by itself")
            self._other_limits(element)
            self.read_parts(element, attribute(element, "title") or section)

    def _count(self, element: _Element) -> None:
        """Count sections, and give up when they are too many."""
        self.n_sections += name_of(element) != "assessmentItemRef"
        if self.n_sections > MOST_SECTIONS or len(self.references) >= MOST_ITEMS:
            why = f"it has more than {MOST_SECTIONS} sections or {MOST_ITEMS} items"
            self.findings.give_up(element, why, "Split the test")

    def _read_reference(self, element: _Element, section: str) -> None:
        """Note the place of an item."""
        path = self._path(element)
        name, line = attribute(element, "identifier"), element.sourceline or 0
        self.references.append(ItemReference(name, path, self.findings.file, line, section))
        self._other_limits(element)
        self.read_parts(element, section)

    def _path(self, element: _Element) -> str:
        """Path inside the package that a reference leads to; "" where it leads out of it."""
        href = attribute(element, "href")
        path = "" if is_foreign(href) else resolve(self.findings.file, href)
        if not path or path.startswith(".."):
            why = f"the address {href[:60]!r} is not a file of the package"
            self.findings.refuse(element, local_name(element), why, "Refer to a file of the package by a relative path")
            return ""
        return path

    def _read_file(self, element: _Element) -> None:
        """Read a section of another file, as if it stood here."""
        path, outer = self._path(element), self.findings
        if not path:
            return
        if path in self.open_files or path == outer.file:
            self.findings.give_up(element, f"the section {path[:60]!r} is inside itself", "Break the circle")
        try:
            self.files[path], root = self.sources.read(path)
        except PackageError as error:
            raise error.at(outer.file, element.sourceline or 0, f"{outer.subject}: {local_name(element)}") from None
        self.findings = Findings(path, outer.subject)
        if name_of(root) != "assessmentSection":
            why = f"the root element is {local_name(root)}, so this is no QTI section"
            self.findings.give_up(root, why, "Give a qti-assessment-section")
        self.open_files.append(outer.file)
        self._read_part(root, "assessmentSection", "")
        self.open_files.pop()
        outer.problems += self.findings.problems
        self.findings = outer

    def _selection(self, element: _Element, held: int) -> None:
        """Say that a draw of some parts is not honoured, unless it takes them all."""
        select = attribute(element, "select")
        if select != str(held) or attribute(element, "withReplacement") == "true":
            self.leave(element, f"a draw of {select[:9]!r} of {held} is not honoured: all {held} are given")

    def _control(self, element: _Element) -> None:
        """Name every rule of the session of an item that a test of ours does not keep."""
        for name, (ours, words) in _CONTROL.items():
            if attribute(element, name, ours) != ours:
                self.leave(element, f"{name} is {attribute(element, name)[:20]!r}, and in a test of ours {words}")

    def _other_limits(self, element: _Element) -> None:
        """Name the times of parts, sections and items."""
        for limits in _times(element):
            self.leave(limits, "time limits of a part, section or item are not honoured, only those of the test")

    def time_limit(self, root: _Element) -> int:
        """Working time of the whole test in milliseconds; 0 where it gives none."""
        most = 0
        for limits in _times(root):
            if attribute(limits, "minTime"):
                self.leave(limits, "a least time is not honoured")
            if attribute(limits, "allowLateSubmission") == "true":
                self.leave(limits, "late answers are marked and kept, whatever the test says")
            seconds = plain_number(attribute(limits, "maxTime"))
            if attribute(limits, "maxTime") and not 0.0 < seconds <= LONGEST_SECONDS:
                why = f"maxTime is {attribute(limits, 'maxTime')[:20]!r}"
                self.findings.refuse(limits, local_name(limits), why, "Give seconds, at most those of a day")
            most = round(seconds * 1000)
        return most


def _changes_nothing(element: _Element, name: str) -> bool:
    """Whether it is a weight of 1."""
    return name == "weight" and plain_number(attribute(element, "value")) == 1.0


def _times(element: _Element) -> Iterator[_Element]:
    """Time limits of an element itself."""
    return (child for child in element.iterchildren("*") if name_of(child) == "timeLimits")
