"""What omitted and not-reached answers count as: a rule for calibration, and a rule of its own for scoring."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, own
from engine.errors import ResponseError, name_indices
from engine.responses import NOT_REACHED, OMITTED, Responses

Rule = Literal["not_presented", "wrong", "fractional"]
RULES: tuple[Rule, ...] = ("not_presented", "wrong", "fractional")


@dataclass(frozen=True, slots=True)
class MissingRules:
    """What an answer that is not there counts as.

    ``not_presented`` leaves it out, ``wrong`` is category 0, ``fractional`` is right by the chance of a blind
    guess: 1 / number of options right and the rest wrong (Lord, 1974).

    Attributes
    ----------
    omitted : an item that the person saw, and left open
    not_reached : an item after the last answer

    Raises
    ------
    ResponseError
        If a rule is not one of these.
    """

    omitted: Rule = "wrong"
    not_reached: Rule = "not_presented"

    def __post_init__(self) -> None:
        for rule in (self.omitted, self.not_reached):
            if rule not in RULES:
                raise ResponseError(f"{rule!r} is no rule for missing answers; choose one of {', '.join(RULES)}")


def treat_missing(responses: Responses, rules: MissingRules, *, n_options: npt.ArrayLike | None = None) -> Responses:
    """Responses in which every answer has a category.

    Parameters
    ----------
    responses
        With categories, omitted and not-reached answers.
    rules
        What the last two count as.
    n_options : (n_items,) answers that an item offers to choose from, needed by ``fractional``; 0 where an
        item offers none, so that a blind guess is never right

    Raises
    ------
    ResponseError
        If ``fractional`` is asked without ``n_options``, or for an item that has more than two categories.
    """
    kinds = ((responses.category == OMITTED, rules.omitted), (responses.category == NOT_REACHED, rules.not_reached))
    wrong = np.zeros(responses.n_responses, dtype=np.bool_)
    left_out, guessed = wrong.copy(), wrong.copy()
    for found, rule in kinds:
        {"not_presented": left_out, "wrong": wrong, "fractional": guessed}[rule][found] = True
    share = responses.share if responses.share is not None else np.ones(responses.n_responses)
    category = np.where(wrong | guessed, 0, responses.category).astype(np.int8)
    if not guessed.any():
        keep = ~left_out
        return _rebuild(responses, keep, category, share if responses.share is not None else None, None)
    chance = _chance(responses, guessed, n_options)
    lucky = chance > 0.0
    return _rebuild(responses, ~left_out, category, share * (1.0 - chance), np.where(lucky, share * chance, 0.0))


def _chance(responses: Responses, guessed: BoolArray, n_options: npt.ArrayLike | None) -> FloatArray:
    """Chance that a blind guess is right, for the answers that count so; 0 for all others."""
    if n_options is None:
        raise ResponseError("the rule 'fractional' needs the number of options of every item")
    options = own(n_options, np.int64, "n_options", 1, ResponseError)
    if options.size != responses.n_items or np.any((options < 0) | (options == 1)):
        raise ResponseError("n_options must give every item 0, or 2 options or more")
    high = np.unique(responses.item[responses.category > 1])
    mixed = np.intersect1d(high, responses.item[guessed])
    if mixed.size:
        raise ResponseError(
            f"the rule 'fractional' is for items of two categories; items {name_indices(mixed)} have more",
            items=mixed.tolist(),
        )
    of_item = np.where(options > 0, 1.0 / np.maximum(options, 1), 0.0)
    return np.where(guessed, of_item[responses.item], 0.0)


def _rebuild(
    responses: Responses,
    keep: BoolArray,
    category: npt.NDArray[np.int8],
    share: FloatArray | None,
    lucky: FloatArray | None,
) -> Responses:
    """Responses that are kept, and beside each that is part right its right part."""
    rows = [np.flatnonzero(keep)]
    categories, shares = [category[keep]], [share[keep]] if share is not None else []
    if lucky is not None:
        rows.append(np.flatnonzero(lucky > 0.0))
        categories.append(np.ones(rows[1].size, dtype=np.int8))
        shares.append(lucky[rows[1]])
    row = np.concatenate(rows)
    person = responses.person[row]
    order = np.lexsort((np.concatenate(categories), responses.item[row], person))
    row = row[order]
    start = np.concatenate([[0], np.cumsum(np.bincount(person, minlength=responses.n_persons))])
    columns = {
        name: values[row] for name in ("position", "elapsed_ms") if (values := getattr(responses, name)) is not None
    }
    return replace(
        responses,
        start=start,
        item=responses.item[row],
        category=np.concatenate(categories)[order],
        share=np.concatenate(shares)[order] if shares else None,
        **columns,
    )
