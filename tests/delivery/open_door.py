"""A control that must be worse: `peil serve` without a queue, where everybody who arrives comes in at once."""

from __future__ import annotations

import delivery.app
from delivery.admission import Admission
from peil.cli import main


class OpenDoor(Admission):
    """Lets everybody in, whatever those at work feel."""

    def __init__(self, _at_a_time: int) -> None:
        super().__init__(100_000)

    def feel(self, seconds: float) -> None:
        """Feel nothing."""


def sabotage() -> None:
    """Let the application open its door wide."""
    vars(delivery.app)["Admission"] = OpenDoor


if __name__ == "__main__":
    sabotage()
    main()
