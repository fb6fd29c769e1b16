"""Pictures."""

from __future__ import annotations

import hashlib

import pytest

from itembank.errors import PackageError
from itembank.media import read_media

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x09\0\0\0\x09\x08\x06\0\0\0"
JPEG = b"\xff\xd8\xff\xe0\0\x04JF\xff\xc0\0\x0b\x08\0\x09\0\x09\x01\x01\x11\0"
GIF = b"GIF89a\x09\0\x09\0\0\0\0!\xfe\x02hi\0,\0\0\0\0\x09\0\x09\0\0\x02\x02L\x01\0;"
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


def clean(inner: str) -> tuple[str, tuple[str, ...]]:
    """Return the cleaned drawing and what was taken out."""
    media = read_media(f"{HEAD}{inner}</svg>".encode(), "x.svg")
    return media.content.decode(), media.removed


@pytest.mark.parametrize(
    ("content", "media_type", "extension"),
    [(PNG, "image/png", "png"), (JPEG, "image/jpeg", "jpg"), (GIF, "image/gif", "gif")],
)
def test_a_picture_is_known_by_its_content(content: bytes, media_type: str, extension: str) -> None:
    media = read_media(content, "whatever.exe")
    assert (media.media_type, media.name) == (media_type, f"{hashlib.sha256(content).hexdigest()}.{extension}")
    assert media.content == content


@pytest.mark.parametrize("content", [b"", b"<html/>", b"%PDF-1.7", b"PK\x03\x04"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PackageError, match="neither PNG, JPEG, GIF nor SVG"):
        read_media(content, "x.png")


def test_a_drawing_keeps_its_shapes_text_and_gradients() -> None:
    inner = (
        '<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
        '<style>.a{fill:url(#g)}</style><rect class="a" width="5" height="5" fill="url(#g)" style="stroke:red"/>'
        '<text x="1" y="2">5 cm</text><use href="#g"/>'
    )
    content, removed = clean(inner)
    assert removed == ()
    for part in ("linearGradient", 'fill="url(#g)"', ".a{fill:url(#g)}", "5 cm", 'href="#g"', 'style="stroke:red"'):
        assert part in content


@pytest.mark.parametrize(
    ("inner", "taken_out"),
    [
        ("<script>alert(1)</script>", "element script"),
        ('<g><SCRIPT xmlns="http://www.w3.org/1999/xhtml">x</SCRIPT></g>', "element SCRIPT"),
        ("<foreignObject><p/></foreignObject>", "element foreignObject"),
        ('<image href="https://evil.example/x.png"/>', "element image"),
        ('<animate attributeName="href" values="javascript:1"/>', "element animate"),
        ('<set attributeName="onload" to="x"/>', "element set"),
        ('<rect onload="x()"/>', "attribute onload"),
        ('<rect ONCLICK="x()"/>', "attribute ONCLICK"),
        ('<use href="https://evil.example/x.svg#a"/>', "attribute href"),
        ('<use xlink:href="data:image/svg+xml;base64,AA"/>', "attribute href"),
        ('<rect fill="url(https://evil.example/x)"/>', "attribute fill"),
        ("<rect fill=\"url('//evil.example/x')\"/>", "attribute fill"),
        ('<rect style="background:url( https://evil.example )"/>', "attribute style"),
        ("<style>@import 'https://evil.example';</style>", "element style"),
        ("<style>a{fill:u\\72l(https://evil.example)}</style>", "element style"),
    ],
)
def test_everything_that_acts_or_loads_is_taken_out_and_named(inner: str, taken_out: str) -> None:
    content, removed = clean(inner + '<circle r="1"/>')
    assert removed == (taken_out,)
    assert "circle" in content
    for word in ("evil", "script", "onload", "javascript", "import"):
        assert word not in content.lower()


def test_a_drawing_with_entities_is_refused() -> None:
    with pytest.raises(PackageError, match="document type or entity"):
        read_media(b'<!DOCTYPE svg [<!ENTITY x "y">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>', "x.svg")
