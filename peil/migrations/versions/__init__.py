"""Revisions, oldest first by number; each is written by the package that owns its tables."""
