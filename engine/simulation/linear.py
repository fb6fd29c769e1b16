"""Simulated linear tests: everyone gets one of a few fixed forms."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray, IndexArray, own
from engine.errors import DesignError, name_indices
from engine.models import ItemParameters
from engine.selection import SelectionTables, add_answers, rows_answered, stand, start_posterior
from engine.simulation.answering import Source
from engine.simulation.behaviour import Behaviour
from engine.simulation.chance import STREAM, Use
from engine.simulation.portions import Portion, cut, gather, make_respondents, require_same_categories
from engine.simulation.recording import Record
from engine.simulation.values import Simulation

AT_ONCE = 16 * STREAM
FORM = "form"


def simulate_linear(
    tables: SelectionTables,
    forms: npt.ArrayLike,
    theta: npt.ArrayLike,
    generating: ItemParameters,
    seed: int,
    *,
    form: npt.ArrayLike | None = None,
    behaviour: Behaviour | None = None,
    chance: FloatArray | None = None,
    executor: Executor | None = None,
    on_persons: Callable[[int], None] | None = None,
) -> Simulation:
    """Linear tests of simulated persons, estimated as adaptive ones are; the same on any executor.

    Parameters
    ----------
    tables : items, and the prior of the estimates
    forms : (n_forms, length) items of each form, in order
    theta, generating, seed, behaviour, chance, executor, on_persons
        As for `simulate_adaptive`; a person of one seed has the same luck there.
    form : (n_persons,) number of each person's form; None draws one, each as likely

    Raises
    ------
    DesignError
        If a form holds items twice or items that do not exist, or shapes do not fit.
    """
    given = own(forms, np.int32, "forms", 2, DesignError)
    _require_forms(given, tables.n_items)
    require_same_categories(tables.items, generating)
    number = None if form is None else own(form, np.int64, "form", 1, DesignError)
    if number is not None and number.size and not 0 <= number.min() <= number.max() < len(given):
        raise DesignError(f"forms go from 0 to {len(given) - 1}, persons have {number.min()} to {number.max()}")
    portions = cut(theta, number, (chance, None), (seed, tables.n_items, AT_ONCE))
    is_drawn = form is None
    how = Behaviour() if behaviour is None else behaviour
    work = partial(_simulate, tables, given, Source.of(generating), how, is_drawn)
    return gather(work, portions, executor, on_persons)


def _require_forms(forms: IndexArray, n_items: int) -> None:
    """Refuse forms that are no tests.

    Raises
    ------
    DesignError
        If there are none, or one holds an item twice or an item that does not exist.
    """
    if not forms.size:
        raise DesignError("a linear test needs a form of one item or more")
    beyond = np.flatnonzero((forms < 0).any(axis=1) | (forms >= n_items).any(axis=1))
    if beyond.size:
        raise DesignError(f"items go from 0 to {n_items - 1}; forms {name_indices(beyond)} hold others")
    order = np.sort(forms, axis=1)
    doubled = np.flatnonzero((order[:, 1:] == order[:, :-1]).any(axis=1))
    if doubled.size:
        raise DesignError(f"forms {name_indices(doubled)} hold an item twice")


def _simulate(
    tables: SelectionTables,
    forms: IndexArray,
    source: Source,
    behaviour: Behaviour,
    is_drawn: bool,
    portion: Portion,
) -> Simulation:
    """Tests of some persons."""
    n, length = portion.theta.size, forms.shape[1]
    form = portion.member
    if is_drawn:
        form = (portion.chance.numbers(Use.FORM, 1)[:, 0] * len(forms)).astype(np.int64)
    respondents = make_respondents(source, behaviour, portion, length)
    record, log_weights, everyone = Record.blank(n, length), start_posterior(tables, n), np.arange(n)
    for position in range(length):
        item = forms[form, position].astype(np.int64)
        category = respondents.answer(everyone, position, item)
        record.note(position, everyone, item, category, np.ones(n, dtype=np.bool_))
        add_answers(tables, log_weights, rows_answered(tables, item, category.astype(np.int64)), out=log_weights)
    record.count(FORM, n * length)
    return record.closed(portion.theta, stand(tables, log_weights, length), length)
