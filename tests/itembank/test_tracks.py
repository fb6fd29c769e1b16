"""A recording in MPEG-4 is told from a film by its tracks."""

from __future__ import annotations

import time

import pytest

from itembank.errors import PackageError
from itembank.media import MAX_BYTES, read_sound
from itembank.tracks import MOST_BOXES, track_fault

DAMAGED = "its tracks cannot be read"


def box(kind: bytes, *inside: bytes) -> bytes:
    """A box with its size before it (ISO/IEC 14496-12, 4.2)."""
    content = b"".join(inside)
    return (8 + len(content)).to_bytes(4) + kind + content


def large_box(kind: bytes, content: bytes) -> bytes:
    """A box with its size in eight bytes behind its name."""
    return b"\0\0\0\1" + kind + (16 + len(content)).to_bytes(8) + content


def handler(code: bytes) -> bytes:
    """Handler box (8.4.3): version and flags, a free field, the code, three free fields and a name."""
    return box(b"hdlr", bytes(8), code, bytes(12), b"Handler\0")


def track(code: bytes) -> bytes:
    """A track with its header before what is asked of it, and what describes its samples behind."""
    return box(b"trak", box(b"tkhd", bytes(84)), box(b"mdia", box(b"mdhd", bytes(24)), handler(code), box(b"minf")))


def file(*tracks_: bytes, brand: bytes = b"M4A ") -> bytes:
    """A file with these tracks and a picture of its cover, whose handler is that of a list of texts and pictures."""
    cover = box(b"udta", box(b"meta", bytes(4), handler(b"mdir"), box(b"ilst", box(b"covr", b"vide" * 4))))
    samples = box(b"mdat", b"hdlr\0\0\0\0\0\0\0\0vide" * 3)
    return box(b"ftyp", brand, bytes(4), brand) + box(b"moov", box(b"mvhd", bytes(100)), *tracks_, cover) + samples


SOUND, FILM = track(b"soun"), track(b"vide")


@pytest.mark.parametrize("brand", [b"M4A ", b"mp42", b"isom"])
def test_a_recording_is_taken_whatever_its_brand(brand: bytes) -> None:
    content = file(SOUND, track(b"text"), brand=brand)
    media = read_sound(content, "x.m4a")
    assert (media.media_type, media.extension, media.content) == ("audio/mp4", "m4a", content)


@pytest.mark.parametrize("brand", [b"M4A ", b"mp42", b"isom"])
@pytest.mark.parametrize("tracks_", [(FILM,), (FILM, SOUND), (SOUND, FILM), (SOUND, track(b"text"), FILM)])
def test_a_film_is_refused_by_name_whatever_its_brand_and_with_sound_too(
    tracks_: tuple[bytes, ...], brand: bytes
) -> None:
    with pytest.raises(PackageError, match=r"zin\.m4a: recording: it holds a track of video") as refused:
        read_sound(file(*tracks_, brand=brand), "zin.m4a")
    assert "Save it again as sound alone" in str(refused.value)


@pytest.mark.parametrize(("code", "word"), [(b"auxv", "auxiliary video"), (b"pict", "pictures")])
def test_other_tracks_that_are_seen_are_refused_too(code: bytes, word: str) -> None:
    assert track_fault(file(SOUND, track(code))) == f"it holds a track of {word}, so it is no recording"


def test_a_file_without_a_track_of_sound_is_refused() -> None:
    for content in (file(), file(track(b"text")), box(b"ftyp", b"M4A ", bytes(4))):
        assert track_fault(content) == "it holds no track of sound"


def test_sizes_in_eight_bytes_and_to_the_end_are_followed() -> None:
    head = box(b"ftyp", b"isom", bytes(4))
    for codes, fault in (((SOUND,), ""), ((SOUND, FILM), "it holds a track of video, so it is no recording")):
        movie = b"".join(codes)
        assert track_fault(head + large_box(b"mdat", bytes(9)) + large_box(b"moov", movie)) == fault
        assert track_fault(head + b"\0\0\0\0moov" + movie) == fault
        assert track_fault(head + box(b"moov", movie) + b"\0\0\0\0mdat" + bytes(9)) == fault


def test_a_film_in_a_second_movie_box_is_found() -> None:
    assert "track of video" in track_fault(file(SOUND) + box(b"moov", FILM))


@pytest.mark.parametrize(
    "content",
    [
        file(SOUND)[:-1],
        file(SOUND) + bytes(7),
        file(SOUND) + b"\0\0\0\7free" + bytes(8),
        file(SOUND) + b"\0\0\0\1free" + (15).to_bytes(8),
        file(SOUND) + b"\0\0\0\1free" + (2**64 - 1).to_bytes(8),
        file(SOUND) + b"\xff\xff\xff\xffmoov" + FILM,
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
    assert track_fault(content).startswith(DAMAGED)


def test_reading_is_bounded_however_many_boxes_a_file_holds() -> None:
    empty = box(b"free")
    ftyp = box(b"ftyp", b"M4A ", bytes(4))
    many = ftyp + box(b"moov", SOUND) + empty * ((MAX_BYTES - 1000) // len(empty))
    begun = time.process_time()
    with pytest.raises(PackageError, match=DAMAGED):
        read_sound(many, "x.m4a")
    assert time.process_time() - begun < 1.0
    as_many = MOST_BOXES - len([b"ftyp", b"moov", b"trak", b"tkhd", b"mdia", b"mdhd", b"hdlr", b"minf"])
    assert track_fault(ftyp + box(b"moov", SOUND) + empty * as_many) == ""
    assert track_fault(ftyp + box(b"moov", SOUND) + empty * (as_many + 1)).startswith(DAMAGED)


def test_boxes_in_boxes_of_the_same_name_are_not_followed_down() -> None:
    depth = 2 * MOST_BOXES
    nested = b"".join((8 * left).to_bytes(4) + b"moov" for left in range(depth, 0, -1))
    assert track_fault(nested) == "it holds no track of sound"
