"""Shows what the demo is doing, and keeps what each step did and how long it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table


@dataclass(slots=True)
class Step:
    """One step under way.

    Attributes
    ----------
    outcome : what happened, for the closing table
    """

    title: str
    progress: Progress
    task: TaskID
    outcome: str = ""

    def expect(self, total: int) -> None:
        """Say how many parts there are."""
        self.progress.update(self.task, total=total, completed=0)

    def advance(self) -> None:
        """One part more is done."""
        self.progress.advance(self.task)

    def note(self, words: str) -> None:
        """Say what is being done now."""
        self.progress.update(self.task, description=f"{self.title}: {words}")


@dataclass(slots=True)
class StepBook:
    """Every step of a run.

    Attributes
    ----------
    console : where it is shown
    rows : title, outcome and seconds of the steps that are done
    findings : tables to show after that of the steps
    """

    console: Console
    rows: list[tuple[str, str, float]] = field(default_factory=list)
    findings: list[Table] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Time one step, with a display while it runs and one line when it is done."""
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
        begun = time.monotonic()
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal) as progress:
            step = Step(title, progress, progress.add_task(title, total=None))
            yield step
        seconds = time.monotonic() - begun
        self.rows.append((title, step.outcome, seconds))
        self.console.print(f"[green]✓[/] {title} [dim]({seconds:.1f} s)[/]", highlight=False)

    def close(self) -> None:
        """Show what happened and how long it took, then the findings."""
        self.console.print(self._table())
        for finding in self.findings:
            self.console.print(finding)

    def _table(self) -> Table:
        """One row a step."""
        table = Table(title="What happened", show_footer=True, show_lines=True)
        table.add_column("step", "in all", overflow="fold")
        table.add_column("outcome", overflow="fold")
        table.add_column("seconds", f"{sum(seconds for *_, seconds in self.rows):.1f}", justify="right")
        for number, (title, outcome, seconds) in enumerate(self.rows, start=1):
            table.add_row(f"{number}. {title}", outcome, f"{seconds:.1f}")
        return table
