"""How many points an item is worth, and why a machine cannot give them in a test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, product

import numpy as np

from itembank.qti.keys import key_answers, key_fault, key_score
from itembank.qti.processing import Program, draw_template
from itembank.qti.processing.declarations import AreaMapping, Declaration, Mapping
from itembank.qti.processing.values import Scalar, number, parse_scalar
from itembank.qti.sources import Body
from itembank.responses import MOST_POINTS as MOST_PLACED
from itembank.values import Interaction, ResponseField

MOST_POINTS = 100
OWN_KEY = "its own key scores"
NO_POINTS = f"{OWN_KEY} no points"
_ALMOST = 9
"""Decimals that count: ten times 0.1 is 1."""
_MOST_NODES = 1_000
"""Branches that are looked at for the best pairs of an association; those of a match need one."""


def _best(worths: Iterable[float], most: int) -> float:
    """Sum of the largest that are above 0, so many of them at most."""
    return sum(sorted((worth for worth in worths if worth > 0.0), reverse=True)[:most])


def _pairs(field: ResponseField) -> Iterator[tuple[str, str]]:
    """Every pair that may be sent."""
    return product(field.choices, field.places) if field.places else combinations(field.choices, 2)


def _best_pairs(field: ResponseField, mapping: Mapping, base_type: str) -> float:
    """Most points of pairs that keep to how often each choice and place may be used."""
    # Not above: optimisers take 20 MB, and a server that only gives tests needs none.
    from scipy.optimize import Bounds, LinearConstraint, milp

    known: dict[Scalar, float] = {}
    for entry in mapping.entries:
        known.setdefault(entry.key, entry.worth)  # the first that fits counts
    worths = {pair: known.get(parse_scalar(base_type, " ".join(pair)) or "", mapping.default) for pair in _pairs(field)}
    good = [pair for pair, worth in worths.items() if worth > 0.0]
    if not good:
        return 0.0
    ends = (*field.choices, *field.places)
    limits = [(end, most) for end, most in zip(ends, field.uses, strict=True) if most]
    used = np.array([*([end in pair for pair in good] for end, _ in limits), [True] * len(good)], dtype=np.float64)
    allowed = np.array([*(most for _, most in limits), field.maximum or len(good)], dtype=np.float64)
    solved = milp(
        [-worths[pair] for pair in good],
        integrality=np.ones(len(good), dtype=np.int64),
        bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(used, ub=allowed),
        options={"node_limit": _MOST_NODES},
    )
    return -float(solved.mip_dual_bound or 0.0)


def _best_answer(field: ResponseField, declared: Declaration, mapping: Mapping) -> float:
    """Most points that the mapping gives an answer that may be sent."""
    if field.is_paired:
        return mapping.bounded(_best_pairs(field, mapping, declared.base_type))
    if field.choices:
        keys = (parse_scalar(declared.base_type, choice) for choice in field.choices)
        worths = [mapping.worth(key) for key in keys if key is not None]
    else:
        worths = [*(entry.worth for entry in mapping.entries), mapping.default]
    return mapping.bounded(_best(worths, (field.maximum or len(worths)) if field.is_list else 1))


def _best_points(field: ResponseField, mapping: AreaMapping) -> float:
    """Most points of the areas: each counts once, and a point on the picture counts for one area or for none."""
    most = field.maximum or MOST_PLACED
    return mapping.bounded(_best([*(area.worth for area in mapping.areas), *[mapping.default] * most], most))


def _most_mapped(fields: Sequence[ResponseField], program: Program) -> float:
    """Most points that the mappings of the rules give together."""
    used = set(_read_variables(program))
    total = 0.0
    for field in fields:
        declared = program.declarations[field.identifier]
        if declared.mapping is not None and ("mapResponse", field.identifier) in used:
            total += _best_answer(field, declared, declared.mapping)
        if declared.area_mapping is not None and field.picture and ("mapResponsePoint", field.identifier) in used:
            total += _best_points(field, declared.area_mapping)
    return total


def _read_variables(program: Program) -> Iterator[tuple[str, str]]:
    """Yield every expression or rule that names a variable, and the variable."""
    for rule in chain.from_iterable(program.sections.values()):
        yield from ((node.name, node.get("identifier")) for node in rule.walk())


def _most_constant(program: Program) -> float:
    """Largest constant that a rule gives SCORE."""
    given = (
        node.children[0].text
        for rules in program.sections.values()
        for rule in rules
        for node in rule.walk()
        if node.name == "setOutcomeValue" and node.get("identifier") == "SCORE" and node.children[0].name == "baseValue"
    )
    values = (parse_scalar("float", text) for text in given)
    return max((float(value) for value in values if isinstance(value, float)), default=0.0)


def _declared_maximum(program: Program) -> float:
    """Most points as the outcomes declare it, or 0."""
    most = program.declarations.get("MAXSCORE")
    declared = number(most.default) if most is not None else None
    if declared is None:
        score = next((node for node in program.nodes if node.get("identifier") == "SCORE"), None)
        written = parse_scalar("float", score.get("normalMaximum")) if score is not None else None
        declared = written if isinstance(written, float) else None
    return float(declared or 0.0)


def _gives_score(program: Program) -> bool:
    """Whether SCORE is declared, or set by some rule."""
    setters = (("setOutcomeValue", "SCORE"), ("lookupOutcomeValue", "SCORE"))
    return "SCORE" in program.declarations or not set(setters).isdisjoint(_read_variables(program))


def _missing_key(program: Program) -> str:
    """Response whose key the rules ask for, and which has neither a key nor a mapping; "" where there is none."""
    named = set(_read_variables(program))
    for kind, name in sorted(named):
        declared = program.declarations.get(name)
        if kind == "correct" and declared is not None and declared.correct is None:
            known = {("setCorrectResponse", name), ("mapResponse", name), ("mapResponsePoint", name)}
            if known.isdisjoint(named):
                return name
    return ""


def _unreachable_key(body: Body, program: Program) -> str:
    """Say why nobody could give the key, or ""; of a point on a picture its area counts, so it need be no pixel."""
    answers = None if body.is_drawn else key_answers(body.fields, program, draw_template(program, 0))
    if answers is None or any(field.picture for field in body.fields):
        return ""
    fault = key_fault(body, answers)
    return f"nobody could give its key: {fault}" if fault else ""


def maximum_and_obstacle(body: Body, program: Program) -> tuple[int, str]:
    """Most points, and why a machine cannot score the item in a test, or "".

    Parameters
    ----------
    body, program : of the item
    """
    if not body.fields:
        return 1, "it asks nothing"
    declared, mapped, constant = _declared_maximum(program), _most_mapped(body.fields, program), _most_constant(program)
    if Interaction.EXTENDED_TEXT in {field.interaction for field in body.fields}:
        return max(1, int(declared or mapped or constant)), "a person must rate it"
    if not _gives_score(program):
        return 1, "its rules give no SCORE"
    if missing := _missing_key(program):
        return 1, f"its rules ask for the key of {missing}, which has none"
    key = key_score(body.fields, program)
    if fault := _unreachable_key(body, program):
        return 1, fault
    if key is not None and key <= 0.0:
        return 1, NO_POINTS
    most = round(max(key or 0.0, declared or mapped or constant), _ALMOST)
    if most <= 0.0:
        return 1, "it does not say how many points it is worth"
    if most != int(most) or most > MOST_POINTS:
        return 1, f"it is worth {most:g} points, and points must be whole, at most {MOST_POINTS}"
    if key is not None and round(max(key, mapped, constant), _ALMOST) < most:
        return int(most), f"{OWN_KEY} {key:g} of {most:g} points"
    return int(most), ""


def key_warning(body: Body, program: Program, maximum: int) -> str:
    """Say that another answer than the key gets the most points, or "".

    Parameters
    ----------
    body, program : of the item
    maximum : from `maximum_and_obstacle`
    """
    key = key_score(body.fields, program)
    if key is None or round(key, _ALMOST) >= maximum:
        return ""
    return f"{OWN_KEY} {key:g} of {maximum} points, so another answer counts for more"
