"""Write a small package, read it, compile a bank and print its hash: run by itself, as if on another machine.

``python -m tests.itembank.elsewhere FOLDER ORDER``: files are written, and listed in the manifest, in an order drawn
from the number ORDER.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from pathlib import Path

from engine.assembly import Passages
from itembank import CalibratedItem, CalibrationVersion, CompiledBank, Design, compile_bank
from itembank.qti.package import PackageSource, read_package
from tests.designs import area_design
from tests.itembank.drawn_samples import drawn_item
from tests.itembank.interaction_samples import CHOICE, SAMPLES

QTI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" width="200" height="100">'
    '<circle cx="40" cy="50" r="10"/></svg>'
)
PASSAGE = (
    f'<qti-assessment-stimulus xmlns="{QTI}" identifier="T1" title="De egel"><qti-stimulus-body>'
    "<p>Een egel eet ’s nachts, en slaapt ’s winters.</p></qti-stimulus-body></qti-assessment-stimulus>"
)
REFERENCE = '<qti-assessment-stimulus-ref identifier="T1" href="T1.xml" title="De egel"/>'


def files() -> dict[str, str]:
    """Items of every interaction, one that is drawn, four beside a passage, and pictures."""
    beside = {
        f"L{n}.xml": CHOICE.xml()
        .replace('identifier="choice"', f'identifier="L{n}"')
        .replace("<qti-item-body>", f"{REFERENCE}<qti-item-body>")
        for n in range(4)
    }
    alone = {f"{sample.name}.xml": sample.xml() for sample in SAMPLES}
    return {**alone, **beside, "S-1.xml": drawn_item().decode(), "T1.xml": PASSAGE, "plan.svg": SVG, "stip.svg": SVG}


def resource(name: str) -> str:
    """Entry of the manifest."""
    kind = {"svg": "webcontent"}.get(
        name[-3:], "imsqti_stimulus_xmlv3p0" if name == "T1.xml" else "imsqti_item_xmlv3p0"
    )
    area = "lezen" if name.startswith("L") else "de rest"
    return (
        f'<resource identifier="R-{name}" href="{name}" type="{kind}"><metadata><lom '
        f'xmlns="http://ltsc.ieee.org/xsd/LOM"><general><keyword><string>area:{area}</string></keyword></general></lom>'
        f'</metadata><file href="{name}"/></resource>'
    )


def write(folder: Path, order: int) -> PackageSource:
    """Write the package in some order, and read it."""
    names = sorted(files())
    random.Random(order).shuffle(names)
    folder.mkdir()
    for name in names:
        (folder / name).write_text(files()[name], encoding="utf-8")
    (folder / "imsmanifest.xml").write_text(
        '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="M"><resources>'
        f"{''.join(map(resource, names))}</resources></manifest>",
        encoding="utf-8",
    )
    return read_package(folder)


def compiled(package: PackageSource) -> CompiledBank:
    """Bank of an adaptive test, with a plan, prices and a passage."""
    assert package.refused == ()
    names = sorted(item.name for item in package.items)
    entries = [
        CalibratedItem(name, 0.8 + n / 7, (n - 9) / 3, 0.1 + 0.2, 1e-17, 500, 2 / 3) for n, name in enumerate(names)
    ]
    plain = area_design("overal", "Overal hetzelfde", 8, {"lezen": (2, 4), "de rest": (4, 6)})
    passages = Passages(minimum=1, maximum=1, fewest=2, most=4)
    design: Design = replace(plain, blueprint=replace(plain.blueprint, passages=passages))
    calibration = CalibrationVersion("elders", "2pl", {}, tuple(entries))
    return compile_bank(design, package.items, calibration, package.stimuli)


if __name__ == "__main__":
    made = compiled(write(Path(sys.argv[1]), int(sys.argv[2])))
    sys.stdout.write(f"{made.hash} {len(made.views)} {len(made.prepared.start_plan)} {len(made.prepared.libraries)}")
