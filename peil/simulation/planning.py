"""What is to be simulated: a design and a bank, held against each other, and made ready."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine import (
    AdaptiveBank,
    Behaviour,
    BlueprintError,
    EngineError,
    Method,
    Pool,
    Strategy,
    Subgroup,
    item_information,
    make_bank,
)
from engine.arrays import FloatArray, IndexArray, IntArray
from engine.assembly import solve_plan
from itembank.banks import check_design
from itembank.choosing import strategy_of
from itembank.designs import Design, read_design
from itembank.errors import DesignFileError
from peil.errors import CommandError
from peil.simulation.banks import BankSource, find_bank
from peil.simulation.groups import read_groups

LINEAR = "linear"
TIMES = ("seconds", "sec")
"""What a bank may call the time that an item takes."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked.

    Attributes
    ----------
    design : file
    bank : file, test that was released, or hash of a release
    data : folder of the installation that released banks are in; None for the usual one
    n_persons, seed : how many persons, and where chance begins
    groups : file of subgroups; None for one group
    behaviour : departures from the model
    workers : processes that work; 0: as many as pay
    """

    design: Path
    bank: str
    data: Path | None
    n_persons: int
    seed: int
    groups: Path | None
    behaviour: Behaviour
    workers: int


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is simulated, checked and made ready.

    Attributes
    ----------
    request : what was asked
    design, source : what was read
    groups : subgroups of the persons
    bank : what adaptive tests are chosen from; of a linear one its tables and rules
    forms : (n_accommodations, length) items of a linear test, in order; no rows for an adaptive one
    duration : (n_items,) milliseconds that items take, where time ends tests; None elsewhere
    notes : what a reader should know
    """

    request: Request
    design: Design
    source: BankSource
    groups: tuple[Subgroup, ...]
    bank: AdaptiveBank
    forms: IndexArray
    duration: FloatArray | None
    notes: tuple[str, ...]

    @property
    def pool(self) -> Pool:
        """Items that are drawn from."""
        return self.source.pool

    @property
    def is_linear(self) -> bool:
        """Whether everyone gets a form."""
        return self.design.kind == LINEAR

    @property
    def n_positions(self) -> int:
        """Items of a whole test."""
        return int(self.forms.shape[1]) if self.is_linear else self.bank.n_positions

    @property
    def minimum(self) -> int:
        """Least length of a test."""
        return self.design.minimum_length

    @property
    def cuts(self) -> tuple[float, ...]:
        """Cut scores in logits; none where nobody is classified."""
        cuts = self.design.stopping.cuts
        return () if cuts is None else cuts.at


def make_plan(request: Request, source: BankSource | None = None) -> Plan:
    """Read the files, and refuse in words what cannot be simulated.

    Parameters
    ----------
    request : what was asked
    source : the items, where they are known already

    Raises
    ------
    DesignFileError, BankFileError, CommandError
        Says which file and key, why, and what would be right.
    """
    design = read_design(request.design)
    source = find_bank(request.bank, design, request.data) if source is None else source
    pool = source.pool
    _check(request, pool, design)
    groups = read_groups(request.groups, design.blueprint)
    try:
        bank = make_bank(pool, design.blueprint, _strategy(design, pool))
        duration = _durations(design, pool)
        forms = _make_forms(bank, design) if design.kind == LINEAR else np.empty((0, 0), dtype=np.int32)
    except EngineError as error:
        raise CommandError(f"{request.design}: {error}") from error
    return Plan(request, design, source, groups, bank, forms, duration, tuple(_notes(design)))


def _check(request: Request, pool: Pool, design: Design) -> None:
    """Hold the design against the bank; the message begins with the file."""
    try:
        check_design(pool, design)
    except DesignFileError as error:
        raise CommandError(f"{request.design}: {error}") from error


def _strategy(design: Design, pool: Pool) -> Strategy:
    """How items are chosen; a linear test chooses none."""
    if design.kind == LINEAR:
        return Strategy(method=Method.INFORMATION)
    return strategy_of(design, pool.items, design.blueprint.length)


def _durations(design: Design, pool: Pool) -> FloatArray | None:
    """Milliseconds that items take, (n_items,), for tests that time ends; None where it ends none."""
    if not design.stopping.time_ms:
        return None
    known = [name for name in TIMES if name in pool.quantities]
    if not known:
        raise CommandError(
            "stopping.minutes: to simulate it the bank must say how long items take; give the design a budget of "
            "seconds, as in [budgets] seconds = { maximum = 2700 }, and the bank a column seconds"
        )
    return 1000.0 * pool.quantities[known[0]]


def _make_forms(bank: AdaptiveBank, design: Design) -> IndexArray:
    """Forms of a linear test, (n_accommodations, length): by hand, or with the most information over the prior.

    Parameters
    ----------
    bank, design : what the forms are made from

    Raises
    ------
    BlueprintError
        If no form meets the blueprint, or the one by hand does not suit an accommodation.
    """
    if design.form:
        place = {name: index for index, name in enumerate(bank.pool.name)}
        form = np.array([place[name] for name in design.form], dtype=np.int32)
        for number, name in enumerate(bank.accommodations):
            unfit = form[~bank.suitable[number][form]]
            if unfit.size:
                raise BlueprintError(f"form: accommodation {name!r} cannot be given {bank.pool.named(unfit)}")
        return np.tile(form, (len(bank.accommodations), 1))
    tables = bank.selection
    worth = tables.prior.weights @ item_information(tables.nodes, bank.pool.items)
    forms = [solve_plan(bank.plans, worth, excluded=~suitable).plan.items for suitable in bank.suitable]
    return np.stack([_ordered(bank, form) for form in forms]).astype(np.int32)


def _ordered(bank: AdaptiveBank, form: IntArray) -> IntArray:
    """Items of a form in an order: one that may come first, then easy ones before hard ones, passages together."""
    passage, difficulty = bank.pool.passage[form], bank.pool.items.difficulty[form]
    block = np.where(passage >= 0, passage, bank.pool.n_passages + np.arange(form.size))
    mean = {number: float(difficulty[block == number].mean()) for number in np.unique(block).tolist()}
    begins = {number: not bool(bank.first[form[block == number]].any()) for number in mean}
    order = sorted(
        range(form.size),
        key=lambda at: (
            begins[int(block[at])],
            mean[int(block[at])],
            int(block[at]),
            not bool(bank.first[form[at]]),
            float(difficulty[at]),
        ),
    )
    return form[order]


def _notes(design: Design) -> list[str]:
    """What the simulation leaves out of a design."""
    notes = []
    if design.kind == LINEAR and design.blueprint.pretest is not None:
        notes.append("field-test items of a linear test are not simulated")
    if design.kind != LINEAR and design.selection.method != "shadow":
        notes.append(f"method {design.selection.method}: the blueprint may be missed; method shadow keeps it")
    return notes
