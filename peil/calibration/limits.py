"""Limits that commands offer as options; here, so that the command line knows them without loading the engine."""

from __future__ import annotations

MAX_CYCLES = 2000
"""An end to what never converges; `engine.calibrate` has the same where nobody asks for another one."""
FEWEST_ANSWERS = 200
"""That an item needs; with fewer the slope of a 2PL item is hardly known."""
