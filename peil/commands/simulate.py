"""``peil simulate``: a design of a test, tried out on simulated pupils."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peil.commands.options import DataFolder, folder

if TYPE_CHECKING:
    from rich.console import Console

    from peil.simulation.planning import Plan, Request
    from peil.simulation.running import Outcome

PERSONS, BEHAVIOUR, OUTPUT = "Persons", "Behaviour", "Output"


def simulate(
    design: Annotated[Path, typer.Argument(metavar="DESIGN", help="Design of the test: TOML.")],
    bank: Annotated[
        str,
        typer.Option(
            metavar="BANK", help="Calibrated items: CSV, one row an item; or a test of which a bank was released."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", callback=folder, help="Folder to write to; made when missing.", rich_help_panel=OUTPUT
        ),
    ],
    persons: Annotated[int, typer.Option(min=1, help="How many.", rich_help_panel=PERSONS)] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="Where chance begins.", rich_help_panel=PERSONS)] = 1,
    groups: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Subgroups: columns group, share (or n), mean, sd, accommodation. Without it one group, as the "
            "design's prior.",
            rich_help_panel=PERSONS,
        ),
    ] = None,
    slips: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Probability that a right answer goes wrong.", rich_help_panel=BEHAVIOUR),
    ] = 0.0,
    rapid_guessing: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Share of the persons who answer at random from some item on.",
            rich_help_panel=BEHAVIOUR,
        ),
    ] = 0.0,
    rapid_after: Annotated[
        int, typer.Option(min=0, help="Items that they answer in earnest first.", rich_help_panel=BEHAVIOUR)
    ] = 0,
    unlucky: Annotated[
        int, typer.Option(min=0, help="First answers that are wrong for everyone.", rich_help_panel=BEHAVIOUR)
    ] = 0,
    data: DataFolder = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that work; 0: as many as pay. The result is the same.")
    ] = 0,
    answers: Annotated[
        bool, typer.Option("--answers", help="Also write answers.parquet, for peil calibrate.", rich_help_panel=OUTPUT)
    ] = False,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Write report.html.", rich_help_panel=OUTPUT)
    ] = True,
) -> None:
    """Simulate a test, adaptive or linear.

    The same choices as in a sitting, for as many pupils as you like. The
    same seed gives the same tests on any machine, with any workers.

    Written to DIR:
    persons.csv: ability, estimate, standard error, length of every person;
    beyond 100,000 persons it is persons.parquet.
    items.csv: share of the tests that each item is in.
    blueprint.csv: what tests hold of every rule, and how many break it.
    summary.json: all figures.
    report.html: one page with plots.
    Files of these names that are there already are never overwritten.

    For example:
    peil simulate docs/designs/example.toml --bank items.csv --out run1
    peil simulate wiskunde-4.toml --bank wiskunde-4 --out run3
    peil simulate design.toml --bank items.csv --persons 100000 --seed 2
    --groups groups.csv --slips 0.02 --unlucky 3 --out run2

    The exit code is 1 where something is refused.
    """
    from engine import Behaviour
    from peil.simulation.files import require_no_simulation
    from peil.simulation.planning import Request

    require_no_simulation(out)
    behaviour = Behaviour(slips=slips, rapid_persons=rapid_guessing, rapid_after=rapid_after, unlucky=unlucky)
    request = Request(design, bank, data, persons, seed, groups, behaviour, workers)
    _run(request, out, with_report=report, with_answers=answers)


def _run(request: Request, out: Path, *, with_report: bool, with_answers: bool) -> None:
    """Read, simulate, write, and say what was found."""
    from datetime import date

    from rich.console import Console

    from peil.simulation.files import write_simulation
    from peil.simulation.planning import make_plan
    from peil.simulation.words import closing_lines

    console = Console()
    with console.status("reading"):
        plan = make_plan(request)
    outcome = _simulate(console, plan)
    page = ""
    if with_report:
        from peil.simulation.reporting import build_report
        from reports.simulation import render_simulation

        with console.status("drawing the report"):
            page = render_simulation(build_report(outcome, made_on=date.today()))
    paths = write_simulation(out, outcome, page, with_answers=with_answers)
    for line in closing_lines(outcome):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    console.print(f"written: {', '.join(str(path) for path in paths)}", soft_wrap=True, highlight=False, markup=False)


def _simulate(console: Console, plan: Plan) -> Outcome:
    """Simulate behind a progress bar."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    from peil.simulation.running import run

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=None)

        def on_stage(what: str, n_persons: int) -> None:
            """Begin another bar."""
            progress.reset(task, description=what, total=n_persons or None)

        return run(plan, on_stage, lambda n: progress.advance(task, n))
