"""The order in which a pupil sees choices: the sitting's own, the same wherever it is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from itembank import DeliveryView, arranged, read_item, score
from itembank.qti.nodes import attribute, name_of
from itembank.rendering import render_item
from itembank.scoring import scoring_rules
from itembank.shuffling import shown_order
from itembank.snapshot import _view, _view_data
from itembank.values import Shuffle
from tests.itembank.interaction_samples import CHOICE, MATCH, SHUFFLING, Sample

EACH = pytest.mark.parametrize("sample", SHUFFLING, ids=lambda sample: sample.name)
SHOWN = ".//option[@value!='']|.//input|.//*[@data-choice]|.//*[@data-place]"


def view_of(sample: Sample, *fixed: str) -> DeliveryView:
    """View of a sample whose choices are shuffled, and of which some stay."""
    item = etree.fromstring(sample.xml().encode())
    for element in item.iter("*"):
        if name_of(element).endswith("Interaction"):
            element.set("shuffle", "true")
        if attribute(element, "identifier") in fixed:
            element.set("fixed", "true")
    return render_item(read_item(etree.tostring(item)))


def shown(fragment: str) -> list[str]:
    """Identifiers of choices and places, as they stand on the page."""
    names = ("value", "data-choice", "data-place")
    found = html.fromstring(fragment).xpath(SHOWN)
    return [next(one.get(name) for name in names if one.get(name)) for one in found]


@EACH
def test_every_pupil_sees_all_choices_in_an_order_of_their_own(sample: Sample) -> None:
    view = view_of(sample)
    seen = {key: arranged(view, key) for key in map(str, range(60))}
    assert {arranged(view, key) == page for key, page in seen.items()} == {True}
    pages = {*map(tuple, map(shown, seen.values()))}
    assert len(pages) > 1
    assert {tuple(sorted(page)) for page in pages} == {tuple(sorted(shown(view.html)))}
    assert {tuple(sorted(page)) for page in seen.values()} == {tuple(sorted(view.html))}


@EACH
def test_a_fixed_choice_stays_where_its_author_put_it(sample: Sample) -> None:
    written = shown(view_of(sample).html)
    for stays in {*sample.field.choices, *sample.field.places} - {"G1", "G2"}:  # a gap stands in its text
        view = view_of(sample, stays)
        assert {shown(arranged(view, str(key))).index(stays) for key in range(30)} == {written.index(stays)}


@EACH
def test_without_shuffle_the_page_is_the_author_s(sample: Sample) -> None:
    view = render_item(read_item(sample.xml().encode()))
    assert view.shuffles == ()
    assert arranged(view, "key") is view.html
    assert "<!--" not in view_of(sample).html
    assert view_of(sample).html == view.html


@EACH
def test_scoring_knows_nothing_of_the_order(sample: Sample) -> None:
    plain = sample.xml()
    shuffled = plain.replace('"RESPONSE"><qti-', '"RESPONSE" shuffle="true"><qti-')
    rules = [scoring_rules(read_item(xml.encode())) for xml in (plain, shuffled)]
    assert rules[0] == rules[1]
    assert [score(rules[1], response).category for response in sample.responses] == [1, 0]


@EACH
def test_the_choices_are_still_found_after_a_bank_is_written_and_opened(sample: Sample) -> None:
    view = view_of(sample, "A")
    assert _view(_view_data(view, "")) == view
    assert "shuffles" not in _view_data(render_item(read_item(sample.xml().encode())), "")


def test_what_an_author_wrote_is_never_taken_for_a_mark() -> None:
    mark = "&lt;!--choice--&gt;"
    choices = "".join(
        f'<qti-simple-choice identifier="{name}{mark}">{name} {mark}</qti-simple-choice>' for name in "ABC"
    )
    body = f'<p>{mark}</p><qti-choice-interaction response-identifier="RESPONSE" shuffle="true">{choices}'
    sample = replace(CHOICE, key=(f"A{mark}",), body=f"{body}</qti-choice-interaction>")
    view = render_item(read_item(sample.xml().encode()))
    assert view.html.count("&lt;!--choice--&gt;") == 7
    for key in "abc":
        assert sorted(shown(arranged(view, key))) == [f"{name}<!--choice-->" for name in "ABC"]


@given(n=st.integers(2, 40), seed=st.integers(0, 2**64 - 1), data=st.data())
def test_an_order_holds_every_choice_once_and_fixed_ones_in_their_place(n: int, seed: int, data: st.DataObject) -> None:
    fixed = data.draw(st.sets(st.integers(0, n - 1)))
    changes = data.draw(st.booleans())
    order = shown_order(Shuffle(tuple(range(n + 1)), tuple(fixed), changes), seed)
    assert sorted(order) == list(range(n))
    assert all(order[number] == number for number in fixed)
    if changes and n - len(fixed) > 1:
        assert order != list(range(n))


def test_every_order_is_as_likely() -> None:
    """Chi-square of 6 orders over 6,000 seeds; 20.5 is exceeded once in 1,000 (5 degrees of freedom)."""
    drawn = Counter(tuple(shown_order(Shuffle((0, 1, 2, 3)), seed)) for seed in range(6_000))
    assert sum((drawn[order] - 1_000) ** 2 / 1_000 for order in permutations(range(3))) < 20.5


def test_two_groups_of_one_item_are_drawn_apart() -> None:
    view = view_of(MATCH)
    pages = {tuple(shown(arranged(view, str(key)))) for key in range(60)}
    assert pages == {(*cards, *places) for cards, places in product(permutations("AB"), permutations("XY"))}
