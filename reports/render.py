"""A school report as a web page and as a PDF; both lay out the same words, figures and charts."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from importlib.resources import as_file, files
from typing import Literal

import typst
from markupsafe import Markup

from reports.environment import template_environment
from reports.errors import ReportError
from reports.presentation import present
from reports.values import SchoolReport

PDF_STANDARD: Literal["ua-1"] = "ua-1"
"""PDF/UA-1 (ISO 14289-1): tagged, with language, title and a text for every picture; typst refuses to write less."""


def render_html(report: SchoolReport, *, header: str = "") -> str:
    """Render a report as one self-contained page: no script, no link to another file.

    The same report always gives the same text. A content security policy must allow inline styles
    (``style-src 'unsafe-inline'``) and nothing else.

    Parameters
    ----------
    report
        The report to show.
    header
        HTML that whoever serves the page puts above it, such as the way back.
    """
    return template_environment().get_template("school.html.j2").render(page=present(report), header=Markup(header))


def render_pdf(report: SchoolReport) -> bytes:
    """Render a report as a tagged PDF/UA-1 file on A4, with the charts of the web page.

    The same report always gives the same bytes: the file's date is the date on the report. Only the fonts inside
    typst are used, so a machine without fonts gives the same pages.

    Parameters
    ----------
    report
        The report to show.

    Raises
    ------
    ReportError
        If typst refuses the document; the message holds its reason.
    """
    page = asdict(present(report))
    midnight = datetime.combine(report.made_on, time(), tzinfo=UTC)
    page["date"] = [report.made_on.year, report.made_on.month, report.made_on.day]
    with as_file(files("reports").joinpath("typst")) as folder:
        try:
            compiler = typst.Compiler(
                str(folder / "school.typ"),
                root=str(folder),
                ignore_system_fonts=True,
                sys_inputs={"page": json.dumps(page, ensure_ascii=False)},
            )
            document = compiler.compile(format="pdf", pdf_standards=[PDF_STANDARD], timestamp=int(midnight.timestamp()))
        except typst.TypstError as error:
            raise ReportError(f"report of {report.school}: typst refuses it: {error}") from error
    if not isinstance(document, bytes):
        raise ReportError(f"report of {report.school}: typst returned {type(document).__name__}, not one PDF file")
    return document
