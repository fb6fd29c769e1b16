"""What a laptop receives of an item: exactly what the player expects, and nothing that acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from itembank import ReleaseError, read_item, read_stimulus
from itembank.rendering import render_item, render_stimulus
from itembank.rendering.views import rendering_hash

MakeItem = Callable[..., bytes]
MATH = "http://www.w3.org/1998/Math/MathML"


def body_of(xml: bytes) -> str:
    """Everything inside the item's body, in one line."""
    rendered = render_item(read_item(xml)).html
    inner = rendered.partition('<div class="item-body">')[2].removesuffix("</div></div>")
    return " ".join(inner.split())


def declaration(identifier: str, base_type: str, cardinality: str = "single") -> str:
    """Declare a response."""
    return f'<qti-response-declaration identifier="{identifier}" cardinality="{cardinality}" base-type="{base_type}"/>'


def test_an_item_is_one_block_with_its_name_and_language(make_item: MakeItem) -> None:
    assert render_item(read_item(make_item())).html.startswith(
        '<div class="item" data-item="W4-001@1" lang="nl-BE"><div class="item-body">'
    )


def test_one_choice_is_a_group_of_radio_buttons(make_item: MakeItem) -> None:
    assert body_of(make_item()) == (
        '<fieldset class="choice" data-field="RESPONSE" data-interaction="choice"><legend>Welk getal is even?</legend>'
        '<label class="option"><input type="radio" name="RESPONSE" value="A"><span>2</span></label>'
        '<label class="option"><input type="radio" name="RESPONSE" value="B"><span>3</span></label></fieldset>'
    )


def test_several_choices_are_a_group_of_checkboxes(make_item: MakeItem) -> None:
    body = (
        '<qti-choice-interaction response-identifier="R" max-choices="2"><qti-simple-choice identifier="A"><p>x</p>'
        '</qti-simple-choice><qti-simple-choice identifier="B">y</qti-simple-choice></qti-choice-interaction>'
    )
    assert body_of(make_item(body=body, declarations=declaration("R", "identifier", "multiple"), rules=RULES)) == (
        '<fieldset class="choice" data-field="R" data-interaction="multiple_choice" data-maximum="2">'
        "<legend>Kies ten hoogste 2 antwoorden.</legend>"
        '<label class="option"><input type="checkbox" name="R" value="A"><span><span class="block">x</span></span>'
        "</label>"
        '<label class="option"><input type="checkbox" name="R" value="B"><span>y</span></label></fieldset>'
    )


RULES = (
    '<qti-response-processing><qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1'
    "</qti-base-value></qti-set-outcome-value></qti-response-processing>"
)
INLINE = (
    '<p>De hond <qti-inline-choice-interaction response-identifier="R1"><qti-inline-choice identifier="A">blaft'
    '</qti-inline-choice><qti-inline-choice identifier="B">bla <em>ft</em></qti-inline-choice>'
    "</qti-inline-choice-interaction> luid.</p>"
)


def test_an_inline_choice_is_a_list_within_the_sentence(make_item: MakeItem) -> None:
    assert body_of(make_item(body=INLINE, declarations=declaration("R1", "identifier"), rules=RULES)) == (
        '<p>De hond <select class="inline-choice" data-field="R1" data-interaction="inline_choice" name="R1" '
        'aria-label="Keuze"><option value="">…</option><option value="A">blaft</option>'
        '<option value="B">bla ft</option></select> luid.</p>'
    )


@pytest.mark.parametrize(("base_type", "keyboard"), [("string", "text"), ("float", "decimal"), ("integer", "numeric")])
def test_a_short_answer_is_an_input_with_the_right_keyboard(make_item: MakeItem, base_type: str, keyboard: str) -> None:
    body = '<p>Ik ben <qti-text-entry-interaction response-identifier="R2" expected-length="5"/> jaar.</p>'
    assert body_of(make_item(body=body, declarations=declaration("R2", base_type), rules=RULES)) == (
        '<p>Ik ben <input class="text-entry" data-field="R2" data-interaction="text_entry" name="R2" type="text" '
        f'inputmode="{keyboard}" maxlength="40" size="5" autocomplete="off" spellcheck="false" aria-label="Antwoord"> '
        "jaar.</p>"
    )


@pytest.mark.parametrize("base_type", ["float", "integer"])
def test_where_the_pattern_has_a_slash_the_keyboard_has_one(make_item: MakeItem, base_type: str) -> None:
    """A tablet's keys for numbers have none, and a fraction could not be typed; the pattern itself is not sent."""
    body = '<p><qti-text-entry-interaction response-identifier="R2" pattern-mask="[0-9]+/[0-9]+"/></p>'
    shown = body_of(make_item(body=body, declarations=declaration("R2", base_type), rules=RULES))
    assert 'inputmode="text"' in shown
    assert "[0-9]" not in shown


def test_an_open_answer_is_a_box(make_item: MakeItem) -> None:
    body = '<qti-extended-text-interaction response-identifier="R" expected-lines="8"/>'
    assert body_of(make_item(body=body, declarations=declaration("R", "string"), rules="")) == (
        '<textarea class="extended-text" data-field="R" data-interaction="extended_text" name="R" rows="8" '
        'maxlength="10000" autocomplete="off" spellcheck="false" aria-label="Antwoord"></textarea>'
    )


def test_several_fields_are_told_apart(make_item: MakeItem) -> None:
    entry = '<p><qti-text-entry-interaction response-identifier="R2"/></p>'
    declarations = declaration("R1", "identifier") + declaration("R2", "string")
    rendered = body_of(make_item(body=INLINE + entry, declarations=declarations, rules=RULES))
    assert 'aria-label="Keuze 1 van 2"' in rendered
    assert 'aria-label="Antwoord 2 van 2"' in rendered


def test_mathml_is_kept_without_prefix(make_item: MakeItem) -> None:
    body = (
        f'<p xmlns:m="{MATH}">Reken: <m:math display="block"><m:semantics><m:mfrac linethickness="2"><m:mn>1</m:mn>'
        '<m:mn>2</m:mn></m:mfrac><m:annotation encoding="TeX">\\frac12</m:annotation></m:semantics></m:math>.</p>'
    )
    assert body_of(make_item(body=body, declarations="", rules="")) == (
        '<p>Reken: <math display="block"><semantics><mfrac linethickness="2"><mn>1</mn><mn>2</mn></mfrac></semantics>'
        "</math>.</p>"
    )


def test_a_formula_is_named_by_the_words_of_its_author(make_item: MakeItem) -> None:
    body = (
        f'<p><m:math xmlns:m="{MATH}" alttext=" 3 vierden\n van 60 " aria-label="geheim"><m:mn>45</m:mn></m:math> '
        f'<m:math xmlns:m="{MATH}" alttext="&quot;&gt;&lt;b&gt;"><m:mn alttext="geen">1</m:mn></m:math></p>'
    )
    rendered = body_of(make_item(body=body, declarations="", rules=""))
    first, second = lxml_html.fragment_fromstring(rendered).findall("math")
    assert [formula.get("aria-label") for formula in (first, second)] == ["3 vierden van 60", '"><b>']
    assert second[0].get("aria-label") is None  # parts of a formula are not read one by one


def test_tables_lists_and_languages_are_kept_and_styles_ids_and_links_are_not(make_item: MakeItem) -> None:
    body = (
        '<table id="t" style="color:red" class="qti-bordered fancy"><tr><td colspan="2" headers="t">'
        '<a href="https://example.org">tekst</a></td></tr></table><p xml:lang="fr">le chien</p>'
        '<ol start="3"><li>drie</li></ol>'
    )
    assert body_of(make_item(body=body, declarations="", rules="")) == (
        '<table class="qti-bordered"><tr><td colspan="2">tekst</td></tr></table><p lang="fr">le chien</p>'
        '<ol start="3"><li>drie</li></ol>'
    )


def test_what_is_for_raters_or_feedback_is_not_shown(make_item: MakeItem) -> None:
    body = (
        '<qti-rubric-block view="scorer" use="scoring"><qti-content-body>geheim</qti-content-body></qti-rubric-block>'
        '<qti-rubric-block view="candidate"><qti-content-body><p>Lees goed.</p></qti-content-body></qti-rubric-block>'
        '<p>Vraag <qti-feedback-inline outcome-identifier="F" identifier="A" show-hide="show">geheim'
        "</qti-feedback-inline> hier.</p>"
    )
    assert body_of(make_item(body=body, declarations="", rules="")) == (
        '<div class="rubric"><p>Lees goed.</p></div><p>Vraag hier.</p>'
    )


def test_pictures_are_served_by_the_hash_of_their_content(make_item: MakeItem) -> None:
    body = (
        '<p><img src="../media/a.svg" alt="een klok" width="40" height="x"/>'
        '<object data="b.png" type="image/png">een liniaal</object></p>'
    )
    item = read_item(make_item(body=body, declarations="", rules=""))
    with pytest.raises(ReleaseError, match=r"\.\./media/a\.svg"):
        render_item(item)
    rendered = render_item(replace(item, media={"../media/a.svg": "aa.svg", "b.png": "bb.png"})).html
    assert '<img src="/media/aa.svg" alt="een klok" width="40">' in rendered
    assert '<img src="/media/bb.png" alt="een liniaal">' in rendered


def test_a_passage_is_an_article_with_the_name_of_its_version() -> None:
    xml = (
        b'<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="N4-T1" '
        b'title="De egel" xml:lang="nl-BE"><qti-stimulus-body><h2>De egel</h2></qti-stimulus-body>'
        b"</qti-assessment-stimulus>"
    )
    view = render_stimulus(read_stimulus(xml))
    assert (view.identifier, view.title) == ("N4-T1@1", "De egel")
    assert view.html == (
        '<article class="stimulus-body" data-stimulus="N4-T1@1" lang="nl-BE"><h2>De egel</h2></article>'
    )


def test_the_rendering_hash_covers_the_item_and_its_passage(make_item: MakeItem) -> None:
    view = render_item(read_item(make_item()))
    assert view.rendering_hash == rendering_hash(view.html)
    assert len({rendering_hash("a", "b"), rendering_hash("ab", ""), rendering_hash("a")}) == 3


def test_names_and_texts_are_escaped(make_item: MakeItem) -> None:
    body = (
        '<qti-choice-interaction response-identifier="RESPONSE"><qti-prompt>1 &lt; 2 &amp; &lt;script&gt;x'
        '&lt;/script&gt;</qti-prompt><qti-simple-choice identifier="A">&lt;b&gt;</qti-simple-choice>'
        '<qti-simple-choice identifier="&quot;&gt;&lt;script&gt;">y</qti-simple-choice></qti-choice-interaction>'
    )
    rendered = render_item(read_item(make_item(body=body))).html
    assert "<script" not in rendered
    document = lxml_html.fragment_fromstring(rendered)
    assert document.findall(".//script") == []
    assert [choice.get("value") for choice in document.iter("input")] == ["A", '"><script>']
