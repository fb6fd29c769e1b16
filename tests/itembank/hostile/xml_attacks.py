"""Attacks on the XML parser: entities, what lies outside the file, encodings, size."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from tests.itembank.hostile.making import (
    CHOICE,
    FILE,
    NAMESPACE,
    NOT_READ,
    SVG,
    URL,
    Case,
    Clean,
    item,
    lazily,
    one,
    package,
    passage,
    shown,
    with_picture,
)

DECLARED = "document type or entity is declared"
UNFOLLOWED = Clean(
    "An instruction, a schema or a base that names another address is dropped by the parser, and nothing is fetched.",
    lacks=r"xml-stylesheet|schemalocation|xml:base|127\.0\.0\.1",
)
READ = Clean("The bytes are what they say they are, so the text is read, and shown as text.", shows="é€")
READ_AS_ASCII = Clean(
    "Without a mark it is read as UTF-8: signs of another encoding are plain letters.", shows=r"\+AOkgrA"
)
TURNED = Clean(
    "Signs that turn the direction of writing are text: they stay inside their paragraph, and mark nothing up.",
    shows="<p>\u202egnp.x\u2069</p>",
)
UNCOPIED = Clean(
    "An attribute that says nothing to a pupil is not copied, however long.", lacks="x{50}", shows="<p>a</p>"
)
LINKS = Clean(
    "The words of links are shown as plain text: none can be followed.",
    lacks=r"<a\b",
    shows="x{15000}",
    told="links are shown as plain text",
)
FEEDBACK = Clean(
    "Feedback is left out, and what stands around it is shown.",
    lacks="feedback",
    shows="x{15000}",
    told="it is not shown during a test",
)
COMMENTS = Clean("Comments are dropped by the parser.", lacks="<!--", shows="Welk")


def _whole(shows: str) -> Clean:
    """Why something long is let in, of which all must be shown."""
    return Clean("It is long and harmless: all of it is shown, within the limits of time and memory.", shows=shows)


def _bomb(levels: int, width: int) -> str:
    """Entities that grow by a factor a level."""
    rows = [f'<!ENTITY e0 "{"x" * 10}">']
    rows += [f'<!ENTITY e{n} "{f"&e{n - 1};" * width}">' for n in range(1, levels)]
    return f"<!DOCTYPE x [{''.join(rows)}]>\n"


def _doctypes() -> Iterator[tuple[str, str]]:
    """Name → document type with entity, and the text to use it by is always &e;."""
    yield "laughs", _bomb(10, 10) + "&e9;"
    yield "binary laughs", _bomb(40, 2) + "&e39;"
    yield "quadratic", f'<!DOCTYPE x [<!ENTITY e "{"x" * 100_000}">]>' + "&e;" * 2_000
    yield "recursive", '<!DOCTYPE x [<!ENTITY e "&f;"><!ENTITY f "&e;">]>&e;'
    yield "self", '<!DOCTYPE x [<!ENTITY e "&e;">]>&e;'
    yield "unused", '<!DOCTYPE x [<!ENTITY e "x">]>'
    yield "markup", '<!DOCTYPE x [<!ENTITY e "<script>alert(1)</script>">]>&e;'
    yield "parameter bomb", '<!DOCTYPE x [<!ENTITY % a "x"><!ENTITY % b "%a;%a;%a;"> %b;]>'
    yield "attribute default", '<!DOCTYPE x [<!ATTLIST p onclick CDATA "alert(1)">]>'
    yield "notation", f'<!DOCTYPE x [<!NOTATION n SYSTEM "{FILE}">]>'
    yield "lower case", '<!doctype x [<!ENTITY e "x">]>&e;'
    yield "no subset", "<!DOCTYPE html>"
    yield "comment first", '<!-- --><!DOCTYPE x [<!ENTITY e "x">]>&e;'
    yield "spread", '<!DOCTYPE\n\n\nx\n[\n<!ENTITY\ne\n"x">]>&e;'
    yield "system file", f'<!DOCTYPE x [<!ENTITY e SYSTEM "{FILE}">]>&e;'
    yield "system http", f'<!DOCTYPE x [<!ENTITY e SYSTEM "{URL}/e">]>&e;'
    yield "public http", f'<!DOCTYPE x [<!ENTITY e PUBLIC "-//X//EN" "{URL}/e">]>&e;'
    yield "external subset file", f'<!DOCTYPE x SYSTEM "{FILE}">'
    yield "external subset http", f'<!DOCTYPE x SYSTEM "{URL}/x.dtd">'
    yield "parameter file", f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{FILE}"> %p;]>'
    yield "parameter http", f'<!DOCTYPE x [<!ENTITY % p SYSTEM "{URL}/p"> %p;]>'
    yield "exfiltrate", f'<!DOCTYPE x [<!ENTITY % f SYSTEM "{FILE}"><!ENTITY % d SYSTEM "{URL}/d"> %d; %f;]>'
    yield "device", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///dev/zero">]>&e;'
    yield "relative", '<!DOCTYPE x [<!ENTITY e SYSTEM "../secret.txt">]>&e;'
    yield "unparsed", f'<!DOCTYPE x [<!ENTITY e SYSTEM "{FILE}" NDATA gif>]>'


def _used(doctype: str, whole: str, place: str) -> str:
    """Put a document type before a file, and what uses it behind a place in it."""
    head, _, use = doctype.rpartition(">")
    return f"{head}>\n" + whole.replace(place, place + use, 1)


def entities() -> Iterator[Case]:
    """Entity bombs and external entities, in items, passages, drawings and manifests."""
    for name, doctype in _doctypes():
        kind = "external" if FILE in doctype or URL in doctype or "SYSTEM" in doctype else "entities"
        yield Case(kind, f"{name}, item", one(_used(doctype, shown("<p>a</p>"), "<p>")), DECLARED)
        drawing = with_picture(_used(doctype, f"{SVG}<text>a</text></svg>", "<text>"))
        yield Case(kind, f"{name}, drawing", drawing, f"{DECLARED}|neither PNG")
    for name in ("laughs", "system file", "parameter http"):
        doctype = dict(_doctypes())[name]
        kind = "entities" if name == "laughs" else "external"
        text = package({"item.xml": item(), "stimulus.xml": _used(doctype, passage("<p>a</p>"), "<p>")})
        yield Case(kind, f"{name}, passage", text, DECLARED)
        names = _used(
            doctype, '<manifest><resource type="imsqti_item_xmlv3p0" href="item.xml"/></manifest>', "<manifest>"
        )
        yield Case(kind, f"{name}, manifest", package({"item.xml": item()}, names=names), DECLARED)


def inclusions() -> Iterator[Case]:
    """Ways to pull another file in without an entity."""
    xi = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
    for name, markup in {
        "xinclude text": f'<p {xi}><xi:include href="{FILE}" parse="text"/></p>',
        "xinclude http": f'<p {xi}><xi:include href="{URL}/x"/></p>',
        "xinclude fallback": f'<p {xi}><xi:include href="none"><xi:fallback>x</xi:fallback></xi:include></p>',
        "qti include": f'<qti-include href="{FILE}"/>',
        "undeclared entity": "<p>&nbsp;&copy;</p>",
    }.items():
        yield Case("external", name, one(shown(markup)), "not supported|not-well|not well-formed")
    sheet = f'<?xml-stylesheet type="text/xsl" href="{URL}/x.xsl"?>'
    yield Case("external", "style sheet instruction", one(sheet + item()), UNFOLLOWED)
    yield Case("external", "style sheet instruction, drawing", with_picture(f"{sheet}{SVG}</svg>"), UNFOLLOWED)
    where = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{NAMESPACE} {URL}/x.xsd"'
    yield Case("external", "schema location", one(item(root=where)), UNFOLLOWED)
    yield Case("external", "xml base", one(item(root=f'xml:base="{URL}/"')), UNFOLLOWED)
    yield Case(
        "external",
        "template by http",
        one(item(rules=f'<qti-response-processing template="{URL}/rp.xml"/>')),
        "none of the standard",
    )
    rules = f'<qti-response-processing template="x" template-location="{FILE}"/>'
    yield Case("external", "template by file", one(item(rules=rules)), "none of the standard")
    include = f'<qti-response-processing><qti-include href="{FILE}"/></qti-response-processing>'
    yield Case("external", "included rules", one(item(rules=include)), "not supported")


def encodings() -> Iterator[Case]:
    """Bytes that are not what they say, and ways to hide a document type in them."""
    plain, hidden = item("<p>é€</p>" + CHOICE), '<!DOCTYPE x [<!ENTITY e "x">]>' + shown("<p>&e;</p>")
    for declared in (
        "utf-7",
        "utf-32",
        "ucs-4",
        "ebcdic-cp-us",
        "cp037",
        "shift_jis",
        "gb18030",
        "big5",
        "rot13",
        "idna",
        "unknown",
        "x",
    ):
        text = f'<?xml version="1.0" encoding="{declared}"?>' + item()
        yield Case("encodings", f"declared {declared}", one(text), "encoding")
    for name, head in (("a document type", hidden), ("nothing", plain)):
        for codec in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp037", "utf-7"):
            declared = '<?xml version="1.0"?>'
            yield Case(
                "encodings",
                f"{codec} without mark, hides {name}",
                one((declared + head).encode(codec, "xmlcharrefreplace")),
                READ_AS_ASCII if (codec, head) == ("utf-7", plain) else "XML|encoding|well-formed|zero|declared",
            )
    for declared in ("utf-16", "UTF-16LE", "ucs-2", "iso-10646-ucs-2"):
        for pad in ("", " "):
            ascii_text = f'<?xml version="1.0" encoding="{declared}"?>{hidden}{pad}'.encode()
            yield Case(
                "encodings",
                f"ASCII declared {declared}{pad and ', padded'}",
                one(ascii_text),
                "encoding|declared|well-formed",
            )
    yield Case("encodings", "latin-1 as utf-8", one(plain.replace("€", "").encode("latin-1")), "not in the encoding")
    yield Case(
        "encodings",
        "utf-8 as ascii",
        one(b'<?xml version="1.0" encoding="us-ascii"?>' + plain.encode()),
        "not in the encoding",
    )
    yield Case(
        "encodings",
        "utf-8 mark, utf-16 declared",
        one(codecs.BOM_UTF8 + b'<?xml version="1.0" encoding="utf-16"?>' + hidden.encode()),
        "declared",
    )
    yield Case("encodings", "utf-16 mark on utf-8", one(codecs.BOM_UTF16_LE + plain.encode()), "encoding|well-formed")
    yield Case("encodings", "utf-16 cut", one(plain.encode("utf-16")[:-1]), "not in the encoding")
    for name, sequence in {
        "overlong": b"\xc0\xbc",
        "surrogate": b"\xed\xa0\x80",
        "cut": b"\xe2\x82",
        "beyond": b"\xf7\xbf\xbf\xbf",
        "stray": b"\x80",
    }.items():
        yield Case(
            "encodings", f"{name} utf-8", one(plain.encode().replace(b"<p>", b"<p>" + sequence)), "not in the encoding"
        )
    for name, sequence in {
        "zero": b"\0",
        "escape": b"\x1b[2J",
        "nonchar": "\ufffe".encode(),
        "reference": b"&#0;",
        "reference 1b": b"&#x1b;",
    }.items():
        yield Case(
            "encodings", f"{name} character", one(plain.encode().replace(b"<p>", b"<p>" + sequence)), "well-formed|zero"
        )
    yield Case("encodings", "utf-16 with mark", one(plain.encode("utf-16")), READ)
    declared_so = b'<?xml version="1.0" encoding="windows-1252"?>' + plain.encode("cp1252")
    yield Case("encodings", "windows-1252", one(declared_so), READ)
    yield Case("encodings", "right to left override", one(shown("<p>\u202egnp.x\u2069</p>")), TURNED)


def _with_many(attribute: str, number: int) -> str:
    """Paragraph with many attributes."""
    return f"<p {' '.join(attribute.format(n) for n in range(number))}>a</p>"


def sizes() -> Iterator[Case]:
    """Files that are deep, wide or long."""
    for depth in (101, 255, 300, 5_000, 100_000):
        yield Case(
            "sizes",
            f"{depth} deep",
            one(shown("<div>" * depth + "</div>" * depth)),
            "deep|Excessive|elements",
        )
        yield Case(
            "sizes",
            f"{depth} deep, drawing",
            with_picture(f"{SVG}{'<g>' * depth}{'</g>' * depth}</svg>"),
            "deep|Excessive|elements",
        )
    yield Case(
        "sizes",
        "deep rules",
        one(
            item(
                rules=f"<qti-response-processing>{'<qti-response-processing-fragment>' * 300}{'</qti-response-processing-fragment>' * 300}</qti-response-processing>"
            )
        ),
        "deep|Excessive",
    )
    sized: tuple[tuple[str, str, str | Clean], ...] = (
        ("wide", "<b/>" * 400_000, "elements"),
        ("wide in a row", "<p>a</p>" * 15_000, _whole("(<p>a</p>){15000}")),
        ("links in a row", "<p>" + "<a>x</a>" * 15_000 + "</p>", LINKS),
        ("feedback in a row", "<p>" + "<qti-feedback-inline/>x" * 15_000 + "</p>", FEEDBACK),
        ("unknown in a row", "<blink>x</blink>" * 15_000, "not supported"),
        ("unknown deep in a row", "<div>" * 90 + "<blink/>" * 15_000 + "</div>" * 90, "not supported"),
        ("long attribute", f'<p title="{"x" * 1_500_000}">a</p>', UNCOPIED),
        ("many attributes", _with_many('a{0}="x"', 30_000), "attributes"),
        ("many namespaces", _with_many('xmlns:a{0}="x{0}"', 30_000), "attributes"),
        ("long name", f"<{'x' * 40_000}/>", "not supported|well-formed"),
        ("long text", f"<p>{'x' * 1_900_000}</p>", _whole("x{1900000}")),
        ("long unicode text", f"<p>{'€😀' * 250_000}</p>", _whole("(€😀){250000}")),
        ("many comments", "<!-- -->" * 200_000, "elements"),
        ("many instructions", "<?x y?>" * 200_000, "elements"),
        ("some comments", "<!-- -->" * 30_000, COMMENTS),
        ("references", "<p>" + "&#x41;" * 300_000 + "</p>", _whole("A{300000}")),
        ("data sections", "<p>" + "<![CDATA[<]]>" * 30_000 + "</p>", _whole("(&lt;){30000}")),
    )
    for name, markup, outcome in sized:
        yield Case("sizes", name, one(shown(markup)), outcome, is_heavy=len(markup) > 300_000)
    for size, why in ((3, "larger than 2 MB"), (30, "larger than 20 MB")):
        large = lazily(lambda size=size: one(shown(f"<p>{'x' * (size * 1_000_000)}</p>")))  # type: ignore[misc]  # binds the loop's value
        yield Case("sizes", f"{size} MB", large, why, NOT_READ if size > 20 else "", is_heavy=size > 9)
    for name, unit, times, why in (
        ("wide manifest", "<a/>", 4_500_000, "elements"),
        ("deep manifest", '<a b="" c="" d="" e="" f="" g="">', 300_000, "elements"),
        ("long manifest", "xxxxxxxx😀", 800_000, "names no resources"),
        ("manifest of attributes", '<a b=""/>', 290_000, "names no resources"),
    ):
        names = lazily(lambda unit=unit, times=times: package({}, names=f"<manifest>{unit * times}</manifest>"))  # type: ignore[misc]  # binds the loop's values
        yield Case("sizes", name, names, why, is_heavy=True)
