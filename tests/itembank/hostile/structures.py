"""Packages that lack, double or circle, and interactions that are too many, unknown or unanswerable."""

from __future__ import annotations

from collections.abc import Iterator

from tests.itembank.hostile.making import (
    CHOICE,
    FILE,
    KEY,
    SCORE,
    Case,
    Clean,
    Content,
    item,
    manifest,
    one,
    package,
    passage,
    resource,
    shown,
)

UNCHAINED = Clean(
    "Dependencies between resources are not followed: each resource is read once, whatever they say.",
    lacks="dependency",
    shows="data-item=",
)
UNSHOWN = Clean("Metadata are kept for staff; none of them is in what a pupil gets.", lacks="alert|<b>", shows="Welk")
FIRST = Clean("Only the first body is read; what stands in another is never shown.", lacks="<script", shows="Welk")
ALONE = Clean(
    "A passage that names a passage is read by itself: the reference is not followed, so that no circle closes.",
    lacks="stimulus-ref|stimulus2",
    shows="data-stimulus=",
)
SIZED = Clean(
    "A size that is no plain number is not used: the field gets the size that it has without one.",
    lacks=r"NaN|1e9|0x10|1_0|²|٣|\"-1\"|9{9}",
    shows="data-field=",
)
COUNTED = Clean(
    "A number with spaces around it, or none, is what the standard makes of it.", shows='data-maximum="\\d"'
)


def _with_passage(href: str) -> str:
    """Item that stands beside a passage."""
    return item(extra=f'<qti-assessment-stimulus-ref identifier="S-1" href="{href}"/>')


def missing() -> Iterator[Case]:
    """What is named and not there, is there twice, or leads in a circle."""
    both = resource("item.xml", "R1") + resource("item.xml", "R2")
    listings: tuple[tuple[str, str, str | Clean], ...] = (
        ("file of an item", manifest(resource("gone.xml")), "not in the package"),
        ("no address", manifest('<resource identifier="R" type="imsqti_item_xmlv3p0"/>'), "not in the package"),
        ("empty address", manifest(resource("")), "not in the package"),
        ("nothing at all", manifest('<resource type="imsqti_item_xmlv3p0"/>'), "not in the package"),
        ("resources", manifest(), "names no resources"),
        ("another root", "<html/>", "names no resources"),
        ("empty manifest", "", "not well-formed"),
        ("unknown kind", manifest(resource("item.xml", kind="portfolio")), "are not supported"),
        ("no QTI", manifest('<resource type="webcontent" href="item.xml"/>'), "no QTI item"),
        ("file twice", manifest(both), "twice"),
        ("item as passage", manifest(resource("item.xml", kind="stimulus")), "no stimulus"),
        ("itself as item", manifest(resource("imsmanifest.xml")), "no QTI item"),
        ("folder as item", manifest(resource(".")), "not in the package"),
        ("depends on itself", manifest(resource("item.xml", inside='<dependency identifierref="R"/>')), UNCHAINED),
        ("depends on nothing", manifest(resource("item.xml", inside='<dependency identifierref="gone"/>')), UNCHAINED),
        ("depends in a circle", manifest(resource("item.xml", "A", inside='<dependency identifierref="B"/>'), resource("i2.xml", "B", inside='<dependency identifierref="A"/>')), UNCHAINED),
        ("a thousand dependencies", manifest(resource("item.xml", inside='<dependency identifierref="R"/>' * 1_000)), UNCHAINED),
        ("same name twice", manifest(resource("item.xml", "A"), resource("i2.xml", "A")), UNCHAINED),
        ("hostile metadata", manifest(resource("item.xml", inside="<metadata><lom><general><title>&lt;script&gt;alert(1)&lt;/script&gt;</title><language>\"&gt;&lt;b&gt;</language></general></lom></metadata>")), UNSHOWN),
    )  # fmt: skip
    for name, names, outcome in listings:
        listed_files = {"item.xml": item(), "i2.xml": item(name="H-2")}
        yield Case("missing", name, package(listed_files, names=names), outcome)
    packed: tuple[tuple[str, dict[str, Content], str | Clean], ...] = (
        ("passage", {"item.xml": _with_passage("gone.xml")}, "passage .* is not in the package"),
        ("passage outside", {"item.xml": _with_passage(FILE)}, "passage .* is not in the package"),
        ("passage is the item itself", {"item.xml": _with_passage("item.xml")}, "passage .* is not in the package"),
        ("passage without body", {"item.xml": item(), "stimulus.xml": passage("").replace("stimulus-body", "x-body")}, "no stimulus with a body"),
        ("passage that asks", {"item.xml": item(), "stimulus.xml": passage(CHOICE)}, "cannot ask"),
        ("picture", {"item.xml": shown('<p><img src="gone.png" alt=""/></p>')}, "not in the package"),
        ("picture is the item", {"item.xml": shown('<p><img src="item.xml" alt=""/></p>')}, "neither PNG"),
        ("picture is the manifest", {"item.xml": shown('<p><img src="imsmanifest.xml" alt=""/></p>')}, "neither PNG"),
        ("identifier twice", {"a.xml": item(), "b.xml": item()}, "have this identifier"),
        ("passage's identifier twice", {"item.xml": item(), "stimulus1.xml": passage("a"), "stimulus2.xml": passage("b")}, "have this identifier"),
        ("body", {"item.xml": item().replace("qti-item-body", "x-item-body")}, "is missing"),
        ("identifier", {"item.xml": item(name="")}, "no usable identifier"),
        ("long identifier", {"item.xml": item(name="x" * 101)}, "no usable identifier"),
        ("identifier that climbs", {"item.xml": item(name="../x")}, "no usable identifier"),
        ("two bodies", {"item.xml": item().replace("</qti-item-body>", "</qti-item-body><qti-item-body><script/></qti-item-body>")}, FIRST),
        ("no item", {"item.xml": "<html/>"}, "no QTI item"),
        ("cut", {"item.xml": item()[:400]}, "not well-formed"),
        ("empty file", {"item.xml": ""}, "not well-formed"),
    )  # fmt: skip
    for name, files, outcome in packed:
        yield Case("missing", name, package(files), outcome)
    circle: dict[str, Content] = {
        "stimulus1.xml": passage('<p>a</p>', "S-1").replace("<qti-stimulus-body>", '<qti-assessment-stimulus-ref identifier="S-2" href="stimulus2.xml"/><qti-stimulus-body>'),
        "stimulus2.xml": passage('<p>b</p>', "S-2").replace("<qti-stimulus-body>", '<qti-assessment-stimulus-ref identifier="S-1" href="stimulus1.xml"/><qti-stimulus-body>'),
        "item.xml": _with_passage("stimulus1.xml"),
    }  # fmt: skip
    yield Case("missing", "passages that name each other", package(circle), ALONE)
    itself: dict[str, Content] = {
        "stimulus.xml": str(circle["stimulus1.xml"]).replace("stimulus2.xml", "stimulus.xml"),
        "item.xml": _with_passage("stimulus.xml"),
    }
    yield Case("missing", "passage that names itself", package(itself), ALONE)
    yield Case(
        "missing",
        "passage of nothing",
        package({"item.xml": _with_passage("stimulus.xml"), "stimulus.xml": passage("<blink/>")}),
        "not supported",
    )


UNSUPPORTED = [
    "custom",
    "drawing",
    "end-attempt",
    "media",
    "portable-custom",
    "position-object",
    "upload",
    "unknown",
    "graphic-order",
    "graphic-associate",
]


def choices(number: int, name: str = "c{}") -> str:
    """Choice of this many."""
    listed = "".join(f'<qti-simple-choice identifier="{name.format(n)}">x</qti-simple-choice>' for n in range(number))
    return f'<qti-choice-interaction response-identifier="RESPONSE">{listed}</qti-choice-interaction>'


def declared(base_type: str, cardinality: str = "single", inside: str = "") -> str:
    """Declaration of the response."""
    return f'<qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{base_type}">{inside}</qti-response-declaration>'


def interactions() -> Iterator[Case]:
    """Interactions that ask too much, or in a way that cannot be answered."""
    for kind in UNSUPPORTED:
        yield Case(
            "interactions",
            kind,
            one(item(f'<qti-{kind}-interaction response-identifier="RESPONSE"/>')),
            "not supported",
        )
    for number in (0, 1, 101, 10_000, 15_000):
        yield Case(
            "interactions",
            f"{number} choices",
            one(item(choices(number), declarations=declared("identifier"))),
            "choices",
        )
    yield Case("interactions", "10,000 choices of one name", one(item(choices(10_000, "A"))), "choices")
    entry = '<p><qti-text-entry-interaction response-identifier="RESPONSE"{}/></p>'
    many = "".join(entry.replace("RESPONSE", f"R{n}").format("") for n in range(5_000))
    declarations = "".join(
        f'<qti-response-declaration identifier="R{n}" cardinality="single" base-type="string"/>' for n in range(5_000)
    )
    yield Case(
        "interactions",
        "5,000 entries",
        one(item(many, declarations=declarations, rules="")),
        "interactions|questions",
    )
    yield Case("interactions", "not declared", one(item(declarations="")), "not declared")
    yield Case("interactions", "declared twice", one(item(declarations=KEY * 2)), "declared twice")
    yield Case("interactions", "asked twice", one(item(CHOICE * 2)), "share the response")
    yield Case(
        "interactions",
        "key of nothing",
        one(item(CHOICE.replace('identifier="A"', 'identifier="C"'))),
        "key names the choice",
    )
    yield Case(
        "interactions",
        "choices of one name",
        one(item(CHOICE.replace('identifier="B"', 'identifier="A"'))),
        "share the identifier",
    )
    yield Case(
        "interactions", "choices without name", one(item(CHOICE.replace('identifier="B"', ""))), "share the identifier"
    )
    yield Case("interactions", "an outcome asked", one(item(CHOICE.replace("RESPONSE", "SCORE"))), "not declared")
    yield Case("interactions", "within itself", one(item(CHOICE.replace(">2<", f">{CHOICE}<"))), "stands inside")
    yield Case(
        "interactions",
        "in a picture",
        one(shown(f'<object data="none.png" type="image/png">{CHOICE}</object>')),
        "question inside object",
    )
    for base_type in ("", "nonsense", "pair", "directedPair", "point", "file", "duration", "boolean", "integer"):
        yield Case(
            "interactions",
            f"choice of {base_type or 'no'} type",
            one(item(declarations=declared(base_type))),
            "unknown base type|cannot give",
        )
    for cardinality in ("", "ordered", "record", "nonsense"):
        yield Case(
            "interactions",
            f"choice with cardinality {cardinality or 'none'}",
            one(item(declarations=declared("identifier", cardinality))),
            "cardinality|cannot give",
        )
    hostile = ("²", "٣", "-1", "1e9", "9" * 5_000, "0x10", " 5 ", "NaN", "1_0", "")
    for value in hostile:
        label = value if len(value) < 9 else "very long"
        several = CHOICE.replace('max-choices="1"', f'max-choices="{value}"')
        why = COUNTED if value.strip() in ("", "5") else "maxChoices is"
        yield Case(
            "interactions",
            f"at most {label!r}",
            one(item(several, declarations=KEY.replace("single", "multiple"))),
            why,
        )
        more = f' expected-length="{value}"'
        yield Case(
            "interactions",
            f"length {label!r}",
            one(
                item(
                    entry.format(more),
                    declarations=declared(
                        "string", inside="<qti-correct-response><qti-value>x</qti-value></qti-correct-response>"
                    ),
                )
            ),
            SIZED,
        )
        lines = f'<qti-extended-text-interaction response-identifier="RESPONSE" expected-lines="{value}"/>'
        open_text = item(lines, declarations=declared("string"), rules="")
        yield Case("interactions", f"lines {label!r}", one(open_text), SIZED)
    for name, rules in {
        "no rules": "", "empty rules": "<qti-response-processing/>", "outcome only": "<qti-outcome-processing/>",
        "unknown template": '<qti-response-processing template="https://example.org/rptemplates/own_rules"/>',
        "template that climbs": '<qti-response-processing template="../../match_correct/../x"/>',
    }.items():  # fmt: skip
        yield Case("interactions", name, one(item(rules=rules)), "is missing|is empty|none of the standard")
    yield Case(
        "interactions",
        "long template",
        one(item(rules=f'<qti-response-processing template="{"a/" * 50_000}!"/>')),
        "none of the standard",
    )
    yield Case(
        "interactions", "adaptive", one(item().replace('adaptive="false"', 'adaptive="true"')), "several attempts"
    )
    yield Case("interactions", "no outcome", one(item().replace(SCORE, "")), "not declared")
