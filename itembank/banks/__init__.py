"""Banks of calibrated items in CSV files, for simulation: parameters, labels, quantities, passages, enemies."""

from __future__ import annotations

from itembank.banks.reading import read_bank

__all__ = ["read_bank"]
