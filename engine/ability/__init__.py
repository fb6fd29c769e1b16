"""Estimates of persons' abilities from known items."""

from __future__ import annotations

from engine.ability.eap import Abilities, estimate_eap

__all__ = ["Abilities", "estimate_eap"]
