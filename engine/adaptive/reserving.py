"""Items that a test would go on with if nothing more were learnt of ability: they can be sent before the answers are.

They do not depend on what is answered next. Where a plan is kept they are the plan's own, in an order in which every
beginning may be given: a passage whole, field-test items at their places. Elsewhere the test itself is asked, as often
as need be, with answers that say nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engine.adaptive.bank import AdaptiveBank
from engine.adaptive.deciding import decide
from engine.adaptive.events import Answered, Chosen
from engine.adaptive.scene import enemies_of, look
from engine.adaptive.state import AdaptiveState, fold
from engine.adaptive.strategy import Method
from engine.arrays import FloatArray
from engine.errors import DesignError
from engine.grain import quantise

Group = tuple[int, ...]
"""Items that are given one after the other, or not at all: those of a passage, or one that stands alone."""
SAYS_NOTHING = -1  # the category of an answer that a person must rate


@dataclass(frozen=True, slots=True)
class Underway:
    """One test that is under way; items by index.

    Attributes
    ----------
    given : items given so far, in order, the one being read among them
    unused : planned items still to come; empty where nothing is planned
    pretest : (position from 0, item) of every field-test item that was drawn, by position
    """

    given: tuple[int, ...]
    unused: frozenset[int]
    pretest: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, state: AdaptiveState) -> Underway:
        """Test of the only person of a state.

        Raises
        ------
        DesignError
            If it is a state of several.
        """
        if state.n_persons != 1:
            raise DesignError(f"items are sent ahead in one test at a time, not in {state.n_persons}")
        skipped = state.skipped[0].tolist()
        drawn = np.flatnonzero((state.pretest[0] >= 0) & ~np.isin(state.pretest[0], skipped)).tolist()
        return cls(
            given=tuple(state.item[0, : int(state.n_given[0])].tolist()),
            unused=frozenset(state.plan[0, int(state.n_scored[0]) :].tolist()).difference(skipped),
            pretest=tuple((at, int(state.pretest[0, at])) for at in drawn),
        )


def still_ahead(bank: AdaptiveBank, test: Underway, sent: Sequence[int]) -> tuple[Group, ...]:
    """Of items that were sent ahead, those that a test may still go on with, in an order in which it may.

    Where a plan is kept, a scored item may as long as it is planned and, in a passage, all that is planned of the
    passage was sent. Elsewhere it may unless an enemy of it was given or is a field-test item of this test; the
    blueprint is not asked. A field-test item may from its drawn position on, whatever enemies it has. The row ends
    where something must come first that was not sent: the rest of a passage, or a field-test item at its position.

    Parameters
    ----------
    bank, test : what is chosen from, and how far the test is
    sent : items that were sent ahead and not given since, in the order of sending, which is kept where it can be

    Returns
    -------
    Groups of items by index; each is given whole, and every beginning of the row of groups may be given.
    """
    if bank.strategy.method is Method.SHADOW:
        return tuple(_walk(bank, test, sent, test.unused))
    fielded = {item for _, item in test.pretest}
    barred = {int(enemy) for item in (*test.given, *fielded) for enemy in enemies_of(bank)[item]} - fielded
    open_to = [item for item in sent if item not in barred or item in fielded]
    return tuple(_walk(bank, test, open_to, frozenset(open_to) - fielded))


def items_ahead(bank: AdaptiveBank, state: AdaptiveState, sent: Sequence[int], draws: FloatArray) -> Iterator[Group]:
    """Items that a test would go on with from here, those that were sent ahead before first.

    Parameters
    ----------
    bank : what is chosen from
    state : of one person, who reads an item that is not answered
    sent : items that were sent ahead and not given since, in the order of sending
    draws : (n_positions,) numbers in [0, 1) that the choices are drawn with

    Yields
    ------
    Group after group, to the end of the test; every beginning may be given.

    Raises
    ------
    DesignError
        As `decide`, or if the state is of several persons.
    """
    test = Underway.of(state)
    if len(test.given) >= state.n_positions:
        return
    if bank.strategy.method is not Method.SHADOW:
        yield from _chosen_ahead(bank, state, still_ahead(bank, test, sent), draws)
        return
    scene = look(bank, state, _draw_at(draws, state))
    score = bank.strategy.rule.scores(bank.selection, scene.standing, scene.draw)[0]
    known, held = set(sent), scene.held[0]
    others = [item for item in sorted(test.unused) if item not in known and not held[item]]
    worth = quantise(score[others])
    ranked = [others[place] for place in np.argsort(-worth, kind="stable").tolist()]
    fielded = [item for _, item in test.pretest]
    kept = [item for item in sent if not held[item] or item in fielded]
    yield from _walk(bank, test, [*kept, *ranked, *fielded], test.unused)


def _walk(bank: AdaptiveBank, test: Underway, order: Sequence[int], unused: Collection[int]) -> Iterator[Group]:
    """Groups in order of preference, as far as the rules of order let items that are not in ``order`` wait."""
    is_planned = bank.strategy.method is Method.SHADOW
    passages = bank.pool.passage
    place = {item: number for number, item in reversed(list(enumerate(order)))}
    left = {item: int(passages[item]) if is_planned else -1 for item in unused}
    fielded = {item for _, item in test.pretest}
    scored = [item for item in test.given if item not in fielded]
    current = int(passages[scored[-1]]) if scored and is_planned else -1
    n_given, waiting = len(test.given), [drawn for drawn in test.pretest if drawn[1] not in test.given]
    while True:
        begun = [item for item, passage in left.items() if passage == current >= 0]
        if begun:
            group = _whole(begun, place)
        elif waiting and len(test.pretest) - len(waiting) < sum(at <= n_given for at, _ in test.pretest):
            group = _whole([waiting.pop(0)[1]], place)
        else:
            group = _next_group(left, place, alone_only=n_given < bank.strategy.alone_first)
        if not group:
            return
        yield group
        n_given += len(group)
        if group[0] in left:
            current = left[group[0]]
        for item in group:
            left.pop(item, None)


def _next_group(left: dict[int, int], place: dict[int, int], *, alone_only: bool) -> Group:
    """Whole group that is preferred; none where every one lacks an item, or must wait until single ones were given."""
    alone_only = alone_only and -1 in left.values()
    for item in sorted(left.keys() & place.keys(), key=place.__getitem__):
        passage = left[item]
        if passage < 0:
            return (item,)
        if not alone_only:
            group = _whole([other for other, its in left.items() if its == passage], place)
            if group:
                return group
    return ()


def _whole(items: Iterable[int], place: dict[int, int]) -> Group:
    """These items in order of preference; none where one of them is not to be had."""
    wanted = list(items)
    return tuple(sorted(wanted, key=place.__getitem__)) if all(item in place for item in wanted) else ()


def _chosen_ahead(
    bank: AdaptiveBank, state: AdaptiveState, sent: Iterable[Group], draws: FloatArray
) -> Iterator[Group]:
    """Go on as the test itself would without a plan: the items sent before, then what would be chosen."""
    run: list[int] = []
    for group in sent:
        yield group
        for item in group:
            state = fold(_answered(state), Chosen(np.array([item])))
    while int(state.n_given[0]) < state.n_positions:
        state = _answered(state)
        item = int(decide(bank, state, _draw_at(draws, state), explain=False).item[0])
        if item < 0:
            break
        state = fold(state, Chosen(np.array([item])))
        if run and not bank.pool.passage[item] == bank.pool.passage[run[-1]] >= 0:
            yield tuple(run)
            run = []
        run.append(item)
    if run:
        yield tuple(run)


def _answered(state: AdaptiveState) -> AdaptiveState:
    """Test after an answer that says nothing of ability."""
    return fold(state, Answered(np.array([SAYS_NOTHING])))


def _draw_at(draws: FloatArray, state: AdaptiveState) -> FloatArray:
    """Number that the next choice is drawn with, (1,)."""
    at = int(state.n_given[0])
    return draws[at : at + 1]
