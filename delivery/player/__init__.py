"""The pupil's player: one page, its script and its style."""

from delivery.player.routes import router

__all__ = ["router"]
