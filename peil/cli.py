"""The program ``peil``: one command a module of `peil.commands`, imported only when it is asked for."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

COMMANDS = {
    "demo": "Run the whole product on demo data, then serve it until stopped.",
    "serve": "Serve pupils, staff and reports over HTTP.",
    "import": "Import a QTI package, a OneRoster 1.2 roster, or curriculum goals (CASE).",
    "export": "Export the item bank as a QTI 3 package, or the sealed sittings.",
    "bank": "Look at the item bank: states, history and differences of items; release a bank for a test.",
    "check": "Check a QTI package or response → outcome cases; nothing is stored.",
    "calibrate": "Calibrate items on a file of responses.",
    "simulate": "Try a design of a test out on simulated pupils.",
    "score": "Score every sealed sitting.",
    "report": "Write a school report, HTML and PDF, for every school.",
    "research": "Write the pseudonymised research dataset with codebook and checksums.",
    "replay": "Explain every choice of one sitting from its log.",
    "support": "Tell a help desk how the sitting with a support code stands.",
    "audit": "Check the digests of the log against each other and the signed checkpoints.",
    "erase": "Erase a pupil for good; the log stays whole, and nameless.",
}
"""Command → its line in ``peil --help``."""

OUR_PACKAGES = {"engine", "itembank", "delivery", "scoring", "reports", "peil", "loadtest"}
RESERVED = {"import": "import_"}  # a word of Python cannot name a module


class LateGroup(TyperGroup):
    """A command's module is imported when the command is called; the list of commands imports none."""

    _listing = False

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 -- typer's signature
        """Names, in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 -- typer's signature
        """Return the command, or only its line of help while a list is made."""
        if cmd_name not in COMMANDS:
            return None
        if self._listing:
            return TyperCommand(cmd_name, help=COMMANDS[cmd_name])
        return load_command(cmd_name)

    def format_help(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False


def load_command(name: str) -> Command:
    """Import one command.

    Parameters
    ----------
    name
        A key of `COMMANDS`; the module is ``peil.commands.<name>`` and holds a function of the same name
        (``import_`` for ``import``, which Python keeps for itself), or a `typer.Typer` with commands of its own.
    """
    identifier = RESERVED.get(name, name)
    function = getattr(import_module(f"peil.commands.{identifier}"), identifier)
    if isinstance(function, typer.Typer):  # a command with commands of its own
        return typer.main.get_command(function)
    single = typer.Typer(add_completion=False, rich_markup_mode="rich")
    single.command(name)(function)
    return typer.main.get_command(single)


app = typer.Typer(
    cls=LateGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Peil: computer-adaptive standardised digital assessment.",
)


def _print_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"peil {version('peil')}")
        raise typer.Exit


@app.callback()
def _peil(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Peil: computer-adaptive standardised digital assessment."""


def explain(error: BaseException) -> str | None:
    """Message for a person, or None for a defect of ours that deserves its traceback.

    Our own errors say what, which, why and what to do; those of the operating system name the file.
    """
    if any(cls.__module__.partition(".")[0] in OUR_PACKAGES for cls in type(error).__mro__):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}. Check the path and its permissions."
    return None


def _use_one_blas_thread() -> None:
    """Let linear algebra use one thread, before NumPy is imported: waiting threads cost more than they bring."""
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")


def main(arguments: list[str] | None = None) -> Any:
    """Run the program; ends the process with exit code 0, 1 (refused, failed), 2 (wrong usage) or 130 (stopped)."""
    _use_one_blas_thread()
    before = os.umask(0o077)  # database, reports and research data hold personal data: they are for their owner
    try:
        return app(arguments, prog_name="peil")
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        typer.secho("Error: ", fg="red", bold=True, nl=False, err=True)
        typer.echo(message, err=True)
        sys.exit(1)
    finally:
        os.umask(before)
