"""``peil serve``: pupils, staff and reports over HTTP."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from peil.commands.options import DataFolder


def serve(
    data: DataFolder = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen at; PEIL_HOST or 127.0.0.1 when left out.")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; PEIL_PORT or 8000 when left out, the next free one when taken."),
    ] = None,
) -> None:
    """Serve until stopped (Ctrl-C). The first line that is printed is the address."""
    begun = time.monotonic()
    from peil.installation import open_installation
    from peil.server import address_of, bind, memory_mb, run
    from peil.settings import load_settings
    from peil.web import create_app

    settings = load_settings(data)
    with open_installation(settings) as installation:
        app = create_app(installation)
        listener = bind(host or settings.host, settings.port if port is None else port)

        def announce() -> None:
            """Say where, once requests are answered."""
            typer.echo(address_of(listener))
            typer.echo(
                f"ready in {time.monotonic() - begun:.1f} s with {memory_mb():.0f} MB; stop with Ctrl-C", err=True
            )

        run(app, listener, announce)
    typer.echo("stopped", err=True)
