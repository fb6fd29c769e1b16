"""Import a hostile file as the product does, and judge what comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from itembank import PackageError, Problem
from itembank.blanks import fill_blanks
from itembank.media import Media
from itembank.qti.package import PackageSource, read_package
from itembank.qti.processing import Program, draw_template, run_program
from itembank.qti.sources import ItemSource
from itembank.rendering import render_item, render_stimulus
from itembank.weighing import DEFAULT_BUDGET, within_budget
from tests.itembank.hostile.making import SECRET, Case
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
    faults : what is wrong with what was let in
    served : HTML that would be served
    media : pictures that would be served
    """

    problems: tuple[Problem, ...]
    faults: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()


def _score(program: Program) -> None:
    """Score hostile answers: the interpreter is total, so none may raise."""
    names = [name for name, declared in program.declarations.items() if declared.kind == "response"]
    for answer in ANSWERS:
        run_program(program, dict.fromkeys(names, answer))


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
    first: dict[int, ItemSource] = {id(item.program): item for item in package.items[:20]}
    for item in first.values():
        _score(item.program)
    served, pictures = tuple(_served(package)), _stored(package)
    problems = tuple(problem for refused in package.refused for problem in refused.problems)
    return Examined(problems, tuple(_faults(package, served, pictures)), served, pictures)


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
    if not case.why:
        return f"refused: {said[:300]}" if said else ""
    if not re.search(case.why, said):
        return f"should be refused because {case.why!r}, and is {'let in' if not said else f'refused because {said[:300]}'}"
    if not all(problem.file and problem.why and problem.remedy for problem in examined.problems):
        return f"the reason lacks a part: {said[:200]}"
    if case.has_line and not any(problem.line for problem in examined.problems):
        return f"no line is named: {said[:200]}"
    unlined = [problem for problem in examined.problems if _lacks_line(problem)]
    return f"no line is named: {unlined[0]}" if unlined else ""


def _lacks_line(problem: Problem) -> bool:
    """Whether a text is refused without its line; one that could not be read whole, or is no text, has none."""
    is_read = problem.what != "file" and " MB" not in problem.why
    return not problem.line and is_read and problem.file.endswith((".xml", ".svg", ".json"))
