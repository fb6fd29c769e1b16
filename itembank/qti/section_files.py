"""Files that assessment tests take their sections from: each is read and parsed once for a whole package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml.etree import _Element

from itembank.qti.findings import Findings
from itembank.qti.safe_xml import parse

MOST_ELEMENTS = 200_000
"""Of all tests of a package; a section counts each time that a test refers to it. An item of a test takes some 3."""


@dataclass(slots=True)
class SectionFiles:
    """The files, and how much of them may still be read.

    Attributes
    ----------
    content : returns the bytes of a path inside the package, or raises PackageError
    elements_left : elements that may still be parsed or gone through
    """

    content: Callable[[str], bytes]
    elements_left: int = MOST_ELEMENTS
    _known: dict[str, tuple[bytes, _Element]] = field(default_factory=dict)

    def read(self, path: str) -> tuple[bytes, _Element]:
        """Bytes and root of one file.

        Raises
        ------
        PackageError
            If it is not there or cannot be parsed.
        """
        if path not in self._known:
            content = self.content(path)
            root = parse(content, path)
            self.elements_left -= sum(1 for _ in root.iter("*"))
            self._known[path] = content, root
        return self._known[path]

    def spend(self, n_elements: int, where: _Element, findings: Findings) -> None:
        """Count elements that are gone through.

        Raises
        ------
        PackageError
            If the tests of the package have more than can be read.
        """
        self.elements_left -= n_elements
        if self.elements_left < 0:
            why = f"the tests of the package have more than {MOST_ELEMENTS} elements, each use of a section counted"
            findings.give_up(where, why, "Split the package, or leave out of the sections what no test needs")
