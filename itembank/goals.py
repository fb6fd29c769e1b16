"""Editions of frameworks in the bank, kept for ever, and what their newest editions say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple

from sqlmodel import Session, col, func, select

from itembank.frameworks import Framework, Goal
from itembank.store import digest_of
from itembank.tables import StoredFramework, StoredGoal


def save_framework(db: Session, framework: Framework) -> tuple[int, bool]:
    """Keep a framework as a new edition; the same content makes none.

    Parameters
    ----------
    db : database session; the caller commits
    framework : as read

    Returns
    -------
    Number of the edition, 1 for the first, and whether it is new.
    """
    digest = digest_of(framework.title, [astuple(goal) for goal in framework.goals])
    newest = select(StoredFramework).where(StoredFramework.identifier == framework.identifier)
    latest = db.exec(newest.order_by(col(StoredFramework.edition).desc())).first()
    if latest is not None and latest.digest == digest:
        return latest.edition, False
    edition = 1 if latest is None else latest.edition + 1
    db.add(StoredFramework(identifier=framework.identifier, edition=edition, title=framework.title, digest=digest))
    db.flush()
    db.add_all(
        StoredGoal(
            framework=framework.identifier,
            edition=edition,
            place=place,
            code=goal.code,
            statement=goal.statement,
            parent=goal.parent,
            kind=goal.kind,
        )
        for place, goal in enumerate(framework.goals)
    )
    db.flush()
    return edition, True


def frameworks(db: Session) -> tuple[Framework, ...]:
    """Newest edition of every framework, by title."""
    newest = (
        select(StoredFramework.identifier, func.max(StoredFramework.edition).label("edition"))
        .group_by(StoredFramework.identifier)
        .subquery()
    )
    chosen = (
        select(StoredFramework)
        .join(newest, col(StoredFramework.identifier) == newest.c.identifier)
        .where(StoredFramework.edition == newest.c.edition)
    )
    found = []
    for row in db.exec(chosen.order_by(StoredFramework.title)).all():
        of_it = select(StoredGoal).where(StoredGoal.framework == row.identifier, StoredGoal.edition == row.edition)
        rows = db.exec(of_it.order_by(col(StoredGoal.place))).all()
        goals = tuple(Goal(goal.code, goal.statement, goal.parent, goal.kind) for goal in rows)
        found.append(Framework(row.identifier, row.title, goals))
    return tuple(found)


def statements_of(db: Session, codes: Iterable[str]) -> dict[str, str]:
    """Code of a goal → its words, in the newest edition that has it; codes that no framework has are left out."""
    rows = db.exec(select(StoredGoal).where(col(StoredGoal.code).in_(list(codes))).order_by(col(StoredGoal.edition)))
    return {row.code: row.statement for row in rows.all()}


def unknown_goals(db: Session, codes: Iterable[str]) -> tuple[str, ...]:
    """Codes that no framework has, in order; none where the bank holds no framework.

    Parameters
    ----------
    db : database session
    codes : that items name
    """
    known = {goal.code for framework in frameworks(db) for goal in framework.goals}
    return tuple(dict.fromkeys(code for code in codes if code not in known)) if known else ()
