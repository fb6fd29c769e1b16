"""Cards and places as a laptop receives them."""

from __future__ import annotations

from dataclasses import replace

from itembank import read_item
from itembank.rendering import render_item
from tests.itembank.interaction_samples import (
    ASSOCIATE,
    GAP_MATCH,
    HOTTEXT,
    MATCH,
    MULTIPLE_HOTTEXT,
    ORDER,
    SLIDER,
    Sample,
)

CARD = (
    '<li><button type="button" class="card" data-choice="{0}" data-uses="{1}" aria-pressed="false">'
    '<span class="face">{2}</span></button></li>'
)
HELD = '<span class="unseen">: </span><span class="held"><span class="unseen">leeg</span></span></button>'
SAID = '<p class="said" role="status">Klik op een kaartje en dan op een plaats. Slepen mag ook.</p></fieldset>'


def body_of(sample: Sample) -> str:
    """Everything inside the item's body, without the spaces between elements."""
    rendered = render_item(read_item(sample.xml().encode())).html
    inner = rendered.partition('<div class="item-body">')[2].removesuffix("</div></div>")
    return " ".join(inner.split()).replace("> <", "><")


def test_marked_words_are_radio_buttons_or_checkboxes_in_the_text() -> None:
    assert body_of(HOTTEXT) == (
        '<fieldset class="marking" data-field="RESPONSE" data-interaction="hottext">'
        '<legend>Duid het juiste antwoord aan.</legend><div class="marked"><p>De '
        '<label class="hottext"><input type="radio" name="RESPONSE" value="A"><span>hond</span></label>'
        '<label class="hottext"><input type="radio" name="RESPONSE" value="B"><span><em>blaft</em></span></label> en '
        '<label class="hottext"><input type="radio" name="RESPONSE" value="C"><span>slaapt</span></label>.</p></div>'
        "</fieldset>"
    )
    several = body_of(MULTIPLE_HOTTEXT)
    assert 'data-interaction="multiple_hottext" data-maximum="2"><legend>Duid ten hoogste 2 antwoorden aan.' in several
    assert several.count('type="checkbox"') == 3


def test_a_slider_says_that_it_has_no_answer_yet() -> None:
    assert body_of(SLIDER) == (
        '<fieldset class="slider" data-field="RESPONSE" data-interaction="slider">'
        "<legend>Zet de schuif op het juiste getal.</legend>"
        '<input type="range" min="-1" max="2" step="0.1" value="-1" name="RESPONSE" aria-label="Schuif" '
        'aria-describedby="stand-1" aria-valuetext="Nog niet gekozen">'
        '<div class="ends" aria-hidden="true"><span>\u22121</span><span>2</span></div>'
        '<output id="stand-1" aria-live="off">Nog niet gekozen</output></fieldset>'
    )


def test_an_order_has_cards_and_numbered_places() -> None:
    places = "".join(
        f'<li><button type="button" class="place" data-place="{number}" data-uses="1"><span class="what">'
        f'<span class="unseen">Plaats </span>{number}</span>{HELD}</li>'
        for number in (1, 2, 3)
    )
    cards = "".join(CARD.format(*card) for card in (("A", 1, "a"), ("B", 1, "b"), ("C", 1, "c")))
    assert body_of(ORDER) == (
        '<fieldset class="placing ordering" data-field="RESPONSE" data-interaction="order" data-maximum="3" '
        'data-minimum="3"><legend>Zet in de juiste volgorde.</legend>'
        f'<div class="sides"><ul class="cards">{cards}</ul><ol class="places">{places}</ol></div>{SAID}'
    )


def test_a_match_has_the_first_set_as_cards_and_the_second_as_places() -> None:
    html = body_of(MATCH)
    assert f'<ul class="cards">{CARD.format("A", 1, "a")}{CARD.format("B", 1, "b")}</ul><ul class="places">' in html
    for place, uses in (("X", 2), ("Y", 0)):
        button = f'<button type="button" class="place" data-place="{place}" data-uses="{uses}">'
        assert f'{button}<span class="what">{place.lower()}</span>{HELD}' in html


def test_gaps_are_places_in_the_text_and_say_which_they_are() -> None:
    html = body_of(GAP_MATCH)
    assert 'data-interaction="gap_match" data-maximum="0" data-minimum="2">' in html
    assert (
        '<p>Hij heeft <button type="button" class="place gap" data-place="G1" data-uses="1">'
        f'<span class="what unseen">Open plek 1 van 2</span>{HELD} kat en <button'
    ) in html


def test_an_answer_is_whole_when_no_more_gaps_can_be_filled() -> None:
    fewer = replace(GAP_MATCH, key=("B G1",), body=GAP_MATCH.body.replace('match-max="2"', 'match-max="1"'))
    assert 'data-minimum="2"' in body_of(fewer)
    one_card = fewer.body.replace('<qti-gap-text identifier="A" match-max="1">een\n</qti-gap-text>', "")
    assert "data-minimum" not in body_of(replace(fewer, body=one_card))


def test_pairs_come_in_a_list_that_is_empty_at_first() -> None:
    html = body_of(ASSOCIATE)
    assert html.count('class="card"') == 4
    assert '<ul class="pairs" aria-label="Jouw paren" hidden=""></ul></fieldset>' in html
