"""Catalogs and companion materials that act, load, circle, or are too many."""

from __future__ import annotations

from collections.abc import Iterator

from tests.itembank.hostile.making import CHOICE, FILE, URL, Case, Clean, Content, item, one, package

NAMED = '<p data-catalog-idref="c">x</p>'


WITHHELD = Clean(
    "A card that holds what no body may hold is not offered at all, and a warning says why; the item stays.",
    lacks=r"<(script|iframe|audio)\b|onclick|maction|data-card|127\.0\.0\.1|file:",
    shows="<p>x</p>",
    told="the card is not offered|it is not offered",
)
WORDS = Clean(
    "Links in a card are plain text, as they are in a body.",
    lacks=r"<a\b|href|javascript|127\.0\.0\.1",
    shows="data-(card|spoken)=",
    told="links are shown as plain text",
)
UNCIRCLED = Clean(
    "A card that names its own catalog is shown once: what is offered with it is not opened inside it.",
    shows="data-(card|spoken)=",
)
ESCAPED = Clean(
    "Spoken words are the value of an attribute, in which their quotes and brackets are escaped.",
    lacks=r"<script|<p x=",
    shows=r"data-spoken='\"&gt;&lt;script&gt;alert",
)
UNSPOKEN = Clean("A language that is none is another than the item's, so that the card is not offered.", lacks="onclick|data-card", told="in other languages")  # fmt: skip
ABRIDGED = Clean("A text too long to be spoken is not offered, and a warning says so.", lacks="data-spoken", told="is not offered")  # fmt: skip
TWICE = Clean("Of catalogs of one name the first counts, and a warning names the others.", lacks="data-card", told="used twice")  # fmt: skip
FEWER = Clean("Only so many catalogs are offered; a warning says that there are more.", shows="data-card=", told="more than 200 catalogs")  # fmt: skip
NAMED_ONCE = Clean("However often a part names a catalog, it is offered once; a name without a catalog is warned of.", lacks="data-card", told="is not there")  # fmt: skip
UNPLAYED = Clean("A recording outside the package is not offered, and a warning says why.", lacks=r"data-sound|127\.0\.0\.1|file:", shows="<p>x</p>", told="it is not offered")  # fmt: skip
UNTOOLED = Clean(
    "A tool that cannot be is not shown, and a warning says why; the item stays.",
    lacks="<peil-ruler|<peil-calculator|<script|onload|127",
    shows="Welk",
    told="is shown|is not shown|none of",
)
ONE_TOOL = Clean("Of ten thousand tools of a kind the first is shown.", lacks=r"peil-calculator[\s\S]*data-kind[\s\S]*data-kind", shows="<peil-calculator", told="only the first one")  # fmt: skip


def _told(cards: str, extra: str = "") -> str:
    """Item of which one part names a catalog with these cards."""
    info = f'<qti-catalog-info><qti-catalog id="c">{cards}</qti-catalog>{extra}</qti-catalog-info>'
    return item(f"{NAMED}{CHOICE}", extra=info)


def _card(content: str, support: str = "glossary-on-screen") -> str:
    """One card."""
    return f'<qti-card support="{support}"><qti-html-content>{content}</qti-html-content></qti-card>'


def _file(href: str) -> str:
    """Card with a recording."""
    return f'<qti-card support="spoken"><qti-file-href mime-type="audio/mpeg">{href}</qti-file-href></qti-card>'


def catalogs() -> Iterator[Case]:
    """Content that is shown only to some, so that a hole in it would be found late."""
    for name, content in (
        ("script", "<script>alert(1)</script>"),
        ("handler", "<p onclick='alert(1)'>x</p>"),
        ("frame", f'<iframe src="{URL}"/>'),
        ("picture elsewhere", f'<img src="{URL}/x.png" alt=""/>'),
        ("picture of the server", f'<img src="{FILE}" alt=""/>'),
        ("question", CHOICE),
        ("audio", f'<audio src="{URL}/x.mp3" autoplay="autoplay"/>'),
        ("link", f'<a href="javascript:alert(1)">x</a><a href="{URL}">y</a>'),
        ("formula that acts", '<math xmlns="http://www.w3.org/1998/Math/MathML"><maction actiontype="x" onclick="y">1</maction></math>'),
        ("its own reference", '<p data-catalog-idref="c">x</p>'),
    ):  # fmt: skip
        for support in ("glossary-on-screen", "spoken"):
            outcome = {"link": WORDS, "its own reference": UNCIRCLED}.get(name, WITHHELD)
            yield Case("catalogs", f"{name}, {support}", one(_told(_card(content, support))), outcome)
    spoken = '"><script>alert(1)</script><p x="'.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    yield Case("catalogs", "spoken text that leaves its attribute", one(_told(_card(spoken, "spoken"))), ESCAPED)
    spelt = _card("x").replace("<qti-card ", '<qti-card xml:lang="nl&quot; onclick=&quot;x()" ')
    yield Case("catalogs", "language that leaves its attribute", one(_told(spelt)), UNSPOKEN)
    yield Case("catalogs", "a book read aloud", one(_told(_card("woord " * 100_000, "spoken"))), ABRIDGED)
    many = "".join(f'<qti-catalog id="c{n}"/>' for n in range(3_000))
    yield Case("catalogs", "3,000 catalogs", one(_told(_card("x"), many)), FEWER)
    yield Case("catalogs", "one identifier", one(_told("", '<qti-catalog id="c"/>' * 5)), TWICE)
    yield Case(
        "catalogs", "10,000 references", one(item(f'<p data-catalog-idref="{"c " * 10_000}">x</p>{CHOICE}')), NAMED_ONCE
    )
    recordings: tuple[tuple[str, str, dict[str, Content], str | Clean], ...] = (
        ("elsewhere", f"{URL}/x.mp3", {}, UNPLAYED),
        ("of the server", FILE, {}, UNPLAYED),
        ("that climbs", "../../../etc/passwd", {}, "not in the package"),
        ("that is a page", "x.mp3", {"x.mp3": b"<html><script>alert(1)</script>"}, "neither MP3"),
        ("that is too large", "x.mp3", {"x.mp3": b"ID3\x03" + b"\0" * 3_000_000}, "at most 2 MB"),
        ("that is the item", "item.xml", {}, "neither MP3"),
    )
    for name, href, files, recorded in recordings:
        contents: dict[str, Content] = {"item.xml": _told(_file(href)), **files}
        yield Case("catalogs", f"recording {name}", package(contents), recorded)


def materials() -> Iterator[Case]:
    """Tools that cannot be."""
    rule = '<qti-rule><qti-rule-system-si><qti-minimum-length>{}</qti-minimum-length><qti-minor-increment unit="{}">{}</qti-minor-increment><qti-major-increment unit="Centimeter">1</qti-major-increment></qti-rule-system-si></qti-rule>'
    for name, tool in (
        ("calculator that acts", '<qti-calculator><qti-calculator-type>"&gt;&lt;script&gt;</qti-calculator-type></qti-calculator>'),
        ("ruler without end", rule.format("9" * 5_000, "Millimeter", "1")),
        ("ruler of a number too large", rule.format("99999999999", "Millimeter", "1")),
        ("ruler of nothing", rule.format("NaN", "Millimeter", "1")),
        ("ruler with a million marks", rule.format("50", "Millimeter", "0.00001")),
        ("ruler that acts", rule.format("15", "x' onload='y", "1")),
        ("ten thousand calculators", "<qti-calculator><qti-calculator-type>basic</qti-calculator-type></qti-calculator>" * 5_000),
        ("digital material elsewhere", f'<qti-digital-material mime-type="text/html"><qti-file-href>{URL}</qti-file-href></qti-digital-material>'),
    ):  # fmt: skip
        info = f"<qti-companion-materials-info>{tool}</qti-companion-materials-info>"
        yield Case("materials", name, one(item(extra=info)), ONE_TOOL if "ten thousand" in name else UNTOOLED)
