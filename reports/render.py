"""A school report as a web page and as a PDF; both lay out the same words, figures and charts."""

from __future__ import annotations

from dataclasses import asdict
from importlib.resources import files

from markupsafe import Markup

from reports.environment import template_environment
from reports.presentation import present
from reports.typesetting import typeset
from reports.values import SchoolReport


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
    page["date"] = [report.made_on.year, report.made_on.month, report.made_on.day]
    return typeset(files("reports").joinpath("typst"), "school", page, report.made_on, f"report of {report.school}")
