"""``peil demo``: the whole product on demo data."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from peil.commands.options import folder

if TYPE_CHECKING:
    from peil.demo.progress import StepBook
    from peil.demo.run import Done
    from peil.installation import Installation


def demo(
    check: Annotated[bool, typer.Option("--check", help="Run and check everything, serve nothing, clean up.")] = False,
    seed: Annotated[int, typer.Option(help="Decides names, abilities and simulated answers.")] = 0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to serve at; the next free one when taken.")] = 8000,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", callback=folder, help="Folder to keep everything in; empty or new.", show_default=False
        ),
    ] = None,
    prepare: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Stop with open rooms; write their codes to FILE (for load tests)."),
    ] = None,
    copies: Annotated[int, typer.Option(min=1, help="With --prepare: rooms that every class gets for every test.")] = 1,
) -> None:
    """Run the whole product on simulated pupils, from a QTI package to a school report, then serve until stopped."""
    from rich.console import Console

    from peil.demo.progress import StepBook
    from peil.demo.run import check_serving, run_main_job, write_codes
    from peil.installation import open_installation
    from peil.settings import load_settings

    book = StepBook(Console())
    with (
        _stopping_cleanly(),
        own_folder(data, keep=not check) as made,
        open_installation(load_settings(made)) as here,
    ):
        if prepare is not None:
            write_codes(here, entropy(seed), prepare, copies, book)
            return
        done = run_main_job(here, entropy(seed), book)
        if check:
            check_serving(here, done, book)
        book.close()
        if not check:
            _serve(here, done, port, book)


def entropy(seed: int) -> int:
    """Return a number from 0 for every seed, its own for each; seeds from 0 stay as they are."""
    return seed if seed >= 0 else 2**64 - seed


def _serve(installation: Installation, done: Done, port: int, book: StepBook) -> None:
    """Step 7: serve until stopped."""
    from itembank.pages.addresses import LIST
    from peil.server import address_of, bind, run
    from peil.web import create_app

    listener = bind("127.0.0.1", port)

    def announce() -> None:
        """Say where, and what is there."""
        book.console.print(f"\n[bold]{address_of(listener)}[/]  (stop with Ctrl-C)", highlight=False)
        book.console.print("The start page shows codes for the tests and accounts for staff.")
        book.console.print(f"Items with key and figures, for the psychometrician: {address_of(listener)}{LIST}")
        book.console.print(f"Files: {installation.settings.data}", soft_wrap=True, highlight=False)

    run(create_app(installation, done.notice), listener, announce)
    typer.echo(f"stopped; everything stays in {installation.settings.data}", err=True)


@contextmanager
def own_folder(data: Path | None, *, keep: bool) -> Iterator[Path]:
    """A folder for this run only; a temporary one is removed when the run is stopped before it serves.

    Raises
    ------
    CommandError
        If the given folder holds anything.
    """
    from peil.errors import CommandError

    if data is not None and data.exists() and any(data.iterdir()):
        raise CommandError(f"{data}: this folder is not empty. Name a new one, so that nothing is overwritten.")
    made = data or Path(tempfile.mkdtemp(prefix="peil-demo-"))
    try:
        yield made
    except (KeyboardInterrupt, SystemExit):
        keep = data is not None
        typer.echo(f"stopped; what was made stays in {made}" if keep else "stopped; nothing was kept", err=True)
        raise
    except Exception:
        if keep and data is None:
            typer.echo(f"what was made stays in {made}", err=True)
        raise
    finally:
        if data is None and not keep:
            shutil.rmtree(made, ignore_errors=True)


@contextmanager
def _stopping_cleanly() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does: servers are stopped, folders are removed."""

    def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(143)  # 128 + 15, as shells report it

    previous = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
