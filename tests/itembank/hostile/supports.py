"""Catalogs and companion materials that act, load, circle, or are too many."""

from __future__ import annotations

from collections.abc import Iterator

from tests.itembank.hostile.making import CHOICE, FILE, URL, Case, Content, item, one, package

NAMED = '<p data-catalog-idref="c">x</p>'


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
            yield Case("catalogs", f"{name}, {support}", one(_told(_card(content, support))))
    spoken = '"><script>alert(1)</script><p x="'.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    yield Case("catalogs", "spoken text that leaves its attribute", one(_told(_card(spoken, "spoken"))))
    yield Case("catalogs", "language that leaves its attribute", one(_told(_card("x").replace("<qti-card ", '<qti-card xml:lang="nl&quot; onclick=&quot;x()" '))))  # fmt: skip
    yield Case("catalogs", "a book read aloud", one(_told(_card("woord " * 100_000, "spoken"))))
    many = "".join(f'<qti-catalog id="c{n}"/>' for n in range(3_000))
    yield Case("catalogs", "3,000 catalogs", one(_told(_card("x"), many)))
    yield Case("catalogs", "one identifier", one(_told("", '<qti-catalog id="c"/>' * 5)))
    yield Case("catalogs", "10,000 references", one(item(f'<p data-catalog-idref="{"c " * 10_000}">x</p>{CHOICE}')))
    for name, href, files, why in (
        ("elsewhere", f"{URL}/x.mp3", {}, ""),
        ("of the server", FILE, {}, ""),
        ("that climbs", "../../../etc/passwd", {}, "not in the package"),
        ("that is a page", "x.mp3", {"x.mp3": b"<html><script>alert(1)</script>"}, "neither MP3"),
        ("that is too large", "x.mp3", {"x.mp3": b"ID3\x03" + b"\0" * 3_000_000}, "at most 2 MB"),
        ("that is the item", "item.xml", {}, "neither MP3"),
    ):
        contents: dict[str, Content] = {"item.xml": _told(_file(href)), **files}
        has_line = "neither" not in why and "MB" not in why
        yield Case("catalogs", f"recording {name}", package(contents), why, has_line=has_line)


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
        yield Case("materials", name, one(item(extra=info)))
