"""Scoring: from frozen records of sealed sittings to abilities, the reporting scale and stored scores."""

from __future__ import annotations

from scoring.abilities import ALGORITHM, CalibratedItems, score_sittings
from scoring.details import AnswerDetail, answer_details, stack_details
from scoring.errors import RecordError, ScaleError, ScoringError, StoreError
from scoring.matrix import ResponseMatrix, build_responses, stack_responses
from scoring.records import AccommodationRecord, AnswerRecord, ScoreRecord, SittingRecord
from scoring.standards import Level, ReportingScale, read_scale
from scoring.store import last_run, load_scores, store_scores, waves

__all__ = [
    "ALGORITHM",
    "AccommodationRecord",
    "AnswerDetail",
    "AnswerRecord",
    "CalibratedItems",
    "Level",
    "RecordError",
    "ReportingScale",
    "ResponseMatrix",
    "ScaleError",
    "ScoreRecord",
    "ScoringError",
    "SittingRecord",
    "StoreError",
    "answer_details",
    "build_responses",
    "last_run",
    "load_scores",
    "read_scale",
    "score_sittings",
    "stack_details",
    "stack_responses",
    "store_scores",
    "waves",
]
