"""Attacks by pictures and formulas: script in SVG, MathML that acts, pictures that swell."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from tests.itembank.hostile.archives import gif
from tests.itembank.hostile.making import (
    NO_FILE_READ,
    SVG,
    URL,
    Case,
    Clean,
    Lure,
    lazily,
    listed,
    one,
    shown,
    with_picture,
)

_INSIDE = {
    "script": "<script>alert(1)</script>",
    "script with address": f'<script href="{URL}/x.js"/>',
    "script with xlink": f'<script xlink:href="{URL}/x.js"/>',
    "script of HTML": '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    "script without namespace": '<script xmlns="">alert(1)</script>',
    "script in a data section": "<script><![CDATA[alert(1)]]></script>",
    "script in text": "<text><tspan><script>alert(1)</script>5</tspan></text>",
    "script in definitions": "<defs><pattern id='p'><script>alert(1)</script></pattern></defs>",
    "foreign object": '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"/></foreignObject>',
    "frame": '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/></foreignObject>',
    "link": '<a href="javascript:alert(1)"><rect width="9" height="9"/></a>',
    "xlink": '<a xlink:href="javascript:alert(1)"><rect width="9" height="9"/></a>',
    "use of another file": f'<use href="{URL}/x.svg#a"/>',
    "use of data": '<use href="data:image/svg+xml;base64,PHN2Zy8+#a"/>',
    "use by xlink": f'<use xlink:href="{URL}/x.svg#a"/>',
    "use with space": f'<use href=" {URL}/x.svg#a"/>',
    "use with base": f'<g xml:base="{URL}/"><use href="#a"/></g>',
    "image": f'<image href="{URL}/x.png"/>',
    "image by xlink": f'<image xlink:href="{URL}/x.png"/>',
    "image in a pattern": f'<pattern id="p"><image href="{URL}/x.png"/></pattern>',
    "filter image": f'<filter id="f"><feImage href="{URL}/x.png"/></filter>',
    "style import": f"<style>@import '{URL}/x';</style>",
    "style import url": f"<style>@import url({URL}/x);</style>",
    "style url": f"<style>rect{{fill:url({URL}/x)}}</style>",
    "style escape": "<style>rect{fill:u\\72l(//x)}</style>",
    "style set": f"<style>svg{{background:image-set('{URL}/x' 1x)}}</style>",
    "style webkit set": f"<style>svg{{background:-webkit-image-set('{URL}/x' 1x)}}</style>",
    "style image": f"<style>svg{{background:image('{URL}/x')}}</style>",
    "style src": f"<style>svg{{background:src('{URL}/x')}}</style>",
    "style cross fade": f"<style>svg{{background:cross-fade('{URL}/x', red)}}</style>",
    "style font": f"<style>@font-face{{font-family:x;src:url({URL}/x)}}</style>",
    "style namespace": f"<style>@namespace url({URL}/x);</style>",
    "style split": f"<style>@imp<g/>ort '{URL}/x';</style>",
    "style comment": f"<style>/*</style><style>*/ rect{{fill:url({URL}/x)}}</style>",
    "attribute set": f"<rect style=\"background:image-set('{URL}/x' 1x)\"/>",
    "attribute mask": f'<rect mask="url({URL}/x#m)"/>',
    "attribute cursor": f'<rect cursor="url({URL}/x)"/>',
    "attribute two urls": f'<rect fill="url(#a) url({URL}/x)"/>',
    "attribute quoted": f"<rect fill=\"url( '{URL}/x' )\"/>",
    "attribute expression": '<rect style="width:expression(alert(1))"/>',
    "load": '<rect onload="alert(1)"/>',
    "click": '<rect onclick="alert(1)"/>',
    "begin": '<animate onbegin="alert(1)" attributeName="x" dur="1s"/>',
    "animate address": '<use href="#a"><animate attributeName="href" values="javascript:alert(1)"/></use>',
    "set handler": '<set attributeName="onclick" to="alert(1)"/>',
    "animate motion": f'<animateMotion><mpath href="{URL}/x#p"/></animateMotion>',
    "discard": "<discard/>",
    "handler": '<handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">alert(1)</handler>',
    "listener": '<ev:listener xmlns:ev="http://www.w3.org/2001/xml-events" event="load" handler="#x"/>',
    "audio": f'<audio href="{URL}/x"/>',
    "video": f'<video href="{URL}/x"/>',
    "font face uri": f'<font-face-uri href="{URL}/x"/>',
    "colour profile": f'<color-profile href="{URL}/x"/>',
    "formula": '<math xmlns="http://www.w3.org/1998/Math/MathML" href="javascript:alert(1)"/>',
    "title of HTML": '<title><b xmlns="http://www.w3.org/1999/xhtml" onclick="alert(1)">x</b></title>',
    "metadata": '<metadata><x xmlns="urn:x" onload="alert(1)"/></metadata>',
    "path to text": f'<text><textPath href="{URL}/x#p">5</textPath></text>',
    "gradient": f'<linearGradient xlink:href="{URL}/x#g"/>',
    "instruction": f'<?xml-stylesheet href="{URL}/x.css"?><rect width="1"/>',
    "attribute of HTML": '<rect xmlns:h="http://www.w3.org/1999/xhtml" h:onclick="alert(1)"/>',
}


CLEANED = Clean(
    "What acts or loads is taken out of the drawing and named in a warning; its other shapes stay.",
    lacks=r"<script|alert|127\.0\.0\.1|javascript|@import|\bon[a-z]+=",
    shows="<svg",
    told="taken out of the drawing: (element|attribute) ",
)
DROPPED = Clean(
    "What a parser drops by itself, such as an instruction to load a style, is not in the drawing.",
    lacks=r"xml-stylesheet|127\.0\.0\.1",
    shows="<circle",
)


def drawings() -> Iterator[Case]:
    """Drawings whose inside acts or loads: cleaned; and drawings that are none: refused."""
    for name, inside in _INSIDE.items():
        outcome = DROPPED if name == "instruction" else CLEANED
        yield Case("drawings", name, with_picture(f'{SVG}{inside}<circle r="1"/></svg>'), outcome)
    for name, content in {
        "load on the root": SVG.replace("<svg", '<svg onload="alert(1)"') + "</svg>",
        "style on the root": SVG.replace("<svg", f'<svg style="background:url({URL}/x)"') + "</svg>",
    }.items():
        yield Case("drawings", name, with_picture(content), CLEANED)
    for name, content in {
        "root is a script": '<script xmlns="http://www.w3.org/2000/svg"><!-- <svg -->alert(1)</script>',
        "root is a script of HTML": '<script xmlns="http://www.w3.org/1999/xhtml"><!-- <svg -->alert(1)</script>',
        "root is a page": '<html xmlns="http://www.w3.org/1999/xhtml"><body onload="alert(1)"><svg/></body></html>',
        "root without namespace": "<svg><script>alert(1)</script></svg>",
        "root of another namespace": '<x:svg xmlns:x="urn:x" onload="alert(1)"/>',
        "root is a link": '<a xmlns="http://www.w3.org/2000/svg" href="javascript:alert(1)"><svg/></a>',
    }.items():
        yield Case("drawings", name, with_picture(content), "no drawing")
    layers = "".join(f'<g id="a{n}">' + f'<use href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 12))
    filled = "".join(
        f'<pattern id="a{n}">' + f'<rect fill="url(#a{n - 1})"/>' * 10 + "</pattern>" for n in range(1, 12)
    )
    for name, inside in {
        "bomb of uses": f'<g id="a0"><rect width="1"/></g>{layers}<use href="#a11"/>',
        "bomb of patterns": filled,
        "use of itself": '<g id="a"><use href="#a"/></g>',
        "circle of uses": '<g id="a"><use href="#b"/></g><g id="b"><use xlink:href="#a"/></g>',
        "circle of masks": '<mask id="a" mask="url(#b)"/><mask id="b" mask="url(#a)"/>',
    }.items():
        yield Case("drawings", name, with_picture(f"{SVG}{inside}</svg>"), "more than|itself")
    yield Case("drawings", "many shapes", with_picture(SVG + "<rect/>" * 200_000 + "</svg>"), "elements")


def _math(inside: str, more: str = "") -> str:
    """Formula."""
    return f'<p><math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x" {more}>{inside}</math></p>'


REACHING = {
    "far up": '<mpadded voffset="9em"><mn>8</mn></mpadded>',
    "far down": '<mpadded voffset="-9000px"><mn>8</mn></mpadded>',
    "far left": '<mpadded lspace="-10em"><mn>8</mn></mpadded>',
    "far left, in millimetres": '<mpadded lspace="-400mm"><mn>8</mn></mpadded>',
    "far left, by a space": '<mspace width="-10em"/><mn>8</mn>',
    "without a size": '<mpadded height="-9em" depth="-9em" width="-9em"><mn>8</mn></mpadded>',
    "twice its own width": '<mpadded lspace="+200 width"><mn>8</mn></mpadded>',
    "a huge letter": '<mstyle mathsize="9900%"><mn>8</mn></mstyle>',
    "larger level by level": '<mstyle scriptlevel="-40"><mn>8</mn></mstyle>',
    "a huge bracket": '<mo minsize="999999in" stretchy="true">(</mo><mn>8</mn>',
    "a line as thick as a page": '<mfrac linethickness="99cm"><mn>8</mn><mn>8</mn></mfrac>',
    "a table as wide as a street": '<mtable width="99999px" columnspacing="1em 9e9em"><mtr><mtd/><mtd/></mtr></mtable>',
    "many short steps up": '<mpadded voffset="2em">' * 5 + "<mn>8</mn>" + "</mpadded>" * 5,
    "many short steps to the left": '<mspace width="-1em"/>' * 12 + "<mn>8</mn>",
}
"""Formulas that would draw over what stands beside or above them."""


PLAIN = Clean(
    "Addresses, colours, styles and names on a formula are not copied; its numbers stay.",
    lacks=r"href|javascript|127\.0\.0\.1|style=|url\(|background|altimg|\bid=|class=\"x\"|xref|annotation",
    shows="<mn>1</mn>|<mtd>1</mtd>",
)
WORDED = Clean(
    "HTML inside a formula is left out, and text in it that looks like markup is written as text.",
    lacks="<mtext><(?!/mtext)|<script|<img",
    shows="<math",
)
SPOKEN_SAFELY = Clean(
    "The words of a formula are the value of an attribute, with their quotes escaped.",
    lacks="<script",
    shows=r"aria-label='\"&gt;&lt;script&gt;'",
)
SHORTENED = Clean(
    "Lengths that could draw outside the formula are not copied, and a warning names them; the frame clips the rest.",
    lacks=r"(99999|9900%|-9000|-400mm|-10em|-9em|\"9em|\+200 width|=\"-40|999999in|99cm|9e9em)",
    shows="<math",
    told="could draw outside the formula",
)
CLIPPED = Clean(
    "Many short steps are each as an author may write them: the item clips whatever they add up to.",
    lacks="href|script",
    shows="<mn>8</mn>",
)


def formulas() -> Iterator[Case]:
    """Formulas that act, load or smuggle HTML."""
    html = 'xmlns="http://www.w3.org/1999/xhtml"'
    made: tuple[tuple[str, str, str | Clean], ...] = (
        ("action", _math('<maction actiontype="statusline#x"><mn>1</mn><mtext>x</mtext></maction>'), "not supported"),
        ("toggle", _math('<maction actiontype="toggle" href="javascript:alert(1)"><mn>1</mn></maction>'), "not supported"),
        ("address", _math("<mn>1</mn>", 'href="javascript:alert(1)"'), PLAIN),
        ("address on a number", _math('<mn href="javascript:alert(1)">1</mn>'), PLAIN),
        ("xlink", _math('<mn xmlns:l="http://www.w3.org/1999/xlink" l:href="javascript:alert(1)">1</mn>'), PLAIN),
        ("handler", _math('<mn onclick="alert(1)">1</mn>'), "event handler"),
        ("style", _math(f'<mn style="background:url({URL}/x)">1</mn>'), PLAIN),
        ("annotation with HTML", _math(f'<semantics><mn>1</mn><annotation-xml encoding="text/html"><script {html}>alert(1)</script></annotation-xml></semantics>'), "not supported"),
        ("annotation with an image", _math(f'<semantics><mn>1</mn><annotation-xml encoding="application/xhtml+xml"><img {html} src="x" onerror="alert(1)"/></annotation-xml></semantics>'), "event handler|not in the package"),
        ("annotation with a source", _math(f'<semantics><mn>1</mn><annotation src="{URL}/x"/></semantics>'), PLAIN),
        ("annotation with SVG", _math('<semantics><mn>1</mn><annotation-xml><svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg></annotation-xml></semantics>'), "not supported"),
        ("glyph", _math(f'<mi><mglyph src="{URL}/x"/></mi>'), "not supported"),
        ("glyph, own namespace", _math(f'<mi><m:mglyph xmlns:m="http://www.w3.org/1998/Math/MathML" src="{URL}/x"/></mi>'), "not supported"),
        ("mark", _math("<mi><malignmark/></mi>"), "not supported"),
        ("script", _math("<script>alert(1)</script>"), "not supported"),
        ("HTML in text", _math(f'<mtext><p {html}>x</p></mtext>'), WORDED),
        ("script in text", _math(f"<mtext><script {html}>alert(1)</script></mtext>"), "not supported"),
        ("style in text", _math(f"<mtext><style {html}>p{{background:url(x)}}</style></mtext>"), "not supported"),
        ("mutation", _math(f'<mtext><table {html}><tr><td><b>&lt;/math&gt;&lt;img src=x onerror=alert(1)&gt;</b></td></tr></table></mtext>'), WORDED),
        ("escaped", _math("<mtext>&lt;/mtext&gt;&lt;/math&gt;&lt;script&gt;alert(1)&lt;/script&gt;</mtext>"), WORDED),
        ("source of a table", _math(f'<mtable background="{URL}/x"><mtr><mtd>1</mtd></mtr></mtable>'), PLAIN),
        ("definition", _math(f'<csymbol definitionURL="{URL}/x">x</csymbol>'), "not supported"),
        ("alternative", _math("<mn>1</mn>", f'altimg="{URL}/x" altimg-width="9"'), PLAIN),
        ("colours", _math('<mn mathcolor="url(x)" mathbackground="url(x)">1</mn>'), PLAIN),
        ("class and id", _math('<mn class="x" id="outbox" xref="y">1</mn>'), PLAIN),
        ("huge", _math('<mspace width="99999999em" height="99999999em"/><mn mathsize="99999em">1</mn>'), SHORTENED),
        ("input", _math(f'<mtext><input {html} autofocus="autofocus"/></mtext>'), "not supported"),
        ("interaction", _math('<mtext><qti-text-entry-interaction response-identifier="R"/></mtext>'), "MathML|declared|not supported"),
        ("include", _math(f'<mtext><x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{URL}/x"/></mtext>'), "not supported"),
        ("words that are markup", '<p><math xmlns="http://www.w3.org/1998/Math/MathML" alttext="&quot;&gt;&lt;script&gt;"><mn>1</mn></math></p>', SPOKEN_SAFELY),
    )  # fmt: skip
    for name, markup, outcome in made:
        yield Case("formulas", name, one(shown(markup)), outcome)
    for name, inside in REACHING.items():
        yield Case("formulas", name, one(shown(_math(inside))), CLIPPED if "many" in name else SHORTENED)


def _chunk(kind: bytes, content: bytes) -> bytes:
    """Part of a PNG."""
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


def png(width: int, height: int, more: bytes = b"") -> bytes:
    """PNG that says this size, whatever it holds."""
    head = struct.pack(">LLBBBBB", width, height, 8, 6, 0, 0, 0)
    rest = _chunk(b"IDAT", zlib.compress(b"\0" * 5)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + more + rest


def jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    """Head of a JPEG that says this size."""
    frame = struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\1\x11\0\2\x11\0\3\x11\0"
    return b"\xff\xd8" + before + b"\xff\xc0" + frame + b"\xff\xd9"


def _large_in_folder(folder: Path, _lure: Lure) -> Path:
    """Write a folder of an item and its picture of 100 MB."""
    (folder / "imsmanifest.xml").write_text(listed({"item.xml": ""}))
    (folder / "item.xml").write_text(shown('<p><img src="p.png" alt=""/></p>'))
    with (folder / "p.png").open("wb") as picture:
        picture.write(png(9, 9))
        picture.truncate(100_000_000)
    return folder


RASTER = Clean(
    "It is a picture, is stored under the name of one, and is served as one (nosniff): a page in it is never read.",
    lacks="alert|<script",
    shows=r'<img src="/media/[0-9a-f]{64}\.png"',
)


def pictures() -> Iterator[Case]:
    """Pictures that swell, lie or are none."""
    swollen = {
        "PNG 100,000 × 100,000": png(100_000, 100_000),
        "PNG 2^31 wide": png(2**31 - 1, 1),
        "PNG without size": png(0, 0),
        "PNG 60,000 high": png(1, 60_000),
        "GIF 65,535 × 65,535": gif(65_535, 65_535),
        "JPEG 65,500 × 65,500": jpeg(65_500, 65_500),
        "JPEG behind a comment": jpeg(65_500, 65_500, b"\xff\xfe\0\x0aAAAAAAAA"),
        "JPEG behind filling": jpeg(65_500, 65_500, b"\xff" * 9),
        "JPEG without size": b"\xff\xd8\xff\xe0",
        "JPEG in a circle": b"\xff\xd8\xff\xe0\0\0" * 9,
        "GIF cut": b"GIF89a",
        "GIF with a large frame": gif(9, 9) + b",\0\0\0\0\xff\xff\xff\xff\0",
        "PNG cut": b"\x89PNG\r\n\x1a\n",
        "PNG without head": b"\x89PNG\r\n\x1a\n" + _chunk(b"IDAT", b"x"),
    }
    for name, content in swollen.items():
        yield Case("pictures", name, with_picture(content, "p.png"), "pixels|size")
    for name, content in {
        "page": b"<html><script>alert(1)</script></html>", "PDF": b"%PDF-1.7", "script": b"alert(1)", "WebP": b"RIFF\0\0\0\0WEBPVP8 ",
        "AVIF": b"\0\0\0\x1cftypavif", "ICO": b"\0\0\1\0", "TIFF": b"II*\0", "BMP": b"BM", "empty": b"", "flash": b"CWS\x09", "Windows": b"MZ",
    }.items():  # fmt: skip
        yield Case("pictures", f"{name} called PNG", with_picture(content, "p.png"), "neither PNG")
    for size in (3, 19):
        yield Case(
            "pictures",
            f"{size} MB",
            with_picture(png(9, 9) + b"\0" * (size * 1_000_000), "p.png"),
            "at most 2 MB",
        )
    yield Case(
        "pictures",
        "100 MB",
        lazily(lambda: with_picture(png(9, 9) + b"\0" * 100_000_000, "p.png")),
        "larger than 20 MB|times its size",
        NO_FILE_READ,
        is_heavy=True,
    )
    yield Case("pictures", "100 MB in a folder", _large_in_folder, "larger than 20 MB", is_heavy=True)
    yield Case(
        "pictures", "PNG with a page behind", with_picture(png(9, 9) + b"<script>alert(1)</script>", "p.png"), RASTER
    )
    yield Case(
        "pictures",
        "PNG with a page inside",
        with_picture(png(9, 9, _chunk(b"tEXt", b"<script>alert(1)</script>")), "p.png"),
        RASTER,
    )
    yield Case("pictures", "PNG called HTML", with_picture(png(9, 9), "p.html"), RASTER)
    yield Case(
        "pictures",
        "GIF that is a script",
        with_picture(b"GIF89a" + b"=1;alert(1);//", "p.gif"),
        "size cannot be read",
    )
