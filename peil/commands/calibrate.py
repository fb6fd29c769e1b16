"""``peil calibrate``: item parameters from a file of responses."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peil.calibration.choices import Density, Errors, MissingRule, Model
from peil.calibration.limits import MAX_CYCLES
from peil.commands.options import folder
from peil.errors import CommandError

if TYPE_CHECKING:
    from rich.console import Console

    from engine import Calibration
    from peil.calibration.running import Plan, Request

READING, MISSING, MODEL, OUTPUT = "Reading the file", "Answers that are not there", "Model", "Output"


def calibrate(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Responses: CSV, Parquet, or sittings that Peil exported.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", callback=folder, help="Folder to write to; made when missing.", rich_help_panel=OUTPUT
        ),
    ],
    model: Annotated[
        Model, typer.Option(help="Response model of all items without one of their own.", rich_help_panel=MODEL)
    ] = Model.TWO_PARAMETER,
    models: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Models by item: columns item and model.", rich_help_panel=MODEL)
    ] = None,
    fixed: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Known parameters: an items.csv of an earlier calibration. They give the "
            "scale; mean and sd of every group are estimated.",
            rich_help_panel=MODEL,
        ),
    ] = None,
    prior_discrimination: Annotated[
        str | None,
        typer.Option(metavar="PRIOR", help="Such as lognormal:0.2,0.5: density of the slope a.", rich_help_panel=MODEL),
    ] = None,
    prior_difficulty: Annotated[
        str | None,
        typer.Option(metavar="PRIOR", help="Such as normal:0,2: density of the difficulty b.", rich_help_panel=MODEL),
    ] = None,
    prior_guessing: Annotated[
        str | None,
        typer.Option(
            metavar="PRIOR",
            help="Such as normal:-1.386,0.5: density of logit c; -1.386 is 1 in 5.",
            rich_help_panel=MODEL,
        ),
    ] = None,
    prior_upper: Annotated[
        str | None,
        typer.Option(
            metavar="PRIOR",
            help="Such as normal:3,1: density of the logit of (d - c) / (1 - c).",
            rich_help_panel=MODEL,
        ),
    ] = None,
    density: Annotated[Density, typer.Option(help="Ability within a group.", rich_help_panel=MODEL)] = Density.NORMAL,
    errors: Annotated[
        Errors, typer.Option(help="Standard errors; sandwich: by cluster, or by person.", rich_help_panel=MODEL)
    ] = Errors.INFORMATION,
    max_cycles: Annotated[int, typer.Option(min=1, help="Cycles at most.", rich_help_panel=MODEL)] = MAX_CYCLES,
    id_column: Annotated[
        str | None, typer.Option("--id", metavar="COLUMN", help="Identifies persons.", rich_help_panel=READING)
    ] = None,
    group_column: Annotated[
        str | None,
        typer.Option(
            "--group",
            metavar="COLUMN",
            help="Groups, each with its own mean and sd; the first by name gives the origin.",
            rich_help_panel=READING,
        ),
    ] = None,
    covariate: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN",
            help="Regress abilities on it; may be repeated. Text becomes a "
            "0/1 covariate for every value but the first.",
            rich_help_panel=READING,
        ),
    ] = None,
    weights: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Weights of persons, above 0.", rich_help_panel=READING)
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="What persons were sampled with, such as the school; only with --errors sandwich.",
            rich_help_panel=READING,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="No item: leave it out; may be repeated.", rich_help_panel=READING),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=VALUE", help="Only these rows; may be repeated.", rich_help_panel=READING),
    ] = None,
    omitted: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LABEL",
            help="How the file writes an item that was seen and left open; may be repeated.",
            rich_help_panel=MISSING,
        ),
    ] = None,
    not_reached: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LABEL",
            help="How it writes an item after the last answer; may be repeated.",
            rich_help_panel=MISSING,
        ),
    ] = None,
    omitted_as: Annotated[
        MissingRule, typer.Option(help="What omitted counts as.", rich_help_panel=MISSING)
    ] = MissingRule.WRONG,
    not_reached_as: Annotated[
        MissingRule, typer.Option(help="What not reached counts as.", rich_help_panel=MISSING)
    ] = MissingRule.NOT_PRESENTED,
    n_options: Annotated[
        str | None,
        typer.Option(
            metavar="N|CSV",
            help="Answers an item offers, for fractional: 4, or a CSV with item and n_options (0: open).",
            rich_help_panel=MISSING,
        ),
    ] = None,
    covariance: Annotated[
        bool, typer.Option("--covariance", help="Also write covariance.npz.", rich_help_panel=OUTPUT)
    ] = False,
    report: Annotated[
        bool, typer.Option("--report/--no-report", help="Write report.html.", rich_help_panel=OUTPUT)
    ] = True,
) -> None:
    """Calibrate items by marginal maximum likelihood.

    A file with columns person, item and response is long; any other is
    wide, with a row a person and a column an item. Responses are 0, 1, 2 …
    Blank or NA means not presented. Fractional (Lord, 1974) is right by the
    chance of a blind guess.

    Written to DIR:
    items.csv: parameters, standard errors, answers and p-value of every
    item; an error is blank when a parameter was not estimated, or when the
    answers do not determine it.
    groups.csv: size, mean and sd of every group, with standard errors.
    coefficients.csv: the latent regression, with covariates.
    summary.json: fit, convergence, settings, SHA-256 of the data, and
    flags: the items and groups to look at.
    report.html: one page with curves, Wright map and information.
    Files of these names that are there already are never overwritten.

    For example:
    peil calibrate answers.csv --id pupil --model 2pl --out run1
    peil calibrate 2027.csv --id pupil --fixed run1/items.csv --out run2
    peil calibrate mixed.csv --models models.csv --omitted 9 --not-reached 8
    --group year --weights weight --cluster school --errors sandwich --out run3

    The exit code is 1 where something is refused, and where the estimation
    did not converge; its files are then there, and say so.
    """
    from engine import MissingRules
    from peil.calibration.priors import read_priors
    from peil.calibration.running import Request
    from scoring.calibration_files import require_no_calibration
    from scoring.response_files import FileColumns, MissingLabels

    require_no_calibration(out)
    priors = {
        "discrimination": prior_discrimination,
        "difficulty": prior_difficulty,
        "guessing": prior_guessing,
        "upper": prior_upper,
    }
    request = Request(
        file=file,
        model=model.value,
        models=models,
        fixed=fixed,
        columns=FileColumns(id_column, group_column, weights, cluster, tuple(covariate or ()), tuple(ignore or ())),
        labels=MissingLabels(tuple(omitted or ()), tuple(not_reached or ())),
        where=dict(_pair(text) for text in where or []),
        rules=MissingRules(omitted_as.rule, not_reached_as.rule),
        n_options=n_options,
        priors=read_priors(priors),
        errors=errors,
        density=density,
        max_cycles=max_cycles,
        with_covariance=covariance,
    )
    _run(request, out, with_report=report)


def _pair(text: str) -> tuple[str, str]:
    """Column and value of a condition."""
    column, equals, value = text.partition("=")
    if not (column and equals and value):
        raise CommandError(f"--where {text}: expected COLUMN=VALUE")
    return column, value


def _run(request: Request, out: Path, *, with_report: bool) -> None:
    """Read, estimate, write, and say what was reached."""
    from dataclasses import replace
    from datetime import date

    from rich.console import Console

    from peil.calibration.closing import closing_lines
    from peil.calibration.running import describe, make_plan
    from scoring.calibration_files import write_calibration

    console = Console()
    with console.status(f"reading {request.file.name}"):
        plan = make_plan(request)
    result, seconds = _estimate(console, plan, request)
    run = describe(plan, request, seconds)
    if with_report:
        from peil.calibration.reporting import build_report
        from reports.calibration import render_calibration

        with console.status("drawing the report"):
            page = render_calibration(build_report(plan, result, run, made_on=date.today()))
        run = replace(run, report=page)
    paths = write_calibration(out, plan.source, result, run)
    for line in closing_lines(plan.source, result, run):
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    console.print(f"written: {', '.join(str(path) for path in paths)}", soft_wrap=True, highlight=False, markup=False)
    if not result.converged:
        raise CommandError(
            f"{request.file.name}: not converged after {result.n_cycles} cycles; do not use the estimates"
        )


def _estimate(console: Console, plan: Plan, request: Request) -> tuple[Calibration, float]:
    """Calibrate, showing the log-likelihood of every cycle where somebody watches: drawn at once, gone at the end."""
    from rich.live import Live
    from rich.spinner import Spinner

    from engine import Priors
    from peil.calibration.running import estimate

    what = "log-likelihood" if request.priors == Priors() else "log-posterior"
    before = [float("nan")]
    spinner = Spinner("dots", "calibrating")
    with Live(spinner, console=console, transient=True) as live:

        def show(cycle: int, value: float) -> None:
            """Show how far the climb is."""
            rise = value - before[0]
            spinner.update(text=f"cycle {cycle}: {what} {value:.3f}" + (f" ({rise:+.4g})" if cycle > 1 else ""))
            live.refresh()
            before[0] = value

        return estimate(plan, request, show)
