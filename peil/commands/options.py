"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataFolder = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="Data folder; PEIL_DATA or ./peil-data when left out.", show_default=False
    ),
]
OutputFolder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to; made when missing.")]
Wave = Annotated[str, typer.Argument(help="Name of the period in which the tests were taken (afnameperiode).")]
