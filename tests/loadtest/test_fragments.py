from __future__ import annotations

import random

import numpy as np
import pytest

from itembank import check_response, score
from itembank.rendering import render_item
from itembank.scoring import scoring_rules
from loadtest.chance import AnswerByChance
from loadtest.fragments import Field, read_fields
from peil.demo.mistakes import right_value, wrong_value
from tests.itembank.interaction_samples import SAMPLES, Sample, read_sample

ITEM = """
<div class="item" data-item="X-1@1"><div class="item-body"><p>Kies.</p>
<fieldset class="choice" data-field="RESPONSE" data-interaction="choice"><legend>Welke?</legend>
<label class="option"><input type="radio" name="RESPONSE" value="A"><span>één</span></label>
<label class="option"><input type="radio" name="RESPONSE" value="B"><span>twee</span></label></fieldset>
<fieldset class="choice" data-field="R2" data-interaction="multiple_choice" data-maximum="2">
<label class="option"><input type="checkbox" name="R2" value="A"></label><label class="option">
<input type="checkbox" name="R2" value="B"></label><label><input type="checkbox" name="R2" value="C"></label></fieldset>
<p>Het is <select class="inline-choice" data-field="R3" data-interaction="inline_choice" name="R3">
<option value="">…</option><option value="P">ja</option><option value="Q">nee</option></select>.</p>
<p><input class="text-entry" data-field="R4" data-interaction="text_entry" name="R4" type="text" maxlength="12"></p>
</div></div>
"""


def test_fields_are_read_from_what_a_laptop_receives() -> None:
    assert read_fields(ITEM) == (
        Field("RESPONSE", "choice", ("A", "B"), 1),
        Field("R2", "multiple_choice", ("A", "B", "C"), 2),
        Field("R3", "inline_choice", ("P", "Q"), 1),
        Field("R4", "text_entry", (), 1),
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_virtual_pupils_answer_every_interaction_as_the_server_allows(sample: Sample) -> None:
    item = read_sample(sample.xml())
    view = render_item(item)
    (field,) = read_fields(view.html)
    right, rules, rng = right_value(field, sample.key), scoring_rules(item), np.random.default_rng(1)
    assert field.maximum == sample.field.maximum
    assert right == (list(sample.key) if field.is_list else sample.right)
    assert score(rules, {"RESPONSE": right}).category == 1
    check_response(view, {"RESPONSE": right})
    check_response(view, AnswerByChance(random.Random(1))(view.html, [field]))
    for number in range(20):
        wrong = {"RESPONSE": wrong_value(field, sample.key, rng, number % len(sample.key))}
        check_response(view, wrong)
        assert score(rules, wrong).category == 0, wrong
