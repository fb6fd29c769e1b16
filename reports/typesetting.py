"""A page of words and figures as a tagged PDF file, laid out by a typst document that computes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from importlib.resources import as_file
from importlib.resources.abc import Traversable
from typing import Literal

import typst

from reports.errors import ReportError

PDF_STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA-1 (ISO 14289-1): tagged, with language, title and a text for every picture; typst refuses to write less."""


def typeset(folder: Traversable, name: str, page: Mapping[str, object], made_on: date, what: str) -> bytes:
    """Lay a page out as a tagged PDF/UA-1 file; the same page always gives the same bytes.

    Only the fonts inside typst are used, so a machine without fonts gives the same pages.

    Parameters
    ----------
    folder
        Where the typst document is, with what it includes.
    name
        Of the document, without its ending.
    page
        What it reads as JSON from ``sys.inputs.page``.
    made_on
        Date of the file.
    what
        Named where it fails.

    Raises
    ------
    ReportError
        If typst refuses the document; the message holds its reason.
    """
    midnight = datetime.combine(made_on, time(), tzinfo=UTC)
    with as_file(folder) as root:
        try:
            compiler = typst.Compiler(
                str(root / f"{name}.typ"),
                root=str(root),
                ignore_system_fonts=True,
                sys_inputs={"page": json.dumps(page, ensure_ascii=False)},
            )
            document = compiler.compile(format="pdf", pdf_standards=[PDF_STANDARD], timestamp=int(midnight.timestamp()))
        except typst.TypstError as error:
            raise ReportError(f"{what}: typst refuses it: {error}") from error
    if not isinstance(document, bytes):
        raise ReportError(f"{what}: typst returned {type(document).__name__}, not one PDF file")
    return document
