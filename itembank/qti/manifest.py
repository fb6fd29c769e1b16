"""The manifest of a package: which files are items and passages, and what is said about them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from urllib.parse import unquote

from lxml import etree
from lxml.etree import _Element

from itembank.errors import PackageError, Problem
from itembank.qti.metadata import read_metadata
from itembank.qti.safe_xml import parse
from itembank.qti.sources import Metadata

MANIFEST = "imsmanifest.xml"
MAX_BYTES = 20_000_000
MAX_ELEMENTS = 300_000
"""15 an item of a package of 20,000; more would take over 200 MB of memory."""
_KINDS = (
    ("imsqti_item_xmlv", "item"),
    ("imsqti_stimulus_xmlv", "stimulus"),
    ("imsqti_test_xmlv", "test"),
    ("imsqti_section_xmlv", "section"),
)
_FAMILY = "imsqti_"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a manifest.

    Attributes
    ----------
    identifier : its name in the manifest
    kind : ``item``, ``stimulus``, ``test``, ``section``, ``unknown`` (some other part of QTI) or ``other``
    type : as written
    path : of its file inside the package
    line : in the manifest
    metadata : what is said about it
    """

    identifier: str
    kind: str
    type: str
    path: str
    line: int
    metadata: Metadata


def resolve(base: str, href: str) -> str:
    """Path inside the package of an address relative to a file.

    Parameters
    ----------
    base : path of the file that holds the address
    href : as written; may be percent-encoded

    Returns
    -------
    str
        May start with ``..`` when it leads out of the package; the caller looks it up among the package's names.
    """
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(href.split("#")[0])))


def _kind(type_name: str) -> str:
    """Kind of a resource by its type, whatever the version."""
    lowered = type_name.lower()
    for start, kind in _KINDS:
        if lowered.startswith(start):
            return kind
    return "unknown" if lowered.startswith(_FAMILY) else "other"


def _resource(element: _Element) -> Resource:
    """Read one resource."""
    href = element.get("href") or next((child.get("href") or "" for child in element if child.get("href")), "")
    metadata = next((child for child in element if etree.QName(child).localname == "metadata"), None)
    return Resource(
        identifier=element.get("identifier", ""),
        kind=_kind(element.get("type", "")),
        type=element.get("type", ""),
        path=resolve(MANIFEST, href) if href else "",
        line=element.sourceline or 0,
        metadata=Metadata() if metadata is None else read_metadata(metadata),
    )


def read_manifest(content: bytes) -> tuple[Resource, ...]:
    """Read the resources of a manifest; what it says of the whole package holds for each that says nothing itself.

    Parameters
    ----------
    content : bytes of ``imsmanifest.xml``

    Raises
    ------
    PackageError
        If it is no manifest or names no resource.
    """
    root = parse(content, MANIFEST, max_bytes=MAX_BYTES, max_elements=MAX_ELEMENTS)
    about = next((child for child in root.iterchildren("*") if etree.QName(child).localname == "metadata"), None)
    package = Metadata() if about is None else read_metadata(about)
    found = (_resource(element) for element in root.iter("*") if etree.QName(element).localname == "resource")
    resources = tuple(replace(resource, metadata=resource.metadata.within(package)) for resource in found)
    if etree.QName(root).localname != "manifest" or not resources:
        raise PackageError([Problem(MANIFEST, 1, "manifest", "it names no resources", "Give a QTI package")])
    return resources
