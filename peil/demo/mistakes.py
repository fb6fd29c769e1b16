"""Right answers as a pupil gives them, and mistakes as pupils make them: near the answer, or right in part."""

from __future__ import annotations

import math
import re

import numpy as np

from loadtest.fragments import PAIRS, Field, Value

NUMBER = re.compile(r"-?\d+(\.\d+)?")
FRACTION = re.compile(r"(\d+)/(\d+)")
NEXT_STOP = 0.5
"""Chance that a slider which is set wrong stands at the nearest stop that is left, else the next one, and so on."""


def right_value(field: Field, key: tuple[str, ...]) -> Value:
    """What a pupil who knows it picks or types; a number with the comma that is used here."""
    if field.is_list:
        return list(key)
    return key[0].replace(".", ",") if not field.choices and NUMBER.fullmatch(key[0]) else key[0]


def wrong_value(field: Field, key: tuple[str, ...], rng: np.random.Generator, n_known: int = 0) -> Value:
    """What a pupil who misses it picks or types: never the key, and nothing that the item does not allow.

    Parameters
    ----------
    field : as the laptop shows it
    key : the right value, or its parts
    rng : source of chance
    n_known : how many parts of a list the pupil knows all the same, less than all
    """
    if field.is_list:
        return _partly_right(field, key, rng, n_known)
    distractors = sorted(set(field.choices).difference(key))  # whatever the order in which this pupil sees them
    if field.interaction == "slider":
        nearest = sorted(distractors, key=lambda stop: abs(float(stop) - float(key[0])))
        return nearest[min(int(rng.geometric(NEXT_STOP)), len(nearest)) - 1]
    if distractors:
        return str(rng.choice(distractors))
    if NUMBER.fullmatch(key[0]):
        slip = int(rng.choice([-10, -2, -1, 1, 2, 10]))
        return right_value(field, (_shifted(key[0], slip),))
    if fraction := FRACTION.fullmatch(key[0]):
        above, below = map(int, fraction.groups())  # upside down, or a part too many or too few
        return str(rng.choice([f"{below}/{above}", f"{above + 1}/{below}", f"{above - 1}/{below}"]))
    letter = int(rng.integers(len(key[0])))
    return key[0][:letter] + key[0][letter] + key[0][letter:]


def parts_known(n_parts: int, points: int, most: int, rng: np.random.Generator) -> int:
    """How many parts of an answer earn these points, where the points for parts are rounded down.

    Parameters
    ----------
    n_parts : of the whole answer
    points, most : what is earned, and what the whole answer is worth
    rng : source of chance, where several numbers earn as much
    """
    fewest, too_many = (math.ceil(level * n_parts / most) for level in (points, points + 1))
    return int(rng.integers(fewest, too_many))


def _partly_right(field: Field, key: tuple[str, ...], rng: np.random.Generator, n_known: int) -> list[str]:
    """A list with some parts of the key, and something else for the rest."""
    missed = sorted(rng.permutation(len(key))[n_known:].tolist())
    if field.interaction == "order":
        return _misplaced(key, missed)
    lost = [key[number] for number in missed]
    known = [part for part in key if part not in lost]
    return _repaired(field, known, lost, rng) if field.interaction in PAIRS else _mistaken(field, known, lost, rng)


def _misplaced(key: tuple[str, ...], places: list[int]) -> list[str]:
    """An order in which the cards of these places have moved on to each other's."""
    if len(places) == 1:  # one card cannot be out of place alone
        places = [places[0] - 1, places[0]] if places[0] else [0, 1]
    order = list(key)
    for place, from_place in zip(places, [*places[1:], places[0]], strict=True):
        order[place] = key[from_place]
    return order


def _mistaken(field: Field, known: list[str], lost: list[str], rng: np.random.Generator) -> list[str]:
    """Choices or points with a distractor for each that is lost, as far as there are any."""
    distractors = sorted(set(field.choices).difference(known, lost))
    taken = rng.permutation(distractors)[: len(lost)].tolist()
    return sorted([*known, *taken])


def _repaired(field: Field, known: list[str], lost: list[str], rng: np.random.Generator) -> list[str]:
    """Pairs in which what belongs to a lost one goes with something else, where the item has room for that."""
    pairs, right = list(known), {frozenset(pair.split()) for pair in (*known, *lost)}
    wrong = {pair: ends for pair in field.choices if (ends := frozenset(pair.split())) not in right}
    for one in lost:
        fitting = [pair for pair, ends in wrong.items() if ends & set(one.split()) and field.allows([*pairs, pair])]
        if fitting:
            pairs.append(str(rng.choice(fitting)))
    return pairs


def _shifted(number: str, slip: int) -> str:
    """A number some units of its last digit away."""
    decimals = len(number.partition(".")[2])
    return f"{float(number) + slip * 10.0**-decimals:.{decimals}f}"
