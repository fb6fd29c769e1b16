"""What can go wrong at the root: settings, data folder, database, command line."""

from __future__ import annotations


class PeilError(Exception):
    """A mistake in how Peil was started or set up; the message says what, which, why and what to do."""


class SettingsError(PeilError):
    """A setting cannot be used."""


class SecretsError(PeilError):
    """The file with keys is missing, damaged or readable by others."""


class DatabaseError(PeilError):
    """The database cannot be reached, or holds something else than this version expects."""


class CommandError(PeilError):
    """A command cannot do what it was asked."""
