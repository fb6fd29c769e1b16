"""Reports: what schools and researchers get to see, with disclosure control, as pages, PDF files and datasets."""

from __future__ import annotations

from reports.codebook import DatasetField, fields_of
from reports.disclosure import FEWEST_PUPILS, FEWEST_SCHOOLS
from reports.errors import DatasetError, DisclosureError, ReportError
from reports.pseudonyms import Pseudonyms
from reports.reference import ReferenceGroup, norm_reference, reference_from_scores
from reports.render import render_html, render_pdf
from reports.research import Dataset, write_research_dataset
from reports.school import Names, Subject, build_school_report
from reports.typesetting import typeset
from reports.values import (
    Bin,
    ClassResult,
    Comparison,
    Estimate,
    LevelShare,
    PupilResult,
    Reference,
    SchoolReport,
    SubjectReport,
)

__all__ = [
    "FEWEST_PUPILS",
    "FEWEST_SCHOOLS",
    "Bin",
    "ClassResult",
    "Comparison",
    "Dataset",
    "DatasetError",
    "DatasetField",
    "DisclosureError",
    "Estimate",
    "LevelShare",
    "Names",
    "Pseudonyms",
    "PupilResult",
    "Reference",
    "ReferenceGroup",
    "ReportError",
    "SchoolReport",
    "Subject",
    "SubjectReport",
    "build_school_report",
    "fields_of",
    "norm_reference",
    "reference_from_scores",
    "render_html",
    "render_pdf",
    "typeset",
    "write_research_dataset",
]
