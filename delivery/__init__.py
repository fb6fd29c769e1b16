"""Delivery: people, rooms, sittings, and the journal that no answer is lost from."""

from delivery.access import SittingRef
from delivery.app import create_app
from delivery.audit import AuditFinding, AuditResult, audit_log, write_checkpoint
from delivery.config import DeliveryConfig, Secrets
from delivery.erasure import erase_pupil
from delivery.errors import (
    ConfigurationError,
    DeliveryError,
    JournalError,
    RefusedError,
    RosterError,
    RosterProblem,
    UnknownRecordError,
)
from delivery.export import (
    DAMAGED,
    ExportedAnswer,
    ExportedSitting,
    UnsealedSitting,
    sealed_sittings,
    unsealed_sittings,
)
from delivery.journal import Journal, PostgresJournal, SqliteJournal, open_journal
from delivery.people import Roster, StaffRole, add_staff, import_roster, list_classes, list_schools, read_oneroster
from delivery.replay import Explanation, replay
from delivery.sittings import Sittings
from delivery.support import SupportCase, find_cases

__all__ = [
    "DAMAGED",
    "AuditFinding",
    "AuditResult",
    "ConfigurationError",
    "DeliveryConfig",
    "DeliveryError",
    "Explanation",
    "ExportedAnswer",
    "ExportedSitting",
    "Journal",
    "JournalError",
    "PostgresJournal",
    "RefusedError",
    "Roster",
    "RosterError",
    "RosterProblem",
    "Secrets",
    "SittingRef",
    "Sittings",
    "SqliteJournal",
    "StaffRole",
    "SupportCase",
    "UnknownRecordError",
    "UnsealedSitting",
    "add_staff",
    "audit_log",
    "create_app",
    "erase_pupil",
    "find_cases",
    "import_roster",
    "list_classes",
    "list_schools",
    "open_journal",
    "read_oneroster",
    "replay",
    "sealed_sittings",
    "unsealed_sittings",
    "write_checkpoint",
]
