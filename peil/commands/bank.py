"""``peil bank``: the life of items, and banks for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from itembank.lifecycle import NEXT, State
from itembank.values import Interaction
from peil.calibration.limits import FEWEST_ANSWERS, MAX_CYCLES
from peil.commands.options import DataFolder, account, design_file, who
from peil.commands.saying import count

if TYPE_CHECKING:
    from rich.console import Console

bank = typer.Typer(name="bank", no_args_is_help=True, add_completion=False, rich_markup_mode="rich", help=__doc__)

Item = Annotated[str, typer.Argument(help="Identifier of an item, or of one version of it: W4-001, W4-001@2.")]
By = Annotated[
    str, typer.Option(metavar="WHO", help="Who asks for it; your login name when left out.", show_default=False)
]


@bank.command("list")
def list_(
    text: Annotated[list[str] | None, typer.Argument(help="Words that the item says or is called.")] = None,
    goal: Annotated[str, typer.Option(help="Beginning of the code of a curriculum goal.", show_default=False)] = "",
    area: Annotated[str, typer.Option(help="Content area.", show_default=False)] = "",
    state: Annotated[State | None, typer.Option(help="State of the latest version.", show_default=False)] = None,
    kind: Annotated[Interaction | None, typer.Option(help="Interaction it uses.", show_default=False)] = None,
    enemy: Annotated[str, typer.Option(help="Set of enemies it is in.", show_default=False)] = "",
    easiest: Annotated[float | None, typer.Option(help="Least difficulty in logits.", show_default=False)] = None,
    hardest: Annotated[float | None, typer.Option(help="Greatest difficulty in logits.", show_default=False)] = None,
    most: Annotated[int, typer.Option(min=1, help="Show so many at most.")] = 50,
    data: DataFolder = None,
) -> None:
    """List items by their latest version; with words or options only those for which everything holds."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table
    from sqlmodel import Session

    from itembank import Wanted, count_states, index_words, search_items
    from peil.existing import open_existing
    from peil.settings import load_settings

    console, wanted = Console(), Wanted(" ".join(text or ()), goal, area, state, kind, enemy, easiest, hardest)
    with open_existing(load_settings(data)) as installation, Session(installation.database) as db:
        unread = index_words(db)
        db.commit()
        hits, counted = search_items(db, wanted, most=most), count_states(db)
    table = Table("version", "state", "title", "area", "goals", "interactions", "points", "difficulty")
    for hit in hits.page:
        one = hit.summary
        kinds, goals = ", ".join(map(str, one.interactions)), ", ".join(one.goals)
        difficulty = "" if hit.difficulty is None else f"{hit.difficulty:.2f}"
        cells = (one.name, hit.state.value, one.title, one.area, goals, kinds, str(one.maximum), difficulty)
        table.add_row(*map(escape, cells))
    console.print(table)
    shown = "" if hits.n <= len(hits.page) else f", the first {len(hits.page)} of them shown (--most)"
    every = ", ".join(f"{n} {one.value}" for one, n in counted.items())
    if unread:
        names = escape(", ".join(unread))
        console.print(f"no words find {names}: this release cannot read the source; import the item again")
    console.print(f"{count(hits.n, 'item')}{shown}; all versions: {every or 'none'}", highlight=False)


@bank.command()
def show(item: Item, data: DataFolder = None) -> None:
    """Show everything that is known of an item, its key too: goals, enemies, versions, parameters and statistics."""
    from rich.console import Console
    from sqlmodel import Session

    from itembank.pages import item_facts
    from peil.commands.showing import show_item
    from peil.existing import open_existing
    from peil.settings import load_settings

    with open_existing(load_settings(data)) as installation, Session(installation.database) as db:
        facts = item_facts(db, item)
    show_item(Console(), facts)


@bank.command()
def goals(data: DataFolder = None) -> None:
    """List the curriculum goals that the bank knows, by framework, and how many items name each."""
    from collections import Counter

    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table
    from sqlmodel import Session

    from itembank import frameworks, items
    from peil.existing import open_existing
    from peil.settings import load_settings

    console = Console()
    with open_existing(load_settings(data)) as installation, Session(installation.database) as db:
        known, used = frameworks(db), Counter(code for one in items(db) for code in one.goals)
    for framework in known:
        table = Table("goal", "statement", "belongs to", "items", title=escape(framework.title))
        for goal in framework.goals:
            table.add_row(*map(escape, (goal.code, goal.statement, goal.parent, str(used[goal.code]))))
        console.print(table)
    unknown = set(used) - {goal.code for framework in known for goal in framework.goals}
    if unknown:
        codes = ", ".join(sorted(unknown))
        console.print(f"in no framework: {codes}", highlight=False, markup=False)
    if not known:
        console.print("the bank holds no framework yet: peil import goals.json", highlight=False)


@bank.command("tests")
def list_tests(data: DataFolder = None) -> None:
    """List the assessment tests that packages brought, and what of each can be given."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Column, Table
    from sqlmodel import Session

    from itembank import assessments, design_from_text
    from peil.existing import open_existing
    from peil.settings import load_settings

    names = ("version", "title", "items", "in the design", "minutes", "file")
    console, table = Console(), Table(*(Column(name, overflow="fold") for name in names))
    with open_existing(load_settings(data)) as installation, Session(installation.database) as db:
        held = assessments(db)
    for test in held:
        design = design_from_text(test.design) if test.design else None
        given = "0" if design is None else str(len(design.form))
        minutes = f"{design.time_limit_ms / 60_000:g}" if design is not None and design.time_limit_ms else ""
        table.add_row(*map(escape, (test.name, test.title, str(len(test.items)), given, minutes, test.file)))
    console.print(table)
    console.print(count(len(held), "test"), highlight=False)


@bank.command()
def design(
    test: Annotated[str, typer.Argument(help="Identifier of a test that a package brought, or that was released.")],
    data: DataFolder = None,
) -> None:
    """Write the design of a test, for simulate or to change it: peil bank design TEST > test.toml."""
    from sqlmodel import Session

    from itembank import design_text_of
    from peil.existing import open_existing
    from peil.settings import load_settings

    with open_existing(load_settings(data)) as installation, Session(installation.database) as db:
        text = design_text_of(db, test)
    typer.echo(text, nl=False)


@bank.command()
def history(item: Item, data: DataFolder = None) -> None:
    """Tell who changed an item, when, to what, and why."""
    from rich.console import Console
    from sqlmodel import Session

    from itembank import history_of, versions_of
    from peil.existing import open_existing
    from peil.settings import load_settings

    console = Console()
    with open_existing(load_settings(data)) as installation, Session(installation.database) as db:
        names = [item] if "@" in item else list(versions_of(db, item))
        told = [(name, history_of(db, name)) for name in names]
    for name, changes in told:
        console.print(name, style="bold", markup=False, highlight=False)
        for change in changes:
            moved = (
                f"{change.before.value} → {change.after.value}" if change.before else f"came as {change.after.value}"
            )
            known = f" ({change.account})" if change.account else ""
            line = f"  {change.at:%Y-%m-%d %H:%M}  {moved}, by {change.by}{known}: {change.why}"
            console.print(line, highlight=False, markup=False, soft_wrap=True)


@bank.command()
def move(
    items: Annotated[list[str], typer.Argument(help="Versions of items: W4-001@2; without @ the latest one.")],
    to: Annotated[State, typer.Option("--to", help="State that they should be in.")],
    why: Annotated[str, typer.Option(metavar="REASON", help="Why; kept with the item.")],
    by: By = "",
    data: DataFolder = None,
) -> None:
    """Bring items into another state: all of them, or none."""
    from rich.console import Console
    from sqlmodel import Session

    from itembank import move_item, versions_of
    from peil.existing import open_existing
    from peil.settings import load_settings

    with (
        open_existing(load_settings(data)) as installation,
        Session(installation.database) as db,
        db.begin(),
    ):
        names = [name if "@" in name else list(versions_of(db, name))[-1] for name in items]
        moved = [move_item(db, name, to, who(by), why, account()) for name in names]
    console = Console()
    for change in moved:
        assert change.before is not None
        console.print(f"{change.item}: {change.before.value} → {change.after.value}", markup=False, highlight=False)
    following = " or ".join(state.value for state in NEXT[to])
    console.print(f"{count(len(moved), 'item')} moved; {following} can follow", highlight=False)


@bank.command()
def diff(
    one: Annotated[str, typer.Argument(help="The earlier version: W4-001@1.")],
    other: Annotated[str, typer.Argument(help="The later version: W4-001@2.")],
    data: DataFolder = None,
) -> None:
    """Show what two versions of an item differ in; what changes the score comes first, in red."""
    from rich.console import Console
    from sqlmodel import Session

    from itembank import differences, load_item
    from peil.existing import open_existing
    from peil.settings import load_settings

    console = Console()
    with open_existing(load_settings(data)) as installation, Session(installation.database) as db:
        found = differences(load_item(db, one), load_item(db, other))
    for difference in found:
        _show(console, difference.what, difference.before, difference.after)
    if not found:
        console.print(f"{one} and {other} are the same")


def _show(console: Console, what: str, before: str, after: str) -> None:
    """Print one difference: what went with -, what came with +."""
    console.print(what, style="bold red" if what.startswith("key") else "bold", markup=False, highlight=False)
    for sign, words in (("-", before), ("+", after)):
        for line in words.splitlines():
            console.print(f"  {sign} {line}", markup=False, highlight=False, soft_wrap=True)


@bank.command()
def calibrate(
    test: Annotated[str, typer.Argument(help="Test whose sealed sittings are used, such as wiskunde-4.")],
    name: Annotated[str, typer.Argument(help="Name of the new calibration, such as voorjaar-2027.")],
    scale_of: Annotated[
        str, typer.Option(metavar="NAME", help="Calibration whose scale is kept; else the one that chose the items.")
    ] = "",
    fewest: Annotated[int, typer.Option(min=1, help="Answers that an item needs.")] = FEWEST_ANSWERS,
    max_cycles: Annotated[int, typer.Option(min=1, help="Cycles at most.")] = MAX_CYCLES,
    data: DataFolder = None,
) -> None:
    """Calibrate a test's items on its sealed sittings, and keep parameters and classical statistics in the bank.

    The scale of the earlier calibration is kept (Stocking-Lord link through the items that both know). What did not
    converge is refused; items to look at are named.
    """
    from rich.console import Console

    from peil.commands.saying import name_damaged
    from peil.existing import open_existing
    from peil.pipeline import collect_sittings
    from peil.recalibrating import recalibrate_test
    from peil.settings import load_settings

    console = Console()
    with open_existing(load_settings(data)) as installation, console.status("calibrating") as status:
        collected = collect_sittings(installation)
        is_damaged = name_damaged(collected)
        made = recalibrate_test(
            installation,
            test,
            name,
            collected.records,
            base=scale_of,
            fewest=fewest,
            max_cycles=max_cycles,
            on_cycle=lambda cycle, _: status.update(f"calibrating, cycle {cycle}"),
        )
    for line in made.lines():
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if is_damaged:
        raise typer.Exit(1)


@bank.command()
def release(
    test: Annotated[
        str, typer.Argument(help="Test that the bank knows, such as wiskunde-4, or the file of a design (.toml).")
    ],
    calibration: Annotated[str, typer.Option(help="Calibration whose parameters it takes; else the newest.")] = "",
    data: DataFolder = None,
) -> None:
    """Make the bank that delivery uses: it never changes, and the same content has the same hash on any machine."""
    from rich.console import Console
    from sqlmodel import Session

    from itembank import calibrations, design_from_text, design_text_of, release_bank, save_design
    from peil.errors import CommandError
    from peil.existing import open_existing
    from peil.settings import load_settings

    console, file = Console(), design_file(test)
    with (
        open_existing(load_settings(data)) as installation,
        console.status(f"releasing {test}"),
        Session(installation.database) as db,
        db.begin(),
    ):
        wanted = design_from_text(design_text_of(db, test)) if file is None else save_design(db, file)
        known = calibrations(db)
        if not known:
            raise CommandError("the bank holds no calibration: calibrate its items first")
        made = release_bank(db, wanted, calibration or known[-1])
    console.print(
        f"{made.test}: bank {made.hash} with {count(len(made.views), 'item')}, calibration {made.calibration}",
        soft_wrap=True,
        highlight=False,
    )
