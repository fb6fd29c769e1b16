"""Prints the ledger at the end of a drill."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from loadtest.drill.controls import OUTBOX, Outcome
from loadtest.drill.laptops import RACE, SWAP
from loadtest.drill.messages import FAULTS as MESSAGE_FAULTS
from loadtest.drill.messages import Fate
from loadtest.drill.running import PUPIL_CLOCKS, DrillResult
from loadtest.load.capacity import percentiles

GOAL_S = 2.0
RANKS = (50, 95, 100)
ALSO = (SWAP, *MESSAGE_FAULTS, Fate.REORDERED, PUPIL_CLOCKS)


def print_result(name: str, result: DrillResult, console: Console) -> None:
    """Print one run's ledger."""
    verdict, plan = result.verdict, result.plan
    lines = [
        f"{result.finished} pupils done in {result.seconds:.0f} s, {plan.pupils} at a time; {plan.workers} server "
        f"process(es); one second is {plan.speed:g} s of the pupils' time; seed {plan.seed}",
        *(f"{fault}: {result.happened.get(fault, 0)} of {n}" for fault, n in plan.faults.items()),
        f"{RACE}: {result.happened.get(RACE, 0)} of at least {plan.races}",
        "besides: " + ", ".join(f"{fault} {n}" for fault in ALSO if (n := result.happened.get(fault, 0))),
        *_notes(result),
        *(f"[red]{n} pupils could not go on:[/] {escape(failure)}" for failure, n in result.failures.items()),
        f"acknowledged {verdict.acknowledged}, [bold]lost {verdict.lost}, doubled {verdict.doubled}[/], "
        f"contradicted {verdict.contradicted}, without key {verdict.unkeyed}",
        f"refused {verdict.refused}, evidence {verdict.evidence}, thrown away {verdict.thrown_away}",
        f"peil audit: {escape(result.audit) or 'all as they were written'}",
    ]
    colour, word = ("green", "clean") if result.is_clean else ("red", "NOT CLEAN")
    console.print(f"\n[bold]{name}[/]: [{colour}]{word}[/]", highlight=False)
    for line in lines:
        console.print(f"  {line}", highlight=False, soft_wrap=True)


def _notes(result: DrillResult) -> list[str]:
    """How long pupils waited, and what went on meanwhile."""
    notes = []
    timed = {
        "re-entry, server time from claim to first item": result.claims,
        "re-entry, as the pupil sees it": result.reentries,
        "back after a kill, the last pupil": result.back,
    }
    for name, waits in timed.items():
        if waits:
            ranks = zip(RANKS, percentiles(waits, RANKS), strict=True)
            shares = ", ".join(f"p{rank} {seconds:.2f} s" for rank, seconds in ranks)
            within = sum(wait <= GOAL_S for wait in waits)
            notes.append(f"{name}: {shares}; {within} of {len(waits)} within {GOAL_S:g} s")
    counted = [name for name in result.happened if name.startswith(("answers while", "codes typed again"))]
    return notes + [f"{name}: {result.happened[name]}" for name in sorted(counted)]


def print_controls(outcomes: Sequence[tuple[str, Outcome]], console: Console) -> None:
    """Print what the controls showed; ``outcomes`` come with the database that they ran on."""
    console.print("\n[bold]Controls[/]: the same drill against what was sabotaged", highlight=False)
    for database, outcome in outcomes:
        word = "[green]as it must be[/]" if outcome.is_shown else "[red]DID NOT SHOW WHAT IT MUST[/]"
        console.print(
            f"  {outcome.name} ({database}): {word}; {escape(outcome.words)}", highlight=False, soft_wrap=True
        )
    console.print(f"  outbox off: not here; {OUTBOX}", highlight=False)
