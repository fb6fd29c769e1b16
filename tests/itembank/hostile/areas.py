"""Pictures with areas and points that cannot be drawn or hit, or that carry something in their coordinates."""

from __future__ import annotations

from collections.abc import Iterator

from tests.itembank.hostile.making import SVG, Case, Clean, item, one, package
from tests.itembank.hostile.structures import declared

SPOTS = (
    '<qti-hotspot-interaction response-identifier="RESPONSE"><img src="p.svg" alt="plan" width="200" height="100"/>'
    '<qti-hotspot-choice identifier="A" shape="rect" coords="0,0,50,50" hotspot-label="links"/>'
    '<qti-hotspot-choice identifier="B" shape="{}" coords="{}" hotspot-label="{}"/></qti-hotspot-interaction>'
)
DRAWING = f'{SVG}<rect width="9" height="9"/></svg>'
ON_POINTS = (
    '<qti-select-point-interaction response-identifier="RESPONSE"><img src="p.svg" alt="plan" width="{}" height="{}"/>'
    "</qti-select-point-interaction>"
)
MAPPED = '<qti-area-mapping><qti-area-map-entry shape="{}" coords="{}" mapped-value="1"/></qti-area-mapping>'
LABELLED = Clean(
    "The name of an area is the value of an attribute, with its quotes escaped: nothing comes out of it.",
    lacks=r"<(script|img src=x)",
    shows=r"aria-label=(['\"])(?:(?!\1).)*(alert\(1\)|x{50})(?:(?!\1).)*\1",
)
REDRAWN = Clean(
    "Script is taken out of the picture and named in a warning; the areas stay.",
    lacks="<script|alert",
    shows="data-box=",
    told="taken out of the drawing: element script",
)
ATTACKS = (
    ("percent", "rect", "1%,1%,9%,9%"),
    ("not a number", "rect", "NaN,NaN,NaN,NaN"),
    ("infinity", "circle", "50,50,inf"),
    ("an exponent", "circle", "50,50,1e9"),
    ("a hundred thousand numbers", "poly", "1," * 100_000 + "1"),
    ("a long number", "circle", "50,50," + "9" * 100_000),
    ("script", "rect", '"&gt;&lt;script&gt;alert(1)&lt;/script&gt;'.replace('"', "&quot;")),
    ("a handler as shape", "rect&quot; onload=&quot;alert(1)", "0,0,9,9"),
    ("a foreign shape", "image", "0,0,9,9"),
    ("a style", "rect", "0,0,9,9;background:url(//evil.example)"),
    ("too few", "poly", "1,2"),
    ("too many", "circle", "1,2,3,4"),
    ("outside", "rect", "200,100,99999,99999"),
    ("below zero", "circle", "-50,-50,10"),
    ("turned round", "rect", "50,50,0,0"),
    ("nothing", "circle", ""),
    ("other digits", "circle", "٥٠,٥٠,١٠"),
    ("line breaks", "circle", "50&#10;50&#10;10"),
)  # fmt: skip


def areas() -> Iterator[Case]:
    """What is wrong with an area, its label or its picture."""
    for name, shape, coords in ATTACKS:
        hotspot = item(SPOTS.format(shape, coords, "rechts"))
        point = item(ON_POINTS.format(200, 100), declarations=declared("point", inside=MAPPED.format(shape, coords)))
        for kind, text in (("hotspot", hotspot), ("mapped", point)):
            yield Case(
                "areas",
                f"{name}, {kind}",
                package({"item.xml": text, "p.svg": DRAWING}),
                "coordinate|shape|outside|surface|a number",
            )
    for name, label in (
        ("script as label", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("a label that closes", "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("a long label", "x" * 10_000),
    ):
        spots = item(SPOTS.format("circle", "150,50,20", label))
        yield Case("areas", name, package({"item.xml": spots, "p.svg": DRAWING}), LABELLED)
    for width, height in (
        ("0", "0"),
        ("-1", "100"),
        ("1e3", "100"),
        ("100%", "100%"),
        ("9" * 5_000, "1"),
        ("٢٠٠", "100"),
        ("", ""),
    ):
        text = item(ON_POINTS.format(width, height), declarations=declared("point"))
        yield Case(
            "areas",
            f"a picture of {width[:9]!r} by {height!r}",
            package({"item.xml": text, "p.svg": DRAWING}),
            "no width and height",
        )
    hundred = "".join(
        f'<qti-hotspot-choice identifier="S{n}" shape="circle" coords="50,50,10"/>' for n in range(10_000)
    )
    many = SPOTS.format("circle", "150,50,20", "x").replace("</qti-hotspot-i", f"{hundred}</qti-hotspot-i")
    yield Case("areas", "10,000 areas", package({"item.xml": item(many), "p.svg": DRAWING}), "choices|faults")
    yield Case(
        "areas", "no picture", one(item(SPOTS.replace("img", "p").format("circle", "150,50,20", "x"))), "has no picture"
    )
    gone = item(SPOTS.replace("p.svg", "gone.svg").format("circle", "150,50,20", "x"))
    yield Case("areas", "picture that is not there", package({"item.xml": gone}), "not in the package")
    script = f"{SVG}<script>alert(1)</script></svg>"
    yield Case(
        "areas",
        "script in the picture",
        package({"item.xml": item(SPOTS.format("circle", "150,50,20", "x")), "p.svg": script}),
        REDRAWN,
    )
