"""All hostile files, by kind."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain

from tests.itembank.hostile import (
    archives,
    areas,
    assessments,
    drawings,
    markup,
    recordings,
    rules,
    structures,
    supports,
    templates,
    xml_attacks,
)
from tests.itembank.hostile.making import Case

_MAKERS = (
    xml_attacks.entities, xml_attacks.inclusions, xml_attacks.encodings, xml_attacks.sizes,
    archives.paths, archives.folders, archives.bombs, archives.damage,
    markup.handlers, markup.links, markup.styles, markup.frames,
    drawings.drawings, drawings.formulas, drawings.pictures,
    recordings.films, recordings.recordings,
    structures.missing, structures.interactions, areas.areas,
    supports.catalogs, supports.materials, assessments.assessments,
    rules.arithmetic, rules.shapes, rules.patterns, rules.loops, templates.templates,
)  # fmt: skip


def corpus() -> dict[str, list[Case]]:
    """Every case by kind; the same each time."""
    kinds: dict[str, list[Case]] = defaultdict(list)
    for case in chain.from_iterable(make() for make in _MAKERS):
        kinds[case.kind].append(case)
    return dict(kinds)
