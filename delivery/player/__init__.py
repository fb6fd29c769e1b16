"""The pupil's player: one page, its script and its style, version by version."""

from delivery.player.routes import router
from delivery.player.versions import PlayerVersions

__all__ = ["PlayerVersions", "router"]
