"""Steps 1 and 2: the bank, a simulated field test, and the first calibration."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlmodel import Session

import itembank
from engine import ItemParameters, Responses, linear_booklets, simulate_responses
from itembank import Arrival, CompiledBank, Design, ImportReport, State
from itembank.demo import CatalogueEntry, build_framework, build_package, design_files, read_catalogue
from peil.calibrating import calibrate_items
from peil.classical import item_statistics
from peil.demo.choices import simulate_choices
from peil.installation import Installation
from scoring import AnswerDetail

N_SIMULEES = 1200
N_BOOKLETS = 6
SHARE_OF_BANK = 0.5  # of its items in a booklet: each item is answered by about half of the simulees
GROUP = "veldtest (gesimuleerd)"
AUTHORS = Arrival("Demo, auteurs", "voorbeelden, nagekeken voor ze hier kwamen", State.FIELD_TEST)
EDITORS = "Demo, redactie"


@dataclass(frozen=True, slots=True, eq=False)
class FieldTest:
    """The simulated field test of one test, and what came of it.

    Attributes
    ----------
    design : the test
    item_ids : item versions of the test, in the order of ``responses``
    entries : generating parameters, in the same order
    responses : answers of the simulees
    details : what they chose
    bank : compiled bank with the parameters that were estimated from them
    """

    design: Design
    item_ids: tuple[str, ...]
    entries: tuple[CatalogueEntry, ...]
    responses: Responses
    details: tuple[AnswerDetail, ...]
    bank: CompiledBank


def import_bank(installation: Installation) -> ImportReport:
    """Step 1: build the demo's goals and content package and import them as users do."""
    package = build_package(installation.settings.data / "demo-bank.zip")
    goals = itembank.read_framework(build_framework(installation.settings.data / "demo-goals.json"))
    with Session(installation.database) as db, db.begin():
        itembank.save_framework(db, goals)
        return itembank.import_package(db, package, arrival=AUTHORS)


def copy_scales(installation: Installation) -> None:
    """Put the demo's reporting scales where the installation looks for them."""
    scales = Path(__file__).parent / "scales"
    shutil.copytree(scales, installation.settings.scales_folder, copy_function=shutil.copyfile)


def run_field_tests(installation: Installation, rng: np.random.Generator) -> dict[str, FieldTest]:
    """Step 2: simulate a field test of each test, calibrate it and release a bank; by test."""
    with Session(installation.database) as db, db.begin():
        designs = [itembank.save_design(db, path.read_text(encoding="utf-8")) for path in design_files()]
    catalogue = {entry.identifier: entry for entry in read_catalogue()}
    return {design.identifier: _run_field_test(installation, design, catalogue, rng) for design in designs}


def _run_field_test(
    installation: Installation, design: Design, catalogue: Mapping[str, CatalogueEntry], rng: np.random.Generator
) -> FieldTest:
    """Simulate, calibrate, release."""
    with Session(installation.database) as db:
        items = [item for item in itembank.items(db) if design.filter.takes(item.labels, item.goals)]
    entries = tuple(catalogue[item.identifier] for item in items)
    item_ids = tuple(item.name for item in items)
    (for_choices,) = rng.spawn(1)
    responses = simulate_field_test(entries, rng)
    points = [item.maximum for item in items]
    calibration = calibrate_items(
        f"veldtest-{design.identifier}", item_ids, responses, (GROUP,), points=points, simulated=True
    )
    with Session(installation.database) as db, db.begin():
        itembank.add_calibration(db, calibration)
        for name in item_ids:
            itembank.move_item(db, name, State.OPERATIONAL, EDITORS, f"gekalibreerd als {calibration.identifier}")
        bank = itembank.release_bank(db, design, calibration.identifier)
        views = {view.item: view for view in bank.views}
        details = simulate_choices(
            responses, [views[name] for name in item_ids], [entry.points for entry in entries], for_choices
        )
        fields = {name: view.fields for name, view in views.items()}
        statistics = item_statistics(item_ids, responses, details, fields, points)
        itembank.add_statistics(db, calibration.identifier, statistics)
    return FieldTest(design, item_ids, entries, responses, tuple(details), bank)


def generating_parameters(entries: Sequence[CatalogueEntry]) -> ItemParameters:
    """The authors' parameters, n_items of them."""
    return itembank.item_parameters([entry.discrimination for entry in entries], [entry.steps for entry in entries])


def simulate_field_test(entries: Sequence[CatalogueEntry], rng: np.random.Generator) -> Responses:
    """Answers of 1,200 simulees, each to one of six linear booklets that share items; abilities are N(0, 1)."""
    overlap = round(SHARE_OF_BANK * len(entries)) - len(entries) // N_BOOKLETS
    booklets = linear_booklets(len(entries), N_BOOKLETS, overlap=overlap, rng=rng)
    presented = booklets[np.arange(N_SIMULEES) % N_BOOKLETS]  # (n_persons, n_items)
    return simulate_responses(rng.standard_normal(N_SIMULEES), generating_parameters(entries), presented, rng)
