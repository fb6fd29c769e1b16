"""Score one response to one item, from the compiled rules that a bank carries."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from itembank.qti.processing import Draw, Program, draw_template, run_program
from itembank.qti.sources import ItemSource
from itembank.values import ItemScore, Response

_ALMOST = 1e-9


@dataclass(frozen=True, slots=True)
class _Rules:
    """Compiled rules, opened."""

    program: Program
    maximum: int
    n_categories: int
    human_rated: bool


def canonical_json(data: Any) -> str:
    """JSON with sorted keys and without spaces: the same text for the same content, on any machine."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def scoring_rules(item: ItemSource, n_categories: int | None = None) -> str:
    """Compile an item's rules for a bank.

    Parameters
    ----------
    item : as read
    n_categories : how many categories the bank's model has for it; all its points by default

    Returns
    -------
    str
        Canonical JSON; `score` opens it.
    """
    return canonical_json(
        {
            **item.program.to_data(),
            "human_rated": item.is_human_rated,
            "maximum": item.maximum,
            "n_categories": n_categories if n_categories is not None else item.maximum + 1,
        }
    )


@lru_cache(maxsize=16_384)
def _open(scoring: str) -> _Rules:
    """Open compiled rules; a server opens each item once."""
    data = json.loads(scoring)
    return _Rules(Program.from_data(data), data["maximum"], data["n_categories"], data["human_rated"])


def category_of(points: float, maximum: int, n_categories: int) -> int:
    """Category that the engine sees.

    Parameters
    ----------
    points : the item's SCORE
    maximum : most points of the item
    n_categories : of the model; 2 for a dichotomous one

    Returns
    -------
    int
        Where the model has a category per point, the points, rounded down and kept within 0 … maximum. Where it has
        only two, full marks are 1 and everything less is 0.
    """
    if n_categories == maximum + 1:
        return max(0, min(maximum, int(points + _ALMOST)))
    return int(points + _ALMOST >= maximum)


def is_drawn(scoring: str) -> bool:
    """Whether the item is drawn for every pupil anew."""
    return _open(scoring).program.has_template_variables


def draw(scoring: str, seed: int) -> Draw:
    """Draw an item from a seed; scoring with the same seed sees the same values."""
    return draw_template(_open(scoring).program, seed)


def score(scoring: str, response: Response, seed: int = 0) -> ItemScore:
    """Score one response to one item.

    Parameters
    ----------
    scoring : one entry of `CompiledBank.scoring`
    response : response identifier → what the pupil sent; numbers with a decimal comma or point. A response that is left
        out is empty, and not the default that the item may declare.
    seed : that the item was drawn from

    Returns
    -------
    ItemScore
        Always: a response that fits nothing scores 0. Category -1 means that a person must rate it.
    """
    rules = _open(scoring)
    if rules.human_rated:
        return ItemScore(-1, 0.0)
    asked = [name for name, declared in rules.program.declarations.items() if declared.kind == "response"]
    answers = {name: response.get(name) for name in asked}  # every question begins empty, whatever the default
    points = run_program(rules.program, answers, seed=seed).score
    return ItemScore(category_of(points, rules.maximum, rules.n_categories), points)
