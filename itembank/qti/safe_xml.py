"""XML from strangers: no document type, no entity, no network, bounded in size, depth and number of elements."""

from __future__ import annotations

import codecs
import re

from lxml import etree
from lxml.etree import _Element

from itembank.errors import PackageError, Problem

MAX_BYTES = 2_000_000
"""An item with all its text is a few tens of kilobytes."""
MAX_DEPTH = 100
MAX_ELEMENTS = 20_000
"""The largest item of others that we have has 516."""
MAX_ATTRIBUTES = 1_000
"""Of one element; looking them up takes time with their square."""
MARKS_PER_ELEMENT = 4
"""A tag is one mark, an attribute two, for it takes twice the memory; real files have two or three per element."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ENCODINGS = {"utf-8", "utf-16", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_INCLUSIONS = frozenset(f"{{http://www.w3.org/{year}/XInclude}}include" for year in (2001, 2003))
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def _refuse(file: str, line: int, why: str, remedy: str) -> PackageError:
    """Return the error with one problem."""
    return PackageError([Problem(file, line, "XML", why, remedy)])


def _encoding(content: bytes, file: str) -> str:
    """Encoding by byte order mark, then by declaration, then UTF-8."""
    for mark, name in _BOMS:
        if content.startswith(mark):
            return name
    declared = _DECLARED.match(content[:200])
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    if name not in _ENCODINGS:
        raise _refuse(file, 1, f"the encoding {name} is not supported", "Save the file as UTF-8")
    return name


def _decoded(content: bytes, file: str) -> str:
    """Text of the file, in the encoding that it says."""
    try:
        text = content.decode(_encoding(content, file))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise _refuse(
            file, line, "the bytes are not in the encoding that the file declares", "Save it as UTF-8"
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _refuse(file, line, "there is a zero character, so the encoding is not declared", "Save it as UTF-8")
    return text.removeprefix("\ufeff")


def _line_of_mark(text: str, most: int) -> int:
    """Line on which there are more tags and attributes than that, an attribute counted twice."""
    marks = 0
    for found in re.finditer("[<=]", text):
        marks += 1 if found[0] == "<" else 2
        if marks > most:
            return text.count("\n", 0, found.start()) + 1
    return 1


def _refuse_bomb(text: str, file: str, max_elements: int) -> None:
    """Refuse a document type, and what would be too large, before any parser sees it."""
    found = _DOCTYPE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise _refuse(file, line, "a document type or entity is declared", "Remove the <!DOCTYPE …> part")
    marks = text.count("<") + 2 * text.count("=")
    if marks > MARKS_PER_ELEMENT * max_elements:
        why = f"there are more than {max_elements} elements, or too many attributes"
        raise _refuse(file, _line_of_mark(text, MARKS_PER_ELEMENT * max_elements), why, "Split the file")
    if marks > MAX_ATTRIBUTES:
        _refuse_wide(text, file)


def _refuse_wide(text: str, file: str) -> None:
    """Refuse an element with too many attributes, before any parser looks them up."""
    line = 1
    for part in text.split("<"):
        if part.count("=") > MAX_ATTRIBUTES:
            raise _refuse(file, line, f"an element has more than {MAX_ATTRIBUTES} attributes", "Leave them out")
        line += part.count("\n")


def _check_shape(root: _Element, file: str, max_elements: int) -> None:
    """Refuse a tree that is too deep or too large, or that asks for parts of other files (XInclude, anywhere)."""
    depth, n_elements = 0, 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        n_elements += event == "start"
        if event == "start" and element.tag in _INCLUSIONS:
            why = "include: parts of other files are not supported"
            raise _refuse(file, element.sourceline or 0, why, "Write the content in this file")
        if depth > MAX_DEPTH:
            why = f"elements are nested deeper than {MAX_DEPTH}"
            raise _refuse(file, element.sourceline or 0, why, "Flatten the content")
        if n_elements > max_elements:
            raise _refuse(
                file, element.sourceline or 1, f"there are more than {max_elements} elements", "Split the file"
            )


def parse(content: bytes, file: str, *, max_bytes: int = MAX_BYTES, max_elements: int = MAX_ELEMENTS) -> _Element:
    """Parse XML without trusting it; comments and processing instructions are dropped.

    Parameters
    ----------
    content : the file's bytes
    file : its name, for messages
    max_bytes, max_elements : how large it may be

    Raises
    ------
    PackageError
        If it is too large, wide or deep, declares a document type or entity, uses another encoding than it says, or is
        not well-formed; the problem names the line.
    """
    if len(content) > max_bytes:
        line = content.count(b"\n", 0, max_bytes) + 1  # where it becomes too large
        raise _refuse(file, line, f"the file is larger than {max_bytes // 1_000_000} MB", "Split it")
    text = _decoded(content, file)
    _refuse_bomb(text, file, max_elements)
    parser = etree.XMLParser(  # what was inspected is what is parsed: libxml2 guesses other encodings than we do
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = (getattr(error, "lineno", 0) or 1) if isinstance(error, etree.XMLSyntaxError) else 1
        message = str(error).split(", line ")[0].rstrip(".")
        raise _refuse(file, line, f"not well-formed ({message})", "Repair the XML") from None
    _check_shape(root, file, max_elements)
    return root
