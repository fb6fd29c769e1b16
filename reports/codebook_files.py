"""The codebook as files: CSV for programs, HTML for people."""

from __future__ import annotations

import csv
from pathlib import Path

from reports.codebook import TABLES, DatasetField, fields_of
from reports.environment import template_environment
from reports.texts import text

COLUMNS = ("table", "name", "meaning", "type", "unit", "values", "purpose")


def write_codebook(folder: Path, title: str, *, simulated: bool) -> None:
    """Write ``codebook.csv`` and ``codebook.html``: every field with meaning, type, unit, values and purpose."""
    with (folder / "codebook.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_row(field) for table in TABLES for field in fields_of(table))
    page = template_environment().get_template("codebook.html.j2")
    html = page.render(
        title=title,
        mark=text("report.simulated_mark") if simulated else "",
        tables={table: fields_of(table) for table in TABLES},
    )
    (folder / "codebook.html").write_text(html, encoding="utf-8", newline="\n")


def _row(field: DatasetField) -> tuple[str, ...]:
    """One line of the CSV codebook."""
    return (field.table, field.name, field.meaning, field.kind, field.unit, field.values, field.purpose)
