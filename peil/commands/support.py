"""``peil support``: how a sitting stands, for who is on the telephone with a school."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from peil.commands.options import DataFolder

if TYPE_CHECKING:
    from delivery import SupportCase


def support(
    code: Annotated[str, typer.Argument(help="Support code, as the pupil reads it; spaces do not matter.")],
    data: DataFolder = None,
) -> None:
    """Tell how the sitting with a support code stands: room, state, questions, laptops, last events; no name."""
    from sqlmodel import Session

    from delivery import find_cases
    from peil.existing import open_existing
    from peil.installation import delivery_secrets
    from peil.settings import load_settings

    with open_existing(load_settings(data)) as installation, Session(installation.web) as db:
        for case in find_cases(db, delivery_secrets(installation.keys).code_key, code):
            for line in _lines(case, datetime.now(UTC)):
                typer.echo(line)


def _lines(case: SupportCase, now: datetime) -> Iterator[str]:
    """One case in words, and what to try."""
    state = case.state
    yield f"sitting {state.ref.sitting_id}, {case.school.name} ({case.school.identifier})"
    yield f"  room: {case.test}, {case.status}"
    n_questions = f" of {state.started.length}" if state.started else ""
    yield f"  sitting: {state.phase}, {len(state.answers)}{n_questions} questions answered, laptop {state.epoch}"
    if state.unreadable:
        yield f"  this release cannot read {state.unreadable}: it is read only. Use the release that wrote it."
    silent_s = (now - case.last_contact).total_seconds() if case.last_contact else None
    yield f"  last heard of: {'never' if silent_s is None else f'{silent_s:.0f} s ago'}"
    if state.evidence:
        yield f"  {len(state.evidence)} bodies kept as evidence, {state.alarms} of them alarms"
    for number, kind, at in case.recent:
        yield f"  {number:4d}  {at:%Y-%m-%d %H:%M:%S}  {kind}"
    yield f"  every choice with its reasons: peil replay {state.ref.sitting_id}"
