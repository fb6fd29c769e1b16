"""Read a design of a test from TOML."""

from __future__ import annotations

import tomllib
from pathlib import Path

from itembank.designs.choosing import read_exposure, read_minutes, read_selection, read_stopping
from itembank.designs.content import read_blueprint, read_enemies, read_filter, read_lengths
from itembank.designs.sections import Section
from itembank.designs.values import ADAPTIVE, KINDS, LINEAR, Design
from itembank.errors import DesignFileError

ADAPTIVE_ONLY = ("selection", "exposure", "stopping")


def read_design(path: Path) -> Design:
    """Read a design from a TOML file; `docs/designs/example.toml` shows and explains every key.

    Parameters
    ----------
    path : the file

    Raises
    ------
    DesignFileError
        If the file cannot be read, or a value is missing or wrong, or a key unknown; names the file and the key.
    """
    try:
        return design_from_text(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise DesignFileError(f"{path}: cannot be read ({error})") from None
    except DesignFileError as error:
        raise DesignFileError(f"{path}: {error}") from error


def design_from_text(text: str) -> Design:
    """Return the design that TOML describes.

    Raises
    ------
    DesignFileError
        If the text is no TOML, a value is missing or wrong, or a key unknown; names the key, or the line.
    """
    try:
        top = Section(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DesignFileError(f"is no TOML: {error}") from None
    kind = top.choice("kind", KINDS, ADAPTIVE)
    _refuse_parts_of_the_other_kind(top, kind)
    minimum, maximum = read_lengths(top)
    design = Design(
        identifier=top.text("identifier"),
        title=top.text("title"),
        subject=top.text("subject"),
        kind=kind,
        blueprint=read_blueprint(top, maximum),
        minimum_length=minimum,
        filter=read_filter(top),
        enemies=read_enemies(top),
        form=top.texts("form"),
        time_limit_ms=read_minutes(top, "time_limit_minutes"),
        selection=read_selection(top.table("selection")),
        exposure=read_exposure(top.table("exposure")),
        stopping=read_stopping(top.table("stopping")),
    )
    top.close()
    return design


def _refuse_parts_of_the_other_kind(top: Section, kind: str) -> None:
    """A linear test chooses nothing, an adaptive one has no form."""
    for key in ADAPTIVE_ONLY:
        if top.has(key) and kind == LINEAR:
            raise DesignFileError(f"{key}: a linear test has no [{key}]; leave it out, or make the kind adaptive")
    if top.has("form") and kind == ADAPTIVE:
        raise DesignFileError('form: only a linear test has a form; leave it out, or write kind = "linear"')
