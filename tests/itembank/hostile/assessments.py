"""Assessment tests that circle, climb, double, or are too many."""

from __future__ import annotations

from collections.abc import Iterator

from tests.itembank.hostile.making import FILE, NAMESPACE, URL, Case, Clean, Content, item, package

REF = '<qti-assessment-item-ref identifier="R" href="{}"/>'
LINK = '<qti-assessment-section-ref identifier="X" href="{}"/>'


AGAIN = Clean("A test may give an item as often as it likes; the item itself is kept once.", shows="Welk")
TITLED = Clean("The title of a test is written into its design as a value, escaped; no pupil gets it with an item.", lacks="form = ", shows="Welk")  # fmt: skip
LEFT = Clean("What a design cannot say is left out of the test, and a warning names it; nothing of it is shown.", lacks="<script", shows="Welk", told="not honoured|are not used")  # fmt: skip
READ_ONCE = Clean("A section is parsed once however many tests take it; its rubrics for raters are shown to nobody.", lacks="<p>x</p>", shows="Welk")  # fmt: skip


def _section(content: str) -> str:
    """One section, as a file or within a test."""
    return f'<qti-assessment-section xmlns="{NAMESPACE}" identifier="S" title="Deel" visible="true">\n{content}\n</qti-assessment-section>'


def _test(content: str, before: str = "") -> str:
    """One test."""
    return (
        f'<qti-assessment-test xmlns="{NAMESPACE}" identifier="TOETS" title="Toets">\n{before}<qti-test-part '
        f'identifier="P" navigation-mode="linear" submission-mode="individual">\n{content}\n</qti-test-part></qti-assessment-test>'
    )


def assessments() -> Iterator[Case]:
    """One test a case, beside a harmless item."""
    good = REF.format("item.xml")
    circle = {f"deel{n}.xml": _section(LINK.format(f"deel{(n + 1) % 3}.xml")) for n in range(3)}
    doubling = {f"deel{n}.xml": _section(LINK.format(f"deel{n + 1}.xml") * 2) for n in range(30)}
    nested, closing = "<qti-assessment-section>" * 200, "</qti-assessment-section>" * 200
    made: tuple[tuple[str, str, dict[str, str], str | Clean], ...] = (
        ("sections in a circle", _test(LINK.format("deel0.xml")), circle, "inside itself"),
        ("a section in itself", _test(LINK.format("deel0.xml")), {"deel0.xml": _section(LINK.format("deel0.xml"))}, "inside itself"),
        ("the test as its section", _test(LINK.format("toets.xml")), {}, "inside itself"),
        ("an item as a section", _test(LINK.format("item.xml")), {}, "no QTI section"),
        ("a billion by doubling", _test(LINK.format("deel0.xml")), {**doubling, "deel30.xml": _section(good)}, "more than 500 sections"),
        ("10,000 sections", _test("<qti-assessment-section/>" * 10_000), {}, "more than 500 sections"),
        ("10,000 items", _test(_section(good * 10_000)), {}, "2000 items"),
        ("an item many times", _test(_section(good * 1_000)), {}, AGAIN),
        ("200 sections in each other", _test(nested + good + closing), {}, "deep"),
        ("item that climbs", _test(_section(REF.format("../../../etc/passwd"))), {}, "not a file of the package"),
        ("item of the server", _test(_section(REF.format(FILE))), {}, "not a file of the package"),
        ("item elsewhere", _test(_section(REF.format(URL))), {}, "not a file of the package"),
        ("section that climbs", _test(LINK.format("../../../etc/passwd")), {}, "not a file of the package"),
        ("section elsewhere", _test(LINK.format(f"{URL}/deel.xml")), {}, "not a file of the package"),
        ("section that is not there", _test(LINK.format("weg.xml")), {}, "is not in the package"),
        ("item that is not there", _test(_section(REF.format("weg.xml"))), {}, "is not an item of the package"),
        ("the test as its item", _test(_section(REF.format("toets.xml"))), {}, "was refused"),
        ("broken section", _test(LINK.format("deel0.xml")), {"deel0.xml": "<qti-assessment-section>"}, "not well-formed"),
        ("entity in a section", _test(LINK.format("deel0.xml")), {"deel0.xml": f'<!DOCTYPE x [<!ENTITY e SYSTEM "{FILE}">]>{_section("&e;")}'}, "document type or entity"),
        ("without items", _test(_section("")), {}, "gives no items"),
        ("another root", "<html/>", {}, "no QTI test"),
        ("no identifier", _test(_section(good)).replace('"TOETS"', '""'), {}, "no usable identifier"),
        ("identifier that climbs", _test(_section(good)).replace('"TOETS"', '"../../x"'), {}, "no usable identifier"),
        ("title that writes a design", _test(_section(good)).replace('"Toets"', "'&quot;&#10;form = [&quot;x&quot;]&#10;\\'"), {}, TITLED),
        ("endless time", _test(_section(good), '<qti-time-limits max-time="INF"/>\n'), {}, "maxTime"),
        ("draw of everything", _test(_section(f'<qti-selection select="{"9" * 5_000}"/>{good}')), {}, LEFT),
        ("a rule that acts", _test(_section(good), "<qti-outcome-processing><script>alert(1)</script></qti-outcome-processing>"), {}, LEFT),
    )  # fmt: skip
    for name, text, others, outcome in made:
        files: dict[str, Content] = {"item.xml": item(), "toets.xml": text, **others}
        yield Case("assessment tests", name, package(files), outcome)
    twice: dict[str, Content] = {"item.xml": item(), "toets1.xml": _test(good), "toets2.xml": _test(good)}
    yield Case("assessment tests", "one identifier", package(twice), "have this identifier")
    yield from _read_again()


def _read_again() -> Iterator[Case]:
    """Large sections that several tests take very often."""
    good, often = REF.format("item.xml"), LINK.format("deel.xml") * 249
    rubric = f'<qti-rubric-block view="scorer" use="x"><div>{"<p>x</p>" * 19_000}</div></qti-rubric-block>'
    tests = {f"toets{number}.xml": _test(_section(often)).replace("TOETS", f"TOETS{number}") for number in range(4)}
    made: tuple[tuple[str, str, str | Clean], ...] = (
        ("one large section 249 times in four tests", rubric, READ_ONCE),
        ("a section of many parts 249 times", "<qti-rubric-block/>" * 19_000, "more than 200000 elements"),
        ("a section of many draws 249 times", '<qti-selection select="2"/>' * 19_000, "more than 200000 elements"),
    )
    for name, inside, outcome in made:
        files: dict[str, Content] = {"item.xml": item(), **tests, "deel.xml": _section(good + inside)}
        yield Case("assessment tests", name, package(files), outcome)
