"""Attacks by recordings: films that begin as sound, files that lie or are damaged, addresses, and what hangs on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from itembank.markup import MATHML
from tests.itembank.hostile.making import CHOICE, NAMESPACE, URL, Case, Clean, Content, Writer, item, package, shown
from tests.itembank.hostile.markup import ADDRESSES
from tests.itembank.sounds import FRAME, box, film, mp4, ogg, page, tag, track

AUDIO = '<audio src="x.mp3"/>'
QTI_AUDIO = f'<audio xmlns="{NAMESPACE}"'
ASKED = CHOICE.replace("RESPONSE", "R2")
SOUND, THEORA = mp4(track(b"soun")), b"\x80theora"
PLAYED = Clean(
    "Of a recording its address in the bank and its name are shown: nothing starts, loops or loads by itself.",
    lacks=r"autoplay|loop|crossorigin|muted|mediagroup|preload=\"auto|127\.0\.0\.1|x\.mp3",
    shows=r'<audio aria-label="Geluidsfragment" controls="" controlslist="nodownload" preload="none" src="/media/\w{64}\.mp3">',
)
ALONE = Clean(
    "What stands inside a recording but its sources is left out, and a warning says so.",
    lacks=r"<(script|track|p>y|a|img|param|video)\b|alert|127\.0\.0\.1",
    shows=r'preload="none" src="/media/\w{64}\.mp3"></audio>',
    told="inside a recording only its sources are used",
)
NAMED = Clean(
    "The name of a recording is the value of an attribute, with its quotes and brackets escaped.",
    lacks="<script|<img",
    shows=r"aria-label='Geluidsfragment: \"&gt;&lt;script",
)
UNREAD = Clean(
    "A transcript that holds what no body may hold, or more than words, is not offered, and a warning says why.",
    lacks=r"<(script|img)|onclick|alert|transcript|127\.0\.0\.1",
    told="it is not offered|the card is not offered",
)
READ = Clean(
    "A transcript is words: links in it are plain text, and it offers nothing itself.",
    lacks=r"<a\b|href|127\.0\.0\.1",
    shows=r'data-transcript-text="1" lang="nl-BE"><p>ab</p></div>',
)
SERVED = Clean(
    "It is sound, is stored under the name of sound, and is served as that (nosniff): a page in it is never read.",
    lacks="alert|<script",
    shows=r' src="/media/\w{64}\.(mp3|m4a|wav|ogg)"',
)
BOUNDED = Clean(
    "As many boxes or pages as fit are gone through once each, in time that grows with the file alone.",
    shows=r' src="/media/\w{64}\.(m4a|ogg)"',
)


def _heard(content: Content, markup: str = AUDIO) -> Writer:
    """Write a zip of an item that plays this."""
    return package({"item.xml": shown(markup), "x.mp3": content})


def films() -> Iterator[Case]:
    """Films that begin as recordings, wherever they are asked for."""
    for name, content, why in (
        ("MPEG-4", film(), "a track of video"),
        ("MPEG-4, film alone", mp4(track(b"vide"), brand=b"mp42"), "a track of video"),
        ("MPEG-4, called sound", mp4(track(b"soun"), track(b"vide"), brand=b"M4A "), "a track of video"),
        ("MPEG-4, in a second movie box", SOUND + box(b"moov", track(b"vide")), "a track of video"),
        ("MPEG-4, behind zeros", SOUND + box(b"free", bytes(99)) + box(b"moov", track(b"vide")), "a track of video"),
        ("MPEG-4, pictures", mp4(track(b"soun"), track(b"pict")), "a track of pictures"),
        ("Ogg Theora", ogg(THEORA), "a stream of video"),
        ("Ogg Theora with sound", ogg(b"\x01vorbis", THEORA), "a stream of video"),
        ("Ogg Theora in a later link of a chain", ogg(b"OpusHead") + ogg(THEORA), "a stream of video"),
        ("Ogg Dirac", ogg(b"BBCD\0"), "a stream of video"),
        ("OGM", ogg(b"\x01video\0\0\0"), "a stream of video"),
        ("MPEG-4 behind an ID3 tag", tag(b"titel") + film(), "no MP3 sound"),
        ("MPEG-4 behind two ID3 tags", tag(b"a") + tag(b"b" * 300, 4, has_footer=True) + film(), "no MP3 sound"),
        ("Ogg behind an ID3 tag", tag(b"") + ogg(THEORA), "no MP3 sound"),
        ("Matroska", b"\x1aE\xdf\xa3" + bytes(99), "neither MP3"),
        ("AVI", b"RIFF\x99\0\0\0AVI LIST", "neither MP3"),
        ("QuickTime", box(b"ftyp", b"qt  ", bytes(4)) + box(b"moov", track(b"vide")), "neither MP3"),
        ("Flash", b"FLV\1\5\0\0\0\x09", "neither MP3"),
    ):
        for place, markup in (
            ("audio", AUDIO),
            ("object", '<object type="audio/mpeg" data="x.mp3"/>'),
            ("source", '<audio><source src="x.mp3" type="audio/mpeg"/></audio>'),
        ):
            yield Case("recordings", f"{name}, {place}", _heard(content, markup), why)
        yield Case("recordings", f"{name}, picture", _heard(content, '<img src="x.mp3" alt=""/>'), "neither PNG")
    for name, markup, why in (
        ("video", '<video src="x.mp3"/>', "films are not supported"),
        ("video with sources", '<video><source src="x.mp3"/></video>', "films are not supported"),
        ("video object", '<object type="video/mp4" data="x.mp3"/>', "not supported"),
        ("media interaction", f'<qti-media-interaction response-identifier="M">{AUDIO}</qti-media-interaction>', "not supported"),
        ("question in a source", f'<audio src="x.mp3"><source src="x.mp3">{ASKED}</source></audio>', "cannot hold a question"),
        ("question inside", f'<audio src="x.mp3">{ASKED}</audio>', "cannot hold a question"),
        ("question in an object", f'<object type="audio/mpeg" data="x.mp3"><p>{ASKED}</p></object>', "cannot hold a question"),
        ("question in a picture", f'<object type="image/png" data="x.mp3">{ASKED}</object>', "question inside object"),
        ("beside the choices", ASKED.replace("<qti-prompt>", f"{AUDIO}<qti-prompt>"), "not shown"),
        ("in a short answer", f'<p><qti-text-entry-interaction response-identifier="T">{AUDIO}</qti-text-entry-interaction></p>', "not shown"),
        ("in a formula", f'<math xmlns="{MATHML}"><mtext>{AUDIO.replace("<audio", QTI_AUDIO)}</mtext></math>', "not shown"),
        ("one file 16,000 times", AUDIO * 16_000, "at most 50 are taken"),
        ("one file 5,000 times, objects", '<object type="audio/mpeg" data="x.mp3"/>' * 5_000, "at most 50 are taken"),
        ("in a list", CHOICE.replace("simple", "inline").replace("choice-i", "inline-choice-i").replace(">2<", f">{AUDIO}<"), "played inside"),
    ):  # fmt: skip
        yield Case("recordings", name, package({"item.xml": item(f"{markup}{CHOICE}"), "x.mp3": film()}), why)


def recordings() -> Iterator[Case]:
    """Recordings that lie, are damaged, lie elsewhere, or bring something with them."""
    for name, address in ADDRESSES.items():
        for place, markup in (("audio", f'<audio src="{address}"/>'), ("source", f'<audio><source src="{address}"/></audio>')):  # fmt: skip
            why = "not a file of the package|not in the package|no address"
            yield Case("recordings", f"{name}, {place}", _heard(FRAME, markup), why)
    for name, content, why in (
        ("a page", b"<html><script>alert(1)</script></html>", "neither MP3"),
        ("a drawing", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "neither MP3"),
        ("nothing", b"", "neither MP3"),
        ("a tag alone", tag(b"x"), "no MP3 sound"),
        ("a tag of 256 MB", tag(b"")[:6] + b"\x7f\x7f\x7f\x7f" + FRAME, "no MP3 sound"),
        ("a page behind a tag", tag(b"x") + b"<script>alert(1)</script>", "no MP3 sound"),
        ("200,000 tags", tag(b"") * 199_000, "no MP3 sound"),
        ("a box of 2^64", SOUND + b"\0\0\0\1free" + (2**64 - 1).to_bytes(8), "cannot be read"),
        ("a box past its parent", box(b"ftyp", b"M4A ", bytes(4)) + box(b"moov", b"\0\0\1\0trak"), "cannot be read"),
        ("boxes cut", SOUND[:-1], "cannot be read"),
        ("no track", mp4(), "no track of sound"),
        ("pages cut", ogg(b"OpusHead")[:-1], "cannot be read"),
        ("a skeleton alone", ogg(b"fishead\0"), "no stream of sound"),
        ("a stream of text", ogg(b"OpusHead", b"\x80kate\0\0\0"), "neither Vorbis"),
        ("3 MB", FRAME + bytes(3_000_000), "at most 2 MB"),
        ("19 MB", FRAME + bytes(19_000_000), "at most 2 MB"),
        ("1.6 MB", FRAME + bytes(1_600_000), "its recordings weigh"),
    ):
        yield Case("recordings", name, _heard(content), why)
    several = {f"{number}.mp3": FRAME + bytes([number]) for number in range(7)}
    thousand = {f"{number}.mp3": b"" for number in range(1_000)}
    for name, each, whole, files, why in (
        ("seven recordings", '<audio src="{}"/>', "{}", several, "7 recordings, and at most 6"),
        ("a thousand", '<audio src="{}"/>', "{}", thousand, "1000 recordings, and at most 50"),
        ("a thousand sources", '<source src="{}"/>', "<audio>{}</audio>", thousand, "more than 100 pictures and recordings"),
    ):  # fmt: skip
        asked: Mapping[str, Content] = {"item.xml": shown(whole.format("".join(map(each.format, files)))), **files}
        yield Case("recordings", name, package(asked), why)
    for name, words in (
        ("script", "<script>alert(1)</script>"),
        ("handler", "<p onclick='alert(1)'>x</p>"),
        ("question", CHOICE),
        ("recording", f'<audio src="{URL}/x.mp3"/>'),
        ("picture elsewhere", f'<img src="{URL}/x.png" alt=""/>'),
        ("picture", '<img src="x.mp3" alt="x"/>'),
    ):
        yield Case("recordings", f"{name} in a transcript", _transcribed(words), UNREAD)
    yield Case("recordings", "link in a transcript", _transcribed(f'<p>a<a href="{URL}">b</a></p>'), READ)
    yield Case("recordings", "its own reference", _transcribed('<p data-catalog-idref="c">ab</p>'), READ)
    yield from _harmless()


def _transcribed(words: str) -> Writer:
    """Write an item with a recording and what its transcript says."""
    card = f'<qti-card support="transcript"><qti-html-content>{words}</qti-html-content></qti-card>'
    told = f'<qti-catalog-info><qti-catalog id="c">{card}</qti-catalog></qti-catalog-info>'
    body = f'<audio src="x.mp3" data-catalog-idref="c"/>{CHOICE}'
    return package({"item.xml": item(body, extra=told), "x.mp3": FRAME})


def _harmless() -> Iterator[Case]:
    """What is let in, without what it brings."""
    for name, markup, outcome in (
        ("starts by itself", '<audio src="x.mp3" autoplay="" loop="" muted="" preload="auto" crossorigin="use-credentials" mediagroup="x"/>', PLAYED),
        ("script inside", '<audio src="x.mp3"><script>alert(1)</script></audio>', ALONE),
        ("captions elsewhere", f'<audio src="x.mp3"><track src="{URL}/x.vtt" default="default"/></audio>', ALONE),
        ("link inside", f'<audio src="x.mp3"><p>y <a href="{URL}">x</a><img src="{URL}/x" alt=""/></p></audio>', ALONE),
        ("film inside", f'<audio src="x.mp3"><video src="{URL}/x"/></audio>', ALONE),
        ("words in a source", '<audio><source src="x.mp3"><p>y</p><img src="z" alt=""/></source></audio>', ALONE),
        ("parameters", f'<object type="audio/mpeg" data="x.mp3"><param name="src" value="{URL}"/></object>', ALONE),
        ("a name that leaves its attribute", '<audio src="x.mp3" title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"/>', NAMED),
        ("a label that leaves its attribute", '<audio src="x.mp3" aria-label="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"/>', NAMED),
    ):  # fmt: skip
        yield Case("recordings", name, _heard(FRAME, markup), outcome)
    frame = b"<script>alert(1)</script>"
    for name, content, outcome in (
        ("MP3 with a page behind", FRAME + frame, SERVED),
        ("MP3 with a page in its tag", tag(frame) + FRAME, SERVED),
        ("WAVE with a page inside", b"RIFF\x40\0\0\0WAVEfmt " + frame, SERVED),
        ("MPEG-4 with a page inside", SOUND + box(b"free", frame), SERVED),
        ("Ogg with a page inside", ogg(b"OpusHead") + page(frame, 0), SERVED),
        ("MPEG-4 of 180,000 boxes", SOUND + box(b"free") * 180_000, BOUNDED),
        ("Ogg of 50,000 pages", ogg(b"OpusHead") + page(b"", 0) * 50_000, BOUNDED),
        ("MPEG-4 with zeros behind", SOUND + bytes(1_000_001), BOUNDED),
    ):
        yield Case("recordings", name, _heard(content), outcome)
