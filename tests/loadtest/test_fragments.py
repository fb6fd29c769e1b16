from __future__ import annotations

from loadtest.fragments import Field, read_fields

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
