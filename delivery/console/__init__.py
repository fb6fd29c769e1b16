"""The console of the toetsassistent: rooms of the own school, live, with what to do first."""

from delivery.console.routes import router

__all__ = ["router"]
