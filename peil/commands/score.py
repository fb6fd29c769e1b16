"""``peil score``: abilities on the reporting scale for every sealed sitting."""

from __future__ import annotations

from typing import Annotated

import typer

from peil.commands.options import DataFolder, Wave
from peil.errors import CommandError


def score(
    wave: Wave,
    calibration: Annotated[
        list[str] | None,
        typer.Option(metavar="TEST=NAME", help="Calibration to score a test with; its bank's own when left out."),
    ] = None,
    data: DataFolder = None,
) -> None:
    """Score every sealed sitting (EAP) and keep the scores as a new run of the wave.

    A sitting whose log is damaged is left out and named, and the exit code is then 1.

    Reporting scales are TOML files in the folder `scales` of the data folder.
    """
    from rich.console import Console
    from rich.table import Table
    from sqlmodel import Session

    from peil.commands.saying import count, name_damaged
    from peil.existing import open_existing
    from peil.pipeline import collect_sittings, score_wave
    from peil.settings import load_settings
    from scoring import last_run

    wanted = dict(_pair(text) for text in calibration or [])
    console = Console()
    with open_existing(load_settings(data)) as installation, console.status("scoring"):
        collected = collect_sittings(installation)
        is_damaged = name_damaged(collected)
        scores = score_wave(installation, wave, collected.records, wanted)
        with Session(installation.database) as db:
            run = last_run(db, wave)
    table = Table("test", "sittings", "mean score", "mean error", title=wave)
    for test in sorted({score.test for score in scores}):
        own = [score for score in scores if score.test == test]
        mean = sum(score.scale_score for score in own) / len(own)
        error = sum(score.scale_error for score in own) / len(own)
        table.add_row(test, f"{len(own)}", f"{mean:.1f}", f"{error:.1f}")
    console.print(table)
    begun = sum(sitting.is_begun for sitting in collected.unsealed)
    console.print(
        f"{count(begun, 'sitting')} {'is' if begun == 1 else 'are'} begun and not sealed: no score", highlight=False
    )
    kept = f"run {run} of wave {wave!r}; the scores of earlier runs stay" if run > 1 else f"new wave {wave!r}"
    console.print(kept, soft_wrap=True, highlight=False, markup=False)
    if is_damaged:
        raise typer.Exit(1)


def _pair(text: str) -> tuple[str, str]:
    """Read TEST=NAME."""
    test, sign, name = text.partition("=")
    if not (test and sign and name):
        raise CommandError(f"--calibration {text}: write it as TEST=NAME, such as wiskunde-4=veldtest.")
    return test, name
