"""What a bench asks of its figures: every gate is looked at, and those that are missed are named."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.console import Console


@dataclass
class Gates:
    """Gates of one bench.

    Attributes
    ----------
    n : number of gates looked at
    missed : those that were missed, in words
    """

    n: int = 0
    missed: list[str] = field(default_factory=list)

    def at_most(self, what: str, measured: float, asked: float) -> None:
        """Miss the gate where the figure is above what is asked, or is no number."""
        self._look(what, measured, asked, "≤", met=measured <= asked)

    def at_least(self, what: str, measured: float, asked: float) -> None:
        """Miss the gate where the figure is below what is asked, or is no number."""
        self._look(what, measured, asked, "≥", met=measured >= asked)

    def _look(self, what: str, measured: float, asked: float, sign: str, *, met: bool) -> None:
        self.n += 1
        if not met:
            self.missed.append(f"{what}: {measured:.4g}, asked {sign} {asked:.4g}")

    def close(self, console: Console) -> int:
        """Say which gates were missed; return the exit status."""
        for line in self.missed:
            console.print(f"[red]gate missed[/red] {line}", highlight=False, soft_wrap=True)
        if not self.missed:
            console.print(f"gates met: {self.n} of {self.n}")
        return 1 if self.missed else 0
