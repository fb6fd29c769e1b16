"""A judge of what is served: its allow-lists are its own, so that a hole in the product's is seen."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from lxml import etree

_ELEMENTS = frozenset(
    [
        "abbr",
        "address",
        "article",
        "audio",
        "b",
        "bdo",
        "blockquote",
        "br",
        "caption",
        "circle",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "fieldset",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "input",
        "kbd",
        "label",
        "legend",
        "li",
        "menclose",
        "merror",
        "mfenced",
        "mfrac",
        "mi",
        "mlabeledtr",
        "mmultiscripts",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mphantom",
        "mprescripts",
        "mroot",
        "mrow",
        "ms",
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtext",
        "mtr",
        "munder",
        "munderover",
        "math",
        "none",
        "ol",
        "option",
        "p",
        "peil-calculator",
        "peil-ruler",
        "pre",
        "q",
        "rb",
        "rect",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "select",
        "semantics",
        "small",
        "source",
        "span",
        "strong",
        "sub",
        "sup",
        "svg",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "accent",
        "accentunder",
        "alt",
        "alttext",
        "aria-hidden",
        "aria-label",
        "autocomplete",
        "class",
        "close",
        "colspan",
        "columnalign",
        "columnlines",
        "columnspacing",
        "columnspan",
        "controls",
        "cx",
        "cy",
        "data-box",
        "data-card",
        "data-card-text",
        "data-transcript",
        "data-transcript-text",
        "data-field",
        "data-interaction",
        "data-item",
        "data-kind",
        "data-length",
        "data-major",
        "data-maximum",
        "data-minor",
        "data-spoken",
        "data-stimulus",
        "depth",
        "dir",
        "display",
        "displaystyle",
        "fence",
        "form",
        "frame",
        "height",
        "hidden",
        "inputmode",
        "lang",
        "largeop",
        "linethickness",
        "lspace",
        "mathsize",
        "mathvariant",
        "maxlength",
        "maxsize",
        "minsize",
        "movablelimits",
        "name",
        "notation",
        "open",
        "preserveaspectratio",
        "r",
        "reversed",
        "rowalign",
        "rowlines",
        "rows",
        "rowspacing",
        "rowspan",
        "rspace",
        "scope",
        "scriptlevel",
        "separator",
        "separators",
        "size",
        "span",
        "spellcheck",
        "src",
        "start",
        "stretchy",
        "symmetric",
        "title",
        "type",
        "value",
        "viewbox",
        "voffset",
        "width",
        "x",
        "y",
    ]
)
_CLASSES = frozenset(
    [
        "item",
        "item-body",
        "stimulus-body",
        "rubric",
        "block",
        "choice",
        "option",
        "inline-choice",
        "text-entry",
        "extended-text",
        "prompt",
        "ground",
        "spot",
        "spots",
    ]
)
_PICTURE = re.compile(r"/media/[0-9a-f]{64}\.(png|jpg|gif|svg)")
_SOUND = re.compile(r"/media/[0-9a-f]{64}\.(mp3|ogg|m4a|wav)")
_SOURCES = {"img": _PICTURE, "audio": _SOUND, "source": _SOUND}
_FIXED = {"preload": ("audio", "none"), "controlslist": ("audio", "nodownload")}
_MODULES = ("supports", "calculator", "ruler")
_INPUTS = ("radio", "checkbox", "text")
_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset(
    [
        "circle",
        "clipPath",
        "defs",
        "desc",
        "ellipse",
        "g",
        "line",
        "linearGradient",
        "marker",
        "mask",
        "path",
        "pattern",
        "polygon",
        "polyline",
        "radialGradient",
        "rect",
        "stop",
        "style",
        "svg",
        "symbol",
        "text",
        "textPath",
        "title",
        "tspan",
        "use",
    ]
)
_ACTIVE = re.compile(
    r"//|javascript|expression|@import|image-set|image\(|src\(|cross-fade|\\|data:|url\((?!#)", re.IGNORECASE
)


class _Judge(HTMLParser):
    """Collects everything that may not be in a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _ELEMENTS:
            self.faults.append(f"element {tag}")
        for name, value in attrs:
            if not self._may_stand(tag, name, value or ""):
                self.faults.append(f"{tag} {name}={value!r}"[:200])

    def _may_stand(self, tag: str, name: str, value: str) -> bool:
        """Whether an attribute is harmless where it stands."""
        if name == "src":
            return bool(_SOURCES[tag].fullmatch(value)) if tag in _SOURCES else False
        if name == "data-sound":
            return bool(_SOUND.fullmatch(value))
        if name in _FIXED:
            return (tag, value) == _FIXED[name]
        if name == "data-module":
            return value in _MODULES
        if name == "type":
            return tag == "ol" or (tag == "input" and value in _INPUTS)
        if name == "class":
            return all(word in _CLASSES or word.startswith("qti-") for word in value.split())
        return name in _ATTRIBUTES

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data[:50]!r}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration {decl[:50]!r}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction {data[:50]!r}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"declaration {data[:50]!r}")


def faults_of_html(html: str) -> list[str]:
    """Say what in a served page could act, load or deceive; nothing if it is clean."""
    judge = _Judge()
    judge.feed(html)
    judge.close()
    return judge.faults


def faults_of_svg(content: bytes) -> list[str]:
    """Say what in a served drawing could act or load."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    faults = [] if root.tag == f"{_SVG}svg" else [f"root {root.tag!r}"]
    if root.getprevious() is not None or root.getroottree().docinfo.doctype:
        faults.append("something before the root")
    for element in root.iter():
        tag = element.tag if isinstance(element.tag, str) else repr(element)
        if tag.removeprefix(_SVG) not in _SHAPES or not tag.startswith(_SVG):
            faults.append(f"element {tag}")
        if tag == f"{_SVG}style" and _ACTIVE.search(element.text or ""):
            faults.append(f"style {(element.text or '')[:80]!r}")
        faults += [
            f"{tag} {name}={value!r}"[:200]
            for name, value in element.attrib.items()
            if not _is_quiet(str(name), str(value))
        ]
    return faults


def _is_quiet(name: str, value: str) -> bool:
    """Whether an attribute of a drawing neither acts nor loads."""
    plain = name.rpartition("}")[2].lower()
    if plain == "href":
        return value.strip().startswith("#")
    return not plain.startswith("on") and plain != "base" and not _ACTIVE.search(value)
