"""The demo bank: content written for Peil as QTI 3 sources, zipped by code into a package as users make them."""

from __future__ import annotations

from itembank.demo.build import (
    SUBJECTS,
    CatalogueEntry,
    build_framework,
    build_package,
    design_files,
    read_catalogue,
    read_keys,
)

__all__ = [
    "SUBJECTS",
    "CatalogueEntry",
    "build_framework",
    "build_package",
    "design_files",
    "read_catalogue",
    "read_keys",
]
