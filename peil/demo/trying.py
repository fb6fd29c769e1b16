"""The released tests, tried out on simulated pupils before any pupil sees them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from engine import Behaviour
from itembank.demo import design_files
from peil.demo.facts import require
from peil.demo.field_test import FieldTest
from peil.installation import Installation
from peil.simulation.banks import BankSource
from peil.simulation.files import write_simulation
from peil.simulation.planning import Request, make_plan
from peil.simulation.reporting import build_report
from peil.simulation.running import Outcome, run
from reports.simulation import render_simulation

N_SIMULATED = 300
FOLDER = "simulations"


def try_tests(installation: Installation, field_tests: Mapping[str, FieldTest]) -> list[Path]:
    """Simulate both tests, check that every blueprint is met, and write a page for each.

    Raises
    ------
    DemoError
        If a test misses its blueprint, or an item had to be found without a plan.
    """
    pages = []
    for design in design_files():
        bank = field_tests[design.stem].bank
        source = BankSource(f"{bank.test}, release {bank.hash[:12]}", bank.hash, bank.pool)
        request = Request(design, bank.test, installation.settings.data, N_SIMULATED, 1, None, Behaviour(), 1)
        outcome = run(make_plan(request, source), lambda _what, _n: None, lambda _n: None)
        _check(bank.test, outcome)
        page = render_simulation(build_report(outcome, made_on=date.today()))
        folder = installation.settings.data / FOLDER / bank.test
        write_simulation(folder, outcome, page, with_answers=False)
        pages.append(folder / "report.html")
    return pages


def _check(test: str, outcome: Outcome) -> None:
    """Every simulated test meets its blueprint, and plans were enough."""
    rules = outcome.plan.bank.plans.rules
    broken = [rules.broken(items[items >= 0]) for items in outcome.tests.item]
    require(not any(broken), f"{test}: a simulated test breaks {next((one for one in broken if one), '')}")
    require(not outcome.tests.fallbacks.any(), f"{test}: a simulated test needed a fall-back")
