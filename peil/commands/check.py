"""``peil check``: what a package holds, or whether items score their cases as expected; nothing is stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peil.commands.options import (
    MOST_KB,
    MOST_PICTURES,
    MOST_SOUND_KB,
    MostKilobytes,
    MostPictures,
    MostSoundKilobytes,
    weight_budget,
)
from peil.commands.saying import count, grouped
from peil.errors import CommandError

if TYPE_CHECKING:
    from rich.console import Console

    from itembank import CaseResult, ImportReport, WeightBudget


def check(
    package: Annotated[
        Path | None,
        typer.Argument(metavar="[PACKAGE]", help="QTI package (.zip), folder or item (.xml).", show_default=False),
    ] = None,
    cases: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Score every cases.json here and below, each beside its item.xml."),
    ] = None,
    show_all: Annotated[bool, typer.Option("--all", help="Show every case, not only what is wrong.")] = False,
    most_kb: MostKilobytes = MOST_KB,
    most_pictures: MostPictures = MOST_PICTURES,
    most_sound_kb: MostSoundKilobytes = MOST_SOUND_KB,
) -> None:
    """Check a QTI package, or response → outcome cases; nothing is stored.

    Items that say nearly the same are named. The exit code is 1 if anything is refused or wrong.
    """
    from rich.console import Console

    if (package is None) == (cases is None):
        raise CommandError("give either a package or --cases FOLDER: peil check bank.zip, or peil check --cases items/")
    console = Console()
    if package is not None:
        passed = _check_package(console, package, weight_budget(most_kb, most_pictures, most_sound_kb))
    else:
        passed = _check_cases(console, cases or Path(), show_all=show_all)
    if not passed:
        raise typer.Exit(1)


def _check_cases(console: Console, folder: Path, *, show_all: bool) -> bool:
    """Print expected against got of every case that is wrong, or of all, and how many there are."""
    from rich.markup import escape
    from rich.table import Table

    from itembank import check_cases

    if not folder.is_dir():
        why = "this is not a folder" if folder.exists() else "there is no such folder"
        raise CommandError(f"{folder}: {why}. Check the name.")
    results: list[CaseResult] = check_cases(folder)
    table = Table("item", "case", "expected", "got", "", title=f"Cases in {escape(str(folder))}")
    shown = [result for result in results if show_all or not result.passed]
    for result in shown:
        mark = "[green]ok[/green]" if result.passed else "[red]wrong[/red]"
        table.add_row(*(escape(text) for text in (result.item, result.case, result.expected, result.got)), mark)
    if shown:
        console.print(table)
    n_passed = sum(result.passed for result in results)
    console.print(
        f"{n_passed} of {len(results)} cases as expected, {count(len({result.item for result in results}), 'item')}"
    )
    return n_passed == len(results)


def _check_package(console: Console, path: Path, budget: WeightBudget) -> bool:
    """Print what importing the package would do."""
    from rich.markup import escape

    from itembank import inspect_package
    from itembank.qti.trying import N_TRIED

    with console.status("reading the package"):
        report: ImportReport = inspect_package(path, budget)
    for title, style, problems in (
        ("warning", "yellow", report.warned),
        ("refused", "red", [problem for refused in report.refused for problem in refused.problems]),
    ):
        for problem in grouped(problems):
            console.print(f"[{style}]{title}[/{style}] {escape(problem)}", soft_wrap=True)
    for pair in report.alike:
        alike = "only numbers differ" if pair.share == 1.0 else f"{pair.share:.0%} of their phrases are the same"
        console.print(f"[yellow]alike[/yellow] {escape(pair.one)} and {escape(pair.other)}: {alike}", soft_wrap=True)
    for kind, number in report.interactions.items():
        console.print(f"{number:6} items with {kind if kind != 'none' else 'no question'}")
    if report.n_drawn:
        console.print(f"{report.n_drawn:6} of them drawn for every pupil anew; {N_TRIED} draws of each were tried")
    console.print(
        f"{path.name}: {report.n_items} items and {report.n_stimuli} passages can be imported, "
        f"{len(report.refused)} refused, {len(report.imported) + len(report.refused)} in all",
        soft_wrap=True,
        highlight=False,
    )
    return not report.refused
