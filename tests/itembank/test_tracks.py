"""A recording is told from a film by its tracks, its streams, and what stands behind its tag."""

from __future__ import annotations

import time

import pytest

from itembank.errors import PackageError
from itembank.media import MAX_BYTES, read_sound
from itembank.tracks import track_fault
from tests.itembank.sounds import FRAME, box, film, handler, mp4, ogg, page, tag, track

MP4, OGG, MP3 = "audio/mp4", "audio/ogg", "audio/mpeg"
DAMAGED = "its tracks cannot be read"


def large_box(kind: bytes, content: bytes) -> bytes:
    """A box with its size in eight bytes behind its name."""
    return b"\0\0\0\1" + kind + (16 + len(content)).to_bytes(8) + content


SOUND, FILM = track(b"soun"), track(b"vide")


@pytest.mark.parametrize("brand", [b"M4A ", b"mp42", b"isom"])
def test_a_recording_is_taken_whatever_its_brand(brand: bytes) -> None:
    content = mp4(SOUND, track(b"text"), brand=brand)
    media = read_sound(content, "x.m4a")
    assert (media.media_type, media.extension, media.content) == ("audio/mp4", "m4a", content)


@pytest.mark.parametrize("brand", [b"M4A ", b"mp42", b"isom"])
@pytest.mark.parametrize("tracks_", [(FILM,), (FILM, SOUND), (SOUND, FILM), (SOUND, track(b"text"), FILM)])
def test_a_film_is_refused_by_name_whatever_its_brand_and_with_sound_too(
    tracks_: tuple[bytes, ...], brand: bytes
) -> None:
    with pytest.raises(PackageError, match=r"zin\.m4a: recording: it holds a track of video") as refused:
        read_sound(mp4(*tracks_, brand=brand), "zin.m4a")
    assert "Save it again as sound alone" in str(refused.value)


@pytest.mark.parametrize(("code", "word"), [(b"auxv", "auxiliary video"), (b"pict", "pictures")])
def test_other_tracks_that_are_seen_are_refused_too(code: bytes, word: str) -> None:
    assert track_fault(mp4(SOUND, track(code)), MP4) == f"it holds a track of {word}, so it is no recording"


def test_a_file_without_a_track_of_sound_is_refused() -> None:
    for content in (mp4(), mp4(track(b"text")), box(b"ftyp", b"M4A ", bytes(4))):
        assert track_fault(content, MP4) == "it holds no track of sound"


def test_sizes_in_eight_bytes_and_to_the_end_are_followed() -> None:
    head = box(b"ftyp", b"isom", bytes(4))
    for codes, fault in (((SOUND,), ""), ((SOUND, FILM), "it holds a track of video, so it is no recording")):
        movie = b"".join(codes)
        assert track_fault(head + large_box(b"mdat", bytes(9)) + large_box(b"moov", movie), MP4) == fault
        assert track_fault(head + b"\0\0\0\0moov" + movie, MP4) == fault
        assert track_fault(head + box(b"moov", movie) + b"\0\0\0\0mdat" + bytes(9), MP4) == fault


def test_a_film_in_a_second_movie_box_is_found() -> None:
    assert "track of video" in track_fault(mp4(SOUND) + box(b"moov", FILM), MP4)


@pytest.mark.parametrize(
    "content",
    [
        mp4(SOUND)[:-1],
        mp4(SOUND) + b"\0\0\0\0\0\0\1",
        mp4(SOUND) + b"\0\0\0\7free" + bytes(8),
        mp4(SOUND) + b"\0\0\0\1free" + (15).to_bytes(8),
        mp4(SOUND) + b"\0\0\0\1free" + (2**64 - 1).to_bytes(8),
        mp4(SOUND) + b"\xff\xff\xff\xffmoov" + FILM,
        box(b"moov", box(b"trak", b"\0\0\1\0mdia" + handler(b"soun"))),
        box(b"moov", box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), b"sou")))),
    ],
    ids=[
        "cut",
        "rest",
        "too small",
        "too small in 8 bytes",
        "2^64",
        "past the end",
        "past its parent",
        "short handler",
    ],
)
def test_a_damaged_file_is_refused(content: bytes) -> None:
    assert track_fault(content, MP4).startswith(DAMAGED)


def quick(content: bytes, media_type: str) -> str:
    """What is said of a file that is as large as may be, in a second at most."""
    begun = time.process_time()
    fault = track_fault(content, media_type)
    assert time.process_time() - begun < 1.0
    return fault


def test_a_recording_of_as_many_boxes_as_fit_is_taken_and_reading_them_is_quick() -> None:
    empty, sound = box(b"free"), mp4(SOUND)
    many = sound + empty * ((MAX_BYTES - len(sound)) // len(empty))
    assert len(many) > MAX_BYTES - len(empty)
    assert quick(many, MP4) == ""
    assert read_sound(many, "x.m4a").content == many
    assert quick(many + b"x", MP4).startswith(DAMAGED)


@pytest.mark.parametrize("n_zeros", range(1, 20))
def test_zeros_behind_the_last_box_or_page_do_no_harm(n_zeros: int) -> None:
    for content, media_type in ((mp4(SOUND), MP4), (ogg(b"\x01vorbis"), OGG)):
        assert track_fault(content + bytes(n_zeros), media_type) == ""


def test_boxes_in_boxes_of_the_same_name_are_not_followed_down() -> None:
    depth = 20_000
    nested = b"".join((8 * left).to_bytes(4) + b"moov" for left in range(depth, 0, -1))
    assert track_fault(nested, MP4) == "it holds no track of sound"


@pytest.mark.parametrize("codec", [b"\x01vorbis", b"OpusHead", b"\x7fFLAC"])
def test_sound_in_ogg_is_taken_with_a_skeleton_and_as_a_chain_too(codec: bytes) -> None:
    for content in (ogg(codec), ogg(b"fishead\0", codec), ogg(codec) + ogg(codec)):
        assert read_sound(content, "x.ogg").media_type == "audio/ogg"


@pytest.mark.parametrize("codec", [b"\x80theora", b"BBCD\0", b"OVP80", b"\x01video\0\0\0"])
def test_a_film_in_ogg_is_refused_wherever_it_begins(codec: bytes) -> None:
    sound = b"\x01vorbis"
    for content in (ogg(codec), ogg(codec, sound), ogg(sound, codec), ogg(sound) + ogg(codec)):
        with pytest.raises(PackageError, match=r"x\.ogg: recording: it holds a stream of video, so it is no recording"):
            read_sound(content, "x.ogg")


def test_what_no_browser_plays_is_refused_and_so_is_an_empty_ogg() -> None:
    assert "neither Vorbis, Opus nor FLAC" in track_fault(ogg(b"Speex   "), OGG)
    assert track_fault(ogg(b"fishead\0"), OGG) == "it holds no stream of sound"


@pytest.mark.parametrize(
    "content",
    [ogg(b"OpusHead")[:-1], ogg(b"OpusHead") + b"x", ogg(b"OpusHead") + b"OggS", ogg(b"OpusHead") + b"x" * 40],
    ids=["cut", "rest", "begun", "no page"],
)
def test_a_damaged_ogg_is_refused(content: bytes) -> None:
    assert track_fault(content, OGG).startswith(DAMAGED)


def test_an_ogg_of_as_many_pages_as_fit_is_read_quickly() -> None:
    head, empty = ogg(b"OpusHead"), page(b"", 0)
    assert quick(head + empty * ((MAX_BYTES - len(head)) // len(empty)), OGG) == ""


@pytest.mark.parametrize("version", [2, 3, 4])
def test_an_mp3_is_taken_behind_its_tags(version: int) -> None:
    for content in (FRAME, tag(b"", version) + FRAME, tag(bytes(300), version) + bytes(2_000) + FRAME):
        assert read_sound(content, "x.mp3").media_type == "audio/mpeg"
    assert track_fault(tag(b"a" * 200, 4) + tag(b"b", 3) + FRAME, MP3) == ""
    assert track_fault(tag(b"a" * 20, 4, has_footer=True) + FRAME, MP3) == ""


@pytest.mark.parametrize("behind", [film(), ogg(b"\x80theora"), b"<html>", b"", bytes(500), tag(b"")])
def test_a_film_behind_a_tag_is_refused_and_so_is_whatever_is_no_mp3(behind: bytes) -> None:
    for before in (tag(b""), tag(b"titel") + tag(b""), tag(b"x" * 9, 4, has_footer=True)):
        with pytest.raises(PackageError, match="behind its ID3 tag stands no MP3 sound"):
            read_sound(before + behind, "x.mp3")


def test_a_tag_that_is_longer_than_its_file_or_has_no_length_is_refused() -> None:
    assert "stands no MP3" in track_fault(tag(b"")[:6] + b"\x7f\x7f\x7f\x7f" + FRAME, MP3)
    assert "stands no MP3" in track_fault(tag(b"")[:6] + b"\xff\xff\xff\xff" + FRAME, MP3)
    assert "stands no MP3" in quick(tag(b"") * (MAX_BYTES // 10), MP3)
