"""Import a hostile file as the product does, and judge what comes of it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from itembank import PackageError, Problem
from itembank.blanks import fill_blanks
from itembank.media import Media
from itembank.qti.package import PackageSource, read_package
from itembank.qti.processing import draw_template
from itembank.qti.sources import ItemSource
from itembank.rendering import render_item, render_stimulus
from itembank.scoring import score, scoring_rules
from itembank.weighing import DEFAULT_BUDGET, within_budget
from tests.itembank.hostile.making import SECRET, Case, Clean
from tests.itembank.hostile.strict_html import faults_of_html, faults_of_svg

RASTER = {"image/png", "image/jpeg", "image/gif"}
SOUND = {"audio/mpeg", "audio/ogg", "audio/mp4", "audio/wav"}
ANSWERS = ("a" * 90 + "!", "1", "-1e300", "²", "", "9" * 90, "A B", "\u202e")


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of a file.

    Attributes
    ----------
    problems : why it, or a part of it, was refused
    warnings : what was left out of what was let in
    faults : what is wrong with what was let in
    served : HTML that would be served
    media : pictures that would be served
    """

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()
    faults: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()


def _score_faults(item: ItemSource) -> Iterator[str]:
    """Score hostile answers, as delivery does: none may raise, and all give points that can be counted."""
    scoring = scoring_rules(item)
    names = [name for name, declared in item.program.declarations.items() if declared.kind == "response"]
    for answer in ANSWERS:
        scored = score(scoring, dict.fromkeys(names, answer))
        if not math.isfinite(scored.score) or not -1 <= scored.category <= item.maximum:
            yield f"scores {scored.score} points and category {scored.category} of {item.maximum}"


def _served(package: PackageSource) -> Iterator[str]:
    """HTML of everything that was let in."""
    for stimulus in package.stimuli:
        yield render_stimulus(stimulus).html
    for item in package.items:
        view = render_item(item)
        for seed in range(3 if view.blanks else 1):
            yield fill_blanks(view.html, view.blanks, draw_template(item.program, seed).values)


def _stored(package: PackageSource) -> tuple[Media, ...]:
    """Pictures of everything that was let in."""
    bodies = [*(item.media for item in package.items), *(passage.media for passage in package.stimuli)]
    return tuple(package.media.read(sorted({name for media in bodies for name in media.values()})))


def _faults(package: PackageSource, served: tuple[str, ...], pictures: tuple[Media, ...]) -> Iterator[str]:
    """What is wrong with what was let in."""
    for html in served:
        yield from faults_of_html(html)
    for media in pictures:
        if media.media_type == "image/svg+xml":
            yield from faults_of_svg(media.content)
        elif media.media_type not in RASTER | SOUND:
            yield f"served as {media.media_type}"
    said = "".join(f"{item.title}{item.metadata}{item.identifier}" for item in package.items)
    drawn = b"".join(media.content for media in pictures if media.media_type == "image/svg+xml")
    if SECRET in said + "".join(served) or SECRET.encode() in drawn:
        yield "holds a file of the server"


def examine(path: Path) -> Examined:
    """Read, render and score a file; anything but the package's own error goes through.

    Parameters
    ----------
    path : what is imported
    """
    try:
        package = within_budget(read_package(path), DEFAULT_BUDGET)
    except PackageError as error:
        return Examined(error.problems)
    served, pictures = tuple(_served(package)), _stored(package)
    problems = tuple(problem for refused in package.refused for problem in refused.problems)
    scored = chain.from_iterable(_score_faults(item) for item in package.items[:20])
    faults = (*_faults(package, served, pictures), *scored)
    return Examined(problems, package.warnings, faults, served, pictures)


def verdict(case: Case, examined: Examined) -> str:
    """Say how a file came out otherwise than it should, or "".

    Parameters
    ----------
    case : what should come of it
    examined : what did
    """
    said = "\n".join(map(str, examined.problems))
    if examined.faults:
        return f"let in, and {examined.faults[:3]}"
    if not all(part.isprintable() for part in said.split("\n")) or SECRET in said:
        return f"the reason is not fit to print: {said[:200]!r}"
    if isinstance(case.outcome, Clean):
        return f"refused: {said[:300]}" if said else _unclean(case.outcome, examined)
    if not re.search(case.outcome, said):
        came = f"refused because {said[:300]}" if said else "let in"
        return f"should be refused because {case.outcome!r}, and is {came}"
    if not all(problem.file and problem.why and problem.remedy for problem in examined.problems):
        return f"the reason lacks a part: {said[:200]}"
    unlined = [problem for problem in examined.problems if not problem.line]
    if unlined and not case.unlined:
        return f"no line is named: {unlined[0]}"
    return "it names a line, so say no reason why not" if case.unlined and not unlined else ""


def _unclean(clean: Clean, examined: Examined) -> str:
    """Say what of a reason for letting a file in does not hold, or "".

    What acts, loads or deceives is found by the judges; here is what the family says of itself.
    """
    served = "".join(examined.served) + "".join(
        media.content.decode() for media in examined.media if media.media_type == "image/svg+xml"
    )
    if not examined.served:
        return "nothing of it is served"
    if clean.lacks and (found := re.search(clean.lacks, served, re.IGNORECASE)):
        return f"{found[0]!r} is served"
    if clean.shows and not re.search(clean.shows, served):
        return f"{clean.shows!r} is not served: {served[:300]}"
    told = "\n".join(map(str, examined.warnings))
    if clean.told and not re.search(clean.told, told):
        return f"no warning says {clean.told!r}: {told[:300]}"
    return ""
