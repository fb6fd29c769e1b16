"""Try a template out: draw the item from several seeds, and see that each draw can be shown and scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml.etree import _Element

from itembank.qti.findings import Findings
from itembank.qti.keys import as_sent, key_answers, key_fault, key_score
from itembank.qti.processing import Draw, Program, Value, draw_template
from itembank.qti.processing.printing import LONGEST, fits, printed
from itembank.qti.processing.run import MAX_DRAW_STEPS, MOST_DRAWS
from itembank.qti.sources import Body
from itembank.qti.template_parts import TemplateReader
from itembank.values import Response

N_TRIED = 20
"""A fault in one draw of ten is found in 20 with a probability of 88 %, one of five in 99 %."""
MOST_EFFORT = 0.25
"""Share of the draws or steps that a tried draw may take. A constraint that holds in one of ten draws passes in one
import of five, and fails a pupil in 1 of 38,000 draws (0.9 ** 100); one that holds in one of five passes, and never
fails."""
_MOST_NAMED = 6


def try_draws(where: _Element, body: Body, program: Program, parts: TemplateReader, findings: Findings) -> None:
    """Refuse an item of which a draw cannot be made, shown, or answered by its own key.

    Parameters
    ----------
    where : template processing, or the item where there is none
    body, program, parts : of the item
    findings : told what is wrong, once
    """
    for seed in range(N_TRIED):
        draw = draw_template(program, seed)
        fault = (
            draw.obstacle or _laborious(draw) or _unprinted(draw, parts) or _unanswerable(body, program, parts, draw)
        )
        if fault:
            findings.refuse(where, "template", f"{fault} ({_told(draw.values)})", "Correct the template's rules")
            return


def check_maximum(where: _Element, body: Body, program: Program, maximum: int, findings: Findings) -> None:
    """Refuse an item whose own key does not get all points in every draw; one without a key is left alone.

    Parameters
    ----------
    where : template processing, or the item where there is none
    body, program : of the item
    maximum : most points
    findings : told what is wrong, once
    """
    for seed in range(N_TRIED):
        points = key_score(body.fields, program, seed)
        if points is not None and points != maximum:
            told = _told(draw_template(program, seed).values)
            why = f"its own key scores {points:g} of {maximum} points in a draw ({told})"
            findings.refuse(where, "template", why, "Correct the template's rules")
            return


def _laborious(draw: Draw) -> str:
    """Say that the draw of another seed might not end, or ""."""
    if draw.effort <= MOST_EFFORT:
        return ""
    return f"a draw takes {draw.effort:.0%} of the {MOST_DRAWS} tries or {MAX_DRAW_STEPS} steps that there are for it"


def _unprinted(draw: Draw, parts: TemplateReader) -> str:
    """Say which value that is shown has none in a draw, or too long a one, or ""."""
    for name in sorted(parts.math_variables.union(parts.printed)):
        value = draw.values[name]
        if value is None:
            return f"{name} is printed and has no value in a draw"
        if not fits(value):
            return f"{name} is printed and has more than {LONGEST} characters in a draw"
    return ""


def _unanswerable(body: Body, program: Program, parts: TemplateReader, draw: Draw) -> str:
    """Say why a pupil could not give what the key of a draw calls correct, or ""."""
    answers = key_answers(body.fields, program, draw)
    if answers is None:
        return _unset_key(program, draw)
    fault = key_fault(body, answers)
    if fault:
        return f"nobody could give the key of a draw: {fault}"
    for response, choice in _chosen(as_sent(body.fields, answers)):
        part = parts.choices.get((response, choice))
        if part is not None and not part.is_shown(draw.values):
            return f"the key of a draw names the choice {choice!r}, which is not shown then"
    return ""


def _unset_key(program: Program, draw: Draw) -> str:
    """Say which response has no key in a draw although the template sets one, or ""."""
    rules = program.sections["templateProcessing"]
    set_keys = {node.get("identifier") for rule in rules for node in rule.walk() if node.name == "setCorrectResponse"}
    unset = sorted(name for name in set_keys if draw.correct.get(name) is None)
    return f"{unset[0]} has no correct response in a draw" if unset else ""


def _chosen(given: Response) -> Iterator[tuple[str, str]]:
    """Yield response and text of everything that is given."""
    for response, value in given.items():
        for part in value if isinstance(value, list) else [value or ""]:
            yield response, part


def _told(values: Mapping[str, Value | None]) -> str:
    """Say what was drawn."""
    told = [f"{name}={printed(value)[:20] or 'NULL'}" for name, value in sorted(values.items())]
    return ", ".join(told[:_MOST_NAMED]) + (", …" if len(told) > _MOST_NAMED else "")
