"""Recordings that every pupil may play: read, kept, shown, exported, and refused by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session

from itembank import (
    EXPLANATION,
    TRANSCRIPT,
    PackageError,
    import_package,
    inspect_package,
    read_item,
    read_stimulus,
    without_cards,
)
from itembank.exporting import export_package
from itembank.pages.keys import option_texts
from itembank.qti.recordings import MOST_RECORDINGS
from itembank.rendering import render_item, render_stimulus
from itembank.store import load_item, load_media, load_stimulus
from tests.itembank.conftest import CHOICE_BODY, NAMESPACE
from tests.itembank.sounds import FRAME, film, mp4, ogg, tag, track

MakeItem = Callable[..., bytes]
MakePackage = Callable[..., Path]
UNTOLD = "the recording has no words that a pupil can read"
ONE = ' src="/media/a.mp3"></audio>'
TWO = '><source src="/media/a.ogg"><source src="/media/a.mp3"></audio>'
MP3, OGG = tag(b"titel") + FRAME, ogg(b"OpusHead")


def shown(xml: bytes) -> str:
    """HTML of an item whose media are stored under their own addresses."""
    item = read_item(xml)
    return render_item(replace(item, media={href: href for href in item.body.sounds})).html


def refused(body: str, make_item: MakeItem) -> str:
    """Why an item with this body is refused."""
    with pytest.raises(PackageError) as error:
        read_item(make_item(body=body))
    return str(error.value)


@pytest.mark.parametrize(
    ("markup", "sources"),
    [
        ('<audio src="a.mp3"/>', ONE),
        ('<p><audio src="a.mp3" controls="controls" autoplay="autoplay">Jammer.</audio></p>', ONE),
        ('<object type="audio/mpeg" data="a.mp3"><param name="autostart" value="true"/>Jammer.</object>', ONE),
        ('<audio><source src="a.ogg" type="audio/ogg"/><source src="a.mp3"/></audio>', TWO),
    ],
)
def test_a_recording_is_shown_with_the_browsers_own_buttons_and_nothing_else_of_it(
    make_item: MakeItem, markup: str, sources: str
) -> None:
    html = shown(make_item(body=markup + CHOICE_BODY))
    own = '<audio aria-label="Geluidsfragment" controls="" controlslist="nodownload" preload="none"'
    assert f"{own}{sources}" in html
    for word in ("autoplay", "Jammer", "param", "object"):
        assert word not in html


def test_every_recording_says_which_it_is_and_what_its_author_calls_it(make_item: MakeItem) -> None:
    body = '<audio src="a.mp3" title="Op de  markt"/><audio src="b.mp3" aria-label="Thuis"/>'
    html = shown(make_item(body=body + CHOICE_BODY))
    assert 'aria-label="Geluidsfragment 1 van 2: Op de markt"' in html
    assert 'aria-label="Geluidsfragment 2 van 2: Thuis"' in html


def told_by(support: str, words: str) -> str:
    """Catalog c with one card."""
    card = f'<qti-card support="{support}"><qti-html-content>{words}</qti-html-content></qti-card>'
    return f'<qti-catalog-info><qti-catalog id="c">{card}</qti-catalog></qti-catalog-info>'


HEARD = '<audio src="a.mp3" data-catalog-idref="c"/>' + CHOICE_BODY


@pytest.mark.parametrize(
    ("support", "is_read"),
    [
        ("transcript", True),
        ("ext:transcript", True),
        ("glossary-on-screen", True),
        ("long-description", False),  # kept for export
        ("spoken", False),  # only heard
    ],
)
def test_a_recording_is_warned_of_where_none_of_its_words_reach_the_page(
    make_item: MakeItem, support: str, *, is_read: bool
) -> None:
    body, told = HEARD, told_by(support, "Goedemorgen.")
    item = read_item(make_item(body=body, extra=told))
    assert (UNTOLD not in str(item.warnings)) == is_read
    assert (">Goedemorgen.<" in shown(make_item(body=body, extra=told))) == is_read
    untold = read_item(make_item(body=f"\n{body}", extra=told.replace('id="c"', 'id="d"'))).warnings
    (problem,) = (warning for warning in untold if warning.why == UNTOLD)
    assert (problem.line, problem.what) == (7, "item W4-001: audio")


def test_a_transcript_goes_hidden_with_its_recording_alone(make_item: MakeItem) -> None:
    told = told_by("transcript", '<p>Goede<a href="x">morgen</a>.</p>')
    html = shown(make_item(body=f'<p data-catalog-idref="c">x</p>{HEARD}', extra=told))
    held = '<div data-transcript-text="1" lang="nl-BE"><p>Goedemorgen.</p></div>'
    assert f'<div data-module="supports" hidden="">{held}</div>' in html
    assert html.count("data-transcript=") == 1
    assert ' src="/media/a.mp3" data-transcript="1"></audio>' in html


def test_who_was_not_granted_a_card_does_not_get_what_it_says(make_item: MakeItem) -> None:
    explained = told_by("glossary-on-screen", "<div><p>Een groet.</p></div><div>Dag.</div>").replace('"c"', '"d"')
    told = told_by("transcript", "<div><p>Goedemorgen.</p></div><div>Hallo.</div>")
    extra = (explained + told).replace("</qti-catalog-info><qti-catalog-info>", "")
    html = shown(make_item(body=f'<p data-catalog-idref="d">x</p>{HEARD}', extra=extra))
    cards = {
        EXPLANATION: '<div data-card-text="1" lang="nl-BE"><div><p>Een groet.</p></div><div>Dag.</div></div>',
        TRANSCRIPT: '<div data-transcript-text="2" lang="nl-BE"><div><p>Goedemorgen.</p></div><div>Hallo.</div></div>',
    }
    for kind, card in cards.items():
        assert html.count(card) == 1
        assert without_cards(html, kind) == html.replace(card, "")
    assert without_cards(html, *cards) == html.replace("".join(cards.values()), "")
    assert without_cards(html) == html


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("<p onclick='x()'>u</p>", "event handler"),
        ("<script>x()</script>", "is not supported"),
        (CHOICE_BODY, "a catalog cannot ask a question"),
        ('<audio src="b.mp3"/>', "a card holds no recording"),
        ('<p>u<img src="b.png" alt="u"/></p>', "a transcript holds words, and no pictures: it is not offered"),
        ("<p> </p>", "the transcript is empty: it is not offered"),
    ],
)
def test_a_transcript_that_cannot_be_shown_is_not_offered_and_named_with_its_line(
    make_item: MakeItem, words: str, why: str
) -> None:
    xml = make_item(body=HEARD, extra=told_by("transcript", words))
    warnings = read_item(xml).warnings
    assert [warning.line for warning in warnings if why in warning.why] == [4]
    assert UNTOLD in str(warnings)
    assert "transcript" not in shown(xml)


def test_a_transcript_of_what_is_no_recording_is_warned_of_and_not_shown(make_item: MakeItem) -> None:
    xml = make_item(body=f'\n<p data-catalog-idref="c">x</p>{CHOICE_BODY}', extra=told_by("transcript", "Goedemorgen."))
    (problem,) = read_item(xml).warnings
    assert (problem.line, problem.why) == (7, "the transcript of what is no recording is not shown")
    assert "data-transcript=" not in shown(xml)


MEDIA = '<qti-media-interaction response-identifier="R" autostart="true">{}</qti-media-interaction>'
NO_INTERACTION = "qti-media-interaction: this interaction is not supported"


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ("<audio/>", "audio: the recording has no address"),
        ('<audio src="https://x.example/a.mp3"/>', "audio: the recording's address 'https://x.example/a.mp3' is"),
        ('<audio><source src="//elders.example/a.mp3"/></audio>', "audio: the recording's address"),
        ('<audio src="a.mp3" onplay="x()"/>', "audio: the event handler onplay is not allowed"),
        ('<video src="a.mp4"><source src="b.mp4"/><track src="c.vtt"/></video>', "video: films are not supported"),
        ('<object type="video/mp4" data="a.mp4"/>', "object: the type 'video/mp4' is not supported"),
        ('<source src="a.mp3"/>', "source: this element is not supported"),
        (MEDIA.format('<audio src="a.mp3"/>'), NO_INTERACTION),
        (MEDIA.format('<video src="a.mp4"><source src="b.mp4"/></video>'), NO_INTERACTION),
    ],
)
def test_what_cannot_be_played_is_refused_by_its_name_and_line(make_item: MakeItem, markup: str, why: str) -> None:
    said = refused(f"\n{markup}{CHOICE_BODY}", make_item)
    assert f"item.xml:7: item W4-001: {why}" in said
    assert "\n" not in said  # nothing else is wrong with it


def test_the_media_interaction_of_qti_2_is_refused_by_its_name_too() -> None:
    xml = (
        '<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="L" title="L" adaptive="false" '
        'timeDependent="false"><itemBody><mediaInteraction responseIdentifier="R" autostart="false">'
        '<object type="audio/mpeg" data="a.mp3"/></mediaInteraction></itemBody></assessmentItem>'
    )
    with pytest.raises(PackageError, match="item L: mediaInteraction: this interaction is not supported"):
        read_item(xml.encode())


@pytest.mark.parametrize(
    "place",
    [
        '<qti-simple-choice identifier="A">{}</qti-simple-choice>',
        "<qti-prompt>Luister. {}</qti-prompt>",
    ],
)
def test_a_recording_may_stand_in_a_prompt_and_in_a_choice(make_item: MakeItem, place: str) -> None:
    inside = place.format('<audio src="a.mp3"/>')
    others = '<qti-simple-choice identifier="B">b</qti-simple-choice>'
    others += "" if "choice" in place else '<qti-simple-choice identifier="A">a</qti-simple-choice>'
    body = f'<qti-choice-interaction response-identifier="RESPONSE">{inside}{others}</qti-choice-interaction>'
    assert shown(make_item(body=body)).count("<audio") == 1


def test_staff_read_which_recording_an_option_is(make_item: MakeItem) -> None:
    choices = "".join(
        f'<qti-simple-choice identifier="{letter}"><audio src="{letter}.mp3" title="{name}"/></qti-simple-choice>'
        for letter, name in (("A", "Viool"), ("B", "Fluit"))
    )
    body = f'<qti-choice-interaction response-identifier="RESPONSE">{choices}</qti-choice-interaction>'
    texts = option_texts(read_item(make_item(body=body)))
    assert texts["RESPONSE", "B"] == "[Geluidsfragment 2 van 2: Fluit]"


IN_CHOICE = CHOICE_BODY.replace("</qti-choice-interaction>", "{}</qti-choice-interaction>")
IN_ENTRY = '<p><qti-text-entry-interaction response-identifier="RESPONSE">{}</qti-text-entry-interaction></p>'
IN_SPOT = (
    '<qti-hotspot-interaction response-identifier="RESPONSE"><img src="k.png" alt="" width="90" height="90"/>'
    '<qti-hotspot-choice identifier="A" shape="rect" coords="0,0,40,40">{}</qti-hotspot-choice>'
    '<qti-hotspot-choice identifier="B" shape="rect" coords="50,50,90,90"/></qti-hotspot-interaction>'
)
IN_FORMULA = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mtext>{}</mtext></math>' + CHOICE_BODY
IN_DRAWING = '<object type="image/png" data="k.png">{}</object>' + CHOICE_BODY


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (IN_CHOICE, "qti-choice-interaction"),
        (IN_CHOICE.replace("{}", "<div>{}</div>"), "qti-choice-interaction"),
        (IN_ENTRY, "qti-text-entry-interaction"),
        (IN_ENTRY.replace("{}", "<qti-prompt>{}</qti-prompt>"), "qti-text-entry-interaction"),
        (IN_SPOT, "qti-hotspot-choice"),
        (IN_FORMULA, "mtext"),
        (IN_DRAWING, "object"),
    ],
)
def test_a_recording_where_nothing_is_shown_is_refused_by_what_hides_it(
    make_item: MakeItem, place: str, name: str
) -> None:
    said = refused("\n" + place.format(f'<audio xmlns="{NAMESPACE}" src="a.mp3"/>'), make_item)
    assert f"item.xml:7: item W4-001: audio: a recording in this place of {name} is not shown" in said


def test_a_picture_where_nothing_is_shown_is_warned_of_with_its_line(make_item: MakeItem) -> None:
    """Banks hold such items, so that they are not refused."""
    warnings = read_item(make_item(body="\n" + IN_CHOICE.format('\n<img src="a.png" alt=""/>'))).warnings
    (one,) = (warning for warning in warnings if "not shown" in warning.why)
    assert (one.line, one.why) == (8, "a picture in this place of qti-choice-interaction is not shown")
    for place in ('<qti-prompt><img src="a.png" alt=""/></qti-prompt>', IN_SPOT.format("").partition("<qti-hot")[0]):
        assert "not shown" not in str(read_item(make_item(body=place + CHOICE_BODY)).warnings)


@pytest.mark.parametrize(
    "markup",
    [
        '<audio src="a.mp3"><source src="a.mp3">{}</source></audio>',
        '<audio src="a.mp3"><p>{}</p></audio>',
        '<audio src="a.mp3"><audio src="a.mp3">{}</audio></audio>',
        '<object type="audio/mpeg" data="a.mp3">{}</object>',
    ],
)
def test_a_question_inside_a_recording_is_refused_once_with_its_line(make_item: MakeItem, markup: str) -> None:
    said = refused("\n" + markup.format("\n" + CHOICE_BODY), make_item)
    why = "qti-choice-interaction: a recording cannot hold a question: nobody would see it"
    assert said == f"item.xml:8: item W4-001: {why}. Put it after the recording."


@pytest.mark.parametrize(
    "markup",
    [
        '<object type="image/png" data="a.png">{}</object>',
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><annotation-xml>{}</annotation-xml></math>',
    ],
)
def test_a_question_inside_a_picture_or_a_formula_is_refused_too(make_item: MakeItem, markup: str) -> None:
    question = CHOICE_BODY.replace("-interaction ", f'-interaction xmlns="{NAMESPACE}" ')
    assert "qti-choice-interaction: a question inside" in refused(markup.format(question), make_item)


def test_what_stands_inside_a_source_is_dropped_and_said(make_item: MakeItem) -> None:
    item = read_item(make_item(body=f'<audio>\n<source src="a.mp3">x<p>y</p>z</source>w</audio>{CHOICE_BODY}'))
    (audio,) = item.body.root.iter("{*}audio")
    (source,) = audio
    assert (audio.text, source.text, source.tail, len(source)) == (None, None, None, 0)
    (one,) = (warning for warning in item.warnings if warning.what.endswith(": p"))
    assert (one.line, one.why) == (7, "inside a recording only its sources are used")


def test_a_body_has_at_most_fifty_recordings_however_few_files_they_play(make_item: MakeItem) -> None:
    most = shown(make_item(body='<audio src="a.mp3"/>' * MOST_RECORDINGS + CHOICE_BODY))
    assert f'aria-label="Geluidsfragment {MOST_RECORDINGS} van {MOST_RECORDINGS}"' in most
    more = '<audio src="a.mp3"/>\n' * (MOST_RECORDINGS + 1)
    why = f"item W4-001: it has {MOST_RECORDINGS + 1} recordings, and at most {MOST_RECORDINGS} are taken"
    assert refused(more + CHOICE_BODY, make_item).startswith(f"item.xml:{6 + MOST_RECORDINGS}: {why}")
    passage = PASSAGE.replace("<p>Een gesprek.</p>", more).encode()
    with pytest.raises(PackageError, match=f"stimulus L-1: it has {MOST_RECORDINGS + 2} recordings"):
        read_stimulus(passage)


@pytest.mark.parametrize("interaction", ["order", "inline"])
def test_a_recording_inside_a_button_or_a_list_is_refused(make_item: MakeItem, interaction: str) -> None:
    name = {"order": "simple", "inline": "inline"}[interaction]
    kind = {"order": "order", "inline": "inline-choice"}[interaction]
    sound = '<audio src="a.mp3"/>'
    choices = "".join(f'<qti-{name}-choice identifier="{letter}">{sound}</qti-{name}-choice>' for letter in ("A", "B"))
    body = f'<p><qti-{kind}-interaction response-identifier="RESPONSE">{choices}</qti-{kind}-interaction></p>'
    assert "a recording cannot be played inside a card, a gap, a word or a list" in refused(body, make_item)


PASSAGE = (
    '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="L-1" title="Luister">'
    '<qti-stimulus-body><p>Een gesprek.</p><audio src="geluid/gesprek.ogg"/></qti-stimulus-body>'
    "</qti-assessment-stimulus>"
)


def test_a_listening_item_is_imported_kept_and_exported_and_comes_back_the_same(
    db: Session, tmp_path: Path, make_item: MakeItem, make_package: MakePackage
) -> None:
    link = '<qti-assessment-stimulus-ref identifier="L-1" href="stimulus.xml"/>'
    body = '<audio><source src="geluid/a.mp3"/><source src="geluid/a.ogg"/></audio>' + CHOICE_BODY
    item = make_item(body=body, extra=link)
    sounds = {"geluid/a.mp3": MP3, "geluid/a.ogg": OGG, "geluid/gesprek.ogg": ogg(b"\x01vorbis")}
    report = import_package(db, make_package({"i.xml": item, "stimulus.xml": PASSAGE.encode(), **sounds}))
    assert (report.imported, report.refused) == (("L-1@1", "W4-001@1"), ())
    assert [(one.file, one.why) for one in report.warned] == [("stimulus.xml", UNTOLD), ("i.xml", UNTOLD)]
    kept, passage = load_item(db, "W4-001@1"), load_stimulus(db, "L-1@1")
    held = [load_media(db, name.partition(".")[0]) for name in (*kept.media.values(), *passage.media.values())]
    assert {media.content for media in held} == set(sounds.values())
    assert {media.media_type for media in held} == {"audio/mpeg", "audio/ogg"}
    assert all(f'src="/media/{name}"' in render_item(kept).html for name in kept.media.values())
    (heard,) = passage.media.values()
    assert f' src="/media/{heard}"></audio>' in render_stimulus(passage).html

    export_package(db, tmp_path / "out.zip")
    again = import_package(db, tmp_path / "out.zip")
    assert set(again.imported) == {"L-1@1", "W4-001@1"}
    assert (again.unchanged, load_item(db, "W4-001@1").xml) == (("W4-001@1",), item)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "recording: the recording 'a.mp3' is not in the package"),
        (film(), "recording a.mp3: it holds a track of video, so it is no recording"),
        (mp4(track(b"soun"))[:-3], "recording a.mp3: its tracks cannot be read"),
        (ogg(b"OpusHead", b"\x80theora"), "recording a.mp3: it holds a stream of video, so it is no recording"),
        (tag(b"") + film(), "recording a.mp3: behind its ID3 tag stands no MP3 sound"),
        (b"<html/>", "recording a.mp3: it is neither MP3, Ogg, MPEG-4 nor WAVE audio"),
        (FRAME + bytes(2_000_000), "recording a.mp3: the recording has 2.0 MB; at most 2 MB are taken"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_at_the_line_that_asks_for_it(
    make_item: MakeItem, make_package: MakePackage, content: bytes | None, why: str
) -> None:
    item = make_item(body=f'\n\n<audio src="a.mp3"/>{CHOICE_BODY}')
    files = {"i.xml": item} | ({} if content is None else {"a.mp3": content})
    (one,) = inspect_package(make_package(files)).refused
    (problem,) = one.problems
    assert (problem.file, problem.line) == ("i.xml", 8)
    assert f"{problem.what}: {problem.why}".startswith(why)


def test_a_recording_that_is_also_shown_as_a_picture_is_refused(make_item: MakeItem, make_package: MakePackage) -> None:
    body = f'<audio src="a.mp3"/><img src="a.mp3" alt=""/>{CHOICE_BODY}'
    (one,) = inspect_package(make_package({"i.xml": make_item(body=body), "a.mp3": MP3})).refused
    assert [problem.why for problem in one.problems] == ["it is neither PNG, JPEG, GIF nor SVG"]


def test_a_passage_reads_its_recordings() -> None:
    assert read_stimulus(PASSAGE.encode()).body.sounds == {"geluid/gesprek.ogg": 1}
