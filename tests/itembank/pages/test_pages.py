"""Parts of the pages: the key stands on an item's page and never in its preview; options say what they are."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from sqlmodel import Session

from itembank import (
    Arrival,
    ItemStatistics,
    NotInBankError,
    PartStatistics,
    State,
    add_calibration,
    add_statistics,
    import_package,
)
from itembank.blanks import MARKS
from itembank.pages import THEMES, difference_part, item_facts, item_part, list_part, preview_document, words
from itembank.pages.keys import described, keys_of, option_texts
from itembank.qti import points, read_item
from itembank.store import save_item
from tests.itembank.conftest import (
    CHOICE_BODY,
    CHOICE_DECLARATION,
    MATCH_CORRECT,
    MakeCalibration,
    MakeItem,
    MakePackage,
)
from tests.itembank.drawn_samples import drawn_item
from tests.itembank.interaction_samples import HOTSPOT, SELECT_POINT, read_sample
from tests.itembank.planting import CANARY, DECLARATIONS, FEEDBACK
from tests.itembank.test_canaries import BODY, KEY

ITEM = "W4-001@1"
PARTS = (
    PartStatistics("", "0", 40, 0.4, -0.3, 0.4),
    PartStatistics("", "1", 60, 0.6, 0.3, 0.6),
    PartStatistics("RESPONSE", "A", 60, 0.6, -0.31, 0.6),
    PartStatistics("RESPONSE", "B", 35, 0.35, 0.22, 0.4),
    PartStatistics("RESPONSE", "", 5, 0.05, None, 0.1),
)
STATISTICS = ItemStatistics(ITEM, 100, 1, 0.6, 0.3, 90, 0.05, 12_345.0, PARTS)


def cells(part: str, caption: str) -> list[list[str]]:
    """Text of a table's cells."""
    rows = html.fromstring(part).xpath(f"//table[caption='{caption}']/tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_a_preview_holds_no_canary_and_the_page_of_staff_holds_the_key(
    db: Session, make_item: MakeItem, make_package: MakePackage
) -> None:
    xml = make_item(body=BODY, declarations=KEY, extra=DECLARATIONS + FEEDBACK)
    import_package(db, make_package({"W1.xml": xml}))
    for theme in THEMES:
        shown = preview_document(db, ITEM, theme, ("/static/item.css",)).document
        assert "Hoeveel?" in shown
        assert CANARY not in shown
    page = item_part(item_facts(db, ITEM), "token")
    assert f"{CANARY}-16" in page  # the control: the right answer, for staff
    assert f"{CANARY}-14" not in page


def test_an_item_is_never_markup_of_the_page_that_shows_it(
    db: Session, make_item: MakeItem, make_package: MakePackage
) -> None:
    xml = make_item().replace(b'title="Opgave"', b'title="&lt;script&gt;x&lt;/script&gt;"')
    import_package(db, make_package({"W1.xml": xml}), arrival=Arrival("<b>An</b>", "<i>nieuw</i>"))
    for page in (item_part(item_facts(db, ITEM), "token"), list_part(db, {"tekst": "<u>"}), list_part(db, {})):
        assert not any(f"<{tag}>" in page for tag in ("script", "b", "i", "u"))


def test_figures_stand_beside_what_options_say(
    db: Session, make_item: MakeItem, make_package: MakePackage, make_calibration: MakeCalibration
) -> None:
    import_package(db, make_package({"W1.xml": make_item()}))
    add_calibration(db, make_calibration(ITEM))
    without = item_part(item_facts(db, "W4-001"), "token")
    assert "geen klassieke cijfers" in without
    add_statistics(db, "veldtest", [STATISTICS])
    page = item_part(item_facts(db, "W4-001"), "token")
    assert cells(page, "Punten")[1] == ["1", "60", "60,0 %", "0,30", "60,0 %"]
    assert cells(page, "Antwoordmogelijkheden") == [
        ["A 2", "juist Kijk na: juist, maar negatief", "60", "60,0 %", "−0,31", "60,0 %"],
        ["B 3", "Kijk na: fout, maar positief", "35", "35,0 %", "0,22", "40,0 %"],
        ["niets", "", "5", "5,0 %", "–", "10,0 %"],
    ]
    numbers = [
        " ".join(one.text_content().split()) for one in html.fromstring(page).xpath("//dl[@class='numbers']//dd")
    ]
    assert numbers == ["100", "0,60", "0,30", "5,0 %", "12,3 s"]


def test_an_older_calibration_can_be_looked_at_again(
    db: Session, make_item: MakeItem, make_package: MakePackage, make_calibration: MakeCalibration
) -> None:
    import_package(db, make_package({"W1.xml": make_item()}))
    for name in ("veldtest", "veldtest-2"):
        add_calibration(db, make_calibration(ITEM, identifier=name))
    add_statistics(db, "veldtest", [STATISTICS])
    facts = item_facts(db, ITEM)
    newest, older = item_part(facts, "token"), item_part(facts, "token", calibration="veldtest")
    assert cells(newest, "Antwoordmogelijkheden") == []
    assert len(cells(older, "Antwoordmogelijkheden")) == 3
    assert "kalibratie=veldtest" in newest


def test_enemies_are_named_and_linked(db: Session, make_item: MakeItem, make_package: MakePackage) -> None:
    package = make_package({f"W{n}.xml": make_item(f"W4-00{n}") for n in (1, 2)})
    manifest = (
        '<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="M"><resources>'
        + "".join(
            f'<resource identifier="R{n}" href="W{n}.xml" type="imsqti_item_xmlv3p0"><metadata>'
            '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><keyword><string>enemy:even</string></keyword>'
            f'</general></lom></metadata><file href="W{n}.xml"/></resource>'
            for n in (1, 2)
        )
        + "</resources></manifest>"
    )
    package = make_package(
        {f"W{n}.xml": make_item(f"W4-00{n}") for n in (1, 2)}, manifest=manifest.encode(), name="enemies.zip"
    )
    import_package(db, package)
    links = html.fromstring(item_part(item_facts(db, "W4-001"), "token")).xpath("//dl[@class='facts'][1]//a/text()")
    assert links == ["even", "W4-002@1"]


def test_what_changes_the_key_comes_first_in_a_difference(
    db: Session, make_item: MakeItem, make_package: MakePackage
) -> None:
    xml = make_item()
    import_package(db, make_package({"W1.xml": xml}))
    changed = xml.replace(b"<qti-value>A<", b"<qti-value>B<").replace(b"Welk getal is even?", b"Welk getal is het?")
    import_package(db, make_package({"W1.xml": changed}, name="again.zip"))
    part = html.fromstring(difference_part(db, ITEM, "W4-001@2"))
    titles = [" ".join(title.text_content().split()) for title in part.findall(".//h2")]
    assert "verandert hoe de opgave scoort" in titles[0]
    assert titles[-1] == "tekst"
    assert "Welk getal is even?" in " ".join(one.text_content() for one in part.findall(".//del"))
    for name in (ITEM, "W4-001@2"):  # from the earlier to the later one, whichever is looked at
        links = html.fromstring(item_part(item_facts(db, name), "token")).xpath("//ul[@class='links']//a/@href")
        assert "/itembank/verschil?van=W4-001%401&naar=W4-001%402" in links
    assert "Deze twee versies zijn dezelfde." in difference_part(db, ITEM, ITEM)


@pytest.mark.parametrize("state", State)
def test_only_states_that_can_follow_are_offered(
    db: Session, make_item: MakeItem, make_package: MakePackage, state: State
) -> None:
    import_package(db, make_package({"W1.xml": make_item()}), arrival=Arrival("An", "nieuw", state))
    facts = item_facts(db, ITEM)
    page = html.fromstring(item_part(facts, "token"))
    offered = [button.get("value") for button in page.xpath("//button[@name='staat']")]
    assert offered == [one.value for one in facts.following]


def test_keys_and_options_are_said_in_words() -> None:
    xml = (
        b'<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="M" title="M">'
        b'<qti-response-declaration identifier="RESPONSE" cardinality="multiple" base-type="directedPair">'
        b"<qti-correct-response><qti-value>a x</qti-value></qti-correct-response>"
        b'<qti-mapping default-value="0"><qti-map-entry map-key="a x" mapped-value="1.5"/></qti-mapping>'
        b"</qti-response-declaration>"
        b'<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/><qti-item-body>'
        b'<qti-match-interaction response-identifier="RESPONSE" max-associations="1"><qti-simple-match-set>'
        b'<qti-simple-associable-choice identifier="a" match-max="1">Een <b>hond</b></qti-simple-associable-choice>'
        b'<qti-simple-associable-choice identifier="b" match-max="1">Een kat</qti-simple-associable-choice>'
        b'</qti-simple-match-set><qti-simple-match-set><qti-simple-associable-choice identifier="x" match-max="1">'
        b"blaft</qti-simple-associable-choice></qti-simple-match-set></qti-match-interaction></qti-item-body>"
        b'<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response.xml"/>'
        b"</qti-assessment-item>"
    )
    item = read_item(xml)
    (key,) = keys_of(item)
    assert key.correct == ("a x: Een hond – blaft",)
    assert key.points == (("a x: Een hond – blaft", "1,50"),)
    texts = option_texts(item)
    assert described(texts, "RESPONSE", "a y") == ""
    assert keys_of(replace(item, body=replace(item.body, fields=()))) == ()


def test_a_drawn_item_is_previewed_with_one_draw(db: Session, make_package: MakePackage) -> None:
    import_package(db, make_package({"S1.xml": drawn_item()}))
    shown = preview_document(db, "S-1@1", "light", ()).document
    text = html.fromstring(shown).text_content()
    assert re.search(r"Hoeveel is [2-9] maal [2-9]\?", " ".join(text.split()))
    assert not any(mark in shown for mark in MARKS)


def test_areas_of_a_picture_and_what_they_earn_are_said() -> None:
    spots, points = read_sample(HOTSPOT.xml()), read_sample(SELECT_POINT.xml())
    assert keys_of(spots)[0].correct == ("B: midden",)
    assert dict(keys_of(points)[0].points) == {"circle 40 50 10": "0,50", "rect 150 10 170 30": "0,50"}


@pytest.mark.parametrize("version", ["²", "01", "0", "\u0661", "99999999999999999999999", "-1", ""])
def test_only_the_number_of_a_version_names_it(
    db: Session, make_item: MakeItem, make_package: MakePackage, version: str
) -> None:
    import_package(db, make_package({"W1.xml": make_item()}))
    with pytest.raises(NotInBankError):
        item_facts(db, f"W4-001@{version}")


def test_of_a_text_without_end_the_first_words_are_looked_for_and_that_is_said(
    db: Session, make_item: MakeItem, make_package: MakePackage
) -> None:
    import_package(db, make_package({"W1.xml": make_item()}))
    for text in ("getal " * 3_000, "a" * 100_000):
        assert "Er is alleen gezocht op de eerste 20 woorden en 500 tekens" in list_part(db, {"tekst": text})
    found = list_part(db, {"tekst": "getal " * 3_000})
    assert ITEM in found
    assert "Er is alleen gezocht" not in list_part(db, {"tekst": "getal even"})


TYPED = CHOICE_DECLARATION.replace('identifier">', 'string">')
MAP_RESPONSE = MATCH_CORRECT.replace("match_correct", "map_response")
OPEN = '<qti-extended-text-interaction response-identifier="RESPONSE"/>'
HALF = CHOICE_DECLARATION.replace(
    "</qti-response-declaration>",
    '<qti-mapping><qti-map-entry map-key="A" mapped-value="0.5"/></qti-mapping></qti-response-declaration>',
)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"body": "<p>Lees.</p>", "declarations": "", "rules": ""}, "ze vraagt niets"),
        ({"body": OPEN, "declarations": TYPED, "rules": ""}, "iemand moet het antwoord beoordelen"),
        (
            {"rules": MATCH_CORRECT.replace("match_correct", "map_response"), "declarations": HALF},
            "haar punten zijn geen",
        ),
    ],
)
def test_why_an_item_cannot_be_in_a_test_is_said_in_dutch(
    db: Session, make_item: MakeItem, make_package: MakePackage, changes: dict[str, str], told: str
) -> None:
    import_package(db, make_package({"W1.xml": make_item(**changes)}))
    facts = item_facts(db, ITEM)
    page = item_part(facts, "token")
    assert f"kan niet in een toets: {told}" in page
    assert facts.item.obstacle not in page


def test_the_sentences_of_obstacles_that_are_said_in_dutch_are_those_of_reading() -> None:
    said = Path(points.__file__).read_text(encoding="utf-8").replace("{OWN_KEY}", points.OWN_KEY)
    assert all(f'"{beginning}' in said for beginning in words._OBSTACLES)


def test_a_preview_that_cannot_be_made_says_why_in_dutch(db: Session, make_item: MakeItem) -> None:
    """Without the picture, as a release stored it that took no such picture."""
    save_item(db, read_item(make_item(body=f'<p><img src="a.svg" alt=""/></p>{CHOICE_BODY}')))
    shown = preview_document(db, ITEM, "light", ()).document
    assert "De opgave kan niet getoond worden: een afbeelding of opname" in shown
    assert "import the item" not in shown
