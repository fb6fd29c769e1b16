"""Delivery: people, rooms, sittings, and the journal that no answer is lost from."""

from delivery.access import SittingRef
from delivery.app import create_app
from delivery.config import DeliveryConfig, Secrets
from delivery.errors import (
    ConfigurationError,
    DeliveryError,
    JournalError,
    RefusedError,
    RosterError,
    RosterProblem,
    UnknownRecordError,
)
from delivery.journal import Journal, open_journal
from delivery.people import Roster, add_staff, import_roster, list_classes, list_schools, read_oneroster
from delivery.sittings import Sittings

__all__ = [
    "ConfigurationError",
    "DeliveryConfig",
    "DeliveryError",
    "Journal",
    "JournalError",
    "RefusedError",
    "Roster",
    "RosterError",
    "RosterProblem",
    "Secrets",
    "SittingRef",
    "Sittings",
    "UnknownRecordError",
    "add_staff",
    "create_app",
    "import_roster",
    "list_classes",
    "list_schools",
    "open_journal",
    "read_oneroster",
]
