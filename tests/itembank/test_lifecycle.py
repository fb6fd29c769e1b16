"""The life of an item version: what can follow what, who may do it, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, text

from itembank import (
    Arrival,
    LifeCycleError,
    NotInBankError,
    State,
    count_states,
    differences,
    history_of,
    import_package,
    load_item,
    move_item,
    states,
    versions_of,
)
from itembank.history import changes_key
from itembank.lifecycle import NEXT
from tests.itembank.conftest import MakeItem, MakePackage

Bring = Callable[..., str]
AN, BO = "An Peeters", "Bo Maes"
OTHER_KEY = (b"<qti-value>A</qti-value>", b"<qti-value>B</qti-value>")
OTHER_WORDS = (b"Welk getal is even?", b"Welk getal is een even getal?")


@pytest.fixture
def bring(db: Session, make_item: MakeItem, make_package: MakePackage) -> Bring:
    """Return what imports item W4-001, with a part of it replaced, and names its version."""

    def bring(
        state: State = State.DRAFT, by: str = AN, change: tuple[bytes, bytes] = (b"", b""), account: str = ""
    ) -> str:
        package = make_package({"W1.xml": make_item("W4-001").replace(*change)})
        (name,) = import_package(db, package, arrival=Arrival(by, "nieuw", state, account=account)).imported
        return name

    return bring


def test_a_new_version_is_a_draft_and_its_history_says_where_it_came_from(db: Session, bring: Bring) -> None:
    name = bring()
    (change,) = history_of(db, name)
    assert (change.item, change.by, change.before, change.after, change.why) == (name, AN, None, State.DRAFT, "nieuw")
    assert change.at is not None
    assert states(db) == {name: State.DRAFT}


def test_the_whole_life(db: Session, bring: Bring) -> None:
    name = bring()
    path = (State.REVIEW, State.FIELD_TEST, State.OPERATIONAL, State.RELEASED, State.RETIRED)
    for state in path:
        move_item(db, name, state, AN, f"naar {state}")
    assert [change.after for change in history_of(db, name)] == [State.DRAFT, *path]
    assert [change.before for change in history_of(db, name)] == [None, State.DRAFT, *path[:-1]]
    assert count_states(db) == {State.RETIRED: 1}


@pytest.mark.parametrize("before", list(State))
def test_only_what_can_follow_follows(db: Session, bring: Bring, before: State) -> None:
    name = bring(before)
    for after in set(State) - set(NEXT[before]):
        with pytest.raises(LifeCycleError, match=f"W4-001@1 is in state {before.value}, and {after.value} cannot"):
            move_item(db, name, after, AN, "proef")
    assert len(history_of(db, name)) == 1


def test_what_was_public_never_comes_back_into_a_test(db: Session, bring: Bring) -> None:
    name = bring(State.OPERATIONAL)
    for state in (State.RELEASED, State.RETIRED, State.REVIEW):
        move_item(db, name, state, AN, "proef")
    with pytest.raises(LifeCycleError, match=r"W4-001@1 was made public on \d{4}-.* make a new item"):
        move_item(db, name, State.FIELD_TEST, AN, "opnieuw")


def test_who_and_why_are_needed(db: Session, bring: Bring) -> None:
    name = bring()
    with pytest.raises(LifeCycleError, match="say who"):
        move_item(db, name, State.REVIEW, "  ", "goed")
    with pytest.raises(LifeCycleError, match="say why"):
        move_item(db, name, State.REVIEW, AN, "  ")


def test_a_changed_key_of_an_operational_item_needs_a_second_person(db: Session, bring: Bring) -> None:
    bring(State.OPERATIONAL)
    changed = bring(State.FIELD_TEST, change=OTHER_KEY)
    for same in (AN, "an  PEETERS "):
        with pytest.raises(LifeCycleError, match=f"{changed} scores otherwise .* a second person must"):
            move_item(db, changed, State.OPERATIONAL, same, "sleutel verbeterd")
    move_item(db, changed, State.OPERATIONAL, BO, "nagekeken: B is juist")
    assert versions_of(db, "W4-001") == {"W4-001@1": State.RETIRED, "W4-001@2": State.OPERATIONAL}
    assert history_of(db, "W4-001@1")[-1].why == "W4-001@2 took its place"


def test_another_name_from_the_same_account_is_no_second_person(db: Session, bring: Bring) -> None:
    bring(State.OPERATIONAL)
    changed = bring(State.FIELD_TEST, change=OTHER_KEY, account="login:an")
    with pytest.raises(LifeCycleError, match=r"An Peeters asked for that from the same account \(login:an\)"):
        move_item(db, changed, State.OPERATIONAL, BO, "nagekeken", "login:an")
    move_item(db, changed, State.OPERATIONAL, BO, "nagekeken", "login:bo")
    last = history_of(db, changed)[-1]
    assert (last.by, last.account) == (BO, "login:bo")
    for state in (State.REVIEW, State.FIELD_TEST):
        move_item(db, changed, state, BO, "toch niet", "login:bo")
    first = "W4-001@1"
    for state in (State.REVIEW, State.FIELD_TEST):
        move_item(db, first, state, BO, "terug naar de oude sleutel", "login:bo")
    bring(State.DRAFT)  # the same content: no new version, and no new asker
    assert changes_key(db, first)
    with pytest.raises(LifeCycleError, match="from the same account"):
        move_item(db, first, State.OPERATIONAL, "Cas", "terug", "login:bo")


def test_where_no_account_was_looked_at_names_tell_persons_apart(db: Session, bring: Bring) -> None:
    """As in all that was kept before accounts were."""
    bring(State.OPERATIONAL)
    changed = bring(State.FIELD_TEST, change=OTHER_KEY)
    move_item(db, changed, State.OPERATIONAL, BO, "nagekeken", "login:an")


def test_an_older_key_comes_back_only_with_a_second_person_too(db: Session, bring: Bring) -> None:
    first = bring(State.OPERATIONAL)
    changed = bring(State.FIELD_TEST, change=OTHER_KEY)
    move_item(db, changed, State.OPERATIONAL, BO, "nagekeken")
    move_item(db, changed, State.RETIRED, "Cas", "toch niet")
    assert versions_of(db, "W4-001") == {"W4-001@1": State.RETIRED, "W4-001@2": State.RETIRED}
    for state in (State.REVIEW, State.FIELD_TEST):
        move_item(db, first, state, "Cas", "terug naar de oude sleutel")
    for asker in ("Cas", AN):
        with pytest.raises(LifeCycleError, match="second person"):
            move_item(db, first, State.OPERATIONAL, asker, "terug")
    move_item(db, first, State.OPERATIONAL, BO, "de oude sleutel klopt")


def test_no_version_of_a_public_item_comes_into_a_test(db: Session, bring: Bring) -> None:
    first = bring(State.OPERATIONAL)
    second = bring(State.FIELD_TEST, change=OTHER_WORDS)
    move_item(db, first, State.RELEASED, AN, "als voorbeeld")
    with pytest.raises(LifeCycleError, match="was made public"):
        move_item(db, second, State.OPERATIONAL, BO, "toch")
    third = bring(State.OPERATIONAL, change=(b"even?", b"even ?"))
    assert states(db)[third] is State.REVIEW


def test_nobody_brings_an_item_in_without_a_name_or_a_reason(
    db: Session, make_item: MakeItem, make_package: MakePackage
) -> None:
    package = make_package({"W1.xml": make_item()})
    with pytest.raises(LifeCycleError, match="say who"):
        import_package(db, package, arrival=Arrival(" ", "nieuw"))
    db.rollback()
    with pytest.raises(LifeCycleError, match="say why"):
        import_package(db, package, arrival=Arrival(AN, " "))


def test_a_change_of_words_needs_no_second_person(db: Session, bring: Bring) -> None:
    bring(State.OPERATIONAL)
    changed = bring(State.FIELD_TEST, change=OTHER_WORDS)
    move_item(db, changed, State.OPERATIONAL, AN, "duidelijker")


def test_the_key_is_compared_with_the_last_one_that_counted_even_when_that_one_retired(
    db: Session, bring: Bring
) -> None:
    first = bring(State.OPERATIONAL)
    move_item(db, first, State.RETIRED, AN, "versleten")
    bring(State.DRAFT, change=OTHER_KEY)
    third = bring(State.FIELD_TEST, change=(b"even?", b"even ?"))
    move_item(db, third, State.OPERATIONAL, AN, "zelfde sleutel als de eerste versie")


def test_a_changed_key_does_not_come_in_as_operational(db: Session, bring: Bring) -> None:
    bring(State.OPERATIONAL)
    changed = bring(State.OPERATIONAL, BO, OTHER_KEY)
    assert states(db)[changed] is State.REVIEW


def test_an_import_says_which_items_it_held_back(
    db: Session, bring: Bring, make_item: MakeItem, make_package: MakePackage
) -> None:
    bring(State.OPERATIONAL)
    package = make_package({"W1.xml": make_item("W4-001").replace(*OTHER_KEY), "W2.xml": make_item("W4-002")})
    report = import_package(db, package, arrival=Arrival(AN, "nieuw", State.OPERATIONAL))
    (problem,) = report.warned
    assert (problem.file, problem.line, problem.what) == ("W1.xml", 1, "item W4-001")
    assert "begins in review" in problem.why
    assert states(db)["W4-002@1"] is State.OPERATIONAL


def test_the_same_content_again_leaves_no_trace(db: Session, bring: Bring) -> None:
    name = bring(State.OPERATIONAL)
    assert bring(State.DRAFT, BO) == name
    assert len(history_of(db, name)) == 1
    assert states(db) == {name: State.OPERATIONAL}


def test_history_is_never_changed(db: Session, bring: Bring) -> None:
    bring()
    with pytest.raises(DatabaseError, match="never changed"):
        db.exec(text("UPDATE itembank_change SET why = 'anders'"))  # type: ignore[call-overload]  # plain SQL


@pytest.mark.postgres
def test_life_is_kept_on_postgresql_too(postgres_db: Session, make_item: MakeItem, make_package: MakePackage) -> None:
    first = make_package({"W1.xml": make_item()})
    import_package(postgres_db, first, arrival=Arrival(AN, "nieuw", State.OPERATIONAL))
    second = make_package({"W1.xml": make_item().replace(*OTHER_KEY)})
    import_package(postgres_db, second, arrival=Arrival(AN, "nieuw", State.FIELD_TEST))
    with pytest.raises(LifeCycleError, match="second person"):
        move_item(postgres_db, "W4-001@2", State.OPERATIONAL, AN, "beter")
    move_item(postgres_db, "W4-001@2", State.OPERATIONAL, BO, "nagekeken")
    assert [change.by for change in history_of(postgres_db, "W4-001@2")] == [AN, BO]


def test_what_is_not_there_is_named(db: Session) -> None:
    with pytest.raises(NotInBankError, match="W9-001@1"):
        history_of(db, "W9-001@1")
    with pytest.raises(NotInBankError, match="W9-001 is not"):
        versions_of(db, "W9-001")


def test_a_change_of_the_key_comes_first_among_the_differences(db: Session, bring: Bring) -> None:
    one = load_item(db, bring())
    other = load_item(db, bring(change=OTHER_KEY))
    (found,) = differences(one, other)
    assert found.what == "key: responseDeclaration RESPONSE"
    assert ">A<" in found.before
    assert ">B<" in found.after


def test_a_change_of_words_shows_the_lines(db: Session, bring: Bring) -> None:
    one = load_item(db, bring())
    other = load_item(db, bring(change=OTHER_WORDS))
    (found,) = differences(one, other)
    assert found.what == "text"
    assert "Welk getal is even?" in found.before
    assert "Welk getal is een even getal?" in found.after
    assert "2" not in found.before.replace("qti", "").split()  # lines that stayed are left out
    assert differences(one, one) == ()


def test_a_change_that_is_neither_shown_nor_scored_is_named_too(db: Session, bring: Bring) -> None:
    one = load_item(db, bring())
    other = load_item(db, bring(change=(b'time-dependent="false"', b'time-dependent="true"')))
    (found,) = differences(one, other)
    assert found.what == "other parts of the file"
    assert 'time-dependent="true"' in found.after


def test_a_change_of_title_is_a_difference_of_its_own(db: Session, bring: Bring) -> None:
    one = load_item(db, bring())
    other = load_item(db, bring(change=(b'title="Opgave"', b'title="Even getallen"')))
    assert [(found.what, found.before, found.after) for found in differences(one, other)] == [
        ("title", "Opgave", "Even getallen")
    ]
