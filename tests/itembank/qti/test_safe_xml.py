"""XML from strangers."""

from __future__ import annotations

import codecs

import pytest

from itembank.errors import PackageError
from itembank.qti.safe_xml import MAX_BYTES, parse

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;&x;&x;">]>
<a>&y;</a>"""
EXTERNAL = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (BOMB, "a document type or entity is declared"),
        (EXTERNAL, "a document type or entity is declared"),
        (EXTERNAL.decode().encode("utf-16"), "a document type or entity is declared"),
        (b"<a><b></a>", "not well-formed"),
        (b"", "not well-formed"),
        (b"<a>&unknown;</a>", "not well-formed"),
        ('<?xml version="1.0" encoding="utf-8"?><a>é</a>'.encode("latin-1"), "not in the encoding"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "the encoding utf-7 is not supported"),
        (b"<a>" + b" " * MAX_BYTES + b"</a>", "larger than 2 MB"),
        (b"<a>" * 150 + b"</a>" * 150, "nested deeper than 100"),
        (b"<a>" + b"<b/>" * 20_001 + b"</a>", "more than 20000 elements"),
        (b"<a>" + b"<b/>" * 100_001 + b"</a>", "more than 20000 elements"),
        (f"<a {' '.join(f'x{n}=_' for n in range(1_001))}/>".replace("_", "''").encode(), "more than 1000 attributes"),
        (EXTERNAL.decode().encode("utf-16-le"), "zero character"),
        (b'<?xml version="1.0" encoding="utf-16"?> ' + EXTERNAL, "not in the encoding|not well-formed"),
        (b'<a><i:include xmlns:i="http://www.w3.org/2001/XInclude" href="b"/></a>', "parts of other files are not"),
    ],
)
def test_hostile_or_broken_xml_is_refused_in_one_sentence(content: bytes, why: str) -> None:
    with pytest.raises(PackageError, match=why) as caught:
        parse(content, "item.xml")
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].file == "item.xml"
    assert "\n" not in str(caught.value)


def test_the_line_of_a_mistake_is_named() -> None:
    with pytest.raises(PackageError) as caught:
        parse(b"<a>\n<b>\n</a>", "item.xml")
    assert caught.value.problems[0].line == 3


def test_a_declared_entity_is_found_on_its_line() -> None:
    with pytest.raises(PackageError) as caught:
        parse(b"<?xml version='1.0'?>\n\n<!DOCTYPE a><a/>", "item.xml")
    assert caught.value.problems[0].line == 3


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + "<a>é</a>".encode(),
        "<a>é</a>".encode("utf-16"),
        "<?xml version='1.0' encoding='ISO-8859-1'?><a>é</a>".encode("latin-1"),
        "<?xml version='1.0' encoding='windows-1252'?><a>é</a>".encode("cp1252"),
    ],
)
def test_the_usual_encodings_are_read(content: bytes) -> None:
    assert parse(content, "item.xml").text == "é"


def test_comments_and_processing_instructions_are_dropped() -> None:
    root = parse(b"<a><!-- key: B --><?php key?><b/></a>", "item.xml")
    assert [child.tag for child in root] == ["b"]


@pytest.mark.parametrize(
    ("content", "limits", "line"),
    [
        ("<a>\n" + "<b/>\n" * 20 + "</a>", {"max_elements": 10}, 11),  # the root and nine of them are ten
        ("<a>\n" + '<b c="" d=""/>\n' * 20 + "</a>", {"max_elements": 10}, 9),  # 1 mark, then 5 a line: 41 on the ninth
        ("<a>\n<b/>\n<c " + " ".join(f'x{n}=""' for n in range(1001)) + "/></a>", {}, 3),
        ("<a>\n" + "b\n" * 3000 + "</a>", {"max_bytes": 2004}, 1002),  # four bytes, then two a line
    ],
    ids=["elements", "marks", "attributes", "bytes"],
)
def test_what_is_too_large_names_the_line_where_it_becomes_so(content: str, limits: dict[str, int], line: int) -> None:
    with pytest.raises(PackageError) as caught:
        parse(content.encode(), "item.xml", **limits)
    assert [problem.line for problem in caught.value.problems] == [line]
