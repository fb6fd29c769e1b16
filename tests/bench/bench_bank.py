"""How fast a large item bank is imported, searched, compiled, rendered and scored.

    python tests/bench/bench_bank.py [--items N]

A package of N choice items made here (20,000 by default) goes into an SQLite database as `peil import` does it. Then
each kind of search is timed, the median of several; a bank of 1,000 of the items is compiled; an item is taken out of
the compiled bank as the player gets it, and one response is scored. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlmodel import Session

sys.path.insert(0, str(Path(__file__).parents[2]))

from itembank import (
    Arrival,
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    Interaction,
    State,
    Wanted,
    add_calibration,
    bank_bytes,
    bank_from_bytes,
    compile_bank,
    design_from_text,
    import_package,
    load_item,
    score,
    search_items,
)
from itembank.pages import list_part
from peil.database import migrate, open_owner
from peil.settings import Settings
from tests.bench.gates import Gates

N_ITEMS, N_COMPILED, TIMES = 20_000, 1_000, 7
PER_SECOND, SEARCH_MS, COMPILE_S, RENDER_US, SCORE_US = 200.0, 100.0, 5.0, 50.0, 100.0
WORDS = [
    "appel",
    "boot",
    "cirkel",
    "driehoek",
    "emmer",
    "fiets",
    "gewicht",
    "hoek",
    "inhoud",
    "jaar",
    "kilo",
    "lengte",
    "meter",
    "noemer",
    "omtrek",
    "prijs",
]
ITEM = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="W{n:05}"
 title="Opgave {n}" adaptive="false" time-dependent="false" xml:lang="nl-BE">
<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="identifier">
<qti-correct-response><qti-value>A</qti-value></qti-correct-response></qti-response-declaration>
<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
<qti-item-body><p>Lees de tekst over {one} en {other} en kies het juiste antwoord.</p>
<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Hoeveel is het?</qti-prompt>
<qti-simple-choice identifier="A">{n} meter</qti-simple-choice>
<qti-simple-choice identifier="B">3 meter</qti-simple-choice>
<qti-simple-choice identifier="C">5 meter</qti-simple-choice>
<qti-simple-choice identifier="D">7 meter</qti-simple-choice>
</qti-choice-interaction></qti-item-body>
<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>
</qti-assessment-item>"""
RESOURCE = """<resource identifier="R{n}" href="i/{n}.xml" type="imsqti_item_xmlv3p0"><metadata>
<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><keyword><string>area:{area}</string></keyword></general>
<classification><purpose><value>educational objective</value></purpose>
<taxonPath><taxon><id>WIS4-{goal}</id></taxon></taxonPath></classification></lom></metadata>
<file href="i/{n}.xml"/></resource>"""
SEARCHES = {
    "one word": Wanted("driehoek"),
    "two words": Wanted("driehoek boot"),
    "a word that is not there": Wanted("kasteel"),
    "goal": Wanted(goal="WIS4-7"),
    "state and type": Wanted(state=State.OPERATIONAL, interaction=Interaction.CHOICE),
    "difficulty": Wanted(easiest=-0.1, hardest=0.1),
    "everything at once": Wanted("appel", "WIS4-3", "area-3", State.OPERATIONAL, Interaction.CHOICE, "", -1.0, 1.0),
}
LISTS = {
    "everything, the last page": {"blad": "400"},
    "state, kind and difficulty": {"staat": "operational", "vorm": "choice", "vanaf": "-0,1", "tot": "0,1"},
}


def make_package(path: Path, n_items: int) -> None:
    """Write a package of choice items."""
    resources = "".join(RESOURCE.format(n=n, area=f"area-{n % 9}", goal=n % 40) for n in range(n_items))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "imsmanifest.xml",
            '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="M">'
            f"<resources>{resources}</resources></manifest>",
        )
        for n in range(n_items):
            one, other = WORDS[n % len(WORDS)], WORDS[(n * 7 + 3) % len(WORDS)]
            archive.writestr(f"i/{n}.xml", ITEM.format(n=n, one=one, other=other))


def median_ms(work: Callable[[], object], times: int = TIMES) -> float:
    """Median time of some calls, in milliseconds."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(taken)


def compiled(db: Session, names: list[str]) -> tuple[float, CompiledBank]:
    """Seconds that compiling takes, and the bank."""
    entries = tuple(
        CalibratedItem(name, 1.0, place / 500 - 1.0, 0.1, 0.1, 500, 0.5) for place, name in enumerate(names)
    )
    add_calibration(db, CalibrationVersion("bench", "2pl", {}, entries))
    design = design_from_text('identifier = "bench"\ntitle = "Bench"\nsubject = "wiskunde"\nlength = 30\n')
    begun = time.perf_counter()
    calibration = CalibrationVersion("bench", "2pl", {}, entries)
    bank = compile_bank(design, [load_item(db, name) for name in names], calibration)
    return time.perf_counter() - begun, bank


def main() -> int:
    """Measure and print; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--items", type=int, default=N_ITEMS)
    n_items = parser.parse_args().items
    console, gates = Console(width=110), Gates()
    table = Table("what", "measured", "goal", title=f"a bank of {n_items:,} items, SQLite, one core")

    def row(what: str, measured: float, unit: str, goal: float, *, least: bool = False) -> None:
        (gates.at_least if least else gates.at_most)(f"{what}, {unit}", measured, goal)
        table.add_row(what, f"{measured:.4g} {unit}", f"{'≥' if least else '≤'} {goal:g} {unit}")

    with tempfile.TemporaryDirectory() as folder:
        package, data = Path(folder) / "bank.zip", Path(folder) / "data"
        make_package(package, n_items)
        data.mkdir()
        settings = Settings(data=data, database_url="")
        migrate(settings)
        database = open_owner(settings)
        with Session(database) as db, db.begin(), console.status("importing"):
            begun = time.perf_counter()
            report = import_package(db, package, arrival=Arrival("bench", "bench", State.OPERATIONAL))
            row("import", report.n_items / (time.perf_counter() - begun), "items/s", PER_SECOND, least=True)
        with Session(database) as db, console.status("searching and compiling"):
            seconds, bank = compiled(db, list(report.imported[:N_COMPILED]))
            for what, wanted in SEARCHES.items():
                row(f"search: {what}", median_ms(partial(search_items, db, wanted)), "ms", SEARCH_MS)
            for what, query in LISTS.items():
                row(f"list page: {what}", median_ms(partial(list_part, db, query)), "ms", SEARCH_MS)
            row(f"compile {len(bank.views):,} items", seconds, "s", COMPILE_S)
        opened = bank_from_bytes(bank_bytes(bank))
        every = range(len(opened.views))
        row(
            "show an item", median_ms(lambda: [opened.views[n].html for n in every]) * 1e3 / len(every), "µs", RENDER_US
        )
        answer = {"RESPONSE": "A"}
        score(opened.scoring[0], answer)
        row("score a response", median_ms(lambda: score(opened.scoring[0], answer), 1001) * 1e3, "µs", SCORE_US)
        database.dispose()
    console.print(table)
    return gates.close(console)


if __name__ == "__main__":
    sys.exit(main())
