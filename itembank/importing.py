"""Bring a package into the bank: all of it, or nothing unless asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session

from itembank.assessments import save_assessment
from itembank.errors import PartlyRefusedError, Problem
from itembank.goals import unknown_goals
from itembank.history import arrive
from itembank.lifecycle import State
from itembank.likeness import Likeness, near_duplicates
from itembank.qti import ItemSource
from itembank.qti.assessments import AssessmentSource
from itembank.qti.manifest import MANIFEST
from itembank.qti.package import PackageSource, Refused, read_package
from itembank.store import save_item, save_media, save_stimulus
from itembank.weighing import DEFAULT_BUDGET, WeightBudget, within_budget

NOBODY = "(unknown)"
"""Who changes the bank where nobody says so."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a package; ``imported`` and ``refused`` together are everything in it.

    Attributes
    ----------
    imported : names of the versions of items and passages, in the order of the package
    unchanged : those among them that the bank held already
    warned : what was left out of what was imported, and why
    refused : what was not imported, and why
    interactions : kind of interaction → how many of the imported items use it; items that ask nothing under "none"
    n_stimuli : how many of the imported are passages
    alike : pairs of its items that say nearly the same
    n_drawn : how many of its items are drawn for every pupil anew
    tests : names of the versions of its assessment tests
    """

    imported: tuple[str, ...]
    unchanged: tuple[str, ...]
    warned: tuple[Problem, ...]
    refused: tuple[Refused, ...]
    interactions: dict[str, int]
    n_stimuli: int
    alike: tuple[Likeness, ...] = ()
    n_drawn: int = 0
    tests: tuple[str, ...] = ()

    @property
    def n_items(self) -> int:
        """How many of the imported are items."""
        return len(self.imported) - self.n_stimuli


def _interactions(package: PackageSource) -> dict[str, int]:
    """Count the items by what they ask."""
    kinds = Counter(kind for item in package.items for kind in [str(kind) for kind in item.interactions] or ["none"])
    return dict(sorted(kinds.items()))


def _report(package: PackageSource, imported: list[str], unchanged: list[str]) -> ImportReport:
    """Return the report."""
    return ImportReport(
        imported=tuple(imported),
        unchanged=tuple(unchanged),
        warned=package.warnings,
        refused=package.refused,
        interactions=_interactions(package),
        n_stimuli=len(package.stimuli),
        n_drawn=sum(item.body.is_drawn for item in package.items),
    )


def inspect_package(path: Path, budget: WeightBudget = DEFAULT_BUDGET) -> ImportReport:
    """Say what importing a package would do, without a database.

    Parameters
    ----------
    path : zip, folder or single item
    budget : most that one item may weigh

    Raises
    ------
    PackageError
        If it is no package at all.
    """
    package = within_budget(read_package(path), budget)
    names = [*(passage.name for passage in package.stimuli), *(item.name for item in package.items)]
    tests = tuple(f"{test.identifier}@1" for test in package.tests)
    return replace(_report(package, names, []), alike=near_duplicates(package.items), tests=tests)


@dataclass(frozen=True, slots=True)
class Arrival:
    """How new versions come into the bank.

    Attributes
    ----------
    by : who brings them in
    why : for what reason
    state : that they begin in; one that changes the key of an operational item begins in review at best
    budget : most that one item may weigh
    account : what the installation itself knows them by; "" where it did not look
    """

    by: str = NOBODY
    why: str = "imported"
    state: State = State.DRAFT
    budget: WeightBudget = DEFAULT_BUDGET
    account: str = ""


DRAFTS = Arrival()


def import_package(db: Session, path: Path, *, partial: bool = False, arrival: Arrival = DRAFTS) -> ImportReport:
    """Bring a package into the bank; identical content makes no new version.

    Parameters
    ----------
    db : database session; the caller commits
    path : zip with a manifest, folder, or single item
    partial : take what can be taken although something is refused
    arrival : who brings it in, in which state new versions begin, and what they may weigh

    Raises
    ------
    PackageError
        If it is no package, or (`PartlyRefusedError`) anything is refused and ``partial`` is false; nothing was
        changed.
    """
    package = within_budget(read_package(path), arrival.budget)
    if package.refused and not partial:
        raise PartlyRefusedError(problem for refused in package.refused for problem in refused.problems)
    bodies = [*(item.media for item in package.items), *(passage.media for passage in package.stimuli)]
    save_media(db, package.media.read(sorted({name for media in bodies for name in media.values()})))
    versions = {stimulus.identifier: save_stimulus(db, stimulus) for stimulus in package.stimuli}
    imported, unchanged = [f"{identifier}@{version}" for identifier, version in versions.items()], []
    held_back = []
    for item in package.items:
        version, is_added = save_item(db, replace(item, stimulus_version=versions.get(item.stimulus, 1)))
        imported.append(f"{item.identifier}@{version}")
        if not is_added:
            unchanged.append(imported[-1])
        elif _arrives(db, imported[-1], arrival) is not arrival.state:
            held_back.append(_held_back(item))
    tests = [f"{one.identifier}@{save_assessment(db, one, _subject(one, package))[0]}" for one in package.tests]
    report = _report(package, imported, unchanged)
    return replace(report, warned=(*report.warned, *held_back, *_unknown_goals(db, package)), tests=tuple(tests))


def _arrives(db: Session, name: str, arrival: Arrival) -> State:
    """State in which a new version begins."""
    return arrive(db, name, arrival.state, arrival.by, arrival.why, arrival.account)


def _subject(test: AssessmentSource, package: PackageSource) -> str:
    """Subject of a test for its design: the area that all its items share, else its title."""
    areas = {item.metadata.area for item in package.items if item.identifier in test.items}
    return areas.pop() if len(areas) == 1 and all(areas) else test.title


def _unknown_goals(db: Session, package: PackageSource) -> list[Problem]:
    """Name the goals of items that no framework of the bank has."""
    unknown = unknown_goals(db, (code for item in package.items for code in item.metadata.goals))
    return [
        Problem(
            MANIFEST,
            line,
            f"item {item.identifier}",
            f"its goal {code!r} is in no framework of the bank",
            "Correct the code, or import the framework that has it",
        )
        for item in package.items
        for code, line in zip(item.metadata.goals, item.metadata.goal_lines, strict=True)
        if code in unknown
    ]


def _held_back(item: ItemSource) -> Problem:
    """Say why an item does not begin as operational."""
    return Problem(
        item.file,
        item.line,
        f"item {item.identifier}",
        "it scores otherwise than the version that was operational last, or was made public, so it begins in review",
        "Let a second person make it operational, or make a new item",
    )
