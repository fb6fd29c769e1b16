"""Make the immutable snapshot that delivery uses, from parsed items, a plan and a calibration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from engine import EngineError, Pool, check_blueprint, make_bank
from engine.adaptive import Prepared
from itembank.calibrations import CalibratedItem, CalibrationVersion
from itembank.choosing import linear_strategy, strategy_of
from itembank.designs import LINEAR, Design
from itembank.errors import ReleaseError
from itembank.exposure import limit_exposure
from itembank.labels import is_in_field_test, item_labels, item_quantity
from itembank.parameters import parameters_of
from itembank.qti.sources import ItemSource, StimulusSource
from itembank.rendering.views import render_item, render_stimulus
from itembank.scoring import scoring_rules
from itembank.snapshot import sealed
from itembank.values import CompiledBank, StimulusView

NOT_CALIBRATED = (1.0, 0.0, 0.0, 0.0, 0, 0.0)
"""Parameters of a field-test item that no calibration holds: it is never scored, so they play no part."""


def _labels(item: ItemSource) -> dict[str, str]:
    """Labels of an item by attribute."""
    return item_labels(item.metadata.area, item.metadata.keywords, item.interactions)


def _usable(item: ItemSource, design: Design) -> str:
    """Say why an item cannot be in the test, or ""."""
    if item.obstacle:
        return item.obstacle
    if not design.filter.takes(_labels(item), item.metadata.goals):
        return f"area {item.metadata.area!r} and goals {list(item.metadata.goals)} are not in the design"
    return ""


def _misfit(item: ItemSource, entry: CalibratedItem | None) -> str:
    """Say how a calibration's steps do not fit the item's points, or ""."""
    if entry is None or len(entry.steps) in (0, item.maximum):
        return ""
    return f"it is worth {item.maximum} points and the calibration has {len(entry.steps)} steps for it"


def _checked(design: Design, items: Sequence[ItemSource], parameters: Mapping[str, CalibratedItem]) -> list[ItemSource]:
    """Items in order of their names, all of them usable."""
    if not items:
        raise ReleaseError(f"test {design.identifier!r}: no items were given")
    for item in items:
        why = _usable(item, design)
        if not why and item.name not in parameters and not _is_unscored(item, design):
            why = "the calibration does not hold it"
        why = why or _misfit(item, parameters.get(item.name))
        if why:
            raise ReleaseError(f"test {design.identifier!r}: item {item.name} cannot be in it, because {why}")
    ordered = sorted(items, key=lambda item: item.name)
    doubled = [one.name for one, other in pairwise(ordered) if one.name == other.name]
    if doubled:
        raise ReleaseError(f"test {design.identifier!r}: item {doubled[0]} is given twice")
    return ordered


def _is_unscored(item: ItemSource, design: Design) -> bool:
    """Whether an item is only tried out; a form has no unscored places, so all that it names count."""
    return not design.form and is_in_field_test(_labels(item))


def _numbered(names: Iterable[str]) -> list[int]:
    """Number names in order of appearance; "" gets -1."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(name, len(numbers)) if name else -1 for name in names]


def _stimulus_views(items: Sequence[ItemSource], stimuli: Sequence[StimulusSource]) -> dict[str, StimulusView]:
    """Views of the passages that the items name, by the items' own name for them."""
    known = {stimulus.name: stimulus for stimulus in stimuli}
    wanted = sorted({item.stimulus_name for item in items if item.stimulus})
    missing = [name for name in wanted if name not in known]
    if missing:
        raise ReleaseError(f"the passage {missing[0]} is not given: give it with the items")
    return {name: render_stimulus(known[name]) for name in wanted}


def compile_bank(
    design: Design,
    items: Sequence[ItemSource],
    calibration: CalibrationVersion,
    stimuli: Sequence[StimulusSource] = (),
) -> CompiledBank:
    """Compile a bank; pure: the same content gives the same bytes and hash, on any machine.

    Parameters
    ----------
    design : the test
    items : everything it may draw on
    calibration : parameters of at least these items
    stimuli : the passages that items name

    Raises
    ------
    ReleaseError
        If an item cannot be in the test, lacks parameters or a passage, or the blueprint cannot be met; it says which.
    """
    parameters = {entry.item: entry for entry in calibration.items}
    ordered = _checked(design, items, parameters)
    form, stimulus_views = _form(design, ordered), _stimulus_views(ordered, stimuli)
    try:
        pool = _pool(design, ordered, parameters)
        check_blueprint(pool, design.blueprint)
        strategy = (
            linear_strategy(pool.name, form) if form else strategy_of(design, pool.items, design.blueprint.length)
        )
        bank = limit_exposure(design.exposure, make_bank(pool, design.blueprint, strategy))
    except EngineError as error:
        raise ReleaseError(f"test {design.identifier!r}: {error}") from error
    compiled = CompiledBank(
        hash="",
        test=design.identifier,
        title=design.title,
        calibration=calibration.identifier,
        time_limit_ms=design.time_limit_ms,
        pool=pool,
        blueprint=design.blueprint,
        selection=design.selection,
        stopping=design.stopping,
        minimum_length=design.minimum_length,
        eligibility=bank.strategy.eligibility,
        prepared=Prepared(bank.start_plan, bank.libraries),
        views=tuple(render_item(item, stimulus_views.get(item.stimulus_name)) for item in ordered),
        stimuli=stimulus_views,
        scoring=tuple(map(scoring_rules, ordered, pool.items.n_categories.tolist())),
        form=form,
    )
    return sealed(compiled)


def _form(design: Design, items: Sequence[ItemSource]) -> tuple[str, ...]:
    """Names of the items of a linear test in their order; empty for an adaptive one."""
    if design.kind == LINEAR and not design.form:
        why = "a linear test is given by its form: name the items in order, as form = [...]"
        raise ReleaseError(f"test {design.identifier!r}: {why}")
    names = {item.identifier: item.name for item in items}
    missing = [name for name in design.form if name not in names]
    if missing or (design.form and len(names) > len(design.form)):
        unnamed = sorted(set(names) - set(design.form))
        why = f"the form names {missing[0]}, which is not given" if missing else f"the form does not name {unnamed[0]}"
        raise ReleaseError(f"test {design.identifier!r}: {why}")
    return tuple(names[name] for name in design.form)


def _pool(design: Design, items: Sequence[ItemSource], parameters: Mapping[str, CalibratedItem]) -> Pool:
    """Return what the engine chooses from: labels and quantities are those that the design asks for."""
    labels = [_labels(item) for item in items]
    entries = [parameters.get(item.name, CalibratedItem(item.name, *NOT_CALIBRATED)) for item in items]
    return Pool(
        items=parameters_of(entries),
        passage=np.array(_numbered(item.stimulus_name for item in items), dtype=np.int32),
        enemies=_enemies(design, items),
        labels={name: tuple(held.get(name, "") for held in labels) for name in design.labels},
        quantities={
            name: np.array([item_quantity(item, name) for item in items], dtype=np.float64)
            for name in design.quantities
        },
        pretest=np.array([_is_unscored(item, design) for item in items]),
        name=tuple(item.name for item in items),
    )


def _enemies(design: Design, items: Sequence[ItemSource]) -> tuple[tuple[int, ...], ...]:
    """Sets of items that may not meet in a test: those that the bank knows, then those that the design adds.

    The author of a form chose what meets in it: there the bank's sets are left out.
    """
    rows = {name: row for row, item in enumerate(items) for name in (item.name, item.identifier)}
    missing = [name for names in design.enemies for name in names if name not in rows]
    if missing:
        raise ReleaseError(f"test {design.identifier!r}: enemies name {missing[0]}, which is not an item of the test")
    known: dict[str, list[int]] = {}
    for row, item in enumerate(items):
        if item.metadata.enemy and not design.form:
            known.setdefault(item.metadata.enemy, []).append(row)
    sets = [tuple(rows) for rows in known.values() if len(rows) > 1]
    return (*sets, *(tuple(sorted({rows[name] for name in names})) for names in design.enemies))
