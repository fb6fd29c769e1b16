"""Make the immutable snapshot that delivery uses, from parsed items, a plan and a calibration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from engine import Blueprint, EngineError, ItemParameters, Pool, check_blueprint
from itembank.calibrations import CalibratedItem, CalibrationVersion
from itembank.errors import ReleaseError
from itembank.plan import AssessmentPlan
from itembank.qti.sources import ItemSource, StimulusSource
from itembank.rendering.views import render_item, render_stimulus
from itembank.scoring import scoring_rules
from itembank.snapshot import sealed
from itembank.values import CompiledBank, StimulusView

N_CATEGORIES = 2
"""The models so far are dichotomous."""


def _usable(item: ItemSource, plan: AssessmentPlan) -> str:
    """Say why an item cannot be in the test, or ""."""
    if item.obstacle:
        return item.obstacle
    if not plan.takes(item.metadata.area, item.metadata.goals):
        return f"area {item.metadata.area!r} and goals {list(item.metadata.goals)} are not in the plan"
    return ""


def _checked(
    plan: AssessmentPlan, items: Sequence[ItemSource], parameters: Mapping[str, CalibratedItem]
) -> list[ItemSource]:
    """Items in order of their names, all of them usable."""
    if not items:
        raise ReleaseError(f"test {plan.identifier!r}: no items were given")
    for item in items:
        why = _usable(item, plan)
        if not why and item.name not in parameters:
            why = "the calibration does not hold it"
        if why:
            raise ReleaseError(f"test {plan.identifier!r}: item {item.name} cannot be in it, because {why}")
    ordered = sorted(items, key=lambda item: item.name)
    doubled = [one.name for one, other in pairwise(ordered) if one.name == other.name]
    if doubled:
        raise ReleaseError(f"test {plan.identifier!r}: item {doubled[0]} is given twice")
    return ordered


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
    plan: AssessmentPlan,
    items: Sequence[ItemSource],
    calibration: CalibrationVersion,
    stimuli: Sequence[StimulusSource] = (),
) -> CompiledBank:
    """Compile a bank; pure: the same content gives the same bytes and hash, on any machine.

    Parameters
    ----------
    plan : the test
    items : everything it may draw on
    calibration : parameters of at least these items
    stimuli : the passages that items name

    Raises
    ------
    ReleaseError
        If an item cannot be in the test, lacks parameters or a passage, or the blueprint cannot be met; it says which.
    """
    parameters = {entry.item: entry for entry in calibration.items}
    ordered = _checked(plan, items, parameters)
    stimulus_views = _stimulus_views(ordered, stimuli)
    try:
        pool, blueprint = _pool(plan, ordered, parameters), _blueprint(plan)
        check_blueprint(pool, blueprint)
    except EngineError as error:
        raise ReleaseError(f"test {plan.identifier!r}: {error}") from error
    bank = CompiledBank(
        hash="",
        test=plan.identifier,
        title=plan.title,
        calibration=calibration.identifier,
        time_limit_ms=plan.time_limit_ms,
        pool=pool,
        blueprint=blueprint,
        views=tuple(render_item(item, stimulus_views.get(item.stimulus_name)) for item in ordered),
        stimuli=stimulus_views,
        scoring=tuple(scoring_rules(item, N_CATEGORIES) for item in ordered),
    )
    return sealed(bank)


def _pool(plan: AssessmentPlan, items: Sequence[ItemSource], parameters: Mapping[str, CalibratedItem]) -> Pool:
    """Return what the engine chooses from."""
    areas = list(plan.areas)
    entries = [parameters[item.name] for item in items]
    return Pool(
        items=ItemParameters.two_parameter(
            np.array([entry.discrimination for entry in entries]), np.array([entry.difficulty for entry in entries])
        ),
        area=np.array([areas.index(item.metadata.area) for item in items], dtype=np.int32),
        passage=np.array(_numbered(item.stimulus_name for item in items), dtype=np.int32),
        enemy=np.array(_numbered(item.metadata.enemy for item in items), dtype=np.int32),
    )


def _blueprint(plan: AssessmentPlan) -> Blueprint:
    """Return the rules that the engine chooses by."""
    return Blueprint(
        length=plan.length,
        area_names=tuple(plan.areas),
        area_minimum=np.array([area.minimum for area in plan.areas.values()], dtype=np.int32),
        area_maximum=np.array([area.maximum for area in plan.areas.values()], dtype=np.int32),
        best_k=plan.best_k,
    )
