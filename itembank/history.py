"""What happened to each version of an item, and the state it is in; changes are added, never changed."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session, col, func, select

from itembank.errors import NotInBankError
from itembank.lifecycle import IN_TESTS, Change, State, check_move, check_words
from itembank.scoring import scoring_rules
from itembank.store import load_item, split_name
from itembank.tables import StoredChange, StoredItemVersion, StoredState


class _Asker(NamedTuple):
    """Who asks for a change: as they call themselves, and what the installation knows them by."""

    name: str
    account: str


def arrive(db: Session, name: str, state: State, by: str, why: str, account: str = "") -> State:
    """Note that a version came into the bank.

    Parameters
    ----------
    db : database session; the caller commits
    name : ``identifier@version``
    state : that it should begin in. It begins in review where more is needed to get there: a second person, because it
        scores otherwise than the version that was operational last; or a new item, because this one was made public.
    by, why : who brought it in, and for what reason
    account : what the installation itself knows them by; "" where it did not look

    Returns
    -------
    The state it begins in.

    Raises
    ------
    LifeCycleError
        If nobody brought it in, or for no reason.
    """
    check_words(name, by, why)
    needs_second = state is State.OPERATIONAL and changes_key(db, name)
    if needs_second or (state in IN_TESTS and _made_public(db, name) is not None):
        state = State.REVIEW
    _add(db, name, None, state, _Asker(" ".join(by.split()), account), why.strip())
    return state


def move_item(db: Session, name: str, after: State, by: str, why: str, account: str = "") -> Change:
    """Bring a version of an item into another state; a version that becomes operational retires those before it.

    Parameters
    ----------
    db : database session; the caller commits
    name : ``identifier@version``
    after : state it should be in
    by, why : who asks, and for what reason
    account : what the installation itself knows them by; "" where it did not look

    Raises
    ------
    NotInBankError
        If there is no such version.
    LifeCycleError
        If that state cannot follow, nobody asks, no reason is given, the item was made public, or a second person is
        needed.
    """
    history = history_of(db, name)
    key = after is State.OPERATIONAL and changes_key(db, name)
    public = _made_public(db, name)
    check_move(name, history, after, by, why, changes_key=key, public=public, account=account)
    _add(db, name, history[-1].after, after, _Asker(" ".join(by.split()), account), why.strip())
    return history_of(db, name)[-1]


def history_of(db: Session, name: str) -> tuple[Change, ...]:
    """Changes of one version, oldest first.

    Raises
    ------
    NotInBankError
        If there is no such version.
    """
    identifier, version = split_name(name)
    if db.get(StoredItemVersion, (identifier, version)) is None:
        raise NotInBankError(f"item {name} is not in the bank")
    chosen = select(StoredChange).where(StoredChange.identifier == identifier, StoredChange.version == version)
    return tuple(_change(row) for row in db.exec(chosen.order_by(col(StoredChange.number))).all())


def versions_of(db: Session, identifier: str) -> dict[str, State]:
    """Name of every version of an item → its state, oldest first.

    Raises
    ------
    NotInBankError
        If there is no such item.
    """
    chosen = select(StoredState).where(StoredState.identifier == identifier).order_by(col(StoredState.version))
    found = {f"{row.identifier}@{row.version}": State(row.state) for row in db.exec(chosen).all()}
    if not found:
        raise NotInBankError(f"item {identifier} is not in the bank")
    return found


def states(db: Session) -> dict[str, State]:
    """Name of every version of every item → its state."""
    return {f"{row.identifier}@{row.version}": State(row.state) for row in db.exec(select(StoredState)).all()}


def count_states(db: Session) -> dict[State, int]:
    """How many versions are in each state; states of none are left out."""
    counted = select(StoredState.state, func.count()).group_by(StoredState.state)
    found = dict(db.exec(counted).all())
    return {state: int(found[state]) for state in State if state in found}


def changes_key(db: Session, name: str) -> bool:
    """Whether a version scores otherwise than the newest other one that was ever operational."""
    identifier, version = split_name(name)
    was = (
        select(func.max(StoredChange.version))
        .where(StoredChange.identifier == identifier, StoredChange.version != version)
        .where(StoredChange.after == str(State.OPERATIONAL))
    )
    other = db.exec(was).one()
    if other is None:
        return False
    return scoring_rules(load_item(db, f"{identifier}@{other}")) != scoring_rules(load_item(db, name))


def _made_public(db: Session, name: str) -> Change | None:
    """When a version of the item was made public first; None where none was."""
    identifier, _ = split_name(name)
    chosen = select(StoredChange).where(StoredChange.identifier == identifier)
    row = db.exec(chosen.where(StoredChange.after == str(State.RELEASED)).order_by(col(StoredChange.at))).first()
    return None if row is None else _change(row)


def _add(db: Session, name: str, before: State | None, after: State, asker: _Asker, why: str) -> None:
    """Add a change, and note the state that follows from it."""
    identifier, version = split_name(name)
    of_version = select(func.count()).where(StoredChange.identifier == identifier, StoredChange.version == version)
    number = int(db.exec(of_version).one()) + 1
    db.add(
        StoredChange(
            identifier=identifier,
            version=version,
            number=number,
            by=asker.name,
            account=asker.account,
            before="" if before is None else str(before),
            after=str(after),
            why=why,
        )
    )
    db.merge(StoredState(identifier=identifier, version=version, state=str(after)))
    db.flush()
    if after is State.OPERATIONAL:
        _retire_others(db, name, asker)


def _retire_others(db: Session, name: str, asker: _Asker) -> None:
    """Retire the versions that another one takes the place of, so that none comes back when that one goes."""
    for other, state in versions_of(db, split_name(name)[0]).items():
        if state is State.OPERATIONAL and other != name:
            _add(db, other, state, State.RETIRED, asker, f"{name} took its place")


def _change(row: StoredChange) -> Change:
    """Return the value that leaves the package."""
    return Change(
        item=f"{row.identifier}@{row.version}",
        at=row.at,
        by=row.by,
        before=State(row.before) if row.before else None,
        after=State(row.after),
        why=row.why,
        account=row.account,
    )
