"""The canonical bytes of a compiled bank, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine import Blueprint, EngineError, ItemParameters, Pool
from itembank.errors import ReleaseError
from itembank.scoring import canonical_json
from itembank.values import CompiledBank, DeliveryView, Interaction, ResponseField, StimulusView

FORMAT = 1
"""Version of the canonical form; a bank of another one is refused by name."""


def _view_data(view: DeliveryView, scoring: str) -> dict[str, Any]:
    """Return one item as plain data; the rules stand beside the view, never in it."""
    return {
        "fields": [[held.identifier, held.interaction.value, list(held.choices), held.maximum] for held in view.fields],
        "html": view.html,
        "item": view.item,
        "rendering_hash": view.rendering_hash,
        "scoring": scoring,
        "stimulus": view.stimulus,
    }


def _pool_data(pool: Pool) -> dict[str, Any]:
    """Return what the engine chooses from as plain data."""
    return {
        "area": pool.area.tolist(),
        "difficulty": pool.items.difficulty.tolist(),
        "discrimination": pool.items.discrimination.tolist(),
        "enemy": pool.enemy.tolist(),
        "guessing": pool.items.guessing.tolist(),
        "passage": pool.passage.tolist(),
        "upper": pool.items.upper.tolist(),
    }


def _blueprint_data(blueprint: Blueprint) -> dict[str, Any]:
    """Return the rules of choosing as plain data."""
    return {
        "area_maximum": blueprint.area_maximum.tolist(),
        "area_minimum": blueprint.area_minimum.tolist(),
        "area_names": list(blueprint.area_names),
        "best_k": blueprint.best_k,
        "length": blueprint.length,
        "prior_mean": blueprint.prior_mean,
        "prior_sd": blueprint.prior_sd,
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
        "format": FORMAT,
        "items": [_view_data(view, scoring) for view, scoring in zip(bank.views, bank.scoring, strict=True)],
        "pool": _pool_data(bank.pool),
        "stimuli": {name: [view.title, view.html] for name, view in bank.stimuli.items()},
        "test": bank.test,
        "time_limit_ms": bank.time_limit_ms,
        "title": bank.title,
    }
    return canonical_json(data).encode()


def sealed(bank: CompiledBank) -> CompiledBank:
    """Return the bank with the hash of its bytes."""
    return replace(bank, hash=hashlib.sha256(bank_bytes(bank)).hexdigest())


def _pool(data: Mapping[str, Any]) -> Pool:
    """Return the pool that `_pool_data` described."""
    names = ("discrimination", "difficulty", "guessing", "upper")
    a, b, c, d = (np.array(data[name], dtype=np.float64) for name in names)
    indices = {name: np.array(data[name], dtype=np.int32) for name in ("area", "passage", "enemy")}
    return Pool(items=ItemParameters(a, b, c, d), **indices)


def _blueprint(data: Mapping[str, Any]) -> Blueprint:
    """Return the blueprint that `_blueprint_data` described."""
    bounds = {name: np.array(data[name], dtype=np.int32) for name in ("area_minimum", "area_maximum")}
    return Blueprint(**{**data, **bounds, "area_names": tuple(data["area_names"])})


def _view(data: Mapping[str, Any]) -> DeliveryView:
    """Return the view that `_view_data` described."""
    fields = tuple(
        ResponseField(identifier, Interaction(interaction), tuple(choices), maximum)
        for identifier, interaction, choices, maximum in data["fields"]
    )
    return DeliveryView(data["item"], data["html"], fields, data["stimulus"], data["rendering_hash"])


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
        views=tuple(_view(row) for row in rows),
        stimuli={name: StimulusView(name, title, html) for name, (title, html) in data["stimuli"].items()},
        scoring=tuple(row["scoring"] for row in rows),
    )


def bank_from_bytes(content: bytes) -> CompiledBank:
    """Open a bank.

    Parameters
    ----------
    content : made by `bank_bytes`

    Raises
    ------
    ReleaseError
        If these are not the bytes of a bank of this version's form.
    """
    try:
        data = json.loads(content)
        if data["format"] != FORMAT:
            raise ReleaseError(
                f"the bank has form {data['format']}, and this version opens form {FORMAT}: release it anew"
            )
        return _from_data(data, hashlib.sha256(content).hexdigest())
    except (ValueError, KeyError, TypeError, EngineError) as error:
        raise ReleaseError(f"these are not the bytes of a compiled bank ({error})") from error
