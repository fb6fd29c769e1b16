"""Sittings: one pupil taking one test, as the fold of a log."""

from delivery.sittings.bank_facts import BankFacts
from delivery.sittings.contacts import SILENCE_MS
from delivery.sittings.events import EventKind
from delivery.sittings.evidence import KeptEvidence, admit_evidence, list_evidence, reject_evidence
from delivery.sittings.phases import Phase
from delivery.sittings.service import Sittings, now_ms
from delivery.sittings.state import SittingState, empty_state, fold
from delivery.sittings.values import Reply

__all__ = [
    "SILENCE_MS",
    "BankFacts",
    "EventKind",
    "KeptEvidence",
    "Phase",
    "Reply",
    "SittingState",
    "Sittings",
    "admit_evidence",
    "empty_state",
    "fold",
    "list_evidence",
    "now_ms",
    "reject_evidence",
]
