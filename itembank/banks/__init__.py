"""Banks of calibrated items in CSV files, for simulation: parameters, labels, quantities, passages, enemies."""

from __future__ import annotations

from itembank.banks.checking import check_design
from itembank.banks.reading import read_bank

__all__ = ["check_design", "read_bank"]
