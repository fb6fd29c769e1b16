"""What is offered with parts of a body: spoken text, recordings, explanations."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from itembank import export_package, import_package, inspect_package, load_item, load_media, read_item
from itembank.qti.stimuli import read_stimulus
from itembank.rendering import render_item, render_stimulus

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
CHOICE = (
    '<qti-choice-interaction response-identifier="RESPONSE" max-choices="1"><qti-prompt>Welk?</qti-prompt>'
    '<qti-simple-choice identifier="A" data-catalog-idref="a">2</qti-simple-choice>'
    '<qti-simple-choice identifier="B">3</qti-simple-choice></qti-choice-interaction>'
)
SPANISH = 'xml:lang="es"'
FOREIGN = '<qti-file-href mime-type="audio/mpeg">//elders.example/x.mp3</qti-file-href>'
SSML = 'xmlns:s="http://www.w3.org/2001/10/synthesis"'


def catalogs(*held: tuple[str, str]) -> str:
    """Catalogs by identifier, each with its cards."""
    inside = "".join(f'<qti-catalog id="{name}">{cards}</qti-catalog>' for name, cards in held)
    return f"<qti-catalog-info>{inside}</qti-catalog-info>"


def card(support: str, content: str, *, entry: str = "") -> str:
    """One card with HTML content, in an entry with these attributes where they are given."""
    html = f"<qti-html-content>{content}</qti-html-content>"
    inside = f"<qti-card-entry {entry}>{html}</qti-card-entry>" if entry else html
    return f'<qti-card support="{support}">{inside}</qti-card>'


def test_spoken_text_goes_with_its_part_wherever_that_stands(make_item: MakeItem) -> None:
    parts = 'Hoeveel <b data-catalog-idref="b">is</b> 1/2 <a href="x" data-catalog-idref="l">m</a>?'
    body = f'<p data-catalog-idref="p">{parts}</p>{CHOICE}'
    formula = '<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="een half"><mn>1</mn></math>'
    meaning = f"<s:sub alias='vierkante meter' {SSML}>m2</s:sub>"
    told = catalogs(
        ("p", card("spoken", f"Hoeveel is {formula}  meter,<s:break {SSML}/> {meaning}?")),
        ("b", card("spoken", "zijn")),
        ("l", card("spoken", "meter")),
        ("a", card("spoken", "twee")),
    )  # fmt: skip
    item = read_item(make_item(body=body, extra=told))
    html = render_item(item).html
    assert [problem.why for problem in item.warnings] == ["links are shown as plain text"]
    assert '<p data-spoken="Hoeveel is een half meter, vierkante meter?">' in html
    assert '<b data-spoken="zijn">is</b>' in html
    assert '<span data-spoken="meter">m</span>' in html
    assert '<span data-spoken="twee">2</span>' in html
    assert "catalog" not in html


@pytest.mark.parametrize(
    ("language", "shown"), [("nl-BE", "Vlaams"), ("nl", "Nederlands"), ("fr-BE", "Français"), ("de", "Standaard")]
)
def test_an_explanation_is_in_the_language_of_the_item(make_item: MakeItem, language: str, shown: str) -> None:
    entries = (
        ("nl", "Nederlands"), ("nl-BE", "Vlaams"), ("fr", "Français"), ("", "Standaard"),
    )  # fmt: skip
    inside = "".join(
        f'<qti-card-entry xml:lang="{name}"><qti-html-content><p>{text}</p></qti-html-content></qti-card-entry>'
        for name, text in entries
    )
    told = catalogs(("w", f'<qti-card support="glossary-on-screen">{inside}</qti-card>'))
    xml = make_item(body=f'<p data-catalog-idref="w">x</p>{CHOICE}', extra=told)
    html = render_item(read_item(xml.replace(b'xml:lang="nl-BE"', f'xml:lang="{language}"'.encode(), 1))).html
    assert '<p data-card="1">x</p>' in html
    assert f"<p>{shown}</p></div></div>" in html
    assert sum(text in html for _, text in entries) == 1


def test_what_is_not_shown_is_named_and_not_served(make_item: MakeItem) -> None:
    secret = "kanarievogel"
    rater = (
        f'<qti-rubric-block view="scorer"><p data-catalog-idref="p">{secret}</p>'
        f"{catalogs(('r', card('spoken', secret)))}</qti-rubric-block>"
    )
    cards = [card("braille", secret), card("ext:uitgever", secret), card("keyword-translation", secret, entry=SPANISH)]
    told = catalogs(
        ("p", "".join(cards)),
        ("nobody", card("spoken", secret)),
    )  # fmt: skip
    feedback = (
        f'<qti-feedback-block outcome-identifier="F"><p data-catalog-idref="nobody">{secret}</p></qti-feedback-block>'
    )
    body = f'<p data-catalog-idref="p gone">x</p>{rater}{feedback}{CHOICE.replace(" data-catalog-idref", " data-x")}'
    item = read_item(make_item(body=body, extra=told), file="i.xml")
    assert [problem.why for problem in item.warnings] == [
        "it is not shown during a test",
        "the catalog 'gone' is not there",
        "the support 'braille' is not supported: kept for export",
        "the support 'ext:uitgever' is not supported: kept for export",
        "the support 'keyword-translation' is in other languages than the item",
        "nothing that is shown names the catalog 'nobody'",
    ]
    assert all(problem.line for problem in item.warnings)
    assert secret not in render_item(item).html


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (("w", card("glossary-on-screen", "<p onclick='x()'>u</p>")), "event handler"),
        (("w", card("spoken", "<script>x()</script>")), "is not supported"),
        (("w", card("linguistic-guidance", CHOICE)), "a catalog cannot ask a question"),
        (("w", card("glossary-on-screen", '<img src="https://elders.example/x.png" alt=""/>')), "not a file of the"),
        (("w", card("spoken", "woord " * 1_000)), "the spoken text has 5999 characters"),
        (("w", f'<qti-card support="spoken">{FOREIGN}</qti-card>'), "not a file of the package"),
        (("", card("spoken", "x")), "is empty or used twice"),
    ],
)  # fmt: skip
def test_a_hostile_catalog_is_not_offered_and_named_with_its_line(
    make_item: MakeItem, told: tuple[str, str], why: str
) -> None:
    body = f'<p data-catalog-idref="w">u</p>{CHOICE}'
    item = read_item(make_item(body=body, extra=catalogs(told)))
    (problem,) = (problem for problem in item.warnings if why in problem.why)
    assert problem.line
    (without,) = (read_item(make_item(body=body, extra=catalogs(("w", "")))),)
    assert render_item(item).html == render_item(without).html


def test_a_passage_has_catalogs_too() -> None:
    xml = (
        '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="S" xml:lang="nl">'
        '<qti-stimulus-body><p data-catalog-idref="w">egel</p></qti-stimulus-body>'
        f"{catalogs(('w', card('spoken', 'de egel') + card('linguistic-guidance', '<em>dier</em>')))}"
        "</qti-assessment-stimulus>"
    )
    html = render_stimulus(read_stimulus(xml.encode())).html
    assert '<p data-spoken="de egel" data-card="1">egel</p>' in html
    assert '<div data-module="supports" hidden=""><div data-card-text="1" lang="nl"><em>dier</em></div></div>' in html


OLD = """<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i" title="t" adaptive="false">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="string"><correctResponse><value>4</value>
</correctResponse></responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<itemBody><p id="p1">2 + 2 = <textEntryInteraction responseIdentifier="RESPONSE"/></p><p id="p2">en</p></itemBody>
<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>
<apipAccessibility xmlns="http://www.imsglobal.org/xsd/apip/apipv1p0/imsapip_qtiv1p0"><inclusionOrder/>
<accessibilityInfo><accessElement identifier="a1"><contentLinkInfo qtiLinkIdentifierRef="p1"><textLink><fullString/>
</textLink></contentLinkInfo><relatedElementInfo><spoken><spokenText contentLinkIdentifier="s1">Twee plus twee is
</spokenText></spoken><brailleText><brailleTextString>#b</brailleTextString></brailleText></relatedElementInfo>
</accessElement><accessElement identifier="a2"><contentLinkInfo qtiLinkIdentifierRef="p2"><textLink>
<characterStringLink><startCharacter>1</startCharacter><stopCharacter>2</stopCharacter></characterStringLink>
</textLink></contentLinkInfo><relatedElementInfo><spoken><spokenText contentLinkIdentifier="s2">n</spokenText></spoken>
</relatedElementInfo></accessElement></accessibilityInfo></apipAccessibility></assessmentItem>"""


def test_accessibility_of_older_items_is_read_and_the_rest_of_it_named() -> None:
    item = read_item(OLD.encode())
    assert '<p data-spoken="Twee plus twee is">' in render_item(item).html
    assert [problem.why for problem in item.warnings] == [
        "brailleText is not supported: kept in the source",
        "what is said of a part of a text is not used",
        "the order of reading of APIP is not used: parts are read as they stand",
    ]


def recording() -> bytes:
    """A short silence."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(8_000)
        sound.writeframes(b"\x80" * 800)
    return made.getvalue()


def sounding(make_item: MakeItem) -> bytes:
    """An item of which one part is recorded."""
    file = '<qti-file-href mime-type="audio/wav">../geluid/zin.wav</qti-file-href>'
    told = catalogs(("w", f'<qti-card support="spoken">{file}</qti-card>'))
    return make_item(body=f'<p data-catalog-idref="w">x</p>{CHOICE}', extra=told)


def test_a_recording_is_kept_and_exported_with_its_item(
    db: Session, tmp_path: Path, make_package: MakePackage, make_item: MakeItem
) -> None:
    sound = recording()
    report = import_package(db, make_package({"items/i.xml": sounding(make_item), "geluid/zin.wav": sound}))
    assert (report.imported, report.refused) == (("W4-001@1",), ())
    item = load_item(db, "W4-001@1")
    (stored,) = item.media.values()
    media = load_media(db, stored.partition(".")[0])
    assert (media.media_type, media.content) == ("audio/wav", sound)
    assert f'<p data-sound="/media/{stored}">x</p>' in render_item(item).html
    export_package(db, tmp_path / "out.zip")
    assert import_package(db, tmp_path / "out.zip").unchanged == ("W4-001@1",)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({}, "the recording '../geluid/zin.wav' is not in the package"),
        ({"geluid/zin.wav": b"<script>alert(1)</script>"}, "neither MP3, Ogg, MPEG-4 nor WAVE"),
        ({"geluid/zin.wav": b"ID3\x03" + b"\0" * 2_000_000}, "at most 2 MB"),
    ],
)
def test_what_is_no_recording_is_refused(
    make_package: MakePackage, make_item: MakeItem, files: dict[str, bytes], why: str
) -> None:
    (refused,) = inspect_package(make_package({"items/i.xml": sounding(make_item), **files})).refused
    assert why in str(refused.problems[0])
