"""No key, mapping, parameter or rater's text reaches a laptop: canaries are planted and looked for in every view.

``tests/delivery/test_secrets.py`` does the same to every item that can be in a test, of the demo and of others, and
reads what is served over HTTP; here are the items that a person rates, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

from itembank import (
    CalibratedItem,
    CalibrationVersion,
    CompiledBank,
    ItemSource,
    PackageError,
    compile_bank,
    drawn_view,
    read_item,
    score,
)
from itembank.demo import build_package
from itembank.qti.package import PackageSource, read_package
from itembank.qti.sources import Metadata
from itembank.rendering import render_item, render_stimulus
from tests.designs import area_design
from tests.itembank.drawn_samples import BODY as DRAWN_BODY
from tests.itembank.drawn_samples import drawn_item, draws, filled, sets, variable
from tests.itembank.interaction_samples import SELECT_POINT, read_sample
from tests.itembank.planting import CANARY, DECLARATIONS, FEEDBACK, planted

MakeItem = Callable[..., bytes]
ODD_SLOPE, ODD_PLACE = 1.2345678, -0.8765432

BODY = f"""<!-- {CANARY}-4 --><?key {CANARY}-5?>
<qti-rubric-block view="scorer"><qti-content-body>{CANARY}-6</qti-content-body></qti-rubric-block>
<p data-key="{CANARY}-7" title="{CANARY}-8"
 data-catalog-idref="c {CANARY}-26">Hoeveel? <qti-text-entry-interaction response-identifier="RESPONSE"
 pattern-mask="{CANARY}-9" placeholder-text="{CANARY}-10" class="{CANARY}-11" id="{CANARY}-12"/>
<qti-feedback-inline outcome-identifier="F" identifier="A" show-hide="show">{CANARY}-13</qti-feedback-inline></p>
<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mn>1</mn><annotation>{CANARY}-14</annotation></semantics>
</math><qti-feedback-block outcome-identifier="F" identifier="A" show-hide="show">{CANARY}-15</qti-feedback-block>"""
CATALOGS = f"""<qti-catalog-info><qti-catalog id="c"><qti-card support="braille"><qti-html-content>{CANARY}-18
</qti-html-content></qti-card><qti-card support="ext:leerkracht"><qti-html-content>{CANARY}-19</qti-html-content>
</qti-card><qti-card support="spoken"><qti-html-content>gehaald<!-- {CANARY}-20 --><qti-feedback-inline
 outcome-identifier="F" identifier="A" show-hide="show">{CANARY}-21</qti-feedback-inline></qti-html-content></qti-card>
</qti-catalog><qti-catalog id="{CANARY}-22"><qti-card support="spoken"><qti-html-content>{CANARY}-23</qti-html-content>
</qti-card></qti-catalog></qti-catalog-info><qti-companion-materials-info><qti-calculator><qti-calculator-type>basic
</qti-calculator-type><qti-description>{CANARY}-24</qti-description></qti-calculator><qti-physical-material>{CANARY}-25
</qti-physical-material></qti-companion-materials-info>"""
KEY = (
    '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"><qti-correct-response>'
    f"<qti-value>{CANARY}-16</qti-value></qti-correct-response></qti-response-declaration>"
)


def compiled(item: ItemSource) -> CompiledBank:
    """Compile a bank of one item with telling parameters."""
    calibration = CalibrationVersion(
        "veldtest", "2pl", {}, (CalibratedItem(item.name, ODD_SLOPE, ODD_PLACE, 0.1, 0.1, 9, 0.5),)
    )
    design = area_design("t", "T", 1, {"meten": (0, 1)})
    return compile_bank(design, [item], calibration)


def test_no_canary_of_a_key_is_in_the_view_of_an_item(make_item: MakeItem) -> None:
    xml = make_item(body=BODY, declarations=KEY, extra=DECLARATIONS + FEEDBACK + CATALOGS)
    assert xml.count(CANARY.encode()) >= 26
    bank = compiled(read_item(xml, area="meten"))
    served = json.dumps([asdict(view) for view in bank.views], ensure_ascii=False)
    assert "Hoeveel?" in served
    assert 'data-spoken=\\"gehaald\\"' in served
    assert CANARY not in served
    assert "1.2345678" not in served
    assert "8765432" not in served
    # the control: the rules beside the view do hold the key, so this test can fail
    assert f"{CANARY}-16" in bank.scoring[0]
    assert f"{CANARY}-2" in bank.scoring[0]


def test_no_area_of_a_key_is_in_the_view_of_a_picture() -> None:
    secrets = ("41.375", "51.625", "12.875", "0.4375", "160 20")
    xml = SELECT_POINT.xml().replace('coords="40,50,10" mapped-value="0.5"', 'coords="{},{},{}" mapped-value="{}"')
    xml = xml.replace('mapped-value="0.5"', 'mapped-value="0.5625"')
    bank = compiled(replace(read_sample(xml.format(*secrets)), metadata=Metadata(area="meten")))
    served = json.dumps([asdict(view) for view in bank.views], ensure_ascii=False)
    assert "Duid aan." in served
    assert [secret for secret in secrets if secret in served] == []
    assert all(secret in bank.scoring[0] for secret in secrets)  # the control


def test_no_canary_of_a_drawn_key_is_in_what_a_pupil_is_served() -> None:
    """The key is drawn, and a part that is never shown holds one more; a number that is printed is served."""
    never = f'<qti-template-inline template-identifier="KEY" identifier="other">{CANARY}-20</qti-template-inline>'
    key = '<qti-set-correct-response identifier="RESPONSE"><qti-variable identifier="KEY"/></qti-set-correct-response>'
    xml = drawn_item(
        variables=variable("A") + variable("B") + variable("KEY", "string"),
        rules=draws("A", 1, 9) + draws("B", 1, 9) + sets("KEY", "string", f"{CANARY}-21") + key,
        body=f"{DRAWN_BODY}<p>{never}</p>",
        base_type="string",
    )
    bank = compiled(read_item(xml, area="meten"))
    for seed in range(20):
        served = json.dumps(asdict(drawn_view(bank, 0, seed)), ensure_ascii=False)
        assert "Hoeveel is" in served
        assert CANARY not in served
        assert score(bank.scoring[0], {"RESPONSE": f"{CANARY}-21"}, seed).category == 1
    # the control: a key that the author prints is served
    shown = xml.replace(b'<qti-printed-variable identifier="A"/>', b'<qti-printed-variable identifier="KEY"/>')
    assert f"{CANARY}-21" in drawn_view(compiled(read_item(shown, area="meten")), 0, 1).html


def test_no_canary_beside_a_drawn_item_is_served() -> None:
    """Its catalogs, its defaults, its feedback and what is left of other responses."""
    body = DRAWN_BODY.replace("<p>", f'<p data-catalog-idref="c {CANARY}-26">')
    declared = variable("A") + variable("B") + DECLARATIONS + FEEDBACK
    default = filled(f"{CANARY}-27")
    xml = drawn_item(variables=declared, body=body, extra=default, beside=CATALOGS)
    assert xml.count(CANARY.encode()) >= 15
    bank = compiled(read_item(xml, area="meten"))
    for seed in range(20):
        served = json.dumps(asdict(drawn_view(bank, 0, seed)), ensure_ascii=False)
        assert 'data-spoken=\\"gehaald\\"' in served
        assert CANARY not in served
    assert json.dumps([asdict(view) for view in bank.views], ensure_ascii=False).count(CANARY) == 0
    assert all(f"{CANARY}-{n}" in bank.scoring[0] for n in (1, 2, 27))  # the control


def views(package: PackageSource) -> Iterator[str]:
    """Everything that would be served of a package whose items were planted."""
    for stimulus in package.stimuli:
        yield render_stimulus(stimulus).html
    for item in package.items:
        xml = planted(item.xml)
        assert xml.count(CANARY.encode()) >= 5
        again = replace(read_item(xml), media=item.media)
        yield json.dumps(asdict(render_item(again)), ensure_ascii=False)


def test_no_canary_is_shown_of_an_item_of_the_demo_that_a_person_rates(tmp_path: Path) -> None:
    package = read_package(build_package(tmp_path / "demo.zip"))
    rated = tuple(item for item in package.items if item.is_human_rated)
    assert [item.identifier for item in rated] == ["N4-210", "N4-211"]
    assert [text for text in views(replace(package, items=rated)) if CANARY in text] == []


def test_no_canary_is_served_of_any_item_of_others(shared_data: Path) -> None:
    served = [
        text
        for name in ("valid-package.zip", "no-metadata.zip")
        for text in views(read_package(shared_data / "qti" / "kennisnet" / name))
    ]
    assert len(served) == 93  # 47 and 46
    assert [text for text in served if CANARY in text] == []


def test_no_canary_is_served_of_any_item_that_others_wrote_cases_for(shared_data: Path) -> None:
    """Of those that import takes; pictures that are not there stand for themselves."""
    served, refused = [], []
    for path in sorted((shared_data / "qti" / "pie-qti").rglob("item.xml")):
        xml = path.read_bytes()
        if b"<itemBody" not in xml:  # rules alone
            refused.append(path.parent.name)
            continue
        try:
            item = read_item(planted(xml), file=path.parent.name)
        except PackageError as error:
            refused.append(str(error))
            continue
        media = dict.fromkeys(item.body.pictures, f"{'0' * 64}.svg")
        served.append(json.dumps(asdict(render_item(replace(item, media=media))), ensure_ascii=False))
    assert len(served) + len(refused) == 45
    assert len(served) == 40, refused
    assert [text for text in served if CANARY in text] == []


def test_what_only_raters_see_is_not_in_the_views_of_others(shared_data: Path) -> None:
    package = read_package(shared_data / "qti" / "kennisnet" / "valid-package.zip")
    model_answers = 0
    for item in package.items:
        declared = item.program.declarations.get("MODEL_ANSWER")
        if declared is not None and declared.default is not None:
            (answer,) = declared.default.items
            model_answers += 1
            assert str(answer) not in render_item(item).html
    assert model_answers == 15  # one an open question
