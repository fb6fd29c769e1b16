"""The canonical bytes of a compiled bank, and back."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from engine import (
    Blueprint,
    Budget,
    Count,
    EngineError,
    FirstItem,
    ItemParameters,
    Passages,
    Pool,
    Pretest,
)
from engine.adaptive import Prepared
from engine.assembly import Library
from engine.exposure import Eligibility
from itembank.blanks import blank_data, blank_of
from itembank.designs import Cuts, Selection, Stopping
from itembank.errors import ReleaseError
from itembank.scoring import canonical_json
from itembank.values import CompiledBank, DeliveryView, Interaction, ResponseField, Scale, Shuffle, StimulusView

FORMAT, PERSONAL_FORMAT = 3, 4
"""Versions of the canonical form that banks are written in: 4 where something is shuffled or drawn for each pupil, or
where the test has a form, so that a release that would show it as written, or choose by itself, refuses the bank; 3, as
before, elsewhere."""
OPENED = (2, 3, 4)
"""Forms that are opened: a sitting that began under an older release goes on. Others are refused by name."""

LIBRARY = ("nodes", "charge")

PARAMETERS = {
    "discrimination": np.float64,
    "difficulty": np.float64,
    "guessing": np.float64,
    "upper": np.float64,
    "kind": np.int8,
    "step_start": np.int64,
    "step": np.float64,
    "category_slope": np.float64,
    "category_intercept": np.float64,
}
"""Arrays of item parameters, and their types."""


def _field_data(held: ResponseField) -> dict[str, Any]:
    """Return what an item asks for as plain data; what a field does not have is not written."""
    return {name: value for name, value in asdict(held).items() if value not in (None, ())}


def _field(data: Mapping[str, Any] | Sequence[Any]) -> ResponseField:
    """Return the field that `_field_data` described; form 2 wrote a list."""
    if not isinstance(data, Mapping):
        identifier, interaction, choices, maximum = data
        return ResponseField(identifier, Interaction(interaction), tuple(choices), maximum)
    lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
    scale = Scale(**data["scale"]) if "scale" in data else None
    return ResponseField(**{**data, **lists, "interaction": Interaction(data["interaction"]), "scale": scale})


def _view_data(view: DeliveryView, scoring: str) -> dict[str, Any]:
    """Return one item as plain data; the rules stand beside the view, never in it."""
    drawn = {"blanks": [blank_data(blank) for blank in view.blanks]} if view.blanks else {}
    return {
        **drawn,
        "fields": [_field_data(held) for held in view.fields],
        "html": view.html,
        "item": view.item,
        "rendering_hash": view.rendering_hash,
        "scoring": scoring,
        "stimulus": view.stimulus,
    } | ({"shuffles": [asdict(shuffle) for shuffle in view.shuffles]} if view.shuffles else {})


def _pool_data(pool: Pool) -> dict[str, Any]:
    """Return what the engine chooses from as plain data."""
    items = pool.items
    return {
        "enemies": [list(members) for members in pool.enemies],
        "items": {name: getattr(items, name).tolist() for name in PARAMETERS},
        "labels": {name: list(labels) for name, labels in pool.labels.items()},
        "name": list(pool.name),
        "passage": pool.passage.tolist(),
        "pretest": pool.pretest.tolist(),
        "quantities": {name: values.tolist() for name, values in pool.quantities.items()},
    }


def _blueprint_data(blueprint: Blueprint) -> dict[str, Any]:
    """Return what every test must look like as plain data."""
    optional = {"first": blueprint.first, "passages": blueprint.passages, "pretest": blueprint.pretest}
    return {
        "budgets": [_budget_data(budget) for budget in blueprint.budgets],
        "counts": [asdict(count) for count in blueprint.counts],
        "length": blueprint.length,
        "pools": {name: list(pair) for name, pair in blueprint.pools.items()},
        "prior_mean": blueprint.prior_mean,
        "prior_sd": blueprint.prior_sd,
        **{name: None if part is None else asdict(part) for name, part in optional.items()},
    }


def _budget_data(budget: Budget) -> dict[str, Any]:
    """Return a budget as plain data; JSON knows no infinity, so no maximum is None."""
    return asdict(budget) | ({"maximum": None} if math.isinf(budget.maximum) else {})


def _eligibility_data(eligibility: Eligibility | None) -> dict[str, Any] | None:
    """Return who may be given which item as plain data."""
    if eligibility is None:
        return None
    return {name: getattr(eligibility, name).tolist() for name in ("edges", "probability", "unit")}


def _prepared_data(prepared: Prepared) -> dict[str, Any]:
    """Return what was solved at release as plain data."""
    return {
        "libraries": [{name: getattr(held, name).tolist() for name in LIBRARY} for held in prepared.libraries],
        "start_plan": prepared.start_plan.tolist(),
    }


def bank_bytes(bank: CompiledBank) -> bytes:
    """Canonical bytes of a bank: JSON with sorted keys, without spaces, in UTF-8; its SHA-256 is the bank's hash.

    Parameters
    ----------
    bank : whatever its ``hash`` says
    """
    data = {
        "blueprint": _blueprint_data(bank.blueprint),
        "calibration": bank.calibration,
        "format": PERSONAL_FORMAT if bank.form or any(view.shuffles or view.blanks for view in bank.views) else FORMAT,
        "items": [_view_data(view, scoring) for view, scoring in zip(bank.views, bank.scoring, strict=True)],
        "eligibility": _eligibility_data(bank.eligibility),
        "pool": _pool_data(bank.pool),
        "selection": asdict(bank.selection),
        "stopping": asdict(bank.stopping) | {"minimum_length": bank.minimum_length},
        "prepared": _prepared_data(bank.prepared),
        "stimuli": {name: [view.title, view.html] for name, view in bank.stimuli.items()},
        "test": bank.test,
        "time_limit_ms": bank.time_limit_ms,
        "title": bank.title,
    }
    if bank.form:  # absent elsewhere, so that other banks keep their hash
        data["form"] = list(bank.form)
    return canonical_json(data).encode()


def sealed(bank: CompiledBank) -> CompiledBank:
    """Return the bank with the hash of its bytes."""
    return replace(bank, hash=hashlib.sha256(bank_bytes(bank)).hexdigest())


def _stopping(data: Mapping[str, Any]) -> Stopping:
    """Return what ends a test early."""
    cuts = data["cuts"]
    told = {name: value for name, value in data.items() if name not in {"cuts", "minimum_length"}}
    return Stopping(**told, cuts=None if cuts is None else Cuts(**{**cuts, "at": tuple(cuts["at"])}))


def _prepared(data: Mapping[str, Any]) -> Prepared:
    """Return what `_prepared_data` described."""
    libraries = ({name: np.array(held[name]) for name in LIBRARY} for held in data["libraries"])
    return Prepared(np.array(data["start_plan"], dtype=np.int32), tuple(Library(**held) for held in libraries))


def _pool(data: Mapping[str, Any]) -> Pool:
    """Return the pool that `_pool_data` described."""
    items = ItemParameters(**{name: np.array(data["items"][name], dtype=kind) for name, kind in PARAMETERS.items()})
    return Pool(
        items=items,
        passage=np.array(data["passage"], dtype=np.int32),
        enemies=tuple(tuple(members) for members in data["enemies"]),
        labels={name: tuple(labels) for name, labels in data["labels"].items()},
        quantities={name: np.array(values, dtype=np.float64) for name, values in data["quantities"].items()},
        pretest=np.array(data["pretest"], dtype=np.bool_),
        name=tuple(data["name"]),
    )


def _blueprint(data: Mapping[str, Any]) -> Blueprint:
    """Return the blueprint that `_blueprint_data` described."""
    optional = {"first": FirstItem, "passages": Passages, "pretest": Pretest}
    parts = {name: None if data[name] is None else kind(**data[name]) for name, kind in optional.items()}
    made = {
        "budgets": tuple(_budget(budget) for budget in data["budgets"]),
        "counts": tuple(Count(**count) for count in data["counts"]),
        "pools": {name: (attribute, label) for name, (attribute, label) in data["pools"].items()},
    }
    return Blueprint(**{**data, **parts, **made})


def _budget(data: Mapping[str, Any]) -> Budget:
    """Return the budget that `_budget_data` described."""
    return Budget(**{**data, "maximum": math.inf if data["maximum"] is None else data["maximum"]})


def _eligibility(data: Mapping[str, Any] | None) -> Eligibility | None:
    """Return the eligibility that `_eligibility_data` described."""
    return None if data is None else Eligibility(**{name: np.array(values) for name, values in data.items()})


def _view(data: Mapping[str, Any]) -> DeliveryView:
    """Return the view that `_view_data` described."""
    fields = tuple(_field(held) for held in data["fields"])
    shuffles = tuple(
        Shuffle(tuple(held["bounds"]), tuple(held["fixed"]), held["changes"]) for held in data.get("shuffles", ())
    )
    blanks = tuple(blank_of(held) for held in data.get("blanks", ()))
    return DeliveryView(data["item"], data["html"], fields, data["stimulus"], data["rendering_hash"], shuffles, blanks)


def _selection(data: Mapping[str, Any]) -> Selection:
    """Return how the next item is chosen."""
    known = Selection(**data)
    return replace(known, solve_after=tuple(known.solve_after))


def _from_data(data: Mapping[str, Any], digest: str) -> CompiledBank:
    """Return the bank that plain data describe."""
    rows: Sequence[Mapping[str, Any]] = data["items"]
    return CompiledBank(
        hash=digest,
        test=data["test"],
        title=data["title"],
        calibration=data["calibration"],
        time_limit_ms=data["time_limit_ms"],
        pool=_pool(data["pool"]),
        blueprint=_blueprint(data["blueprint"]),
        selection=_selection(data["selection"]),
        stopping=_stopping(data["stopping"]),
        minimum_length=data["stopping"]["minimum_length"],
        eligibility=_eligibility(data["eligibility"]),
        prepared=_prepared(data["prepared"]),
        views=tuple(_view(row) for row in rows),
        stimuli={name: StimulusView(name, title, html) for name, (title, html) in data["stimuli"].items()},
        scoring=tuple(row["scoring"] for row in rows),
        form=tuple(data.get("form", ())),
    )


def bank_from_bytes(content: bytes) -> CompiledBank:
    """Open a bank.

    Parameters
    ----------
    content : made by `bank_bytes`

    Raises
    ------
    ReleaseError
        If these are not the bytes of a bank of a form that this version opens.
    """
    try:
        data = json.loads(content)
        if data["format"] not in OPENED:
            raise ReleaseError(
                f"the bank has form {data['format']}, and this version opens forms {OPENED[0]} to {OPENED[-1]}: "
                "release it anew"
            )
        return _from_data(data, hashlib.sha256(content).hexdigest())
    except (ValueError, KeyError, TypeError, EngineError) as error:
        raise ReleaseError(f"these are not the bytes of a compiled bank ({error})") from error
