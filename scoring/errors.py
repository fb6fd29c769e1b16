"""What can go wrong while scoring; each error says what, which and what to do."""

from __future__ import annotations


class ScoringError(Exception):
    """Base of every error that this package raises."""


class RecordError(ScoringError):
    """A record does not fit the items, the scale or the records beside it."""


class ScaleError(ScoringError):
    """A reporting scale or its file is not valid."""


class StoreError(ScoringError):
    """A wave's scores cannot be stored or found."""


class ResponseFileError(ScoringError):
    """A file of responses cannot be read; the message names file, line, column and value."""


class CalibrationFileError(ScoringError):
    """A calibration cannot be written where it was asked."""


class ItemFileError(ScoringError):
    """A file that says something of items before a calibration cannot be used; the message names line and item."""


class CalibrationError(ScoringError):
    """Responses cannot be calibrated as asked; the message names items, groups and persons as the file does."""
